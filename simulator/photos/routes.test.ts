import { expect, test } from 'vitest';
import { TestClient } from './test-client.ts';

const INDEXING = { query: { recordType: 'CheckIndexingState' }, zoneID: { zoneName: 'PrimarySync' } };

test('without a session cookie, or with a wrong one, every endpoint answers 421 and says which cookie is missing', async () => {
  const client = new TestClient();
  const expected = { status: 421, reason: 'Missing X-APPLE-WEBAUTH-TOKEN cookie', error: 1 };
  for (const cookie of ['', 'X-APPLE-WEBAUTH-USER="v=1"', 'X-APPLE-WEBAUTH-TOKEN="forged"']) {
    expect(await client.post('private/zones/list', {}, cookie)).toEqual(expected);
  }
});

test('the dsid may be left out, but not be somebody else’s', async () => {
  const client = new TestClient();
  expect((await client.post('private/records/query?dsid=12345678901', INDEXING)).status).toBe(200);
  expect(await client.post('private/records/query?dsid=999', INDEXING)).toMatchObject({
    status: 401,
    serverErrorCode: 'AUTHENTICATION_FAILED',
  });
});

test('a syncToken comes with getCurrentSyncToken only, as Python and as JavaScript spell it', async () => {
  const client = new TestClient();
  for (const spelling of ['True', 'true']) {
    const { syncToken } = await client.post(`private/records/query?getCurrentSyncToken=${spelling}`, INDEXING);
    expect(syncToken).toMatch(/^AQAAA[\w+/]{39}$/);
  }
  expect(await client.post('private/records/query?getCurrentSyncToken=false', INDEXING)).not.toHaveProperty(
    'syncToken',
  );
});

test('a zone is found in its own scope, by its full name and owner only', async () => {
  const client = new TestClient();
  const shared = client.library.addZone('SharedSync-00000000-1111-2222-3333-444444444444', 'shared').zoneID;
  const ask = async (scope: string, zoneID: object): Promise<string | undefined> =>
    (await client.post(`${scope}/records/query`, { ...INDEXING, zoneID })).serverErrorCode;
  expect(await ask('shared', shared)).toBeUndefined();
  expect(await ask('private', shared)).toBe('ZONE_NOT_FOUND');
  expect(await ask('shared', { zoneName: shared.zoneName })).toBe('ZONE_NOT_FOUND');
  expect(await ask('shared', { zoneName: 'SharedSync' })).toBe('ZONE_NOT_FOUND');
  expect(await ask('private', { zoneName: 'PrimarySync', ownerRecordName: '_somebody' })).toBe('ZONE_NOT_FOUND');
});

test('what is no JSON, of another shape, or for an unknown endpoint is a BAD_REQUEST', async () => {
  const client = new TestClient();
  const refusal = { status: 400, serverErrorCode: 'BAD_REQUEST' };
  expect(await client.post('private/records/query', 'no json')).toMatchObject(refusal);
  expect(await client.post('private/records/query', { zoneID: { zoneName: 'PrimarySync' } })).toMatchObject(refusal);
  expect(await client.post('private/records/changes', {})).toMatchObject(refusal);
});

test('the state of indexing is told as the library has it', async () => {
  const client = new TestClient();
  client.library.zone().indexing = { state: 'RUNNING', progress: 40 };
  const { records } = await client.post('private/records/query', INDEXING);
  expect(records[0]?.fields).toEqual({
    progress: { value: 40, type: 'INT64' },
    state: { value: 'RUNNING', type: 'STRING' },
  });
});
