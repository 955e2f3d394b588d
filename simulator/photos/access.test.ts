import { Agent, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../index.ts';
import { quickSimulator } from '../testing/quick-simulator.ts';
import { cookieHeader, send } from '../testing/raw-client.ts';
import type { SignInClient } from '../testing/sign-in-client.ts';

const PATH = '/database/1/com.apple.photos.cloud/production/private';
let simulator: Simulator;
let client: SignInClient;

beforeEach(async () => {
  ({ simulator, client } = await quickSimulator([{}]));
  await client.signIn(() => simulator.control.lastCode());
});
afterEach(() => simulator.close());

const cloudKit = (partition: number | undefined, endpoint = 'zones/list', body: object = {}) =>
  send(simulator.url, {
    method: 'POST',
    path: `${PATH}/${endpoint}`,
    headers: { cookie: client.cookies },
    body,
    ...(partition === undefined ? {} : { host: `p${partition}-ckdatabasews.icloud.com` }),
  });
const photosUrl = ({ json }: { readonly json: Record<string, unknown> }) =>
  JSON.parse(JSON.stringify(json)).webservices.ckdatabasews.url;

describe('photos that move', () => {
  test('are found again with the address of the next accountLogin, and only there', async () => {
    expect([(await cloudKit(61)).status, (await cloudKit(62)).status]).toEqual([200, 421]);
    simulator.control.movePartition();
    const valid = await client.setup('validate', 'null');
    expect([valid.status, photosUrl(valid)]).toEqual([200, 'https://p61-ckdatabasews.icloud.com:443']);
    client.cookies = cookieHeader(valid);
    for (const partition of [61, 62, undefined]) expect((await cloudKit(partition)).status).toBe(421);
    const login = await client.accountLogin();
    expect(photosUrl(login)).toBe('https://p62-ckdatabasews.icloud.com:443');
    expect(login.header('x-apple-user-partition')).toBe('62');
    const statuses = [];
    for (const partition of [61, 62, 63, undefined]) statuses.push((await cloudKit(partition)).status);
    expect(statuses).toEqual([421, 200, 421, 200]);
  });

  test('move at a request to the control interface', async () => {
    expect((await send(simulator.url, { method: 'POST', path: '/control/partition/move' })).status).toBe(204);
    expect((await cloudKit(61)).status).toBe(421);
  });
});

describe('a stale connection', () => {
  const over = (agent: Agent) =>
    new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request(
        `${simulator.url}${PATH}/zones/list`,
        { method: 'POST', agent, headers: { cookie: client.cookies, 'content-type': 'text/plain' } },
        (incoming) => {
          incoming.resume();
          incoming.on('end', () => resolve(incoming.statusCode));
        },
      );
      outgoing.on('error', reject);
      outgoing.end('{}');
    });

  test('is misdirected for good, with all that were open; a new one is not', async () => {
    const agents = [0, 1, 2].map(() => new Agent({ keepAlive: true, maxSockets: 1 }));
    const [first, second, third] = agents as [Agent, Agent, Agent];
    expect([await over(first), await over(second)]).toEqual([200, 200]);
    simulator.control.set('staleConnection', 'next');
    expect([await over(first), await over(first), await over(second)]).toEqual([421, 421, 421]);
    expect([await over(third), await over(third)]).toEqual([200, 200]);
    first.destroy();
    expect(await over(first)).toBe(200);
    for (const agent of agents) agent.destroy();
  });

  test('leads to the other services all the same', async () => {
    simulator.control.set('staleConnection', 'next');
    expect((await cloudKit(61)).status).toBe(421);
    expect((await client.setup('validate', 'null')).status).toBe(200);
  });
});

describe('photos that are not ready', () => {
  const indexing = { query: { recordType: 'CheckIndexingState' }, zoneID: { zoneName: 'PrimarySync' } };
  const ask = () => cloudKit(61, 'records/query', indexing);

  test('never set up, no zone is there', async () => {
    simulator.control.set('photos', 'not-set-up');
    const answer = await ask();
    expect([answer.status, answer.json]).toMatchObject([404, { serverErrorCode: 'ZONE_NOT_FOUND' }]);
    expect((await cloudKit(61)).json.zones).toEqual([]);
    expect((await cloudKit(61, 'changes/database')).json.zones).toEqual([]);
    simulator.control.set('photos', 'ready');
    expect([(await ask()).status, (await cloudKit(61)).json.zones]).toMatchObject([200, [{}]]);
  });

  test('being indexed, they say how far', async () => {
    simulator.control.set('photos', { indexing: { progress: 40 } });
    expect((await ask()).json).toMatchObject({
      records: [{ fields: { progress: { value: 40 }, state: { value: 'RUNNING' } } }],
    });
    simulator.control.set('photos', 'ready');
    expect((await ask()).json).toMatchObject({ records: [{ fields: { state: { value: 'FINISHED' } } }] });
  });
});
