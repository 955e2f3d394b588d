import { beforeEach, describe, expect, test } from 'vitest';
import { ALL, names, ofType, TEST_NOW, TestClient } from './test-client.ts';

const HOUR = 3_600_000;
let client: TestClient;

beforeEach(() => {
  client = new TestClient();
});

/** @returns asset record names, newest first */
function addPhotos(count: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, at) => client.library.addAsset({ filename: `IMG_${at}.JPG`, assetDate: TEST_NOW - at * HOUR }).recordName,
  );
}

async function countOf(...countIds: readonly string[]): Promise<readonly (readonly [string, unknown])[]> {
  const fieldValue = { type: 'STRING_LIST', value: countIds };
  const filterBy = { fieldName: 'indexCountID', comparator: 'IN', fieldValue };
  const query = { recordType: 'HyperionIndexCountLookup', filterBy };
  const item = { query, resultsLimit: countIds.length, zoneWide: true, zoneID: { zoneName: 'PrimarySync' } };
  const { batch } = await client.post('private/internal/records/query/batch', { batch: [item] });
  return (batch[0]?.records ?? []).map(({ recordName, fields }) => [recordName, fields.itemCount?.value]);
}

describe('ranks', () => {
  test('ascending starts at the newest; all masters come before all assets', async () => {
    const photos = addPhotos(3);
    const { records } = await client.list(ALL);
    expect(records.map(({ recordType }) => recordType)).toEqual([
      ...Array(3).fill('CPLMaster'),
      ...Array(3).fill('CPLAsset'),
    ]);
    expect(names(records.slice(3))).toEqual(photos);
    const masterOf = (record: (typeof records)[number]): unknown => record.fields.masterRef?.value;
    expect(records.slice(3).map(masterOf)).toMatchObject(records.slice(0, 3).map(({ recordName }) => ({ recordName })));
  });

  test('resultsLimit counts records, startRank counts items, and 200 records are the most', async () => {
    const photos = addPhotos(130);
    const first = await client.list(ALL, { resultsLimit: 1000 });
    expect(first.records).toHaveLength(200);
    expect(first.continuationMarker).toBeDefined();
    const second = await client.list(ALL, { startRank: 100, resultsLimit: 200 });
    expect(names(ofType(second, 'CPLAsset'))).toEqual(photos.slice(100));
    expect(second).not.toHaveProperty('continuationMarker');
    expect((await client.list(ALL, { startRank: 130 })).records).toEqual([]);
    expect((await client.list(ALL, { resultsLimit: 198 })).records).toHaveLength(198);
    expect((await client.list(ALL, { resultsLimit: 1 })).records).toHaveLength(1);
  });

  test('descending gives the window that ends at the rank, oldest first', async () => {
    const photos = addPhotos(10);
    const page = (startRank: number) => client.list(ALL, { startRank, direction: 'DESCENDING', resultsLimit: 6 });
    expect(names(ofType(await page(9), 'CPLAsset'))).toEqual([photos[9], photos[8], photos[7]]);
    const last = await page(1);
    expect(names(ofType(last, 'CPLAsset'))).toEqual([photos[1], photos[0]]);
    expect(last).not.toHaveProperty('continuationMarker');
  });

  test('a continuation marker leads through all pages, also when a photo was added in between', async () => {
    const photos = addPhotos(25);
    const seen: string[] = [];
    let marker: string | undefined;
    do {
      const page = await client.list(ALL, { resultsLimit: 20, ...(marker && { continuationMarker: marker }) });
      seen.push(...names(ofType(page, 'CPLAsset')));
      marker = page.continuationMarker;
      client.library.addAsset({ filename: 'new.JPG', assetDate: TEST_NOW + HOUR });
    } while (marker);
    expect(seen).toEqual(photos);
    expect(await client.list(ALL, { continuationMarker: 'garbage' })).toMatchObject({ serverErrorCode: 'BAD_REQUEST' });
  });

  test('a master that two assets share comes once on a page, its assets both', async () => {
    const [original = ''] = addPhotos(1);
    const { recordName } = client.library.addAsset({
      filename: 'ignored',
      duplicateOf: original,
      assetDate: TEST_NOW - 1,
    });
    const page = await client.list(ALL);
    expect(ofType(page, 'CPLMaster')).toHaveLength(1);
    expect(names(ofType(page, 'CPLAsset'))).toEqual([original, recordName]);
  });

  test('an absent date is older than any other, and no date too far away to list', async () => {
    const dates = [null, -62_000_000_000_000, -138_000_000_000, 0, TEST_NOW];
    const added = dates.map((assetDate) => client.library.addAsset({ filename: 'x.JPG', assetDate }).recordName);
    const page = await client.list(ALL);
    expect(names(ofType(page, 'CPLAsset'))).toEqual(added.toReversed());
    expect(ofType(page, 'CPLAsset').at(-1)?.fields).not.toHaveProperty('assetDate');
  });
});

describe('refusals', () => {
  const filter = (fieldName: string, type: string, value: unknown, comparator = 'EQUALS') => ({
    fieldName,
    comparator,
    fieldValue: { type, value },
  });
  const direction = filter('direction', 'STRING', 'ASCENDING');
  const rank = filter('startRank', 'INT64', 0);
  test.each([
    ['a startRank of type STRING', ALL, [filter('startRank', 'STRING', 0), direction]],
    ['a startRank that is text', ALL, [filter('startRank', 'INT64', '0'), direction]],
    ['a missing startRank', ALL, [direction]],
    ['a missing direction', ALL, [rank]],
    ['a direction that does not exist', ALL, [rank, filter('direction', 'STRING', 'SIDEWAYS')]],
    ['another comparator', ALL, [filter('startRank', 'INT64', 0, 'IN'), direction]],
    ['an unknown field', ALL, [rank, direction, filter('colour', 'STRING', 'red')]],
    ['an unknown list', 'CPLAssetByMood', [rank, direction]],
    ['a smart album without its name', 'CPLAssetAndMasterInSmartAlbumByAssetDate', [rank, direction]],
    ['an album without its parentId', 'CPLContainerRelationLiveByAssetDate', [rank, direction]],
  ])('%s is a BAD_REQUEST', async (_, recordType, filterBy) => {
    const body = { query: { recordType, filterBy }, zoneID: { zoneName: 'PrimarySync' } };
    expect(await client.post('private/records/query', body)).toMatchObject({
      status: 400,
      serverErrorCode: 'BAD_REQUEST',
    });
  });
});

describe('indexes', () => {
  test('hidden and deleted pictures are in their own lists only, and counted there', async () => {
    const [plain = '', hidden = '', deleted = ''] = addPhotos(3);
    client.library.changeAsset(hidden, { isHidden: true });
    client.library.deleteAsset(deleted);
    const listed = async (list: string) => names(ofType(await client.list(list), 'CPLAsset'));
    expect(await listed(ALL)).toEqual([plain]);
    expect(await listed('CPLAssetAndMasterHiddenByAssetDate')).toEqual([hidden]);
    expect(await listed('CPLAssetAndMasterDeletedByExpungedDate')).toEqual([deleted]);
    expect(
      await countOf(
        'CPLAssetByAssetDateWithoutHiddenOrDeleted',
        'CPLAssetHiddenByAssetDate',
        'CPLAssetDeletedByExpungedDate',
      ),
    ).toEqual([
      ['CPLAssetByAssetDateWithoutHiddenOrDeleted', 1],
      ['CPLAssetHiddenByAssetDate', 1],
      ['CPLAssetDeletedByExpungedDate', 1],
    ]);
  });

  test('a hidden picture that is deleted is a deleted one', async () => {
    const { recordName } = client.library.addAsset({ filename: 'x.JPG', isHidden: true, isDeleted: true });
    expect((await client.list('CPLAssetAndMasterHiddenByAssetDate')).records).toEqual([]);
    const deleted = await client.list('CPLAssetAndMasterDeletedByExpungedDate');
    expect(names(ofType(deleted, 'CPLAsset'))).toEqual([recordName]);
  });

  test('a list shows what changed since it was asked for last', async () => {
    const [first = ''] = addPhotos(1);
    expect(names(ofType(await client.list(ALL), 'CPLAsset'))).toEqual([first]);
    const { recordName } = client.library.addAsset({ filename: 'newer.JPG', assetDate: TEST_NOW + HOUR });
    expect(names(ofType(await client.list(ALL), 'CPLAsset'))).toEqual([recordName, first]);
    client.library.deleteAsset(first);
    expect(names(ofType(await client.list(ALL), 'CPLAsset'))).toEqual([recordName]);
  });

  test('the added-date list goes by the day of the upload', async () => {
    const added = [1, 3, 2].map(
      (day) => client.library.addAsset({ filename: 'x.JPG', assetDate: -day, addedDate: TEST_NOW + day }).recordName,
    );
    const page = await client.list('CPLAssetAndMasterByAddedDate');
    expect(names(ofType(page, 'CPLAsset'))).toEqual([added[1], added[2], added[0]]);
  });

  test.each([
    ['FAVORITE', 'Favorite', { isFavorite: true }],
    ['SCREENSHOT', 'Screenshot', { subtype: 'screenshot' }],
    ['LIVE', 'Live', { subtype: 'live' }],
    ['PANORAMA', 'Panorama', { subtype: 'panorama' }],
    ['SLOMO', 'Slomo', { subtype: 'slomo' }],
    ['TIMELAPSE', 'Timelapse', { subtype: 'timelapse' }],
  ] as const)('the smart album %s holds its kind', async (smartAlbum, countName, kind) => {
    addPhotos(2);
    const { recordName } = client.library.addAsset({ filename: 'x.JPG', ...kind });
    const page = await client.list('CPLAssetAndMasterInSmartAlbumByAssetDate', { filters: { smartAlbum } });
    expect(names(ofType(page, 'CPLAsset'))).toEqual([recordName]);
    const id = `CPLAssetInSmartAlbumByAssetDate:${countName}`;
    expect(await countOf(id)).toEqual([[id, 1]]);
  });

  test('of a burst the whole library shows the key frame, the list of bursts all', async () => {
    const frame = (key: boolean) => client.library.addAsset({ filename: 'b.JPG', burst: { id: 'B', key } }).recordName;
    const frames = [frame(false), frame(true), frame(false)];
    expect(names(ofType(await client.list(ALL), 'CPLAsset'))).toEqual([frames[1]]);
    const page = await client.list('CPLBurstStackAssetAndMasterByAssetDate');
    expect(new Set(names(ofType(page, 'CPLAsset')))).toEqual(new Set(frames));
  });

  test('one picture can be asked for by its record name', async () => {
    const photos = addPhotos(5);
    const page = await client.list(ALL, { filters: { recordName: photos[3] ?? '' }, resultsLimit: 2 });
    expect(names(ofType(page, 'CPLAsset'))).toEqual([photos[3]]);
  });

  test('desiredKeys limits the fields, and nothing else', async () => {
    addPhotos(1);
    const { records } = await client.list(ALL, { desiredKeys: ['filenameEnc', 'masterRef'] });
    expect(records.map(({ fields }) => Object.keys(fields))).toEqual([['filenameEnc'], ['masterRef']]);
    expect(records[0]).toHaveProperty('recordChangeTag');
  });

  test('counts are answered through records/query too, where conditions are a list', async () => {
    addPhotos(4);
    const fieldValue = { type: 'STRING_LIST', value: ['CPLAssetByAddedDate', 'NoSuchIndex'] };
    const filterBy = [{ fieldName: 'indexCountID', comparator: 'IN', fieldValue }];
    const query = { recordType: 'HyperionIndexCountLookup', filterBy };
    const { records } = await client.post('private/records/query', { query, zoneID: { zoneName: 'PrimarySync' } });
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      recordName: 'CPLAssetByAddedDate',
      recordType: 'IndexCountResult',
      fields: { itemCount: { value: 4, type: 'INT64' } },
    });
  });
});

describe('albums', () => {
  test('without a parent the top level is listed, with one the folder; both in their order', async () => {
    const zone = client.library.zone();
    const folder = zone.addAlbum({ name: 'Travels', kind: 'folder' }, TEST_NOW);
    const inside = zone.addAlbum({ name: 'Kyoto', parent: folder.recordName }, TEST_NOW);
    const beside = zone.addAlbum({ name: 'Été' }, TEST_NOW);
    const list = async (parentId?: string) => {
      const fieldValue = { type: 'STRING', value: parentId };
      const filterBy = parentId ? [{ fieldName: 'parentId', comparator: 'EQUALS', fieldValue }] : [];
      const query = { recordType: 'CPLAlbumByPositionLive', filterBy };
      return (await client.post('private/records/query', { query, zoneID: { zoneName: 'PrimarySync' } })).records;
    };
    const top = await list();
    expect(names(top)).toEqual([folder.recordName, beside.recordName]);
    expect(top.map(({ fields }) => fields.albumType?.value)).toEqual([3, 0]);
    expect(top[1]?.fields.albumNameEnc).toEqual({ value: 'w4l0w6k=', type: 'ENCRYPTED_BYTES' });
    const nested = await list(folder.recordName);
    expect(names(nested)).toEqual([inside.recordName]);
    expect(nested[0]?.fields.parentId).toEqual({ value: folder.recordName, type: 'STRING' });
  });

  test('an album gives three records an item, by date or in its own order, and its count', async () => {
    const photos = addPhotos(80);
    const zone = client.library.zone();
    const { recordName: parentId } = zone.addAlbum({ name: 'All' }, TEST_NOW);
    for (const photo of photos.toReversed()) zone.addToAlbum(parentId, photo, TEST_NOW);
    const filters = { parentId };
    const byDate = await client.list('CPLContainerRelationLiveByAssetDate', { filters });
    expect(byDate.records).toHaveLength(198);
    expect(names(ofType(byDate, 'CPLAsset'))).toEqual(photos.slice(0, 66));
    const relation = ofType(byDate, 'CPLContainerRelation')[0];
    expect(relation?.recordName).toBe(`${photos[0]}-IN-${parentId}`);
    expect(relation?.fields).toMatchObject({ itemId: { value: photos[0] }, containerId: { value: parentId } });
    const byPosition = await client.list('CPLContainerRelationLiveByPosition', { filters, startRank: 66 });
    expect(names(ofType(byPosition, 'CPLAsset'))).toEqual(photos.toReversed().slice(66));
    const countId = `CPLContainerRelationNotDeletedByAssetDate:${parentId}`;
    expect(await countOf(countId)).toEqual([[countId, 80]]);
  });
});
