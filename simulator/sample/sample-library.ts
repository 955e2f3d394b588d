import { heldContent } from '../photos/content.ts';
import { Library } from '../photos/library.ts';
import type { Asset, Resource } from '../photos/model.ts';
import { TINY_HEIGHT, TINY_WIDTH, tinyJpeg } from '../photos/tiny-jpeg.ts';
import type { Clock } from '../seams.ts';
import { hostile, incomplete } from './hostile.ts';
import { edited, PLACES, photo, type Shot } from './photographer.ts';
import { quickTimeMovie } from './quicktime.ts';
import { tour } from './tour.ts';

/** The day after the last picture of the samples, when no clock says otherwise. */
const SAMPLE_DAY = Date.UTC(2025, 6, 20, 12);
const SAMPLE_CLOCK: Clock = { now: () => SAMPLE_DAY };
const SHARED_ZONE = 'SharedSync-5C0B7F2E-8A41-4D2B-9E63-1F7A2C94D0E8';
const MINUTES_BETWEEN_PICTURES = 25;
const LIVE_EVERY = 10;

export interface SampleOptions {
  /** Whether pictures are included that foreign clients abort on. Default true. */
  readonly hostile?: boolean;
  /** Whether records are included whose file nobody can download. Default false. */
  readonly incomplete?: boolean;
  /** Dates what later happens to the library. Default: always the same day. */
  readonly clock?: Clock;
}

/** The full tour: one picture of each kind that real libraries hold, drawn and encoded here. */
export async function createSampleLibrary(options: SampleOptions = {}): Promise<Library> {
  const library = new Library(options.clock ?? SAMPLE_CLOCK);
  const [assets, editedAssets, trouble, gaps] = await Promise.all([
    tour(),
    editedAndDuplicated(),
    options.hostile === false ? [] : hostile(),
    options.incomplete ? incomplete() : [],
  ]);
  for (const spec of [...assets, ...trouble, ...gaps]) library.addAsset(spec);
  addEdited(library, editedAssets);
  addAlbums(library);
  await addSharedLibrary(library);
  return library;
}

/**
 * Many small photos of distinct bytes, `IMG_00001.JPG` the newest, every tenth a Live Photo. They hold no memory but
 * their descriptions.
 */
export async function createLargeLibrary(count: number, clock: Clock = SAMPLE_CLOCK): Promise<Library> {
  const library = new Library(clock);
  const zone = library.zone();
  const film = tinyFilm();
  const digits = Math.max(5, String(count).length);
  const now = clock.now();
  for (let number = 1; number <= count; number += 1) {
    const filename = `IMG_${String(number).padStart(digits, '0')}.JPG`;
    const assetDate = SAMPLE_DAY - number * MINUTES_BETWEEN_PICTURES * 60_000;
    const isLive = number % LIVE_EVERY === 0;
    const resources = isLive ? { resOriginalVidCompl: film, resVidMed: film, resVidSmall: film } : {};
    zone.addAsset({ filename, assetDate, addedDate: assetDate, resources }, now);
  }
  return library;
}

async function editedAndDuplicated() {
  const place = PLACES.amsterdam;
  const single: Shot = { name: 'IMG_0501.JPG', title: 'As taken', taken: '2025-06-21T10:00:00', place, seed: 55 };
  const twice: Shot = { name: 'IMG_0502.JPG', title: 'Duplicated', taken: '2025-06-22T10:00:00', place, seed: 56 };
  const [edit, duplicateEdit, spec, duplicated] = await Promise.all([
    edited({ ...single, title: 'As edited', seed: 57 }),
    edited({ ...twice, title: 'The edited duplicate', seed: 58 }),
    photo(single),
    photo(twice),
  ]);
  return { single: { ...spec, edit }, duplicated, duplicateEdit };
}

/** One edited picture, and one that was duplicated: two assets of one master, the second of them edited. */
function addEdited(library: Library, specs: Awaited<ReturnType<typeof editedAndDuplicated>>): void {
  library.addAsset(specs.single);
  const { recordName } = library.addAsset(specs.duplicated);
  library.addAsset({ ...specs.duplicated, duplicateOf: recordName, edit: specs.duplicateEdit });
}

function addAlbums(library: Library): void {
  const zone = library.zone();
  const now = SAMPLE_DAY;
  zone.addAlbum({ recordName: '----Root-Folder----', kind: 'folder' }, now);
  zone.addAlbum({ recordName: '----Project-Root-Folder----', kind: 'folder' }, now);
  const fill = (name: string, parent: string | undefined, has: (asset: Asset) => boolean): void => {
    const album = zone.addAlbum({ name, ...(parent !== undefined && { parent }) }, now);
    for (const asset of zone.assets.values()) if (has(asset)) zone.addToAlbum(album.recordName, asset.recordName, now);
  };
  fill('Harbour', undefined, ({ master }) => /^IMG_000[1-8]/.test(nameOf(master)));
  fill('Été – best of', undefined, (asset) => asset.isFavorite);
  const folder = zone.addAlbum({ name: 'Travels', kind: 'folder' }, now);
  fill('Kyoto', folder.recordName, (asset) => asset.timeZoneName === PLACES.kyoto.timeZoneName);
}

function nameOf({ filename }: Asset['master']): string {
  return filename.kind === 'encrypted' ? filename.name : '';
}

/** A library that somebody else shares. */
async function addSharedLibrary(library: Library): Promise<void> {
  const zone = library.addZone(SHARED_ZONE, 'shared');
  const shots = ['Family table', 'On the meadow', 'The old house'].map((title, at) =>
    photo({
      name: `DSC_900${at + 1}.JPG`,
      title,
      taken: `2025-05-0${at + 1}T13:00:00`,
      place: PLACES.amsterdam,
      seed: 101 + at,
    }),
  );
  for (const spec of await Promise.all(shots)) library.addAsset(spec, zone.name);
}

function tinyFilm(): Resource {
  const film = quickTimeMovie({
    frames: [tinyJpeg('frame 1'), tinyJpeg('frame 2'), tinyJpeg('frame 3')],
    framesPerSecond: 2,
    width: TINY_WIDTH,
    height: TINY_HEIGHT,
    createdAt: SAMPLE_DAY,
    notes: {},
  });
  return { content: heldContent(film), fileType: 'com.apple.quicktime-movie', width: TINY_WIDTH, height: TINY_HEIGHT };
}
