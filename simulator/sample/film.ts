import sharp from 'sharp';
import { heldContent } from '../photos/content.ts';
import type { Resource } from '../photos/model.ts';
import { quickTimeMovie } from './quicktime.ts';
import { type Scene, sceneSvg } from './scene.ts';

const FRAMES_PER_SECOND = 6;
const FRAME_QUALITY = 55;
const HEIGHTS = { original: 240, medium: 144, small: 96 } as const;

/** A film and its two smaller renditions. */
export interface FilmResources {
  readonly original: Resource;
  readonly medium: Resource;
  readonly small: Resource;
}

/** When a film was made, and the id that ties a Live Photo's film to its picture. */
export interface FilmNotes {
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** A UUID. */
  readonly contentIdentifier?: string;
}

/** Films the sun of a scene. @param seconds its length */
export async function film(scene: Scene, seconds: number, notes: FilmNotes): Promise<FilmResources> {
  const [original, medium, small] = await Promise.all([
    filmAt(scene, HEIGHTS.original, seconds, notes),
    filmAt(scene, HEIGHTS.medium, seconds, notes),
    filmAt(scene, HEIGHTS.small, seconds, notes),
  ]);
  return { original, medium, small };
}

async function filmAt(scene: Scene, height: number, seconds: number, notes: FilmNotes): Promise<Resource> {
  // an even width, as video wants it
  const width = 2 * Math.round((scene.width * height) / scene.height / 2);
  const count = Math.round(seconds * FRAMES_PER_SECOND);
  const frames = await Promise.all(
    Array.from({ length: count }, (_, at) =>
      sharp(sceneSvg({ ...scene, width, height, moment: at / count }))
        .jpeg({ quality: FRAME_QUALITY })
        .toBuffer(),
    ),
  );
  const { createdAt, contentIdentifier } = notes;
  const bytes = quickTimeMovie({
    frames,
    framesPerSecond: FRAMES_PER_SECOND,
    width,
    height,
    createdAt,
    notes: {
      'com.apple.quicktime.creationdate': new Date(createdAt).toISOString().replace(/\.\d+Z$/, '+0000'),
      ...(contentIdentifier && { 'com.apple.quicktime.content.identifier': contentIdentifier }),
    },
  });
  return { content: heldContent(bytes), fileType: 'com.apple.quicktime-movie', width, height };
}
