import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../index.ts';
import { quickSimulator } from '../testing/quick-simulator.ts';
import { OAUTH, SignInClient, WIDGET_KEY } from '../testing/sign-in-client.ts';

let simulator: Simulator;
let client: SignInClient;

beforeEach(async () => {
  ({ simulator, client } = await quickSimulator([
    {},
    { appleId: 'none@example.com', hsaVersion: 0 },
    { appleId: 'li@example.com', region: 'cn' },
  ]));
});
afterEach(() => simulator.close());

const codeOf = ({ json }: { readonly json: Record<string, unknown> }) => JSON.stringify(json).match(/-\d{5}/)?.[0];

describe('refusals', () => {
  test.each([
    ['403', 403, ''],
    ['400', 400, 'The request could not be understood.'],
    ['-20283', 401, expect.stringContaining('"-20283"')],
  ] as const)('signinRefusal %s: right and wrong passwords alike', async (refusal, status, text) => {
    simulator.control.set('signinRefusal', refusal);
    for (const attempt of [{}, { password: 'wrong' }]) {
      const answer = await client.password(attempt);
      expect([answer.status, answer.text]).toEqual([status, text]);
      expect(answer.header('x-apple-session-token')).toBeUndefined();
    }
    simulator.control.set('signinRefusal', false);
    expect((await client.password()).status).toBe(409);
  });

  test('wrong passwords lock an account when they are as many as the switch says, until it is unlocked', async () => {
    for (let i = 0; i < 4; i += 1) expect((await client.password({ password: 'wrong' })).status).toBe(401);
    simulator.control.changeAccount({ locked: false });
    simulator.control.set('lockAfterWrongPasswords', 2);
    const wrong = { password: 'wrong' };
    expect((await client.password(wrong)).status).toBe(401);
    expect((await client.password()).status).toBe(409);
    expect((await client.password(wrong)).status).toBe(401);
    const second = await client.password(wrong);
    expect([second.status, codeOf(second)]).toEqual([403, '-20209']);
    expect((await client.password()).status).toBe(403);
    simulator.control.changeAccount({ locked: false });
    expect((await client.password(wrong)).status).toBe(401);
    expect((await client.password()).status).toBe(409);
  });

  test.each([
    ['the right password', {}, '409'],
    ['a wrong one', { password: 'wrong' }, '401'],
    ['no second factor', { appleId: 'none@example.com' }, '412'],
  ])('in-rscd: %s is 200, and the truth is in a header', async (_, attempt, rscd) => {
    const plain = await client.password(attempt);
    simulator.control.set('signinStatus', 'in-rscd');
    const hidden = await client.password(attempt);
    expect([plain.status, hidden.status]).toEqual([Number(rscd), 200]);
    expect([hidden.header('x-apple-i-rscd'), hidden.text]).toEqual([rscd, plain.text]);
    const cookieNames = ({ setCookies }: typeof plain) => setCookies.map((line) => line.split('=')[0]);
    expect(cookieNames(hidden)).toEqual(cookieNames(plain));
  });
});

describe('a stale context', () => {
  const attempt = (headers: Record<string, string | undefined>) => {
    const body = { a: 'Ag==', accountName: 'jane@example.com', protocols: ['s2k'] };
    return client.auth({ method: 'POST', path: '/signin/init', body, headers });
  };
  const fresh = { scnt: undefined, 'X-Apple-ID-Session-Id': undefined };

  test.each(['401', '409'] as const)('is refused with %s, what is fresh is not', async (status) => {
    await client.password();
    expect((await attempt({})).status).toBe(200);
    simulator.control.set('staleContext', status);
    const expected = Number(status);
    expect((await attempt({ ...fresh, 'X-Apple-ID-Session-Id': client.sessionId })).status).toBe(expected);
    expect((await attempt({ ...fresh, scnt: 'from-an-earlier-run' })).status).toBe(expected);
    expect((await attempt({ ...fresh, cookie: 'dslang=US-EN; aasp=x' })).status).toBe(expected);
    expect((await attempt(fresh)).status).toBe(200);
    expect((await attempt({ 'X-Apple-ID-Session-Id': undefined })).status).toBe(200);
  });

  test('the scnt of the sign-in page, of a refusal, and of a wrong password is fresh', async () => {
    simulator.control.set('staleContext', '401');
    await client.auth({ path: `/authorize/signin?client_id=${WIDGET_KEY}` });
    expect((await attempt({})).status).toBe(200);
    expect((await attempt({ scnt: 'old' })).status).toBe(401);
    expect((await client.password({ password: 'wrong' })).status).toBe(401);
    expect((await client.password()).status).toBe(409);
    expect((await attempt({ 'X-Apple-ID-Session-Id': undefined })).status).toBe(401);
  });
});

describe('the proof', () => {
  test.each([
    ['minimal', 409],
    ['padded', 401],
    ['either', 409],
  ] as const)('over a short B, from a client that does not pad: %s wants %i', async (padding, status) => {
    simulator.control.setAll({ proofPadding: padding, publicValue: 'short-once' });
    const { json } = await client.init();
    expect(Buffer.from(String(json.b), 'base64').length).toBeLessThan(256);
    simulator.control.set('publicValue', 'short-once');
    expect((await client.password()).status).toBe(status);
  });

  test('a short B comes once', async () => {
    simulator.control.set('publicValue', 'short-once');
    const lengths = [];
    for (let i = 0; i < 4; i += 1) lengths.push(Buffer.from(String((await client.init()).json.b), 'base64').length);
    expect([lengths[0], Math.max(...lengths)]).toEqual([255, 256]);
  });

  test.each([
    ['lower-case', 409, 409],
    ['as-typed', 409, 401],
    ['either', 409, 409],
  ] as const)('of a client that lowers the name, %s', async (name, lower, mixed) => {
    simulator.control.set('proofName', name);
    expect((await client.password({ appleId: 'jane@example.com' })).status).toBe(lower);
    expect((await client.password({ appleId: 'Jane@Example.com' })).status).toBe(mixed);
  });
});

describe('hashcash', () => {
  const body = { a: 'Ag==', accountName: 'jane@example.com', protocols: ['s2k'] };
  const init = (stamp?: string) =>
    client.auth({ method: 'POST', path: '/signin/init', body, headers: { ...OAUTH, 'X-APPLE-HC': stamp } });
  const stampFor = (challenge: string, bits: string) => {
    for (let counter = 0; ; counter += 1) {
      const stamp = `1:${bits}:20260601000000:${challenge}::${counter}`;
      const digest = createHash('sha1').update(stamp).digest();
      if (digest.readUInt32BE() >>> (32 - Number(bits)) === 0) return stamp;
    }
  };

  test('is demanded with its terms, and accepted once', async () => {
    simulator.control.set('hashcash', 'demanded');
    const refused = await init();
    const challenge = refused.header('x-apple-hc-challenge') ?? '';
    const bits = refused.header('x-apple-hc-bits') ?? '';
    expect([refused.status, bits]).toEqual([403, '10']);
    const stamp = stampFor(challenge, bits);
    expect((await init(stamp.replace(challenge, 'other'))).status).toBe(403);
    expect((await init(stamp)).status).toBe(200);
    expect((await init(stamp)).status).toBe(403);
  });

  test('too little work is none', async () => {
    simulator.control.set('hashcash', 'demanded');
    const challenge = (await init()).header('x-apple-hc-challenge') ?? '';
    const lazy = Array.from({ length: 20 }, (_, i) => `1:10:20260601000000:${challenge}::${i}`).find(
      (stamp) => createHash('sha1').update(stamp).digest().readUInt16BE() >> 6 !== 0,
    );
    expect((await init(lazy)).status).toBe(403);
  });
});

describe('an account of mainland China', () => {
  const at = async (host: string) => {
    const china = new SignInClient(simulator.url);
    china.identityHost = host;
    return (await china.password({ appleId: 'li@example.com' })).status;
  };

  test('signs in at the global identity host, or at its own when the switch says so', async () => {
    expect([await at('idmsa.apple.com'), await at('idmsa.apple.com.cn')]).toEqual([409, 503]);
    simulator.control.set('cnIdentityHost', 'cn');
    expect([await at('idmsa.apple.com'), await at('idmsa.apple.com.cn')]).toEqual([503, 409]);
  });

  test('says which country it is of', async () => {
    const answer = await client.password({ appleId: 'li@example.com' });
    expect(answer.header('x-apple-id-account-country')).toBe('CHN');
  });
});
