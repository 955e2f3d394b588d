import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../index.ts';
import { Library } from '../photos/library.ts';
import { cookieHeader, type RawAnswer, send } from '../testing/raw-client.ts';
import { SignInClient } from '../testing/sign-in-client.ts';

const DAY = 86_400_000;
const UNTRUSTED = [
  'X-APPLE-DS-WEB-SESSION-TOKEN',
  'X-APPLE-UNIQUE-CLIENT-ID',
  'X-APPLE-WEBAUTH-HSA-LOGIN',
  'X-APPLE-WEBAUTH-LOGIN',
  'X-APPLE-WEBAUTH-USER',
  'X-APPLE-WEBAUTH-VALIDATE',
  'X_APPLE_WEB_KB-ONHCNAXFAIPPFDMR5UZVNO6NIMY',
];
const REFRESHED = [
  'X-APPLE-DS-WEB-SESSION-TOKEN',
  'X-APPLE-WEBAUTH-PCS-Documents',
  'X-APPLE-WEBAUTH-PCS-News',
  'X-APPLE-WEBAUTH-PCS-Notes',
  'X-APPLE-WEBAUTH-PCS-Sharing',
  'X-APPLE-WEBAUTH-TOKEN',
  'X-APPLE-WEBAUTH-VALIDATE',
];
let now: number;
const clock = { now: () => now };
let simulator: Simulator;
let client: SignInClient;

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1, 12, 30, 5);
  const account = { appleId: 'jane@example.com', password: 'correct horse', iterations: 1000 };
  simulator = await startSimulator({
    clock,
    library: new Library(clock),
    accounts: [account, { ...account, appleId: 'terms@example.com', termsUpdateNeeded: true }],
  });
  client = new SignInClient(simulator.url);
});
afterEach(() => simulator.close());

const signIn = () => client.signIn(() => simulator.control.lastCode());
const validate = (cookie = client.cookies) => client.setup('validate', 'null', { cookie });
const cookieNames = ({ setCookies }: RawAnswer) => setCookies.map((line) => line.slice(0, line.indexOf('='))).sort();
const cookie = ({ setCookies }: RawAnswer, name: string) => setCookies.find((line) => line.startsWith(`${name}=`));
const hsa = ({ json }: RawAnswer) => [json.hsaTrustedBrowser, json.hsaChallengeRequired];
const cloudKit = (headers: Record<string, string> = { cookie: client.cookies }) =>
  send(simulator.url, {
    method: 'POST',
    host: 'p61-ckdatabasews.icloud.com',
    path: '/database/1/com.apple.photos.cloud/production/private/zones/list',
    headers,
    body: {},
  });

describe('accountLogin', () => {
  test('before the second factor: 200, untrusted, and no session', async () => {
    await client.password();
    const answer = await client.accountLogin();
    expect([answer.status, ...hsa(answer)]).toEqual([200, false, true]);
    expect(answer.json.dsInfo).toMatchObject({ hsaVersion: 2, hasICloudQualifyingDevice: true });
    expect(cookieNames(answer)).toEqual(UNTRUSTED);
    expect((await validate()).status).toBe(421);
    expect((await cloudKit()).status).toBe(421);
  });

  test('after a code without trust: no challenge, no trust, no session', async () => {
    await client.password();
    await client.push();
    await client.deviceCode(simulator.control.lastCode()?.code ?? '');
    const answer = await client.accountLogin();
    expect(hsa(answer)).toEqual([false, false]);
    expect(cookieNames(answer)).toEqual(UNTRUSTED);
  });

  test('after trust: the whole set of cookies, and a session that reaches the photos', async () => {
    const answer = await signIn();
    expect([answer.status, ...hsa(answer)]).toEqual([200, true, false]);
    const browser = ['X-APPLE-UNIQUE-CLIENT-ID', 'X-APPLE-WEBAUTH-USER', 'X_APPLE_WEB_KB-ONHCNAXFAIPPFDMR5UZVNO6NIMY'];
    expect(cookieNames(answer)).toEqual([...REFRESHED, ...browser, 'X-APPLE-WEBAUTH-HSA-TRUST'].sort());
    expect(cookie(answer, 'X-APPLE-WEBAUTH-TOKEN')).toMatch(
      /^X-APPLE-WEBAUTH-TOKEN="v=2:t=[^"]+";Expires=Sat,31-Jan-2026 12:30:05 GMT;Path=\/;Domain=\.icloud\.com;Secure;HttpOnly$/,
    );
    expect(cookie(answer, 'X-APPLE-WEBAUTH-HSA-TRUST')).toContain(';Expires=Mon,02-Mar-2026 12:30:05 GMT;');
    expect((await cloudKit()).status).toBe(200);
  });

  test('a trust token makes up for the second factor, for its own account', async () => {
    await signIn();
    const { trustToken } = client;
    client = new SignInClient(simulator.url);
    await client.password();
    expect(hsa(await client.accountLogin({ trustToken: 'x' }))).toEqual([false, true]);
    expect(hsa(await client.accountLogin({ trustToken }))).toEqual([true, false]);
    await client.password({ appleId: 'terms@example.com' });
    expect(hsa(await client.accountLogin({ trustToken }))).toEqual([false, true]);
  });

  test('a session token outlives its cookies, and falls back when the trust ends', async () => {
    await signIn();
    now += 31 * DAY;
    expect((await validate()).status).toBe(421);
    const answer = await client.accountLogin({ trustToken: '' });
    expect(hsa(answer)).toEqual([true, false]);
    expect(cookie(answer, 'X-APPLE-WEBAUTH-HSA-TRUST')).toContain(';Expires=Mon,02-Mar-2026 12:30:05 GMT;');
    now += 30 * DAY;
    expect(hsa(await client.accountLogin())).toEqual([false, true]);
  });

  test.each([
    ['an unknown token', { dsWebAuthToken: 'x' }, {}, 421, 'Invalid Session Token'],
    ['an empty token', { dsWebAuthToken: '' }, {}, 400, 'Missing apple_id field'],
    ['a client that is no browser', {}, { 'user-agent': 'node' }, 400, 'Invalid Session Token'],
  ])('refuses %s', async (_, body, headers, status, error) => {
    await client.password();
    const answer = await client.setup('accountLogin', { dsWebAuthToken: client.sessionToken, ...body }, headers);
    expect([answer.status, answer.json.success, answer.json.error]).toEqual([status, false, error]);
    expect(answer.setCookies).toEqual([]);
  });

  test('with new terms pending there is no session until they are accepted', async () => {
    await client.password({ appleId: 'terms@example.com' });
    await client.push();
    await client.deviceCode(simulator.control.lastCode()?.code ?? '');
    await client.trust();
    const answer = await client.accountLogin();
    expect([answer.status, answer.json.termsUpdateNeeded, ...hsa(answer)]).toEqual([200, true, true, false]);
    const names = cookieNames(answer);
    expect(names).toContain('X-APPLE-WEBAUTH-REPAIR');
    for (const name of ['TOKEN', 'VALIDATE']) expect(names).not.toContain(`X-APPLE-WEBAUTH-${name}`);
    expect(names).not.toContain('X-APPLE-DS-WEB-SESSION-TOKEN');
    simulator.control.changeAccount({ termsUpdateNeeded: false }, 'terms@example.com');
    expect((await client.accountLogin()).json).not.toHaveProperty('termsUpdateNeeded');
    expect((await validate()).status).toBe(200);
  });

  test('with web access switched off the log-in says so, and the photos are out of reach', async () => {
    simulator.control.changeAccount({ isWebAccessAllowed: false });
    expect((await signIn()).json.dsInfo).toMatchObject({ isWebAccessAllowed: false });
    expect((await cloudKit()).status).not.toBe(200);
    simulator.control.changeAccount({ isWebAccessAllowed: true });
    expect((await cloudKit()).status).toBe(200);
  });
});

describe('validate', () => {
  test('without the token cookie: 421, no account, where to sign in', async () => {
    const answer = await validate('X-APPLE-WEBAUTH-USER="v=1:s=1:d=1"');
    expect(answer.status).toBe(421);
    expect(answer.json).toMatchObject({
      success: false,
      error: 'Missing X-APPLE-WEBAUTH-TOKEN cookie',
      requestInfo: [{ country: 'US' }],
      configBag: { urls: { accountLogin: 'https://setup.icloud.com/setup/ws/1/accountLogin' } },
    });
    expect(answer.json).not.toHaveProperty('dsInfo');
  });

  test('answers as the log-in did, and refreshes the cookies without killing the old ones', async () => {
    const login = await signIn();
    const first = await validate();
    expect([first.status, first.json]).toEqual([200, login.json]);
    expect(cookieNames(first)).toEqual(REFRESHED);
    const refreshed = cookieHeader(login, first);
    expect(refreshed).not.toBe(client.cookies);
    now += DAY;
    expect((await validate(refreshed)).status).toBe(200);
    expect((await validate()).status).toBe(200);
  });

  test('a token that lost its quotes is not the token', async () => {
    await signIn();
    const unquoted = client.cookies.replaceAll('"', '');
    expect((await validate(unquoted)).json.error).toBe('Failed to validate the credentials from cookie');
    expect((await cloudKit({ cookie: unquoted })).status).toBe(421);
  });
});

describe('the data keys', () => {
  test('are had for the asking', async () => {
    await signIn();
    expect((await client.setup('requestWebAccessState', '')).json).toEqual({
      dsid: 12345678901,
      isWebAccessAllowed: true,
    });
    const answer = await client.setup('requestPCS', { appName: 'photos', derivedFromUserAction: true });
    expect(answer.json).toMatchObject({ isWebAccessAllowed: true, status: 'success' });
    expect(cookieNames(answer)).toEqual(['X-APPLE-WEBAUTH-PCS-Photos', 'X-APPLE-WEBAUTH-PCS-Sharing']);
  });

  test('but not by a stranger', async () => {
    const answer = await client.setup('requestPCS', { appName: 'photos' });
    expect([answer.status, answer.json.error]).toEqual([500, 'Missing X-APPLE-WEBAUTH-TOKEN cookie']);
  });
});

describe('logout', () => {
  test('ends this session and its token, and keeps the trust', async () => {
    await signIn();
    expect((await client.setup('logout', { trustBrowser: true, allBrowsers: false })).json).toEqual({ success: true });
    expect((await validate()).status).toBe(421);
    expect((await client.accountLogin()).status).toBe(421);
    const again = new SignInClient(simulator.url);
    expect((await again.password({ trustTokens: [client.trustToken] })).status).toBe(200);
    expect((await client.setup('logout', {})).status).toBe(421);
  });

  test('ends the other sessions and the trust when told to', async () => {
    const other = new SignInClient(simulator.url);
    await other.signIn(() => simulator.control.lastCode());
    await signIn();
    await client.setup('logout', { trustBrowser: false, allBrowsers: true });
    expect((await validate(other.cookies)).status).toBe(421);
    const again = new SignInClient(simulator.url);
    expect((await again.password({ trustTokens: [client.trustToken] })).status).toBe(409);
  });
});

describe('addresses', () => {
  const urlsFor = async (host: string | undefined) => {
    await signIn();
    const answer = await send(simulator.url, {
      method: 'POST',
      path: '/setup/ws/1/validate',
      headers: { cookie: client.cookies },
      body: 'null',
      ...(host === undefined ? {} : { host }),
    });
    const { ckdatabasews } = JSON.parse(answer.text).webservices;
    return [ckdatabasews, cookie(answer, 'X-APPLE-WEBAUTH-TOKEN')];
  };

  test('are Apple’s for a forwarded client', async () => {
    const [service, token] = await urlsFor('setup.icloud.com');
    expect(service).toEqual({ pcsRequired: true, url: 'https://p61-ckdatabasews.icloud.com:443', status: 'active' });
    expect(token).toContain(';Domain=.icloud.com;');
  });

  test('are the Chinese ones for a client in China', async () => {
    const [service, token] = await urlsFor('setup.icloud.com.cn');
    expect(service).toHaveProperty('url', 'https://p61-ckdatabasews.icloud.com.cn:443');
    expect(token).toContain(';Domain=.icloud.com.cn;');
  });

  test('are the simulator’s own for any other', async () => {
    const [service, token] = await urlsFor(undefined);
    expect(service).toHaveProperty('url', simulator.url);
    expect(token).not.toContain('Domain');
  });

  test.each([
    ['POST', 'idmsa.apple.com', '/setup/ws/1/validate'],
    ['POST', 'p61-ckdatabasews.icloud.com', '/setup/ws/1/validate'],
    ['GET', 'setup.icloud.com', '/control/requests'],
  ])('%s %s does not know %s', async (method, host, path) => {
    const ownName = await send(simulator.url, { method, path });
    expect(ownName.status).not.toBe(404);
    expect((await send(simulator.url, { method, host, path })).status).toBe(404);
  });
});
