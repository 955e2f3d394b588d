import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../index.ts';
import { Library } from '../photos/library.ts';
import { cookieHeader, send } from '../testing/raw-client.ts';
import { SignInClient } from '../testing/sign-in-client.ts';

const HOUR = 3_600_000;
let now: number;
const clock = { now: () => now };
let simulator: Simulator;
let client: SignInClient;

beforeEach(async () => {
  now = Date.UTC(2026, 5, 1);
  const account = { password: 'correct horse', iterations: 1000 };
  simulator = await startSimulator({
    clock,
    library: new Library(clock),
    accounts: [
      { ...account, appleId: 'jane@example.com', advancedDataProtection: true, consentHours: 2 },
      { ...account, appleId: 'john@example.com' },
      { ...account, appleId: 'joan@example.com', advancedDataProtection: true },
    ],
  });
  client = new SignInClient(simulator.url);
  await client.signIn(() => simulator.control.lastCode());
});
afterEach(() => simulator.close());

async function signInAs(appleId: string): Promise<void> {
  client = new SignInClient(simulator.url);
  await client.password({ appleId });
  await client.push();
  await client.deviceCode(simulator.control.lastCode()?.code ?? '');
  await client.trust();
  await client.accountLogin();
}
const state = () => client.setup('requestWebAccessState', '');
const ask = () => client.setup('enableDeviceConsentForPCS', '');
const keys = (appName = 'photos') => client.setup('requestPCS', { appName, derivedFromUserAction: true });
const consent = () => send(simulator.url, { method: 'POST', path: '/control/consent' });
const photos = (cookie = client.cookies) =>
  send(simulator.url, {
    method: 'POST',
    host: 'p61-ckdatabasews.icloud.com',
    path: '/database/1/com.apple.photos.cloud/production/private/zones/list',
    headers: { cookie },
    body: {},
  });

describe('Advanced Data Protection', () => {
  test('keeps the photos shut to a session without keys, in the words of the switch', async () => {
    expect(client.cookies).not.toContain('PCS');
    const denied = await photos();
    expect([denied.status, denied.json]).toMatchObject([403, { serverErrorCode: 'ACCESS_DENIED' }]);
    simulator.control.set('missingKeys', '423');
    const missing = await photos();
    expect([missing.status, missing.json]).toEqual([
      423,
      { errorReason: 'Missing PCS cookies from the request', errorCode: 423 },
    ]);
  });

  test('asked, consented, uploaded: the keys come, and last as long as the consent', async () => {
    const shut = { isDeviceConsentedForPCS: false, isICDRSDisabled: true, deviceConsentForPCSExpiry: 0 };
    expect((await state()).json).toEqual({ dsid: 12345678901, isWebAccessAllowed: true, ...shut });
    expect((await consent()).status).toBe(400);
    expect((await ask()).json).toMatchObject({ isDeviceConsentNotificationSent: true, ...shut });
    expect((await keys()).json).toMatchObject({
      status: 'failure',
      message: 'Requested the device to upload cookies.',
    });
    expect((await consent()).status).toBe(204);
    expect((await state()).json).toMatchObject({
      isDeviceConsentedForPCS: true,
      deviceConsentForPCSExpiry: now + 2 * HOUR,
    });
    expect((await keys()).json).toMatchObject({ status: 'failure', message: 'Cookies not available yet on server.' });
    const answer = await keys();
    expect(answer.json).toMatchObject({ isWebAccessAllowed: true, status: 'success' });
    const names = answer.setCookies.map((line) => line.split('=')[0]);
    expect(names).toEqual(['X-APPLE-WEBAUTH-PCS-Photos', 'X-APPLE-WEBAUTH-PCS-Sharing']);
    expect(answer.setCookies[0]).toContain(';Expires=Mon,01-Jun-2026 02:00:00 GMT;');
    const cookie = `${client.cookies}; ${cookieHeader(answer)}`;
    expect((await photos(cookie)).status).toBe(200);
    expect((await photos(cookie.replace('PCS-Sharing', 'PCS-Other'))).status).toBe(403);
    now += 2 * HOUR;
    expect((await photos(cookie)).status).toBe(403);
    expect((await keys()).json.status).toBe('failure');
    expect((await state()).json.isDeviceConsentedForPCS).toBe(false);
  });

  test.each([
    ['asks', 400],
    ['prompts', 204],
  ] as const)(
    'requestPcs %s: without the other call the owner’s consent is answered %i',
    async (requestPcs, status) => {
      simulator.control.set('requestPcs', requestPcs);
      await keys();
      expect((await consent()).status).toBe(status);
    },
  );

  test('a consent that ended is asked for again, and uploaded again', async () => {
    await ask();
    await consent();
    await keys();
    now += 2 * HOUR;
    expect((await consent()).status).toBe(400);
    await ask();
    await consent();
    expect((await keys()).json.status).toBe('failure');
    expect((await keys()).json.status).toBe('success');
  });

  test('one account’s keys are not another’s', async () => {
    await ask();
    await consent();
    await keys();
    const janes = cookieHeader(await keys());
    await signInAs('joan@example.com');
    expect((await photos(`${client.cookies}; ${janes}`)).status).toBe(403);
  });

  test('gives no keys for other apps', async () => {
    await ask();
    await consent();
    await keys();
    expect((await keys('somewhere')).json.status).toBe('failure');
  });
});

test('an account without it has nothing to consent to', async () => {
  await signInAs('john@example.com');
  expect((await photos()).status).toBe(200);
  expect((await ask()).json).toEqual({
    dsid: 12345678902,
    isWebAccessAllowed: true,
    isDeviceConsentNotificationSent: false,
  });
  expect(() => simulator.control.consent('john@example.com')).toThrow(/no Advanced Data Protection/);
  expect((await keys()).json.status).toBe('success');
});
