import sharp, { type Exif } from 'sharp';
import { heldContent } from '../photos/content.ts';
import type { Resource, Resources } from '../photos/model.ts';
import { type Scene, sceneSvg, storedSize } from './scene.ts';

/** The formats that a library on npm writes; HEIC is not among them. */
type Format = 'jpeg' | 'png';

const QUALITY = 78;
const SMALL_QUALITY = 60;
const MEDIUM_HEIGHT = 360;
const THUMB_HEIGHT = 160;
const UTI: Readonly<Record<Format, string>> = { jpeg: 'public.jpeg', png: 'public.png' };

/** What a camera writes into the file. */
export interface CameraNotes {
  /** As the camera's clock showed it: milliseconds since the epoch plus the offset. */
  readonly takenAt?: number;
  /** Seconds east of UTC. */
  readonly timeZoneOffset?: number;
  readonly latitude?: number;
  readonly longitude?: number;
}

/** A picture and the smaller renditions that Apple makes of it. */
export interface Picture {
  readonly original: Resource;
  readonly renditions: Resources;
}

/** Draws a picture. @param orientation 1 to 8 as in EXIF */
export async function picture(
  scene: Scene,
  { format = 'jpeg', orientation = 1, notes = {} }: { format?: Format; orientation?: number; notes?: CameraNotes } = {},
): Promise<Picture> {
  const drawing = sharp(sceneSvg(scene, orientation));
  const encoded =
    format === 'png'
      ? drawing.png({ palette: true, compressionLevel: 6 })
      : drawing.jpeg({ quality: QUALITY }).withExif(exifOf(notes)).withMetadata({ orientation });
  const [bytes, renditions] = await Promise.all([encoded.toBuffer(), renditionsOf(scene)]);
  const original = { content: heldContent(bytes), fileType: UTI[format], ...storedSize(scene, orientation) };
  return { original, renditions };
}

async function renditionsOf(scene: Scene): Promise<Resources> {
  const [resJPEGMed, resJPEGThumb] = await Promise.all([
    rendition(scene, MEDIUM_HEIGHT),
    rendition(scene, THUMB_HEIGHT),
  ]);
  return { resJPEGMed, resJPEGThumb };
}

/** A scene as a small JPEG, upright as all renditions are (recorded). */
async function rendition(scene: Scene, height: number): Promise<Resource> {
  const small = { ...scene, height, width: Math.round((scene.width * height) / scene.height) };
  const bytes = await sharp(sceneSvg(small)).jpeg({ quality: SMALL_QUALITY }).toBuffer();
  return { content: heldContent(bytes), fileType: UTI.jpeg, width: small.width, height };
}

/** An animation of a few moments of a scene. */
export async function animation(scene: Scene, frames: number): Promise<Picture> {
  const moments = await Promise.all(
    Array.from({ length: frames }, (_, at) =>
      sharp(sceneSvg({ ...scene, moment: at / frames }))
        .png()
        .toBuffer(),
    ),
  );
  const bytes = await sharp(moments, { join: { animated: true } })
    .gif({ delay: moments.map(() => 120) })
    .toBuffer();
  const { width, height } = scene;
  const original = { content: heldContent(bytes), fileType: 'com.compuserve.gif', width, height };
  return { original, renditions: await renditionsOf(scene) };
}

function exifOf({ takenAt, timeZoneOffset = 0, latitude, longitude }: CameraNotes): Exif {
  const date = takenAt === undefined ? undefined : exifDate(takenAt);
  return {
    IFD0: { Make: 'Simulated', Model: 'Camera Obscura', ...(date && { DateTime: date }) },
    IFD2: date ? { DateTimeOriginal: date, OffsetTimeOriginal: exifOffset(timeZoneOffset) } : {},
    IFD3:
      latitude === undefined || longitude === undefined
        ? {}
        : {
            GPSLatitudeRef: latitude < 0 ? 'S' : 'N',
            GPSLatitude: exifAngle(latitude),
            GPSLongitudeRef: longitude < 0 ? 'W' : 'E',
            GPSLongitude: exifAngle(longitude),
          },
  };
}

function exifDate(takenAt: number): string {
  return new Date(takenAt).toISOString().slice(0, 19).replaceAll('-', ':').replace('T', ' ');
}

function exifOffset(seconds: number): string {
  const minutes = Math.abs(seconds) / 60;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `${seconds < 0 ? '-' : '+'}${hours}:${rest}`;
}

/** Degrees, minutes and seconds as three rationals. */
function exifAngle(degrees: number): string {
  const hundredths = Math.round(Math.abs(degrees) * 360_000);
  return `${Math.floor(hundredths / 360_000)}/1 ${Math.floor(hundredths / 6000) % 60}/1 ${hundredths % 6000}/100`;
}
