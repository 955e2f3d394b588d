import { describe, expect, test } from 'vitest';
import { hasRecordings, recordedTexts, recording } from '../../../test/support/recordings.ts';
import { parseAccountInfo } from '../account/account-info.ts';
import { recordsAnswer } from '../cloudkit/records.ts';
import { createAsset, masterRefOf } from './asset.ts';
import { ChecksumStream, isVerifiable } from './checksum.ts';

describe.skipIf(!hasRecordings)('what Apple really sent (waits for shared/recordings where it is missing)', () => {
  test('the checksum of a downloaded file', () => {
    const download = recording('listing_photos').find(({ request }) => request.url.includes('icloud-content.com'));
    const bytes = Buffer.from(download?.response.body.base64 ?? '', 'base64');
    const checksum = new ChecksumStream();
    checksum.update(bytes.subarray(0, 1000));
    checksum.update(bytes.subarray(1000));
    expect(bytes.length).toBe(1_884_695);
    expect(checksum.digest()).toBe('AY6c+BsE0jjaXx9tmVGJM1D2VcEO');
  });

  test('a page of the library', () => {
    const text = recordedTexts('listing_photos', '/private/records/query').find((body) => body.includes('CPLMaster'));
    const { records = [], continuationMarker } = recordsAnswer.parse(JSON.parse(text ?? ''));
    const masters = new Map(records.filter((r) => r.recordType === 'CPLMaster').map((r) => [r.recordName, r]));
    const items = records
      .filter((r) => r.recordType === 'CPLAsset')
      .flatMap((asset) => {
        const master = masters.get(masterRefOf(asset) ?? '');
        return master ? [createAsset(asset, master)] : [];
      });
    expect(continuationMarker).toBeDefined();
    expect(items).toHaveLength(100);
    expect(items.filter(({ resources }) => resources.live)).toHaveLength(77);
    expect(items.every(({ resources }) => resources.original && isVerifiable(resources.original.fileChecksum))).toBe(
      true,
    );
    expect(items[0]).toMatchObject({
      recordName: 'F2A23C38-0020-42FE-A273-2923ADE3CAED',
      masterName: 'AY6c+BsE0jjaXx9tmVGJM1D2VcEO',
      filename: { kind: 'text', text: 'IMG_7409.JPG' },
      itemType: 'public.jpeg',
      assetDate: 1533021744816,
      resources: {
        original: { fileType: 'public.jpeg', size: 1884695 },
        live: { fileType: 'com.apple.quicktime-movie', size: 3294075 },
      },
    });
  });

  test.each([
    ['successful_auth', '/validate', [{ hsaVersion: 1, untrusted: false }]],
    [
      '2fa_flow_valid_code',
      '/accountLogin',
      [
        { hsaVersion: 2, untrusted: true },
        { hsaVersion: 2, untrusted: false },
      ],
    ],
    ['auth_non_2fa', '/accountLogin', [{ hsaVersion: 0, untrusted: false }]],
  ])('the account of %s', (name, part, expected) => {
    const accounts = recordedTexts(name, part).map((text) => parseAccountInfo(JSON.parse(text)));
    expect(accounts).toMatchObject(expected);
    expect(accounts[0]?.databaseUrl).toBe('https://p61-ckdatabasews.icloud.com:443');
  });
});
