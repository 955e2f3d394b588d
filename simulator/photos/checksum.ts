import { createHash, hash } from 'node:crypto';

/** Two C strings with their NULs that Apple hashes before the file's own bytes (measured on recorded downloads). */
const SALT = Buffer.from('com.apple.XattrObjectSalt\0com.apple.DataObjectSalt\0');
const SIGNATURE_KIND = Buffer.from([1]);

/** Apple's signature of a file: base64 of 0x01 and the salted SHA-1 of all its bytes, 28 characters. */
export function fileChecksum(chunks: Iterable<Uint8Array>): string {
  const sha1 = createHash('sha1').update(SALT);
  for (const chunk of chunks) sha1.update(chunk);
  return Buffer.concat([SIGNATURE_KIND, sha1.digest()]).toString('base64');
}

/** A stand-in for the signature of the encrypted object, which no client can check (inferred). */
export function referenceChecksum(checksum: string): string {
  return Buffer.concat([SIGNATURE_KIND, hash('sha1', `reference ${checksum}`, 'buffer')]).toString('base64');
}

/** 16 bytes that go with one object, base64. */
export function wrappingKey(checksum: string): string {
  return hash('md5', `wrapping ${checksum}`, 'base64');
}

/** An upper-case UUID that is always the same for the same seed, as record names and device ids are. */
export function uuidFrom(seed: string): string {
  const hex = hash('md5', seed, 'hex').toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `A${hex.slice(17, 20)}`, hex.slice(20)].join('-');
}

/** The URL-safe spelling of a base64 text, without padding. */
export function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
