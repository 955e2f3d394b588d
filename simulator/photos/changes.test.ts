import { expect, test } from 'vitest';
import { ALL, type Answer, names, TEST_NOW, TestClient } from './test-client.ts';
import { LIBRARY_INFO } from './zone.ts';

const PRIMARY = { zoneName: 'PrimarySync' };

async function tokenOf(client: TestClient): Promise<string> {
  const body = { query: { recordType: 'CheckIndexingState' }, zoneID: PRIMARY };
  return (await client.post('private/records/query?getCurrentSyncToken=true', body)).syncToken ?? '';
}

async function changes(client: TestClient, syncToken?: string, more: object = {}): Promise<Answer | undefined> {
  const zones = [{ zoneID: PRIMARY, ...(syncToken !== undefined && { syncToken }), ...more }];
  return (await client.post('private/changes/zone', { zones })).zones[0];
}

/** Follows moreComing to its end. */
async function allChanges(
  client: TestClient,
  since?: string,
): Promise<{ names: string[]; pages: number; token: string }> {
  const seen: string[] = [];
  let pages = 0;
  for (let token = since; ; ) {
    const page = await changes(client, token);
    seen.push(...names(page?.records ?? []));
    token = page?.syncToken ?? '';
    pages += 1;
    if (!page?.moreComing) return { names: seen, pages, token };
  }
}

test('zones/list names the zones of one scope with all of their id', async () => {
  const client = new TestClient();
  const shared = client.library.addZone('SharedSync-00000000-1111-2222-3333-444444444444', 'shared');
  const listing = await client.post('private/zones/list', {});
  expect(listing).toMatchObject({ moreComing: false, syncToken: expect.any(String) });
  expect(listing.zones).toEqual([{ zoneID: client.library.zone().zoneID }]);
  expect((await client.post('shared/zones/list', {})).zones).toEqual([{ zoneID: shared.zoneID }]);
});

test('changes/database names the zones that changed since its token, and none when nothing did', async () => {
  const client = new TestClient();
  const first = await client.post('private/changes/database', {});
  expect(first.zones.map(({ zoneID }) => zoneID.zoneName)).toEqual(['PrimarySync']);
  const syncToken = first.syncToken;
  expect((await client.post('private/changes/database', { syncToken })).zones).toEqual([]);
  client.library.addAsset({ filename: 'new.JPG' });
  const after = await client.post('private/changes/database', { syncToken });
  expect(after.zones).toMatchObject([{ zoneID: PRIMARY, syncToken: await tokenOf(client) }]);
  expect((await client.post('private/changes/database', { syncToken: after.syncToken })).zones).toEqual([]);
});

test('a zone token is no database token, nor the other way round', async () => {
  const client = new TestClient();
  const { syncToken = '' } = await client.post('private/changes/database', {});
  expect(await changes(client, syncToken)).toMatchObject({ serverErrorCode: 'BAD_REQUEST' });
  const refusal = await client.post('private/changes/database', { syncToken: await tokenOf(client) });
  expect(refusal).toMatchObject({ status: 400, serverErrorCode: 'BAD_REQUEST' });
});

test('without a token the full history comes, its first page empty; with an empty one nothing', async () => {
  const client = new TestClient();
  const asset = client.library.addAsset({ filename: 'one.JPG' });
  expect(await changes(client)).toMatchObject({ records: [], moreComing: true });
  expect((await allChanges(client)).names).toEqual([asset.master.recordName, asset.recordName, LIBRARY_INFO]);
  expect(await changes(client, '')).toMatchObject({ records: [], moreComing: false });
});

test('pages hold 200 records at most, and each record comes once, where it changed last', async () => {
  const client = new TestClient();
  const assets = Array.from({ length: 150 }, (_, at) => client.library.addAsset({ filename: `${at}.JPG` }));
  const first = assets[0]?.recordName ?? '';
  client.library.changeAsset(first, { isFavorite: true });
  const { syncToken } = (await changes(client)) ?? {};
  expect((await changes(client, syncToken, { resultsLimit: 1000 }))?.records).toHaveLength(200);
  expect((await changes(client, syncToken, { resultsLimit: 7 }))?.records).toHaveLength(7);
  const all = await allChanges(client);
  expect(all.names).toHaveLength(301);
  expect(all.names.slice(-2)).toEqual([first, LIBRARY_INFO]);
});

test('a long run of superseded changes gives empty pages that are not the end', async () => {
  const client = new TestClient();
  const { recordName } = client.library.addAsset({ filename: 'one.JPG' });
  const since = await tokenOf(client);
  for (let at = 0; at < 1200; at += 1) client.library.changeAsset(recordName, { isFavorite: at % 2 === 0 });
  expect(await changes(client, since)).toMatchObject({ records: [], moreComing: true });
  const rest = await allChanges(client, since);
  expect(rest.names).toEqual([recordName, LIBRARY_INFO]);
  expect(rest.pages).toBe(3);
});

test('the same token gives the same answer, and the new one what came after', async () => {
  const client = new TestClient();
  const since = await tokenOf(client);
  client.library.addAsset({ filename: 'one.JPG' });
  const strip = (answer: Answer | undefined): unknown => names(answer?.records ?? []);
  const first = await changes(client, since);
  expect(strip(await changes(client, since))).toEqual(strip(first));
  const second = client.library.addAsset({ filename: 'two.JPG' });
  expect((await allChanges(client, first?.syncToken)).names).toEqual([
    second.master.recordName,
    second.recordName,
    LIBRARY_INFO,
  ]);
});

test('what its owner does to a picture shows as Apple shows it', async () => {
  const client = new TestClient();
  const { recordName, master } = client.library.addAsset({ filename: 'one.JPG' });
  const after = async (act: () => void) => {
    const since = await tokenOf(client);
    act();
    const page = await changes(client, since);
    return (page?.records ?? []).filter((record) => record.recordName !== LIBRARY_INFO);
  };
  const favourite = await after(() => client.library.changeAsset(recordName, { isFavorite: true }));
  expect(names(favourite)).toEqual([recordName]);
  const renamed = await after(() => client.library.changeAsset(recordName, { filename: 'two.JPG' }));
  expect(names(renamed)).toEqual([master.recordName, recordName]);
  expect(renamed[0]?.fields.filenameEnc?.value).toBe(Buffer.from('two.JPG').toString('base64'));
  const edit = { adjustmentType: 'com.apple.photo', resources: {} };
  const edited = await after(() => client.library.changeAsset(recordName, { edit }));
  expect(edited.map(({ fields }) => fields.adjustmentType?.value)).toEqual(['com.apple.photo']);
  const deleted = await after(() => client.library.deleteAsset(recordName));
  expect(names(deleted)).toEqual([master.recordName, recordName]);
  expect(deleted.map(({ fields }) => fields.isDeleted?.value)).toEqual([1, 1]);
  const restored = await after(() => client.library.changeAsset(recordName, { isDeleted: false }));
  expect(names(restored)).toEqual([recordName]);
  expect(restored[0]?.fields).not.toHaveProperty('isDeleted');
  const copied = await after(() => client.library.addAsset({ filename: '', duplicateOf: recordName }));
  expect(copied.map(({ recordType }) => recordType)).toEqual(['CPLAsset']);
  const shared = await after(() => client.library.deleteAsset(recordName));
  expect(names(shared)).toEqual([recordName]);
});

test('a purged picture leaves tombstones of all its records, and of its places in albums', async () => {
  const client = new TestClient();
  const { recordName, master } = client.library.addAsset({ filename: 'one.JPG' });
  const zone = client.library.zone();
  const album = zone.addAlbum({ name: 'A' }, TEST_NOW);
  zone.addToAlbum(album.recordName, recordName, TEST_NOW);
  const since = await tokenOf(client);
  client.library.purgeAsset(recordName);
  const records = (await changes(client, since))?.records.filter((record) => record.deleted);
  expect(records).toEqual(
    [`${recordName}-IN-${album.recordName}`, master.recordName, recordName].map((gone) => ({
      recordName: gone,
      recordType: null,
      deleted: true,
      recordChangeTag: '0',
    })),
  );
  expect((await client.list(ALL)).records).toEqual([]);
});

test('bad tokens and unknown zones are refused zone by zone', async () => {
  const client = new TestClient();
  const good = await tokenOf(client);
  const zones = [
    { zoneID: PRIMARY, syncToken: 'garbage' },
    { zoneID: PRIMARY, syncToken: good.slice(0, -8) },
    { zoneID: { zoneName: 'SharedSync' }, syncToken: good },
    { zoneID: PRIMARY, syncToken: good },
  ];
  const answer = await client.post('private/changes/zone', { zones });
  expect(answer.status).toBe(200);
  expect(answer.zones).toMatchObject([
    { serverErrorCode: 'BAD_REQUEST', reason: 'Unknown sync continuation type' },
    { serverErrorCode: 'BAD_REQUEST', reason: 'Invalid continuation format' },
    { serverErrorCode: 'ZONE_NOT_FOUND' },
    { records: [], moreComing: false },
  ]);
});
