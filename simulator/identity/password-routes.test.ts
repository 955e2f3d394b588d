import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../index.ts';
import { Library } from '../photos/library.ts';
import { send } from '../testing/raw-client.ts';
import { OAUTH, SignInClient, WIDGET_KEY } from '../testing/sign-in-client.ts';

const clock = { now: () => Date.UTC(2026, 5, 1) };
const library = new Library(clock);
const password = 'correct horse';
let simulator: Simulator;
let client: SignInClient;

beforeAll(async () => {
  simulator = await startSimulator({
    clock,
    library,
    accounts: [
      { appleId: 'Jane@Example.com', password },
      { appleId: 'fo@example.com', password, protocol: 's2k_fo', iterations: 1000 },
      { appleId: 'locked@example.com', password, locked: true },
      { appleId: 'old@example.com', password, hsaVersion: 0 },
    ],
  });
});
afterAll(() => simulator.close());
beforeEach(() => {
  client = new SignInClient(simulator.url);
});

const WRONG = {
  serviceErrors: [
    {
      code: '-20101',
      message: 'Enter the email or phone number and password for your Apple Account.',
      suppressDismissal: false,
    },
  ],
};

describe('signin/init', () => {
  test('answers with the challenge, JSON labelled as HTML', async () => {
    const answer = await client.init();
    expect([answer.status, answer.header('content-type')]).toEqual([200, 'text/html;charset=UTF-8']);
    expect(answer.json).toMatchObject({ iteration: 20064, protocol: 's2k', version: 1 });
    expect(Buffer.from(String(answer.json.salt), 'base64')).toHaveLength(16);
    expect(answer.json.c).toMatch(/^d-.+:MSA$/);
    expect(answer.header('x-apple-id-session-id')).toBeUndefined();
  });

  test('an unknown account cannot be told from a known one', async () => {
    const [first, second] = [await client.init('nobody@example.com'), await client.init('nobody@example.com')];
    const known = await client.init();
    expect(Object.keys(first.json)).toEqual(Object.keys(known.json));
    expect(first.json).toMatchObject({ iteration: 20064, protocol: 's2k', salt: second.json.salt });
    expect(first.json.b).not.toBe(second.json.b);
  });

  test.each([
    ['an A of zero', { a: 'AA==' }],
    ['an A that is no base64', { a: '!' }],
    ['no account', { accountName: undefined }],
    ['no protocol the account knows', { protocols: ['s2k_fo'] }],
  ])('refuses %s', async (_, change) => {
    const body = { a: 'Ag==', accountName: 'jane@example.com', protocols: ['s2k', 's2k_fo'], ...change };
    expect((await client.auth({ method: 'POST', path: '/signin/init', body })).status).toBe(400);
  });

  test.each(Object.keys(OAUTH).filter((name) => !/Redirect|Grant|State/.test(name)))('wants %s', async (name) => {
    const body = { a: 'Ag==', accountName: 'jane@example.com', protocols: ['s2k'] };
    const call = { method: 'POST', path: '/signin/init', body };
    expect((await client.auth({ ...call, headers: { [name]: undefined } })).status).toBe(400);
    expect((await client.auth({ ...call, headers: { [name]: 'other' } })).status).toBe(400);
    expect((await client.auth(call)).status).toBe(200);
  });

  test('the widget key is nobody’s state', async () => {
    const headers = { 'X-Apple-OAuth-State': WIDGET_KEY };
    const body = { a: 'Ag==', accountName: 'jane@example.com', protocols: ['s2k'] };
    expect((await client.auth({ method: 'POST', path: '/signin/init', headers, body })).status).toBe(400);
  });

  test('is refused while sign-ins are throttled', async () => {
    simulator.control.set('throttle', { status: 503, retryAfter: 30 });
    const answer = await client.init();
    simulator.control.set('throttle', false);
    expect([answer.status, answer.header('retry-after')]).toEqual([503, '30']);
    expect(answer.header('content-type')).toMatch(/^text\/html/);
  });
});

describe('signin/complete', () => {
  test.each(['jane@example.com', 'fo@example.com'])(
    'the right password of %s leads to the second factor',
    async (appleId) => {
      const answer = await client.password({ appleId });
      expect([answer.status, answer.json]).toEqual([409, { authType: 'hsa2' }]);
      expect(answer.header('location')).toBe('/auth');
      expect(answer.header('x-apple-twosv-trust-eligible')).toBe('true');
      expect(answer.header('x-apple-id-account-country')).toBe('USA');
      for (const name of ['x-apple-session-token', 'x-apple-id-session-id', 'scnt', 'x-apple-auth-attributes']) {
        expect(answer.header(name), name).toMatch(/.{20}/);
      }
      const [aasp] = answer.setCookies.filter((cookie) => cookie.startsWith('aasp='));
      expect(aasp).toMatch(/^aasp=[\w-]+; Domain=idmsa\.apple\.com; Path=\/; Secure; HttpOnly$/);
    },
  );

  test.each([
    ['a wrong password', { password: 'wrong' }],
    ['an unknown account', { appleId: 'nobody@example.com' }],
    ['a wrong M2', { change: { m2: Buffer.alloc(32).toString('base64') } }],
    ['another account’s name', { change: { accountName: 'fo@example.com' } }],
  ])('%s is -20101', async (_, attempt) => {
    const answer = await client.password(attempt);
    expect([answer.status, answer.json]).toEqual([401, WRONG]);
    expect(answer.header('x-apple-session-token')).toBeUndefined();
    expect(answer.header('scnt')).toBeDefined();
  });

  test('the proof is over the lower-case name, as typed in any case', async () => {
    expect((await client.password({ appleId: 'JANE@example.COM' })).status).toBe(409);
  });

  test('a locked account is -20209', async () => {
    const answer = await client.password({ appleId: 'locked@example.com' });
    expect([answer.status, answer.json]).toMatchObject([403, { serviceErrors: [{ code: '-20209' }] }]);
  });

  test('a challenge is good for one answer', async () => {
    const { json } = await client.init();
    const body = { accountName: 'jane@example.com', c: json.c, m1: 'AA==', m2: 'AA==', trustTokens: [] };
    const call = { method: 'POST', path: '/signin/complete', body, headers: { scnt: undefined } };
    expect((await client.auth(call)).json).toEqual(WRONG);
    expect((await client.auth(call)).json).not.toEqual(WRONG);
  });

  test('no scnt will do, and so will the one from before signin/init', async () => {
    expect((await client.password({ scnt: { value: undefined } })).status).toBe(409);
    client.scnt = 'from-an-earlier-run';
    expect((await client.password({ scnt: { value: 'from-an-earlier-run' } })).status).toBe(409);
  });

  test('one that this sign-in never saw will not', async () => {
    const answer = await client.password({ scnt: { value: 'stale' } });
    expect([answer.status, answer.header('x-apple-session-token')]).toEqual([401, undefined]);
  });

  test('a trust token makes it a sign-in; one of another account, null or nonsense does not', async () => {
    await client.signIn(() => simulator.control.lastCode());
    const { trustToken } = client;
    const again = (attempt: object) => new SignInClient(simulator.url).password(attempt);
    expect((await again({ trustTokens: [null, 'x', trustToken] })).status).toBe(200);
    expect((await again({ trustTokens: [null, 'x'] })).status).toBe(409);
    expect((await again({ appleId: 'fo@example.com', trustTokens: [trustToken] })).status).toBe(409);
    simulator.control.expireTrust('jane@example.com');
    expect((await again({ trustTokens: [trustToken] })).status).toBe(409);
  });
});

describe('an account without a second factor', () => {
  test('is offered one, and signs in when that is declined', async () => {
    const answer = await client.password({ appleId: 'old@example.com' });
    expect([answer.status, answer.json]).toEqual([412, { authType: 'sa' }]);
    expect(answer.header('x-apple-repair-session-token')).toBeDefined();
    expect((await client.accountLogin()).json).toMatchObject({ success: false, error: 'Invalid Session Token' });
    const repaired = await client.auth({ method: 'POST', path: '/repair/complete', body: {} });
    expect([repaired.status, repaired.text]).toEqual([200, '']);
    const login = await client.accountLogin();
    expect(login.status).toBe(200);
    expect(Object.keys(login.json)).not.toContain('hsaTrustedBrowser');
    expect(login.json.dsInfo).not.toHaveProperty('hsaVersion');
    expect((await client.setup('validate', 'null')).status).toBe(200);
  });

  test('must decline as the next step of its own sign-in', async () => {
    await client.password({ appleId: 'old@example.com' });
    const call = { method: 'POST', path: '/repair/complete', body: {} };
    expect((await client.auth({ ...call, headers: { scnt: 'stale' } })).status).toBe(401);
    const stranger = new SignInClient(simulator.url);
    stranger.scnt = client.scnt;
    stranger.sessionId = 'other';
    expect((await stranger.auth(call)).status).toBe(401);
    expect((await client.auth(call)).status).toBe(200);
    expect((await client.auth(call)).status).toBe(401);
  });
});

describe('before the password', () => {
  test('the sign-in page gives a first scnt', async () => {
    const page = await client.auth({ path: `/authorize/signin?client_id=${WIDGET_KEY}` });
    expect([page.status, page.header('scnt')]).toEqual([200, expect.stringMatching(/.{20}/)]);
    expect((await client.auth({ path: '/authorize/signin?client_id=x' })).status).toBe(400);
    const federate = await client.auth({
      method: 'POST',
      path: '/federate',
      body: { accountName: 'jane@example.com' },
    });
    expect(federate.status).toBe(200);
  });

  test('a path that belongs to another host is not there', async () => {
    const { status } = await send(simulator.url, {
      method: 'POST',
      host: 'setup.icloud.com',
      path: '/appleauth/auth/federate',
    });
    expect(status).toBe(404);
  });
});
