import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../apple/secret.ts';

/** What is kept of a password that must be recognised and not known. */
export interface PasswordHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** One of OWASP's recommended settings: 32 MB and a few tenths of a second for each try. */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const HASH_LENGTH = 32;

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // people and keyboards disagree on how an accented letter is composed
    scrypt(password.normalize('NFC'), salt, HASH_LENGTH, COST, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** @param salt that of another password, where both are to be compared with one derivation; default a new one */
export async function hashPassword(password: Secret, salt: Buffer = randomBytes(16)): Promise<PasswordHash> {
  return { salt, hash: await derive(password.reveal(), salt) };
}

/** Takes the same time whether the password is right or wrong. */
export async function isPassword(tried: Secret, known: PasswordHash): Promise<boolean> {
  const hash = await derive(tried.reveal(), known.salt);
  return hash.length === known.hash.length && timingSafeEqual(hash, known.hash);
}
