import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { fileChecksum } from '../photos/checksum.ts';
import { slicesOf } from '../photos/content.ts';
import type { Library } from '../photos/library.ts';
import type { Asset, Filename, Resource } from '../photos/model.ts';
import { names, TestClient } from '../photos/test-client.ts';
import { exifTags } from './exif-tags.ts';
import { createLargeLibrary, createSampleLibrary } from './sample-library.ts';

let library: Library;
let assets: readonly Asset[];

beforeAll(async () => {
  library = await createSampleLibrary();
  assets = library.zones.flatMap((zone) => [...zone.assets.values()]);
});

const bytesOf = ({ content }: Resource): Buffer => Buffer.from(content.read(0, content.size));

function allResources(of: readonly Asset[] = assets): readonly Resource[] {
  const all = of.flatMap(({ master, edit }) => [
    ...Object.values(master.resources),
    ...Object.values(edit?.resources ?? {}),
  ]);
  return [...new Set(all)];
}

const encrypted = (name: string): Filename => ({ kind: 'encrypted', name });

function namedAll(name: string): readonly Asset[] {
  return assets.filter(({ master }) => master.filename.kind === 'encrypted' && master.filename.name === name);
}

function named(name: string): Asset {
  const [asset] = namedAll(name);
  if (!asset) throw new Error(`No ${name}`);
  return asset;
}

function original(asset: Asset): Resource {
  const { resOriginal } = asset.master.resources;
  if (!resOriginal) throw new Error('No original');
  return resOriginal;
}

describe('every file', () => {
  test('decodes to the size its record tells', async () => {
    const pictures = allResources().filter(({ fileType, content }) => !fileType.includes('movie') && content.size > 0);
    expect(pictures.length).toBeGreaterThan(150);
    for (const picture of pictures) {
      const { data, info } = await sharp(bytesOf(picture)).raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height]).toEqual([picture.width, picture.height]);
      expect(data.length).toBeGreaterThan(0);
    }
  });

  test('of a film has frames that decode', async () => {
    const films = allResources().filter(({ fileType }) => fileType.includes('movie'));
    expect(films).toHaveLength(18);
    for (const film of films) {
      const bytes = bytesOf(film);
      const frame = bytes.subarray(bytes.indexOf('mdat') + 4);
      const { width, height } = await sharp(frame).metadata();
      expect([width, height]).toEqual([film.width, film.height]);
    }
  });

  test('is the same at the next making, and all of them are a few megabytes', async () => {
    const again = await createSampleLibrary();
    expect(again.zones.map((zone) => [...zone.assets.keys(), ...zone.masters.keys()])).toEqual(
      library.zones.map((zone) => [...zone.assets.keys(), ...zone.masters.keys()]),
    );
    const total = allResources().reduce((sum, { content }) => sum + content.size, 0);
    expect(total).toBeGreaterThan(1_000_000);
    expect(total).toBeLessThan(8_000_000);
  });

  test('has a true checksum, and masters are named by theirs', () => {
    for (const { content } of allResources()) expect(content.fileChecksum).toBe(fileChecksum(slicesOf(content)));
    for (const asset of assets) expect(asset.master.recordName).toBe(original(asset).content.fileChecksum);
  });
});

describe('photos', () => {
  test('look upright in all eight orientations once EXIF is obeyed', async () => {
    for (let orientation = 1; orientation <= 8; orientation += 1) {
      const asset = named(`IMG_000${orientation}.JPG`);
      expect([asset.orientation, asset.master.originalOrientation]).toEqual([orientation, orientation]);
      const upright = sharp(bytesOf(original(asset)))
        .autoOrient()
        .resize(48, 36);
      const rendition = asset.master.resources.resJPEGMed;
      const expected = sharp(rendition ? bytesOf(rendition) : Buffer.alloc(0)).resize(48, 36);
      const [seen, wanted] = await Promise.all([upright.raw().toBuffer(), expected.raw().toBuffer()]);
      const difference = seen.reduce((sum, value, at) => sum + Math.abs(value - (wanted[at] ?? 0)), 0) / seen.length;
      expect(difference).toBeLessThan(3);
    }
  });

  test('carry the time, zone and place of their records in EXIF', async () => {
    const tagsOf = async (name: string) => exifTags((await sharp(bytesOf(original(named(name)))).metadata()).exif);
    expect(await tagsOf('IMG_0121.JPG')).toMatchObject({
      DateTimeOriginal: '2024:11:12 06:15:00',
      OffsetTimeOriginal: '+05:45',
      GPSLatitudeRef: 'N',
      GPSLatitude: [27, 43, 1.92],
      GPSLongitudeRef: 'E',
      GPSLongitude: [85, 19, 26.4],
    });
    expect(await tagsOf('IMG_0131.JPG')).toMatchObject({
      OffsetTimeOriginal: '-03:00',
      GPSLatitudeRef: 'S',
      GPSLongitudeRef: 'W',
    });
    expect(await tagsOf('IMG_0006.JPG')).toMatchObject({ Orientation: 6 });
    expect(await tagsOf('undated.JPG')).not.toHaveProperty('DateTimeOriginal');
    const { assetDate = 0, timeZoneOffset, timeZoneName } = named('IMG_0131.JPG');
    expect(new Date(assetDate).toISOString()).toBe('2025-01-01T02:59:59.000Z');
    expect([timeZoneOffset, timeZoneName]).toEqual([-10_800, 'America/Argentina/Buenos_Aires']);
  });

  test('of one name on one day are distinct, in one pair of different, in one of equal length', () => {
    const sizes = (name: string) => namedAll(name).map((asset) => original(asset).content.size);
    const [one, other] = sizes('IMG_0601.JPG');
    expect(one).not.toBe(other);
    const [left, right] = sizes('IMG_0602.JPG');
    expect(left).toBe(right);
    expect(new Set(namedAll('IMG_0602.JPG').map(({ master }) => master.recordName)).size).toBe(2);
  });

  test('are edited beside their original; a duplicate shares its master and has its own edit', () => {
    const single = named('IMG_0501.JPG');
    expect(single.edit?.adjustmentType).toBe('com.apple.photo');
    expect(single.edit?.resources.resJPEGFull?.content.fileChecksum).not.toBe(single.master.recordName);
    const pair = namedAll('IMG_0502.JPG');
    expect(pair.map(({ master }) => master)).toEqual([pair[0]?.master, pair[0]?.master]);
    expect(pair.filter(({ edit }) => edit)).toHaveLength(1);
  });

  test('come in every kind', async () => {
    const kinds = Map.groupBy(assets, ({ subtype }) => subtype);
    expect(Object.fromEntries([...kinds].map(([kind, of]) => [kind, of.length]))).toMatchObject({
      live: 3,
      screenshot: 2,
      panorama: 1,
      slomo: 1,
      timelapse: 1,
    });
    expect(assets.filter(({ isHidden }) => isHidden)).toHaveLength(1);
    expect(assets.filter(({ deletedAt }) => deletedAt !== undefined)).toHaveLength(1);
    expect(assets.filter(({ isFavorite }) => isFavorite)).toHaveLength(3);
    const gif = await sharp(bytesOf(original(named('waves.GIF'))), { animated: true }).metadata();
    expect([gif.format, gif.pages]).toEqual(['gif', 6]);
    expect(original(named('IMG_0000.JPG')).content.size).toBe(0);
  });

  test('have names and dates that programs stumble over', () => {
    for (const name of ['中文照片.JPG', 'caf\u00e9.JPG', 'cafe\u0301.JPG', '🌋 volcano.JPG', '../../etc/passwd.jpg']) {
      expect(namedAll(name)).toHaveLength(1);
    }
    expect(named('slide 12.JPG').assetDate).toBe(Date.UTC(1965, 7, 14, 15));
    expect(named('undated.JPG').assetDate).toBeUndefined();
    expect(new Date(named('year five.JPG').assetDate ?? 0).getUTCFullYear()).toBe(5);
  });
});

test('hostile pictures are there only when they are wanted', async () => {
  const tame = await createSampleLibrary({ hostile: false });
  const kinds = (of: Library) => [...of.zone().masters.values()].map(({ filename }) => filename);
  expect(kinds(tame).every(({ kind }) => kind === 'encrypted')).toBe(true);
  const only = kinds(library).filter(
    (name) => !kinds(tame).some((other) => JSON.stringify(other) === JSON.stringify(name)),
  );
  expect(only).toEqual(
    expect.arrayContaining([
      ...['CON.JPG', 'trailing.', 'a<b>:c"|?*.JPG', 'nul\0inside.JPG', 'line\nbreak.JPG', '.hidden.JPG', ''].map(
        encrypted,
      ),
      { kind: 'absent' },
      { kind: 'string', name: 'plain text.JPG' },
      { kind: 'raw', value: 'abcdefgh' },
    ]),
  );
  const long = only.flatMap((name) => (name.kind === 'encrypted' ? [Buffer.byteLength(name.name)] : []));
  expect(Math.max(...long)).toBe(300);
  const withheld = (of: Library) =>
    [...of.zone().masters.values()].flatMap(({ resources }) => resources.resOriginal?.withheld ?? []);
  expect(withheld(library)).toEqual(['fileType']);
  expect(withheld(await createSampleLibrary({ incomplete: true }))).toEqual(['fileType', 'downloadURL', 'resource']);
});

test('albums hold pictures, one of them inside a folder, and another library is shared', async () => {
  const albums = [...library.zone().albums.values()];
  const described = albums.map(({ name, kind, parent, relations }) => [
    name,
    kind,
    albums.find(({ recordName }) => recordName === parent)?.name,
    relations.length,
  ]);
  expect(described).toEqual([
    [undefined, 'folder', undefined, 0],
    [undefined, 'folder', undefined, 0],
    ['Harbour', 'album', undefined, 8],
    ['Été – best of', 'album', undefined, 3],
    ['Travels', 'folder', undefined, 0],
    ['Kyoto', 'album', 'Travels', 5],
  ]);
  const shared = library.zones.find(({ scope }) => scope === 'shared');
  expect(shared?.name).toMatch(/^SharedSync-[\dA-F-]{36}$/);
  expect(shared?.assets.size).toBe(3);
});

describe('a large library', () => {
  test('has as many distinct photos as asked for, newest first, every tenth live', async () => {
    const large = await createLargeLibrary(1000);
    expect(large.count()).toBe(1000);
    expect(large.zone().masters.size).toBe(1000);
    const filenames = [0, 1, 999].map((rank) => large.assetAt(rank)?.master.filename);
    expect(filenames).toEqual(['IMG_00001.JPG', 'IMG_00002.JPG', 'IMG_01000.JPG'].map(encrypted));
    const live = [...large.zone().assets.values()].filter(({ subtype }) => subtype === 'live');
    expect(live).toHaveLength(100);
    const days = Map.groupBy(large.zone().assets.values(), ({ assetDate = 0 }) => Math.floor(assetDate / 86_400_000));
    expect(Math.max(...[...days.values()].map(({ length }) => length))).toBeGreaterThan(20);
    expect(Math.max(...[...days.values()].map(({ length }) => length))).toBeLessThan(100);
  });

  test('has valid files, made on demand', async () => {
    const large = await createLargeLibrary(10);
    const [photo, live] = [large.assetAt(0), large.assetAt(9)];
    for (const resource of allResources([photo, live].filter((asset) => asset !== undefined))) {
      const bytes = bytesOf(resource);
      const picture = resource.fileType.includes('movie') ? bytes.subarray(bytes.indexOf('mdat') + 4) : bytes;
      expect((await sharp(picture).metadata()).width).toBe(32);
    }
  });

  test('is listed to its end in pages of a hundred', async () => {
    const client = new TestClient(await createLargeLibrary(450));
    const seen = new Set<string>();
    let startRank = 0;
    for (;;) {
      const page = await client.list('CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted', { startRank });
      for (const name of names(page.records)) seen.add(name);
      if (!page.continuationMarker) break;
      startRank += 100;
    }
    expect([startRank, seen.size]).toEqual([400, 900]);
  });
});
