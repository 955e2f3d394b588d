import { beforeEach, expect, test } from 'vitest';
import type { Asset } from './model.ts';
import { ALL, type Answer, names, ofType, TestClient } from './test-client.ts';

let client: TestClient;
let asset: Asset;

beforeEach(() => {
  client = new TestClient();
  asset = client.library.addAsset({ filename: 'one.JPG' });
});

function update(recordName: string, fields: object, recordChangeTag: string): object {
  return { operationType: 'update', record: { recordName, recordType: 'CPLAsset', recordChangeTag, fields } };
}

function modify(operations: readonly object[], more: object = {}): Promise<Answer> {
  const zoneID = { zoneName: 'PrimarySync' };
  return client.post('private/records/modify?getCurrentSyncToken=True', { operations, zoneID, ...more });
}

const DELETE = { isDeleted: { value: 1 } };

test('a deletion is answered in the recorded form', async () => {
  client.clock.time += 5000;
  const operation = update(asset.recordName, DELETE, asset.revision.recordChangeTag);
  const before = asset.revision.recordChangeTag;
  const answer = await modify([operation], { atomic: true, desiredKeys: ['isDeleted'] });
  expect(answer.status).toBe(200);
  expect(answer.syncToken).toBeDefined();
  const [record] = answer.records;
  expect(Object.keys(record ?? {}).sort()).toEqual([
    'created',
    'deleted',
    'expirationTime',
    'fields',
    'modified',
    'pluginFields',
    'recordChangeTag',
    'recordName',
    'recordType',
  ]);
  expect(record).toMatchObject({
    recordName: asset.recordName,
    fields: { isDeleted: { value: 1, type: 'INT64' } },
    modified: { timestamp: client.clock.time, deviceID: '2' },
    deleted: false,
    expirationTime: client.clock.time / 1000 + 40 * 86_400,
  });
  expect(Object.keys(record?.fields ?? {})).toEqual(['isDeleted']);
  expect(record?.recordChangeTag).not.toBe(before);
});

test('a deleted picture is in Recently Deleted with both its records, purged in thirty days', async () => {
  await modify([update(asset.recordName, DELETE, asset.revision.recordChangeTag)]);
  expect((await client.list(ALL)).records).toEqual([]);
  const { records } = await client.list('CPLAssetAndMasterDeletedByExpungedDate');
  for (const record of records) {
    expect(record.fields.dateExpunged?.value).toBe(client.clock.time + 30 * 86_400_000);
    expect(record.fields.isDeleted?.value).toBe(1);
    expect(record.expirationTime).toBe(client.clock.time / 1000 + 40 * 86_400);
  }
  expect(names(records)).toEqual([asset.master.recordName, asset.recordName]);
});

test('favourites and hidden pictures change, and a deletion can be taken back', async () => {
  const change = async (fields: object): Promise<void> => {
    const { records } = await modify([update(asset.recordName, fields, asset.revision.recordChangeTag)]);
    expect(records[0]?.serverErrorCode).toBeUndefined();
  };
  await change({ isFavorite: { value: 1, type: 'INT64' }, isHidden: { value: 1 } });
  expect(asset).toMatchObject({ isFavorite: true, isHidden: true });
  await change(DELETE);
  await change({ isDeleted: { value: 0 }, isHidden: { value: 0 } });
  expect(asset).toMatchObject({ isFavorite: true, isHidden: false, deletedAt: undefined });
});

test('a stale change tag is a CONFLICT, and the picture stays', async () => {
  const operation = update(asset.recordName, DELETE, asset.revision.recordChangeTag);
  client.library.changeAsset(asset.recordName, { isFavorite: true });
  const { records, status } = await modify([operation]);
  expect(status).toBe(200);
  expect(records).toMatchObject([{ recordName: asset.recordName, serverErrorCode: 'CONFLICT' }]);
  expect(asset.deletedAt).toBeUndefined();
});

test('atomic operations are done all or not at all; others each for itself', async () => {
  const other = client.library.addAsset({ filename: 'two.JPG' });
  const operations = () => [
    update(asset.recordName, DELETE, 'stale'),
    update(other.recordName, DELETE, other.revision.recordChangeTag),
    update('NO-SUCH-ASSET', DELETE, '1'),
  ];
  const codes = (answer: Answer) => answer.records.map(({ serverErrorCode }) => serverErrorCode);
  expect(codes(await modify(operations(), { atomic: true }))).toEqual(['CONFLICT', 'ATOMIC_ERROR', 'NOT_FOUND']);
  expect(other.deletedAt).toBeUndefined();
  expect(codes(await modify(operations(), { atomic: false }))).toEqual(['CONFLICT', undefined, 'NOT_FOUND']);
  expect(other.deletedAt).toBe(client.clock.time);
});

test.each([
  [
    'without a change tag',
    { operationType: 'update', record: { recordName: 'X', recordType: 'CPLAsset', fields: {} } },
  ],
  ['of another kind', { operationType: 'delete', record: { recordName: 'X' } }],
  ['on a field that is not a flag', update('X', { assetDate: { value: 0 } }, '1')],
  ['with a flag of the wrong type', update('X', { isDeleted: { value: '1', type: 'STRING' } }, '1')],
])('an operation %s is a BAD_REQUEST', async (_, operation) => {
  expect(await modify([operation])).toMatchObject({ status: 400, serverErrorCode: 'BAD_REQUEST' });
});

test('records are looked up by name, the missing ones named, at most 200 at once', async () => {
  const zoneID = { zoneName: 'PrimarySync' };
  const lookup = (recordNames: readonly string[]) =>
    client.post('private/records/lookup', { records: recordNames.map((recordName) => ({ recordName })), zoneID });
  const { records } = await lookup([asset.recordName, 'NO-SUCH-RECORD', asset.master.recordName]);
  expect(records.map(({ recordType, serverErrorCode }) => recordType ?? serverErrorCode)).toEqual([
    'CPLAsset',
    'NOT_FOUND',
    'CPLMaster',
  ]);
  expect((await lookup(Array(200).fill('X'))).records).toHaveLength(200);
  expect(await lookup(Array(201).fill('X'))).toMatchObject({ serverErrorCode: 'BAD_REQUEST' });
});

test('the shared master of a duplicate stays until its last asset is deleted', async () => {
  const copy = client.library.addAsset({ filename: '', duplicateOf: asset.recordName });
  await modify([update(asset.recordName, DELETE, asset.revision.recordChangeTag)]);
  const [master] = ofType(await client.list(ALL), 'CPLMaster');
  expect(master?.fields).not.toHaveProperty('isDeleted');
  await modify([update(copy.recordName, DELETE, copy.revision.recordChangeTag)]);
  const [deleted] = ofType(await client.list('CPLAssetAndMasterDeletedByExpungedDate'), 'CPLMaster');
  expect(deleted?.fields.isDeleted?.value).toBe(1);
});
