import { open } from 'node:fs/promises';
import { Secret } from '../apple/secret.ts';
import { hashPassword, type PasswordHash } from '../session/password-hash.ts';
import { WebStartError } from './web-start-error.ts';

const SHORTEST_PASSWORD = 8;
const LONGEST_FILE = 4096;

/** @throws WebStartError when the password is too short to protect anything */
export async function hashWebPassword(password: Secret): Promise<PasswordHash> {
  if (password.reveal().length < SHORTEST_PASSWORD) {
    throw new WebStartError(
      `The password of the web page is too short: at least ${SHORTEST_PASSWORD} characters are needed. ` +
        '"openssl rand -base64 18" makes a good one.',
    );
  }
  return hashPassword(password);
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
