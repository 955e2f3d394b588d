import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../index.ts';
import { quickSimulator } from '../testing/quick-simulator.ts';
import { send } from '../testing/raw-client.ts';
import { SignInClient } from '../testing/sign-in-client.ts';

let simulator: Simulator;
let client: SignInClient;

beforeEach(async () => {
  ({ simulator, client } = await quickSimulator([
    { isManagedAppleID: true },
    { appleId: 'us@example.com', region: 'com' },
    { appleId: 'li@example.com', region: 'cn' },
  ]));
});
afterEach(() => simulator.close());

const signIn = () => client.signIn(() => simulator.control.lastCode());
const validate = () => client.setup('validate', 'null');

describe('refused for now', () => {
  test.each([
    [503, 30],
    [429, undefined],
  ] as const)('%i: validate and accountLogin, not the identity service', async (status, retryAfter) => {
    await signIn();
    simulator.control.set('setupThrottle', { status, ...(retryAfter === undefined ? {} : { retryAfter }) });
    for (const answer of [await validate(), await client.accountLogin()]) {
      expect([answer.status, answer.header('retry-after')]).toEqual([status, retryAfter?.toString()]);
      expect(answer.setCookies).toEqual([]);
    }
    expect((await client.password()).status).toBe(409);
    simulator.control.set('setupThrottle', false);
    expect((await client.accountLogin()).status).toBe(200);
  });
});

describe('old sessions', () => {
  test('strict: validate refuses what accountLogin accepts', async () => {
    await signIn();
    simulator.control.set('validate', 'strict');
    const answer = await validate();
    expect([answer.status, answer.json.success]).toEqual([421, false]);
    expect(answer.json).not.toHaveProperty('dsInfo');
    expect((await client.accountLogin()).json.hsaTrustedBrowser).toBe(true);
  });

  test.each(['421', '400'] as const)('a token that has died is refused with %s', async (deadToken) => {
    simulator.control.set('deadToken', deadToken);
    await signIn();
    simulator.control.expireSessions(undefined, { tokens: true });
    const answer = await client.accountLogin();
    expect([answer.status, answer.json.error]).toEqual([Number(deadToken), 'Invalid Session Token']);
    expect((await signIn()).status).toBe(200);
  });

  test('a log-out from all browsers ends their session tokens too', async () => {
    const other = new SignInClient(simulator.url);
    await other.signIn(() => simulator.control.lastCode());
    await signIn();
    await client.setup('logout', { trustBrowser: true, allBrowsers: true });
    expect((await other.accountLogin()).status).toBe(421);
    expect((await other.password({ trustTokens: [other.trustToken] })).status).toBe(200);
  });
});

describe('what the account answer says', () => {
  test('a managed account, and maintenance', async () => {
    const before = await signIn();
    expect(before.json.dsInfo).toMatchObject({ isManagedAppleID: true });
    expect(before.json).not.toHaveProperty('isUnderMaintenance');
    simulator.control.set('isUnderMaintenance', true);
    simulator.control.changeAccount({ isManagedAppleID: false });
    const after = await client.accountLogin();
    expect(after.json).toMatchObject({ isUnderMaintenance: true, dsInfo: { isManagedAppleID: false } });
    expect((await validate()).json.isUnderMaintenance).toBe(true);
  });

  test('web access switched off: the state says so, and no keys come', async () => {
    await signIn();
    simulator.control.changeAccount({ isWebAccessAllowed: false });
    expect((await client.setup('requestWebAccessState', '')).json.isWebAccessAllowed).toBe(false);
    const keys = await client.setup('requestPCS', { appName: 'photos', derivedFromUserAction: true });
    expect([keys.json.status, keys.setCookies]).toEqual(['failure', []]);
    const photos = await send(simulator.url, {
      method: 'POST',
      host: 'p61-ckdatabasews.icloud.com',
      path: '/database/1/com.apple.photos.cloud/production/private/zones/list',
      headers: { cookie: client.cookies },
      body: {},
    });
    expect([photos.status, photos.json]).toMatchObject([
      403,
      { serverErrorCode: 'ACCESS_DENIED', reason: 'private db access disabled for this account' },
    ]);
  });
});

describe('the region', () => {
  const logInAt = async (appleId: string, host: string | undefined) => {
    await client.password({ appleId });
    return send(simulator.url, {
      method: 'POST',
      path: '/setup/ws/1/accountLogin',
      headers: { 'user-agent': 'Mozilla/5.0' },
      body: { dsWebAuthToken: client.sessionToken },
      ...(host === undefined ? {} : { host }),
    });
  };

  test.each([
    ['li@example.com', 'setup.icloud.com', 'iCloud.com.cn'],
    ['us@example.com', 'setup.icloud.com.cn', 'iCloud.com'],
  ])('of %s is not that of %s', async (appleId, host, domainToUse) => {
    const named = await logInAt(appleId, host);
    expect([named.status, named.json, named.setCookies]).toEqual([200, { domainToUse }, []]);
    simulator.control.set('wrongRegion', '302');
    const sent = await logInAt(appleId, host);
    const there = `https://setup.${domainToUse.toLowerCase()}/setup/ws/1/accountLogin`;
    expect([sent.status, sent.header('location')]).toEqual([302, there]);
  });

  test.each([
    ['li@example.com', 'setup.icloud.com.cn', 'CHN'],
    ['us@example.com', 'setup.icloud.com', 'USA'],
    ['jane@example.com', 'setup.icloud.com', 'USA'],
    ['jane@example.com', 'setup.icloud.com.cn', 'USA'],
    ['li@example.com', undefined, 'CHN'],
  ])('of %s is that of %s', async (appleId, host, countryCode) => {
    const { status, json } = await logInAt(appleId, host);
    expect([status, json.dsInfo]).toMatchObject([200, { countryCode }]);
  });
});
