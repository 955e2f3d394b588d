import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Secret } from '../apple/secret.ts';
import { WebStartError } from './web-start-error.ts';

/** What is kept of the page's password: enough to recognise it, not to know it. */
export interface PasswordHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** One of OWASP's recommended settings: 32 MB and a few tenths of a second for each try. */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const HASH_LENGTH = 32;
const SHORTEST_PASSWORD = 8;
const LONGEST_FILE = 4096;

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // people and keyboards disagree on how an accented letter is composed
    scrypt(password.normalize('NFC'), salt, HASH_LENGTH, COST, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** @throws WebStartError when the password is too short to protect anything */
export async function hashWebPassword(password: Secret): Promise<PasswordHash> {
  if (password.reveal().length < SHORTEST_PASSWORD) {
    throw new WebStartError(
      `The password of the web page is too short: at least ${SHORTEST_PASSWORD} characters are needed. ` +
        '"openssl rand -base64 18" makes a good one.',
    );
  }
  const salt = randomBytes(16);
  return { salt, hash: await derive(password.reveal(), salt) };
}

/** Takes the same time whether the password is right or wrong. */
export async function isWebPassword(tried: Secret, known: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(tried.reveal(), known.salt), known.hash);
}

/**
 * Reads the password of the page from its file: the first line, without its end.
 *
 * @throws WebStartError when it cannot be read, is empty, or other users of the machine could read it
 */
export async function readWebPasswordFile(file: string): Promise<Secret> {
  try {
    await using handle = await open(file, 'r');
    const { mode } = await handle.stat();
    // Windows has no such bits
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new WebStartError(
        `Other users of this machine can read the web password in ${file}. Run "chmod 600 ${file}", then start again.`,
      );
    }
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(LONGEST_FILE), 0, LONGEST_FILE, 0);
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/);
    if (line === '')
      throw new WebStartError(`The web password file ${file} is empty. Write a password into its first line.`);
    return new Secret(line);
  } catch (error) {
    if (error instanceof WebStartError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new WebStartError(`The web password file ${file} cannot be read (${reason}).`);
  }
}
