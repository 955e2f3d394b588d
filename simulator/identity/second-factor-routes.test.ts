import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AccountSpec, type Simulator, startSimulator } from '../index.ts';
import { Library } from '../photos/library.ts';
import { OAUTH, SignInClient } from '../testing/sign-in-client.ts';

const HOUR = 3_600_000;
let now: number;
const clock = { now: () => now };
const password = 'correct horse';
const jane: AccountSpec = { appleId: 'jane@example.com', password, iterations: 1000 };
const ACCOUNTS: readonly AccountSpec[] = [
  jane,
  {
    ...jane,
    appleId: 'sms@example.com',
    trustedDevices: false,
    phones: [{ id: 3, lastTwoDigits: '07', nonFTEU: true }],
  },
  { ...jane, appleId: 'keys@example.com', securityKeys: ['Key 1', 'Key 2'] },
];
let simulator: Simulator;
let client: SignInClient;

beforeEach(async () => {
  now = Date.UTC(2026, 5, 1);
  simulator = await startSimulator({ clock, library: new Library(clock), accounts: ACCOUNTS });
  client = new SignInClient(simulator.url);
});
afterEach(() => simulator.close());

const lastCode = () => simulator.control.lastCode()?.code ?? 'none';
/** Six digits that are not the code. */
const wrongCode = () => String((Number(lastCode()) + 1) % 1_000_000).padStart(6, '0');
const WRONG = {
  service_errors: [
    {
      code: '-21669',
      title: 'Incorrect Verification Code',
      message: 'Incorrect verification code.',
      suppressDismissal: false,
    },
  ],
  hasError: true,
};
const challenge = (accept?: string) => client.auth({ path: '', headers: { Accept: accept } });

describe('the challenge', () => {
  const masked = (id: number, lastTwoDigits: string) => ({
    id,
    lastTwoDigits,
    obfuscatedNumber: `(•••) •••-••${lastTwoDigits}`,
    numberWithDialCode: `+1 (•••) •••-••${lastTwoDigits}`,
    pushMode: 'sms',
  });
  const phones = [masked(1, '81'), masked(2, '46')];

  async function bootArguments(): Promise<Record<string, unknown>> {
    const { text } = await challenge('*/*');
    const [, data = ''] = /^<script type="application\/json" class="boot_args">([^<]*)<\/script>$/.exec(text) ?? [];
    return JSON.parse(data);
  }

  test('tells phones and flags as JSON to whom wants JSON', async () => {
    await client.password();
    const { status, json } = await challenge('application/json');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      trustedPhoneNumbers: phones,
      trustedPhoneNumber: phones[0],
      securityCode: { length: 6, tooManyCodesValidated: false, securityCodeLocked: false },
      authenticationType: 'hsa2',
      noTrustedDevices: false,
    });
    expect(json).not.toHaveProperty('fsaChallenge');
  });

  test('tells them in a page to anybody else, in the place before 2026', async () => {
    await client.password();
    expect(await bootArguments()).toMatchObject({
      direct: { hasTrustedDevices: true, twoSV: { phoneNumberVerification: { trustedPhoneNumbers: phones } } },
    });
  });

  test('in the form of 2026 only the page has the numbers, in the place of the bridge', async () => {
    simulator.control.set('challengeForm', 'html-2026');
    await client.password();
    expect((await challenge('application/json')).json).not.toHaveProperty('trustedPhoneNumbers');
    const { direct } = await bootArguments();
    expect(direct).toMatchObject({
      authInitialRoute: 'auth/bridge/step',
      twoSV: { bridgeInitiateData: { phoneNumberVerification: { trustedPhoneNumbers: phones } } },
    });
    expect(direct).not.toHaveProperty('twoSV.phoneNumberVerification');
  });

  test('in the JSON form alone the page has no numbers', async () => {
    simulator.control.set('challengeForm', 'json');
    await client.password();
    expect(await bootArguments()).not.toHaveProperty('direct.twoSV.phoneNumberVerification.trustedPhoneNumbers');
    expect((await challenge('application/json')).json).toHaveProperty('trustedPhoneNumbers');
  });

  test('only JSON tells of security keys', async () => {
    const keyNames = ['Key 1', 'Key 2'];
    const fsaChallenge = { challenge: expect.stringMatching(/.{43}/), rpId: 'apple.com' };
    const answer = await client.password({ appleId: 'keys@example.com' });
    expect([answer.status, answer.json]).toMatchObject([409, { authType: 'hsa2', keyNames, fsaChallenge }]);
    expect((await challenge('application/json')).json).toMatchObject({ keyNames, fsaChallenge });
    expect((await challenge('text/html')).text).not.toContain('Key 1');
    expect((await client.push()).status).toBe(412);
  });

  test('is nobody else’s', async () => {
    expect((await challenge()).status).toBe(401);
    await client.password();
    expect((await client.auth({ path: '', headers: { scnt: undefined } })).status).toBe(401);
    expect((await client.auth({ path: '', headers: { 'X-Apple-ID-Session-Id': 'other' } })).status).toBe(401);
    expect((await client.auth({ path: '', headers: { 'X-Apple-Widget-Key': undefined } })).status).toBe(400);
  });

  test('a session token does for the session id', async () => {
    await client.password();
    const headers = { 'X-Apple-ID-Session-Id': client.sessionToken };
    expect((await client.auth({ path: '', headers })).status).toBe(200);
  });

  test('is over after a while', async () => {
    await client.password();
    now += HOUR;
    expect((await challenge()).status).toBe(401);
  });
});

describe('asking for a code', () => {
  test('nothing is sent unasked', async () => {
    await client.password();
    expect(simulator.control.codesSent()).toEqual({ device: 0, sms: 0, voice: 0 });
    const answer = await client.push();
    expect([answer.status, simulator.control.codesSent()]).toEqual([202, { device: 1, sms: 0, voice: 0 }]);
    expect(answer.json).toMatchObject({ trustedDeviceCount: 1, securityCode: { length: 6 } });
    expect(simulator.control.lastCode('JANE@example.com')).toEqual({
      appleId: 'jane@example.com',
      code: expect.stringMatching(/^\d{6}$/),
      channel: 'device',
      sentAt: now,
    });
    expect(simulator.control.lastCode('sms@example.com')).toBeUndefined();
  });

  test('with pushOnSignin the password is enough', async () => {
    simulator.control.set('pushOnSignin', true);
    await client.password();
    expect(simulator.control.lastCode()?.channel).toBe('device');
    expect((await client.deviceCode(lastCode())).status).toBe(204);
  });

  test('with pushOnSignin and no device, the only phone gets it', async () => {
    simulator.control.set('pushOnSignin', true);
    await client.password({ appleId: 'sms@example.com' });
    expect(simulator.control.lastCode()).toMatchObject({ channel: 'sms', phoneId: 3, phoneEnding: '07' });
  });

  test.each(['sms', 'voice'])('a phone gets it by %s', async (mode) => {
    await client.password();
    const answer = await client.phone(2, mode);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ mode, type: 'verification', trustedPhoneNumber: { id: 2 } });
    expect(simulator.control.lastCode()).toMatchObject({ channel: mode, phoneId: 2 });
  });

  test('an unknown phone is 412, and so is a wrong nonFTEU', async () => {
    await client.password({ appleId: 'sms@example.com' });
    expect((await client.phone(1, 'sms')).status).toBe(412);
    const body = (nonFTEU: boolean) => ({ phoneNumber: { id: 3, nonFTEU }, mode: 'sms' });
    expect((await client.auth({ method: 'PUT', path: '/verify/phone', body: body(false) })).status).toBe(412);
    expect(simulator.control.lastCode()).toBeUndefined();
    expect((await client.auth({ method: 'PUT', path: '/verify/phone', body: body(true) })).status).toBe(200);
  });

  test('may be answered 409, and the code is sent all the same', async () => {
    simulator.control.set('phoneAnswer', '409');
    await client.password();
    const answer = await client.phone(1, 'sms');
    expect([answer.status, answer.json.hasError]).toEqual([409, undefined]);
    expect((await client.phoneCode(lastCode(), 1, 'sms')).status).toBe(200);
  });

  test('may be refused for the number, and nothing is sent', async () => {
    simulator.control.set('phoneAnswer', '-28248');
    await client.password();
    const answer = await client.phone(1, 'sms');
    expect([answer.status, answer.json]).toMatchObject([423, { service_errors: [{ code: '-28248' }], hasError: true }]);
    expect(answer.header('x-apple-i-ercd')).toBe('-28248');
    expect(simulator.control.lastCode()).toBeUndefined();
  });

  test('the old call is gone, and an account without devices has none to show a code', async () => {
    await client.password({ appleId: 'sms@example.com' });
    expect((await client.push()).status).toBe(412);
    expect((await client.auth({ method: 'PUT', path: '/verify/trusteddevice' })).status).toBe(405);
    expect(simulator.control.lastCode()).toBeUndefined();
  });
});

describe('handing a code in', () => {
  test('the right one is accepted once, and leads to a new session token', async () => {
    await client.password();
    const before = client.sessionToken;
    await client.push();
    const answer = await client.deviceCode(lastCode());
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.header('x-apple-oauth-grant-code')).toBeDefined();
    expect(client.sessionToken).not.toBe(before);
    expect((await client.deviceCode(lastCode())).status).toBe(401);
  });

  test('a wrong one is answered as recorded', async () => {
    await client.password();
    await client.push();
    const answer = await client.deviceCode(wrongCode());
    expect([answer.status, answer.json]).toEqual([400, WRONG]);
    expect(answer.header('x-apple-i-ercd')).toBe('-21669');
    expect((await client.deviceCode(lastCode())).status).toBe(204);
  });

  test('a new request makes the old code worthless', async () => {
    await client.password();
    await client.push();
    const old = lastCode();
    do await client.push();
    while (lastCode() === old);
    expect((await client.deviceCode(old)).json).toEqual(WRONG);
  });

  test.each([
    ['another phone', 2, 'sms'],
    ['another mode', 1, 'voice'],
  ] as const)('%s than asked for is wrong', async (_, id, mode) => {
    await client.password();
    await client.phone(1, 'sms');
    expect((await client.phoneCode(lastCode(), id, mode)).json).toEqual(WRONG);
    expect((await client.phoneCode(lastCode(), 1, 'sms')).status).toBe(200);
  });

  test('a device’s code is wrong at the phone’s address, and the other way round', async () => {
    await client.password();
    await client.push();
    expect((await client.phoneCode(lastCode(), 1, 'sms')).json).toEqual(WRONG);
    await client.phone(1, 'sms');
    expect((await client.deviceCode(lastCode())).json).toEqual(WRONG);
  });

  test.each([
    ['no scnt', { scnt: undefined }],
    ['a stale scnt', { scnt: 'stale' }],
    ['another session', { 'X-Apple-ID-Session-Id': 'other' }],
  ])('%s makes the right code wrong', async (_, headers) => {
    await client.password();
    await client.push();
    const body = { securityCode: { code: lastCode() } };
    const call = { method: 'POST', path: '/verify/trusteddevice/securitycode', body };
    expect((await client.auth({ ...call, headers })).json).toEqual(WRONG);
  });

  test('after three wrong ones not even the right one is accepted, for hours', async () => {
    await client.password();
    await client.push();
    for (let i = 0; i < 3; i += 1) expect((await client.deviceCode(wrongCode())).json).toEqual(WRONG);
    const answer = await client.deviceCode(lastCode());
    expect([answer.status, answer.header('x-apple-i-ercd')]).toEqual([400, '-21670']);
    const flags = { tooManyCodesValidated: true, securityCodeLocked: true };
    expect(answer.json).toMatchObject({ service_errors: [{ code: '-21670' }], securityCode: flags });
    expect((await challenge('application/json')).json).toMatchObject({ securityCode: flags });
    expect((await client.push()).status).toBe(423);
    now += 9 * HOUR;
    client = new SignInClient(simulator.url);
    expect((await client.signIn(() => simulator.control.lastCode())).json).toMatchObject({ hsaTrustedBrowser: true });
  });

  test('how many wrong ones is a switch', async () => {
    simulator.control.set('maxWrongCodes', 1);
    await client.password();
    await client.push();
    await client.deviceCode(wrongCode());
    expect((await client.deviceCode(lastCode())).header('x-apple-i-ercd')).toBe('-21670');
  });

  test.each(['409', '409-without-token'] as const)('the answer of 2026: %s', async (codeAnswer) => {
    simulator.control.set('codeAnswer', codeAnswer);
    await client.password();
    await client.push();
    const code = lastCode();
    const answer = await client.deviceCode(code);
    expect([answer.status, answer.json]).toMatchObject([
      409,
      { securityCode: { code, valid: true }, hsa2Account: true },
    ]);
    expect(answer.json).not.toHaveProperty('hasError');
    expect(answer.header('x-apple-edp')).toBe('true');
    expect(answer.header('x-apple-session-token') === undefined).toBe(codeAnswer === '409-without-token');
    expect((await client.trust()).status).toBe(204);
    expect((await client.accountLogin()).json).toMatchObject({ hsaTrustedBrowser: true });
  });
});

describe('trust', () => {
  test('comes after a code, once, with its token and a new session token', async () => {
    await client.password();
    expect((await client.trust()).status).toBe(401);
    await client.push();
    await client.deviceCode(lastCode());
    const before = client.sessionToken;
    const answer = await client.trust();
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(client.trustToken).toMatch(/^HSARMTKNSRV.+SRVX$/);
    expect(client.sessionToken).not.toBe(before);
    expect((await client.trust()).status).toBe(401);
  });
});

describe('scnt', () => {
  test('is new in every answer, refusals too', async () => {
    const seen = new Set<string | undefined>();
    const calls = [
      () => client.init(),
      () => client.password({ password: 'wrong' }),
      () => client.password(),
      () => challenge(),
      () => client.push(),
      () => client.deviceCode(wrongCode()),
      () => client.phone(9, 'sms'),
      () => client.auth({ method: 'PUT', path: '/verify/trusteddevice' }),
      () => client.auth({ path: '/2sv/trust', headers: { ...OAUTH, scnt: 'stale' } }),
    ];
    for (const call of calls) seen.add((await call()).header('scnt'));
    expect([seen.size, seen.has(undefined)]).toEqual([calls.length, false]);
  });

  test('a refusal’s counts', async () => {
    await client.password();
    expect((await client.auth({ path: '', headers: { scnt: 'stale' } })).status).toBe(401);
    expect((await challenge()).status).toBe(200);
  });

  test('the one that came with the password’s answer is good to the end, unless the switch says otherwise', async () => {
    await client.password();
    const headers = { scnt: client.scnt };
    await challenge();
    await client.push();
    expect((await client.auth({ path: '', headers })).status).toBe(200);
    simulator.control.set('acceptedScnt', 'newest');
    expect((await client.auth({ path: '', headers })).status).toBe(401);
    expect((await challenge()).status).toBe(200);
  });

  test('one in between is not', async () => {
    await client.password();
    await challenge();
    const headers = { scnt: client.scnt };
    await challenge();
    expect((await client.auth({ path: '', headers })).status).toBe(401);
  });
});
