import { fileChecksum } from './checksum.ts';

/** How much is read at a time when a checksum or a body needs all of it. */
export const SLICE_BYTES = 256 * 1024;

/** The bytes of one file. A reader asks for the part it needs, so that a content need not be held in memory. */
export interface Content {
  readonly size: number;
  /** Apple's signature of the whole, 28 characters of base64. */
  readonly fileChecksum: string;
  /** @returns the bytes from start up to, but not including, end; both lie within the size */
  read(start: number, end: number): Uint8Array;
}

/** A content whose bytes stay in memory. */
export function heldContent(bytes: Uint8Array): Content {
  return new ReadContent(bytes.length, (start, end) => bytes.subarray(start, end));
}

/**
 * A content whose bytes are made anew at every reading.
 *
 * @param produce must give the same bytes every time
 */
export function producedContent(produce: () => Uint8Array): Content {
  return new ReadContent(produce().length, (start, end) => produce().subarray(start, end));
}

/**
 * A content made range by range, for bodies larger than anybody wants in memory.
 *
 * @param size in bytes
 * @param read must give the same bytes for the same range every time
 */
export function rangedContent(size: number, read: (start: number, end: number) => Uint8Array): Content {
  return new ReadContent(size, read);
}

/** @returns the bytes in slices that a stream or a hash can take one by one */
export function* slicesOf(
  content: Pick<Content, 'size' | 'read'>,
  start = 0,
  end = content.size,
): Generator<Uint8Array> {
  for (let at = start; at < end; at += SLICE_BYTES) yield content.read(at, Math.min(at + SLICE_BYTES, end));
}

class ReadContent implements Content {
  readonly size: number;
  readonly read: Content['read'];
  #fileChecksum: string | undefined;

  constructor(size: number, read: Content['read']) {
    this.size = size;
    this.read = read;
  }

  get fileChecksum(): string {
    this.#fileChecksum ??= fileChecksum(slicesOf(this));
    return this.#fileChecksum;
  }
}
