import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../index.ts';
import { quickSimulator } from '../testing/quick-simulator.ts';
import { send } from '../testing/raw-client.ts';
import type { SignInClient } from '../testing/sign-in-client.ts';

const QUERY = 'clientBuildNumber=2522Project44&clientMasteringNumber=2522B2&clientId=auth-1&dsid=12345678901';
let simulator: Simulator;
let client: SignInClient;

beforeEach(async () => {
  ({ simulator, client } = await quickSimulator([{ termsUpdateNeeded: true }]));
  await client.signIn(() => simulator.control.lastCode());
});
afterEach(() => simulator.close());

const call = (method: string, name: string, body: object | undefined, query = QUERY, cookie = client.cookies) =>
  send(simulator.url, {
    method,
    host: 'setup.icloud.com',
    path: `/setup/ws/1/${name}?${query}`,
    headers: { cookie },
    ...(body ? { body } : {}),
  });
const getTerms = (method: string) => call(method, 'getTerms', { locale: 'en-us' });
const versionOf = (json: Record<string, unknown>) => JSON.parse(JSON.stringify(json)).iCloudTerms.version;

describe('new terms', () => {
  test.each([
    ['get', 'GET'],
    ['post', 'POST'],
    ['either', 'GET'],
    ['either', 'POST'],
  ] as const)('%s: read and accepted by %s, and the next log-in is complete', async (termsMethod, method) => {
    simulator.control.set('termsMethod', termsMethod);
    const terms = await getTerms(method);
    expect(terms.status).toBe(200);
    const body = { acceptedICloudTerms: versionOf(terms.json) };
    const done = await call(method, 'repairDone', body);
    expect([done.status, done.json]).toEqual([200, { success: true }]);
    expect((await client.accountLogin()).json).not.toHaveProperty('termsUpdateNeeded');
    expect((await client.setup('validate', 'null')).status).toBe(200);
  });

  test.each([
    ['get', 'POST'],
    ['post', 'GET'],
  ] as const)('%s: not by %s', async (termsMethod, method) => {
    simulator.control.set('termsMethod', termsMethod);
    expect((await getTerms(method)).status).toBe(405);
    expect((await call(method, 'repairDone', { acceptedICloudTerms: 140 })).status).toBe(405);
  });

  test('other terms than these, or none, are not accepted', async () => {
    expect((await call('GET', 'repairDone', { acceptedICloudTerms: 1 })).status).toBe(400);
    expect((await call('GET', 'repairDone', undefined)).status).toBe(400);
    expect((await call('GET', 'getTerms', undefined)).status).toBe(400);
    expect((await client.accountLogin()).json.termsUpdateNeeded).toBe(true);
  });

  test('are for the one who logged in, by name', async () => {
    const body = { locale: 'en-us' };
    expect((await call('GET', 'getTerms', body, QUERY, '')).status).toBe(421);
    expect((await call('GET', 'getTerms', body, QUERY, client.cookies.replaceAll('"', ''))).status).toBe(421);
    expect((await call('GET', 'getTerms', body, 'dsid=12345678901')).status).toBe(400);
    expect((await call('GET', 'getTerms', body, QUERY.replace('901', '999'))).status).toBe(400);
  });
});
