import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../index.ts';
import { quickSimulator } from '../testing/quick-simulator.ts';
import { SignInClient } from '../testing/sign-in-client.ts';

const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(2026, 0, 1);
let now: number;
const clock = { now: () => now };
let simulator: Simulator;
let client: SignInClient;

beforeEach(async () => {
  now = FIRST_DAY;
  ({ simulator, client } = await quickSimulator(
    [{}, { appleId: 'short@example.com', trustDays: 30 }, { appleId: 'none@example.com', hsaVersion: 0 }],
    clock,
  ));
});
afterEach(() => simulator.close());

const codeAccepted = async (appleId = 'jane@example.com') => {
  await client.password({ appleId });
  await client.push();
  return client.deviceCode(simulator.control.lastCode()?.code ?? '');
};
/** Logs in. @returns the day of the date on the trust cookie, counted from the first; undefined without the cookie */
const trustedUntil = async () => {
  const { setCookies } = await client.accountLogin();
  const [, date] =
    /;Expires=([^;]+)/.exec(setCookies.find((line) => line.startsWith('X-APPLE-WEBAUTH-HSA-TRUST=')) ?? '') ?? [];
  return date === undefined ? undefined : (Date.parse(date.replaceAll('-', ' ')) - FIRST_DAY) / DAY;
};
const again = (headers: Record<string, string> = {}) => client.auth({ path: '/2sv/trust', headers });

describe('how long it lasts', () => {
  test.each([
    ['jane@example.com', 60],
    ['short@example.com', 30],
  ])('%s: %i days', async (appleId, days) => {
    await codeAccepted(appleId);
    await client.trust();
    expect(await trustedUntil()).toBe(days);
    const { trustToken } = client;
    const status = async () =>
      (await new SignInClient(simulator.url).password({ appleId, trustTokens: [trustToken] })).status;
    now += (days - 1) * DAY;
    expect([await status(), await trustedUntil()]).toEqual([200, days]);
    now += DAY;
    expect([await status(), await trustedUntil()]).toEqual([409, undefined]);
  });
});

describe('asking again', () => {
  beforeEach(() => simulator.control.set('retrust', 'granted'));

  test('long after, the sign-in that is trusted gets a new date', async () => {
    await codeAccepted();
    await client.trust();
    const { trustToken } = client;
    now += 50 * DAY;
    expect(await trustedUntil()).toBe(60);
    expect((await again()).status).toBe(204);
    expect(client.trustToken).not.toBe(trustToken);
    expect(await trustedUntil()).toBe(110);
    now += 50 * DAY;
    expect(await trustedUntil()).toBe(110);
  });

  test('so does one that the trust token let in', async () => {
    await codeAccepted();
    await client.trust();
    now += 20 * DAY;
    expect((await client.password({ trustTokens: [client.trustToken] })).status).toBe(200);
    now += 20 * DAY;
    expect((await again()).status).toBe(204);
    expect(await trustedUntil()).toBe(100);
  });

  test('not by the switch, not after the trust is over, not without a code', async () => {
    await client.password();
    expect((await again()).status).toBe(401);
    await codeAccepted();
    await client.trust();
    simulator.control.set('retrust', 'refused');
    expect((await again()).status).toBe(401);
    simulator.control.set('retrust', 'granted');
    expect((await again()).status).toBe(204);
    now += 61 * DAY;
    expect((await again()).status).toBe(401);
  });

  test('not after a log-out that gave the trust up', async () => {
    await codeAccepted();
    await client.trust();
    await client.accountLogin();
    await client.setup('logout', { trustBrowser: false, allBrowsers: false });
    expect((await again()).status).toBe(401);
  });

  test('not after its owner took the trust away, nor without a second factor', async () => {
    await codeAccepted();
    await client.trust();
    simulator.control.expireTrust('jane@example.com');
    expect((await again()).status).toBe(401);
    await client.password({ appleId: 'none@example.com' });
    await client.auth({ method: 'POST', path: '/repair/complete', body: {} });
    expect((await again()).status).toBe(401);
  });

  test('a finished sign-in has no challenge', async () => {
    await codeAccepted();
    await client.trust();
    expect((await client.auth({ path: '' })).status).toBe(401);
  });
});

describe('what it hangs on', () => {
  test.each([
    ['granted', 204, true],
    ['refused', 401, false],
  ] as const)('after a code without a token: %s', async (trustWithoutToken, status, trusted) => {
    simulator.control.setAll({ codeAnswer: '409-without-token', trustWithoutToken });
    await codeAccepted();
    expect((await client.trust()).status).toBe(status);
    expect((await client.accountLogin()).json.hsaTrustedBrowser).toBe(trusted);
  });

  test.each([
    ['account', 200],
    ['client-id', 409],
  ] as const)('%s: another client with the token is answered %i', async (trustBinding, status) => {
    simulator.control.set('trustBinding', trustBinding);
    await codeAccepted();
    await client.trust();
    const { trustToken } = client;
    const signInAs = async (clientId?: string) => {
      const other = new SignInClient(simulator.url, undefined, clientId);
      return (await other.password({ trustTokens: [trustToken] })).status;
    };
    expect([await signInAs(), await signInAs('auth-other')]).toEqual([200, status]);
  });
});
