import { uuidFrom } from '../photos/checksum.ts';
import type { Edit, Filename, Location, Resource } from '../photos/model.ts';
import type { NewAsset } from '../photos/new-asset.ts';
import { film } from './film.ts';
import { picture } from './picture.ts';
import type { Scene } from './scene.ts';

/** Where a picture was taken; the offset is that of the season of the pictures. */
export interface Place {
  readonly name: string;
  readonly timeZoneName: string;
  /** Seconds east of UTC. */
  readonly timeZoneOffset: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly altitude: number;
  readonly plist: Location['plist'];
}

export const PLACES = {
  amsterdam: place('Amsterdam', 'Europe/Amsterdam', 2, 52.3702, 4.8952, -2, 'binary'),
  kyoto: place('Kyoto', 'Asia/Tokyo', 9, 35.0116, 135.7681, 56, 'xml'),
  newYork: place('New York', 'America/New_York', -4, 40.7128, -74.006, 10, 'binary'),
  kathmandu: place('Kathmandu', 'Asia/Kathmandu', 5.75, 27.7172, 85.324, 1400, 'xml'),
  buenosAires: place('Buenos Aires', 'America/Argentina/Buenos_Aires', -3, -34.6037, -58.3816, 25, 'binary'),
} as const satisfies Record<string, Place>;

/** When the old pictures came into the library, before anything else. */
const DIGITISED_AT = Date.UTC(2024, 0, 6, 10);
const FIRST_EXIF_DATE = Date.UTC(1900, 0, 1);
const UPLOAD_MS = 1802;
const WIDTH = 960;
const HEIGHT = 720;

/** One picture to take. */
export interface Shot {
  readonly name: string | Filename;
  readonly title: string;
  /** The time on the spot, `2024-06-03T18:20:00`, or milliseconds since the epoch; null for no date at all. */
  readonly taken: string | number | null;
  readonly place?: Place;
  readonly seed: number;
  readonly orientation?: number;
  readonly width?: number;
  readonly height?: number;
  /** Whatever else there is to say about the asset. */
  readonly more?: Partial<NewAsset>;
}

/** A photo: a JPEG with EXIF. */
export async function photo(shot: Shot): Promise<NewAsset> {
  const { orientation = 1, place, more } = shot;
  const takenAt = takenAtOf(shot);
  const notes = {
    ...(takenAt !== null && takenAt > FIRST_EXIF_DATE && { takenAt: takenAt + (place?.timeZoneOffset ?? 0) * 1000 }),
    ...place,
  };
  const { original, renditions } = await picture(sceneOf(shot), { orientation, notes });
  return { ...assetOf(shot), orientation, original, resources: renditions, ...more };
}

/** A screenshot: a PNG, upright, from nowhere. */
export async function screenshot(shot: Shot): Promise<NewAsset> {
  const { original, renditions } = await picture(sceneOf(shot), { format: 'png' });
  return { ...assetOf(shot), original, resources: renditions, subtype: 'screenshot', ...shot.more };
}

/** A Live Photo: a JPEG and a film of a second and a half. */
export async function livePhoto(shot: Shot): Promise<NewAsset> {
  const contentIdentifier = uuidFrom(`live ${shot.seed}`);
  const [still, { original, medium, small }] = await Promise.all([
    photo(shot),
    film(sceneOf(shot), 1.5, { createdAt: takenAtOf(shot) ?? 0, contentIdentifier }),
  ]);
  const films = { resOriginalVidCompl: original, resVidMed: medium, resVidSmall: small };
  return { ...still, resources: { ...still.resources, ...films }, ...shot.more };
}

/** A video of two seconds, with its poster picture. */
export async function video(shot: Shot): Promise<NewAsset> {
  const seconds = 2;
  const [{ original, medium, small }, { renditions }] = await Promise.all([
    film(sceneOf(shot), seconds, { createdAt: takenAtOf(shot) ?? 0 }),
    picture(sceneOf(shot)),
  ]);
  const resources = { ...renditions, resVidMed: medium, resVidSmall: small };
  return { ...assetOf(shot), original, resources, duration: seconds * 1000, ...shot.more };
}

/** An edit as the Photos app makes it: another picture, upright, beside the untouched original. */
export async function edited(shot: Shot): Promise<Edit> {
  const { original, renditions } = await picture(sceneOf(shot));
  return { adjustmentType: 'com.apple.photo', resources: { resJPEGFull: original, ...renditions } };
}

/** An asset around a file that is no picture of ours. */
export function fileAsset(shot: Shot, original: Resource): NewAsset {
  return { ...assetOf(shot), original, ...shot.more };
}

export function sceneOf({ title, place, seed, width = WIDTH, height = HEIGHT }: Shot): Scene {
  return { title, ...(place && { caption: place.name }), seed, width, height };
}

function assetOf(shot: Shot): NewAsset {
  const { name, place } = shot;
  const assetDate = takenAtOf(shot);
  return {
    filename: name,
    assetDate,
    addedDate: Math.max(assetDate ?? 0, DIGITISED_AT) + UPLOAD_MS,
    ...(place && { timeZoneOffset: place.timeZoneOffset, timeZoneName: place.timeZoneName, location: place }),
  };
}

function takenAtOf({ taken, place }: Shot): number | null {
  if (typeof taken !== 'string') return taken;
  return Date.parse(`${taken}Z`) - (place?.timeZoneOffset ?? 0) * 1000;
}

function place(
  name: string,
  timeZoneName: string,
  hours: number,
  latitude: number,
  longitude: number,
  altitude: number,
  plist: Place['plist'],
): Place {
  return { name, timeZoneName, timeZoneOffset: hours * 3600, latitude, longitude, altitude, plist };
}
