import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../index.ts';
import { Library } from '../photos/library.ts';
import { cookieHeader, send } from '../testing/raw-client.ts';
import { SignInClient } from '../testing/sign-in-client.ts';

const HOUR = 3_600_000;
const QUERY = 'clientBuildNumber=2522Project44&clientMasteringNumber=2522B2&clientId=auth-1&dsid=';
let now: number;
const clock = { now: () => now };
const account = { password: 'correct horse', iterations: 1000 };
let simulator: Simulator;
let client: SignInClient;

beforeEach(async () => {
  now = Date.UTC(2026, 5, 1);
  simulator = await startSimulator({
    clock,
    library: new Library(clock),
    accounts: [
      { ...account, appleId: 'none@example.com', hsaVersion: 0 },
      { ...account, appleId: 'two-step@example.com', hsaVersion: 1 },
      { ...account, appleId: 'keys@example.com', securityKeys: ['YubiKey 5', 'Spare'] },
      { ...account, appleId: 'codes@example.com' },
    ],
  });
  client = new SignInClient(simulator.url);
});
afterEach(() => simulator.close());

const decline = () => client.auth({ method: 'POST', path: '/repair/complete', body: {} });
const cloudKit = () =>
  send(simulator.url, {
    method: 'POST',
    host: 'p61-ckdatabasews.icloud.com',
    path: '/database/1/com.apple.photos.cloud/production/private/zones/list',
    headers: { cookie: client.cookies },
    body: {},
  });

describe('without a second factor', () => {
  test('the repair step may be one that cannot be declined', async () => {
    simulator.control.set('repair', 'required');
    expect((await client.password({ appleId: 'none@example.com' })).status).toBe(412);
    expect((await decline()).status).toBe(412);
    expect((await client.accountLogin()).status).toBe(400);
    simulator.control.set('repair', 'declinable');
    expect((await decline()).status).toBe(200);
    expect((await client.accountLogin()).status).toBe(200);
  });
});

describe('two-step verification', () => {
  const appleId = 'two-step@example.com';
  const device = { deviceType: 'SMS', areaCode: '', phoneNumber: '*******46', deviceId: '2' };
  const WRONG = {
    success: false,
    errorTitle: 'Invalid Code',
    errorMessage: 'The code you entered is not valid.',
    errorCode: -21669,
  };
  const call = (name: string, body: object = device, query = `${QUERY}12345678902`) =>
    client.setup(`${name}?${query}`, body);
  const listDevices = (cookie = client.cookies) =>
    send(simulator.url, {
      host: 'setup.icloud.com',
      path: `/setup/ws/1/listDevices?${QUERY}12345678902`,
      headers: { cookie },
    });
  const lastCode = () => simulator.control.lastCode()?.code ?? 'none';
  const wrongCode = () => String((Number(lastCode()) + 1) % 1_000_000).padStart(6, '0');
  const validate = (verificationCode: string, trustBrowser = true) =>
    call('validateVerificationCode', { ...device, verificationCode, trustBrowser });
  const logIn = async () => {
    await client.password({ appleId });
    return client.accountLogin();
  };

  test.each(['409', '200'] as const)('the password, answered %s, leads to an untrusted log-in', async (status) => {
    simulator.control.set('twoStepAnswer', status);
    expect((await client.password({ appleId })).status).toBe(Number(status));
    const { json } = await client.accountLogin();
    expect(json).toMatchObject({ hsaChallengeRequired: true, hsaTrustedBrowser: false });
    expect(json.dsInfo).toMatchObject({ hsaVersion: 1, hasICloudQualifyingDevice: false });
    expect((await cloudKit()).status).toBe(421);
  });

  test('a code by SMS, from the setup service, makes it a trusted one', async () => {
    await logIn();
    expect((await listDevices()).json).toEqual({
      devices: [{ ...device, phoneNumber: '*******81', deviceId: '1' }, device],
    });
    expect((await call('sendVerificationCode')).json).toEqual({ success: true });
    expect(simulator.control.lastCode(appleId)).toMatchObject({ channel: 'sms', phoneId: 2, phoneEnding: '46' });
    const answer = await validate(lastCode());
    expect([answer.status, answer.json]).toEqual([200, { success: true }]);
    expect((await client.accountLogin({ trustToken: '' })).json).toMatchObject({
      hsaChallengeRequired: false,
      hsaTrustedBrowser: true,
    });
    expect((await cloudKit()).status).toBe(200);
  });

  test('the trust is in the cookie: the next password needs no code, until it ends', async () => {
    await logIn();
    await call('sendVerificationCode');
    await validate(lastCode());
    const cookie = cookieHeader(await client.accountLogin());
    const again = async () => {
      await client.password({ appleId });
      const body = { dsWebAuthToken: client.sessionToken, trustToken: '' };
      return (await client.setup('accountLogin', body, { cookie })).json.hsaTrustedBrowser;
    };
    expect(await again()).toBe(true);
    now += 61 * 24 * HOUR;
    expect(await again()).toBe(false);
  });

  test('a code without the wish for trust opens no data', async () => {
    await logIn();
    await call('sendVerificationCode');
    expect((await validate(lastCode(), false)).json).toEqual({ success: true });
    expect((await client.accountLogin()).json).toMatchObject({ hsaChallengeRequired: false, hsaTrustedBrowser: false });
  });

  test('a wrong code is HTTP 200, and three close the door for hours', async () => {
    await logIn();
    expect((await validate('000000')).json).toEqual(WRONG);
    await call('sendVerificationCode');
    for (let i = 0; i < 2; i += 1) {
      const answer = await validate(wrongCode());
      expect([answer.status, answer.json]).toEqual([200, WRONG]);
    }
    expect((await validate(lastCode())).json).toMatchObject({ success: false, errorCode: -21670 });
    now += 9 * HOUR;
    expect((await validate(lastCode())).json).toEqual({ success: true });
    expect((await validate(lastCode())).json).toEqual(WRONG);
  });

  test('a code sent to one phone is wrong for another, and an unknown device gets none', async () => {
    await logIn();
    await call('sendVerificationCode', { ...device, phoneNumber: '*******81', deviceId: '1' });
    expect((await validate(lastCode())).json).toEqual(WRONG);
    const before = simulator.control.codesSent();
    expect((await call('sendVerificationCode', { ...device, deviceId: '9' })).json).toEqual({ success: false });
    expect(simulator.control.codesSent()).toEqual(before);
  });

  test('sending may be refused', async () => {
    simulator.control.set('twoStepSending', 'refused');
    await logIn();
    const answer = await call('sendVerificationCode');
    expect([answer.status, answer.json.success]).toEqual([200, false]);
    expect(simulator.control.lastCode()).toBeUndefined();
  });

  test('belongs to a log-in, and says whose', async () => {
    await logIn();
    expect((await listDevices('')).status).toBe(421);
    expect((await call('sendVerificationCode', device, `${QUERY}12345678901`)).status).toBe(400);
    expect((await call('sendVerificationCode', device, 'dsid=12345678902')).status).toBe(400);
  });

  test('the identity service has neither codes nor trust for it', async () => {
    await client.password({ appleId });
    expect((await client.auth({ path: '', headers: { Accept: 'application/json' } })).json).toMatchObject({
      authenticationType: 'hsa',
    });
    expect((await client.push()).status).toBe(401);
    expect((await client.phone(1, 'sms')).status).toBe(401);
    expect((await client.trust()).status).toBe(404);
    expect(simulator.control.codesSent()).toEqual({ device: 0, sms: 0, voice: 0 });
  });

  test('an account with newer factors has no devices there', async () => {
    await client.password({ appleId: 'codes@example.com' });
    await client.accountLogin();
    const path = `/setup/ws/1/listDevices?${QUERY}12345678904`;
    const { json } = await send(simulator.url, { host: 'setup.icloud.com', path, headers: { cookie: client.cookies } });
    expect(json).toEqual({ devices: [] });
  });
});

describe('security keys', () => {
  const keyNames = ['YubiKey 5', 'Spare'];

  test('no code is sent or accepted, and no key is known', async () => {
    simulator.control.set('pushOnSignin', true);
    expect((await client.password({ appleId: 'keys@example.com' })).json).toMatchObject({ keyNames });
    expect((await client.push()).status).toBe(412);
    expect((await client.phone(1, 'sms')).status).toBe(412);
    expect((await client.deviceCode('000000')).header('x-apple-i-ercd')).toBe('-21669');
    const key = await client.auth({ method: 'POST', path: '/verify/security/key', body: { challenge: 'x' } });
    expect([key.status, key.json]).toMatchObject([400, { service_errors: [{ code: '-27962' }], hasError: true }]);
    expect(simulator.control.codesSent()).toEqual({ device: 0, sms: 0, voice: 0 });
  });

  test('each challenge is another', async () => {
    await client.password({ appleId: 'keys@example.com' });
    const challenge = async () =>
      (await client.auth({ path: '', headers: { Accept: 'application/json' } })).json.fsaChallenge;
    expect(await challenge()).not.toEqual(await challenge());
  });

  test('enrolled late, they make the code that was sent worthless', async () => {
    await client.password({ appleId: 'codes@example.com' });
    await client.push();
    const code = simulator.control.lastCode()?.code ?? '';
    simulator.control.changeAccount({ securityKeys: keyNames }, 'codes@example.com');
    expect((await client.deviceCode(code)).header('x-apple-i-ercd')).toBe('-21669');
  });

  test('a session opened without one reaches no photos', async () => {
    const appleId = 'codes@example.com';
    await client.password({ appleId });
    await client.push();
    await client.deviceCode(simulator.control.lastCode()?.code ?? '');
    await client.trust();
    await client.accountLogin();
    expect((await cloudKit()).status).toBe(200);
    simulator.control.changeAccount({ securityKeys: keyNames }, appleId);
    const answer = await cloudKit();
    expect([answer.status, answer.json]).toMatchObject([
      401,
      { serverErrorCode: 'AUTHENTICATION_FAILED', reason: 'no auth method found' },
    ]);
  });
});
