import { createHash } from 'node:crypto';

/**
 * Apple's `fileChecksum`: a version byte and a salted SHA-1 of the whole file, in base64
 * (docs/protocol/photos.md, "The file checksum"; confirmed against recorded downloads).
 */
const SALT = 'com.apple.XattrObjectSalt\0com.apple.DataObjectSalt\0';
const VERSION = 0x01;

/** Computes a file's checksum while its bytes pass by. */
export class ChecksumStream {
  readonly #hash = createHash('sha1').update(SALT);

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** @returns the base64 form, as in `fileChecksum`. Ends the stream. */
  digest(): string {
    return Buffer.concat([Buffer.of(VERSION), this.#hash.digest()]).toString('base64');
  }
}

/** Whether a checksum is of the one known kind; of any other, only the length of a file can be verified. */
export function isVerifiable(fileChecksum: string): boolean {
  const bytes = Buffer.from(fileChecksum, 'base64');
  return bytes.length === 21 && bytes[0] === VERSION;
}
