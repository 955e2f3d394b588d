import { heldContent } from '../photos/content.ts';
import type { Resource } from '../photos/model.ts';
import type { NewAsset } from '../photos/new-asset.ts';
import { withComment } from '../photos/tiny-jpeg.ts';
import { fileAsset, livePhoto, PLACES, photo, sceneOf, screenshot, video } from './photographer.ts';
import { animation } from './picture.ts';

const { amsterdam, kyoto, newYork, kathmandu, buenosAires } = PLACES;
const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8];
/** Room for the head of a JPEG comment when two files are brought to one length. */
const COMMENT_HEAD = 4;

/** The pictures that every client can cope with; HEIC is missing because nothing on npm writes it. */
export async function tour(): Promise<readonly NewAsset[]> {
  const assets = await Promise.all([
    ...orientations(),
    ...travels(),
    ...films(),
    ...kinds(),
    ...names(),
    ...sameNames(),
    ...dates(),
    ...states(),
  ]);
  return [...assets, ...(await sameNameAndSize()), emptyFile()];
}

/** Each orientation once: all of them look upright in a viewer that reads EXIF. */
function orientations(): Promise<NewAsset>[] {
  return ORIENTATIONS.map((orientation) =>
    photo({
      name: `IMG_000${orientation}.JPG`,
      title: `Harbour, orientation ${orientation}`,
      taken: `2024-06-0${orientation}T18:20:00`,
      place: amsterdam,
      seed: orientation,
      orientation,
    }),
  );
}

/** Several time zones; some pictures were taken on another day than it was in UTC. */
function travels(): Promise<NewAsset>[] {
  return [
    photo({ name: 'IMG_0101.JPG', title: 'Bamboo grove', taken: '2025-04-02T00:10:00', place: kyoto, seed: 11 }),
    photo({ name: 'IMG_0102.JPG', title: 'Temple garden', taken: '2025-04-02T09:45:30', place: kyoto, seed: 12 }),
    photo({ name: 'IMG_0103.JPG', title: 'River at dusk', taken: '2025-04-03T18:05:00', place: kyoto, seed: 13 }),
    photo({ name: 'IMG_0111.JPG', title: 'From the ferry', taken: '2025-05-31T21:30:00', place: newYork, seed: 14 }),
    photo({ name: 'IMG_0112.JPG', title: 'Up the Hudson', taken: '2025-06-01T08:00:00', place: newYork, seed: 15 }),
    photo({
      name: 'IMG_0121.JPG',
      title: 'Above the valley',
      taken: '2024-11-12T06:15:00',
      place: kathmandu,
      seed: 16,
    }),
    photo({
      name: 'IMG_0131.JPG',
      title: 'Southern hills',
      taken: '2024-12-31T23:59:59',
      place: buenosAires,
      seed: 17,
    }),
  ];
}

function films(): Promise<NewAsset>[] {
  const slomo = { subtype: 'slomo', edit: { adjustmentType: 'com.apple.video.slomo', resources: {} } } as const;
  return [
    livePhoto({
      name: 'IMG_0201.JPG',
      title: 'Sunrise, live',
      taken: '2025-06-10T05:30:00',
      place: amsterdam,
      seed: 21,
    }),
    livePhoto({
      name: 'IMG_0202.JPG',
      title: 'Gulls, live',
      taken: '2025-06-10T05:31:12',
      place: amsterdam,
      seed: 22,
      orientation: 6,
      more: { isFavorite: true },
    }),
    livePhoto({ name: 'IMG_0203.JPG', title: 'Lanterns, live', taken: '2025-04-02T20:00:00', place: kyoto, seed: 23 }),
    video({ name: 'IMG_0301.MOV', title: 'Evening film', taken: '2025-06-11T20:15:00', place: amsterdam, seed: 24 }),
    video({
      name: 'IMG_0302.MOV',
      title: 'Slow motion',
      taken: '2025-06-11T20:20:00',
      place: amsterdam,
      seed: 25,
      more: slomo,
    }),
    video({
      name: 'IMG_0303.MOV',
      title: 'Clouds in time-lapse',
      taken: '2025-04-03T15:00:00',
      place: kyoto,
      seed: 26,
      more: { subtype: 'timelapse' },
    }),
  ];
}

function kinds(): Promise<NewAsset>[] {
  const upright = { width: 540, height: 1170 };
  const burst = (frame: number): Promise<NewAsset> =>
    photo({
      name: `IMG_070${frame}.JPG`,
      title: `Jump, frame ${frame}`,
      taken: `2025-06-20T14:00:0${frame}`,
      place: amsterdam,
      seed: 36,
      more: { burst: { id: '0D2B4C1A-7E55-4B39-A9E2-6A2D35C9B1F0', key: frame === 2 } },
    });
  return [
    screenshot({ name: 'IMG_0401.PNG', title: 'Timetable', taken: '2025-06-12T10:00:00', seed: 31, ...upright }),
    screenshot({ name: 'IMG_0402.PNG', title: 'Map', taken: '2025-06-12T10:01:00', seed: 32, ...upright }),
    photo({
      name: 'IMG_0403.JPG',
      title: 'The whole coast',
      taken: '2025-06-13T16:00:00',
      place: amsterdam,
      seed: 33,
      width: 1600,
      height: 400,
      more: { subtype: 'panorama', isFavorite: true },
    }),
    animated(),
    burst(1),
    burst(2),
    burst(3),
  ];
}

async function animated(): Promise<NewAsset> {
  const shot = { name: 'waves.GIF', title: 'Waves', taken: '2025-06-14T12:00:00', seed: 34, width: 320, height: 240 };
  const { original, renditions } = await animation(sceneOf(shot), 6);
  return { ...fileAsset(shot, original), resources: renditions };
}

/** Names beyond ASCII, and one that would climb out of the folder. */
function names(): Promise<NewAsset>[] {
  const taken = '2025-06-15T11:00:00';
  return [
    photo({ name: '中文照片.JPG', title: 'Named in Chinese', taken, seed: 41 }),
    photo({ name: 'caf\u00e9.JPG', title: 'Café, composed', taken, seed: 42 }),
    photo({ name: 'cafe\u0301.JPG', title: 'Café, decomposed', taken, seed: 43 }),
    photo({ name: '🌋 volcano.JPG', title: 'Volcano', taken, seed: 44 }),
    photo({ name: '../../etc/passwd.jpg', title: 'Not your passwords', taken, seed: 45 }),
  ];
}

/** One name twice on one day, with different sizes. */
function sameNames(): Promise<NewAsset>[] {
  const [name, place] = ['IMG_0601.JPG', amsterdam];
  return [
    photo({ name, title: 'First camera', taken: '2025-06-16T09:00:00', place, seed: 51 }),
    photo({ name, title: 'Second camera', taken: '2025-06-16T17:00:00', place, seed: 52, width: 720, height: 540 }),
  ];
}

/** Dates that are far away, or missing. */
function dates(): Promise<NewAsset>[] {
  const old = { title: 'Scanned slide', description: 'From the attic', keywords: ['scan', 'Großvater'] };
  return [
    photo({ name: 'slide 12.JPG', title: 'Summer of 1965', taken: '1965-08-14T15:00:00', seed: 61, more: old }),
    photo({ name: 'undated.JPG', title: 'When was this?', taken: null, seed: 62 }),
    photo({ name: 'year five.JPG', title: 'A clock gone wrong', taken: '0005-03-01T12:00:00', seed: 63 }),
  ];
}

function states(): Promise<NewAsset>[] {
  return [
    photo({
      name: 'IMG_0801.JPG',
      title: 'A favourite',
      taken: '2025-07-01T19:00:00',
      place: amsterdam,
      seed: 71,
      more: { isFavorite: true, title: 'Evening by the water', description: 'The best of the summer' },
    }),
    photo({ name: 'IMG_0802.JPG', title: 'Hidden', taken: '2025-07-02T19:00:00', seed: 72, more: { isHidden: true } }),
    photo({
      name: 'IMG_0803.JPG',
      title: 'Deleted',
      taken: '2025-07-03T19:00:00',
      seed: 73,
      more: { isDeleted: true },
    }),
  ];
}

/** One name twice on one day, different pictures in files of equal length. */
async function sameNameAndSize(): Promise<readonly NewAsset[]> {
  const [name, place] = ['IMG_0602.JPG', amsterdam];
  const pair = await Promise.all([
    photo({ name, title: 'Left eye', taken: '2025-06-17T12:00:00', place, seed: 53 }),
    photo({ name, title: 'Right eye', taken: '2025-06-17T12:00:01', place, seed: 54 }),
  ]);
  const length = COMMENT_HEAD + Math.max(...pair.map(({ original }) => original?.content.size ?? 0));
  return pair.map((asset) => (asset.original ? { ...asset, original: padded(asset.original, length) } : asset));
}

/** The same picture in a file of this many bytes. */
function padded(resource: Resource, length: number): Resource {
  const { content } = resource;
  const filling = Buffer.alloc(length - COMMENT_HEAD - content.size, ' ');
  return { ...resource, content: heldContent(withComment(content.read(0, content.size), filling)) };
}

/** A file without a byte, as a broken import leaves it. */
function emptyFile(): NewAsset {
  const content = heldContent(new Uint8Array(0));
  const shot = { name: 'IMG_0000.JPG', title: '', taken: '2025-06-18T12:00:00', seed: 0 };
  return fileAsset(shot, { content, fileType: 'public.jpeg', width: 0, height: 0 });
}
