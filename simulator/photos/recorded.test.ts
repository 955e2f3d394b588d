import { beforeAll, describe, expect, test } from 'vitest';
import { hasRecordings, recordedTexts, recording } from '../../test/support/recordings.ts';
import { createSampleLibrary } from '../sample/sample-library.ts';
import { fileChecksum } from './checksum.ts';
import { locationPlist } from './plist.ts';
import { ALL, type Answer, type ReceivedRecord, TestClient } from './test-client.ts';

const APPLE_EPOCH = Date.UTC(2001, 0, 1);

function recordedRecords(): readonly ReceivedRecord[] {
  const texts = ['listing_photos', 'listing_albums'].flatMap((name) => recordedTexts(name, 'records/query'));
  return texts.flatMap((text) => {
    const answer: Partial<Answer> = JSON.parse(text);
    return [...(answer.records ?? []), ...(answer.batch ?? []).flatMap(({ records }) => records)];
  });
}

/** What a field looks like: its type, and the keys of its value. */
function shapes(records: readonly ReceivedRecord[]): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const { recordType, fields } of records) {
    for (const [name, { type, value }] of Object.entries(fields)) {
      const keys = type === 'ASSETID' ? Object.keys(Object(value)).sort() : [];
      found.set(`${recordType}.${name}`, { type, keys });
    }
  }
  return found;
}

async function sampleRecords(): Promise<readonly ReceivedRecord[]> {
  const client = new TestClient(await createSampleLibrary({ hostile: false }));
  const query = (recordType: string) => ({ query: { recordType }, zoneID: { zoneName: 'PrimarySync' } });
  const shared = client.library.zones[1]?.zoneID;
  const filterBy = [
    { fieldName: 'startRank', comparator: 'EQUALS', fieldValue: { type: 'INT64', value: 0 } },
    { fieldName: 'direction', comparator: 'EQUALS', fieldValue: { type: 'STRING', value: 'ASCENDING' } },
  ];
  const answers = await Promise.all([
    client.list(ALL),
    client.post('private/records/query', query('CheckIndexingState')),
    client.post('private/records/query', query('CPLAlbumByPositionLive')),
    client.post('shared/records/query', { query: { recordType: ALL, filterBy }, zoneID: shared }),
  ]);
  return answers.flatMap(({ records }) => records);
}

describe.skipIf(!hasRecordings)('as Apple sent it (waits for shared/recordings where it is missing)', () => {
  let ours: readonly ReceivedRecord[];

  beforeAll(async () => {
    ours = await sampleRecords();
  });

  test('the checksum of a complete download', () => {
    const download = recording('listing_photos').find(({ request }) => request.url.includes('icloud-content.com'));
    const bytes = Buffer.from(download?.response.body.base64 ?? '', 'base64');
    expect(bytes.length).toBe(1_884_695);
    expect(fileChecksum([bytes])).toBe('AY6c+BsE0jjaXx9tmVGJM1D2VcEO');
  });

  test('every field that both the recordings and the sample library have is of the same type', async () => {
    const recorded = shapes(recordedRecords());
    const own = shapes(ours);
    const common = [...own.keys()].filter((name) => recorded.has(name));
    expect(Object.fromEntries(common.map((name) => [name, own.get(name)]))).toEqual(
      Object.fromEntries(common.map((name) => [name, recorded.get(name)])),
    );
    for (const type of ['CPLMaster', 'CPLAsset', 'CPLAlbum', 'CheckIndexingState']) {
      expect(common.filter((name) => name.startsWith(`${type}.`)).length).toBeGreaterThan(
        type === 'CheckIndexingState' ? 1 : 6,
      );
    }
  });

  test('a record lacks none of the fields that all recorded ones of its kind have', async () => {
    const always = (records: readonly ReceivedRecord[], recordType: string) => {
      const [first, ...others] = records.filter((record) => record.recordType === recordType);
      return Object.keys(first?.fields ?? {}).filter((name) => others.every(({ fields }) => fields[name]));
    };
    // the empty file has no renditions, and one date is absent on purpose
    const complete = ours.filter(
      ({ recordType, fields }) =>
        (recordType !== 'CPLMaster' || fields.resJPEGMedRes) && (recordType !== 'CPLAsset' || fields.assetDate),
    );
    for (const type of ['CPLMaster', 'CPLAsset']) {
      const required = always(recordedRecords(), type);
      expect(required.length).toBeGreaterThan(15);
      expect(always(complete, type)).toEqual(expect.arrayContaining(required));
    }
  });

  test('the envelope of a record', async () => {
    const [recorded] = recordedRecords().filter(({ recordType }) => recordType === 'CPLAsset');
    const [own] = ours.filter(({ recordType }) => recordType === 'CPLAsset');
    expect(Object.keys(own ?? {})).toEqual(Object.keys(recorded ?? {}));
    expect(Object.keys(own?.created ?? {})).toEqual(Object.keys(recorded?.created ?? {}));
  });

  test('the parameters of a download link', async () => {
    const parameters = (record: ReceivedRecord | undefined): unknown => {
      const value = record?.fields.resOriginalRes?.value as { readonly downloadURL: string } | undefined;
      return [...new URL(value?.downloadURL ?? '').searchParams.keys()];
    };
    const masters = (records: readonly ReceivedRecord[]) =>
      records.filter(({ recordType }) => recordType === 'CPLMaster');
    expect(parameters(masters(ours)[0])).toEqual(parameters(masters(recordedRecords())[0]));
  });

  test('a place, byte for byte', () => {
    const field = recordedRecords().find(({ fields }) => fields.locationEnc)?.fields.locationEnc;
    const recorded = Buffer.from(String(field?.value), 'base64');
    // the values lie behind the keys, each behind its mark
    const [altitude = 0, longitude = 0, latitude = 0] = [86, 95, 104].map((at) => recorded.readDoubleBE(at));
    expect(latitude).toBeCloseTo(18.82, 2);
    const location = { altitude, longitude, latitude, plist: 'binary' } as const;
    expect(Buffer.from(locationPlist(location, APPLE_EPOCH))).toEqual(recorded);
  });
});
