import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../index.ts';
import { Library } from '../photos/library.ts';
import { send } from '../testing/raw-client.ts';
import { SignInClient } from '../testing/sign-in-client.ts';
import type { Switches } from './switches.ts';

const clock = { now: () => Date.UTC(2026, 5, 1) };
let simulator: Simulator;
let client: SignInClient;

beforeEach(async () => {
  const account = { password: 'correct horse', iterations: 1000 };
  simulator = await startSimulator({
    clock,
    accounts: [
      { ...account, appleId: 'jane@example.com', library: new Library(clock) },
      { ...account, appleId: 'john@example.com', library: new Library(clock) },
    ],
  });
  client = new SignInClient(simulator.url);
});
afterEach(() => simulator.close());

const control = (method: string, path: string, body?: object) =>
  send(simulator.url, { method, path: `/control${path}`, ...(body ? { body } : {}) });
const signIn = () => client.signIn(() => simulator.control.lastCode());
const validated = async () => (await client.setup('validate', 'null')).status;

describe('codes', () => {
  test('are heard, and read over HTTP', async () => {
    const heard: string[] = [];
    const stop = simulator.control.onCode(({ channel, code }) => heard.push(`${channel} ${code}`));
    expect((await control('GET', '/codes/last')).status).toBe(404);
    await client.password();
    await client.phone(2, 'voice');
    const { code } = simulator.control.lastCode() ?? {};
    expect(heard).toEqual([`voice ${code}`]);
    expect((await control('GET', '/codes/last?account=Jane@example.com')).json).toMatchObject({ code, phoneId: 2 });
    expect((await control('GET', '/codes/last?account=john@example.com')).status).toBe(404);
    stop();
    await client.push();
    expect(heard).toHaveLength(1);
    expect((await control('GET', '/codes')).json).toEqual({ device: 1, sms: 0, voice: 1 });
  });
});

describe('requests', () => {
  test('are written down, those to the control interface left out', async () => {
    await control('GET', '/codes');
    await client.setup('validate?clientId=x', 'null');
    await send(simulator.url, { path: '/nowhere' });
    const log = [
      {
        method: 'POST',
        host: 'setup.icloud.com',
        path: '/setup/ws/1/validate',
        query: 'clientId=x',
        status: 421,
        at: clock.now(),
      },
      { method: 'GET', host: new URL(simulator.url).host, path: '/nowhere', query: '', status: 404, at: clock.now() },
    ];
    expect(simulator.control.requests()).toEqual(log);
    expect(JSON.parse((await control('GET', '/requests')).text)).toEqual(log);
    expect((await control('DELETE', '/requests')).status).toBe(204);
    expect(simulator.control.requests()).toEqual([]);
  });
});

describe('expiry', () => {
  test('of sessions: the cookies die, the token and the trust live on', async () => {
    await signIn();
    expect(await validated()).toBe(200);
    expect((await control('POST', '/sessions/expire')).status).toBe(204);
    expect(await validated()).toBe(421);
    expect((await client.accountLogin()).json.hsaTrustedBrowser).toBe(true);
  });

  test('of sessions with their tokens: only the trust lives on', async () => {
    await signIn();
    await control('POST', '/sessions/expire', { tokens: true });
    expect((await client.accountLogin()).status).toBe(421);
    expect((await client.password({ trustTokens: [client.trustToken] })).status).toBe(200);
  });

  test('of trust: the next sign-in needs a code', async () => {
    await signIn();
    await control('POST', '/trust/expire?account=jane@example.com');
    expect(await validated()).toBe(421);
    expect((await client.accountLogin()).json).toMatchObject({ hsaTrustedBrowser: false, hsaChallengeRequired: true });
    expect((await client.password({ trustTokens: [client.trustToken] })).status).toBe(409);
  });

  test('of one account leaves the others alone', async () => {
    await signIn();
    simulator.control.expireTrust('john@example.com');
    simulator.control.expireSessions('john@example.com', { tokens: true });
    expect(await validated()).toBe(200);
    expect(() => simulator.control.expireTrust('nobody@example.com')).toThrow(/no account/);
  });
});

describe('faults', () => {
  const fault = { match: { path: '/validate' }, effect: { kind: 'status', status: 503 } } as const;

  test('are set and cleared', async () => {
    expect((await control('POST', '/faults', { ...fault, times: 2 })).status).toBe(204);
    expect(await validated()).toBe(503);
    expect((await control('DELETE', '/faults')).status).toBe(204);
    expect(await validated()).toBe(421);
    simulator.control.inject(fault);
    expect([await validated(), await validated()]).toEqual([503, 421]);
    expect(simulator.control.requests().map(({ status }) => status)).toEqual([503, 421, 503, 421]);
  });

  test('never hit the control interface', async () => {
    simulator.control.inject({ match: { path: '/' }, effect: { kind: 'status', status: 503 } });
    expect((await control('GET', '/codes')).status).toBe(200);
  });

  test.each([
    ['no effect', { match: { path: '/' } }],
    ['an unknown effect', { match: { path: '/' }, effect: { kind: 'explode' } }],
    ['an unknown property', { ...fault, when: 'now' }],
    ['no object', []],
  ])('%s is refused', async (_, body) => {
    const answer = await control('POST', '/faults', body);
    expect([answer.status, typeof answer.json.error]).toEqual([400, 'string']);
  });
});

describe('switches', () => {
  test('several at once', async () => {
    expect((await control('POST', '/switches', { pushOnSignin: true, codeAnswer: '409' })).status).toBe(204);
    await client.password();
    expect((await client.deviceCode(simulator.control.lastCode()?.code ?? '')).status).toBe(409);
  });

  test.each([{ pushOnSignin: 'yes' }, { unknown: true }, { throttle: { status: 500 } }])(
    '%j is refused whole',
    async (body) => {
      expect((await control('POST', '/switches', { ...body, codeAnswer: '409' })).status).toBe(400);
      await client.password();
      await client.push();
      expect((await client.deviceCode(simulator.control.lastCode()?.code ?? '')).status).toBe(204);
    },
  );
});

describe('every switch', () => {
  const refusedForNow: readonly Switches['throttle'][] = [false, { status: 503 }, { status: 429, retryAfter: 30 }];
  const VALUES: { readonly [Name in keyof Switches]: readonly Switches[Name][] } = {
    throttle: refusedForNow,
    signinRefusal: [false, '403', '-20283', '400'],
    lockAfterWrongPasswords: [false, 3],
    signinStatus: ['plain', 'in-rscd'],
    staleContext: ['ignored', '401', '409'],
    repair: ['declinable', 'required'],
    twoStepAnswer: ['409', '200'],
    proofPadding: ['minimal', 'padded', 'either'],
    publicValue: ['random', 'short-once'],
    proofName: ['lower-case', 'as-typed', 'either'],
    hashcash: ['never', 'demanded'],
    cnIdentityHost: ['global', 'cn'],
    acceptedScnt: ['newest', 'newest-or-first'],
    codeAnswer: ['204', '409', '409-without-token', '412'],
    challengeForm: ['json', 'html-old', 'html-2026'],
    challengeStatus: ['200', '409'],
    pushOnSignin: [true, false],
    pushAnswer: ['202', '405', '412', '503'],
    pushAgain: ['new-code', 'same-code', 'cancels'],
    phoneAnswer: ['200', '409', '-28248', '-22421', '423', '412', '412-once'],
    codeFlags: [[], ['tooManyCodesSent', 'tooManyCodesValidated', 'securityCodeLocked', 'securityCodeCooldown']],
    codeRefusal: [false, '-21669', '-21670', '-21675', '-22982'],
    maxWrongCodes: [1],
    verifyHeaders: ['any', 'home-origin', 'home-origin-plain'],
    trustWithoutToken: ['granted', 'refused'],
    retrust: ['refused', 'granted'],
    trustBinding: ['account', 'client-id'],
    twoStepSending: ['granted', 'refused'],
    setupThrottle: refusedForNow,
    validate: ['lenient', 'strict'],
    deadToken: ['421', '400'],
    wrongRegion: ['domainToUse', '302'],
    termsMethod: ['get', 'post', 'either'],
    requestPcs: ['asks', 'prompts'],
    isUnderMaintenance: [true, false],
    photos: ['ready', 'not-set-up', { indexing: { progress: 40 } }],
    staleConnection: ['none', 'next'],
    missingKeys: ['ACCESS_DENIED', '423'],
  };

  test.each(Object.entries(VALUES))('%s takes its values over HTTP, and no other', async (name, values) => {
    for (const value of values) expect((await control('POST', '/switches', { [name]: value })).status).toBe(204);
    expect((await control('POST', '/switches', { [name]: 'none of them' })).status).toBe(400);
  });
});

describe('the account', () => {
  test('changes as its owner changes it', async () => {
    await control('PATCH', '/account?account=jane@example.com', { password: 'new' });
    expect((await client.password()).status).toBe(401);
    expect((await client.password({ password: 'new' })).status).toBe(409);
    await control('PATCH', '/account', { locked: true });
    expect((await client.password({ password: 'new' })).status).toBe(403);
    expect((await client.password({ appleId: 'john@example.com' })).status).toBe(409);
    await control('PATCH', '/account', { locked: false, securityKeys: ['Key'] });
    expect((await client.password({ password: 'new' })).json).toMatchObject({ keyNames: ['Key'] });
  });
});

describe('the library', () => {
  test('gains, changes and loses pictures', async () => {
    const library = simulator.control.library('john@example.com');
    const account = '?account=john@example.com';
    const added = await control('POST', `/assets${account}`, { filename: 'A.JPG', assetDate: 5 });
    expect([added.status, library.count()]).toEqual([201, 1]);
    const { recordName } = added.json;
    expect(library.asset(String(recordName))).toMatchObject({ assetDate: 5, isFavorite: false });
    expect((await control('PATCH', `/assets/${recordName}${account}`, { isFavorite: true })).status).toBe(204);
    expect(library.asset(String(recordName))?.isFavorite).toBe(true);
    expect((await control('DELETE', `/assets/${recordName}${account}`)).status).toBe(204);
    expect([library.count(), simulator.control.library().count()]).toEqual([0, 0]);
    expect((await control('DELETE', `/assets/unknown${account}`)).status).toBe(404);
  });

  test('has links that can be made to expire', async () => {
    const before = simulator.control.library().linkGeneration;
    await control('POST', '/links/expire');
    expect(simulator.control.library().linkGeneration).not.toBe(before);
  });
});
