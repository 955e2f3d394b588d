import path from 'node:path';
import PQueue from 'p-queue';
import type { Board } from './board.ts';

/** A small picture as it goes to the browser. */
export interface Thumbnail {
  readonly type: 'image/webp' | 'image/svg+xml';
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Pixels of the square; shown at half of it, for dense screens. */
const SIZE = 224;
/** A larger picture is not opened: it would need hundreds of megabytes. */
const LARGEST_PIXELS = 120_000_000;
const TIMEOUT_SECONDS = 20;
const AT_ONCE = 2;
const KEPT = 100;

function placeholder(name: string): Thumbnail {
  // letters and digits only: the name comes from the library
  const kind = path
    .extname(name)
    .slice(1, 6)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '');
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 112 112" role="img">` +
    `<rect width="112" height="112" fill="#8892a0"/><rect x="34" y="26" width="44" height="36" rx="4" fill="none" stroke="#fff" stroke-width="4"/>` +
    `<path d="M38 58l12-14 9 9 6-6 9 11z" fill="#fff"/><circle cx="66" cy="37" r="4" fill="#fff"/>` +
    `<text x="56" y="88" fill="#fff" font-family="sans-serif" font-size="16" font-weight="600" text-anchor="middle">${kind}</text></svg>`;
  return { type: 'image/svg+xml', bytes: new TextEncoder().encode(svg) };
}

/** Small pictures of the latest downloads, made from the files on disk when a browser asks, and kept for a while. */
export class Thumbnails {
  readonly #board: Board;
  readonly #queue = new PQueue({ concurrency: AT_ONCE });
  readonly #made = new Map<string, Promise<Thumbnail>>();

  constructor(board: Board) {
    this.#board = board;
  }

  /** @returns undefined when the board no longer knows the file */
  async get(fileId: string): Promise<Thumbnail | undefined> {
    const file = this.#board.pathOf(fileId);
    if (file === undefined) return undefined;
    let made = this.#made.get(fileId);
    if (!made) {
      made = this.#queue.add(() => make(file));
      this.#made.set(fileId, made);
      for (const key of this.#made.keys()) {
        if (this.#made.size <= KEPT) break;
        this.#made.delete(key);
      }
    }
    return made;
  }
}

async function make(file: string): Promise<Thumbnail> {
  try {
    // loaded when first asked for: a run without a browser needs no image library
    const { default: sharp } = await import('sharp');
    const small = await sharp(file, { limitInputPixels: LARGEST_PIXELS, sequentialRead: true })
      .rotate()
      .resize(SIZE, SIZE, { fit: 'cover', position: 'attention' })
      .webp({ quality: 72 })
      .timeout({ seconds: TIMEOUT_SECONDS })
      .toBuffer();
    return { type: 'image/webp', bytes: new Uint8Array(small) };
  } catch {
    // HEIC, films, files moved away meanwhile: none of it is an error of the run
    return placeholder(path.basename(file));
  }
}
