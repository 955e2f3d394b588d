import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { Secret } from '../apple/secret.ts';
import { replaceFile } from './atomic-file.ts';

/**
 * Passwords in a file, for machines without a system keyring (headless Linux, Docker). Encrypted with AES-256-GCM under a
 * key in a second file: whoever gets only one of them, by a backup or a bug report, has nothing; whoever can read the
 * whole directory as this user has the passwords. Both files have mode 0600.
 */

const PASSWORDS = 'keyring.json';
const KEY = 'keyring.key';

const entry = z.object({ iv: z.base64(), tag: z.base64(), data: z.base64() });
const fileSchema = z.object({ version: z.literal(1), passwords: z.record(z.string(), entry) });
type Passwords = z.infer<typeof fileSchema>['passwords'];

/** The files' directory as a password store. Its functions throw the file system's errors. */
export interface FileKeyring {
  /** Where the passwords are, for people. */
  readonly path: string;
  read(username: string): Promise<Secret | undefined>;
  save(username: string, password: Secret): Promise<void>;
  /** @returns whether there was one */
  delete(username: string): Promise<boolean>;
}

async function readKey(directory: string, create: boolean): Promise<Buffer | undefined> {
  const file = path.join(directory, KEY);
  try {
    const key = Buffer.from(await readFile(file, 'utf8'), 'base64');
    return key.length === 32 ? key : undefined;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!missing) throw error;
    if (!create) return undefined;
  }
  const key = randomBytes(32);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  // exclusive: of two programs that start at once, one makes the key
  await using handle = await open(file, 'wx', 0o600);
  await handle.writeFile(key.toString('base64'));
  await handle.sync();
  return key;
}

async function readPasswords(file: string): Promise<Passwords> {
  try {
    const parsed = fileSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data.passwords : {};
  } catch {
    return {};
  }
}

/** @param directory the data directory (`--cookie-directory`) */
export function fileKeyring(directory: string): FileKeyring {
  const file = path.join(directory, PASSWORDS);
  const write = (passwords: Passwords): Promise<void> =>
    replaceFile(file, `${JSON.stringify({ version: 1, passwords }, undefined, 2)}\n`);
  return {
    path: file,
    async read(username) {
      const stored = (await readPasswords(file))[username];
      const key = stored && (await readKey(directory, false));
      if (!stored || !key) return undefined;
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(stored.iv, 'base64'));
        decipher.setAAD(Buffer.from(username));
        decipher.setAuthTag(Buffer.from(stored.tag, 'base64'));
        const text = Buffer.concat([decipher.update(Buffer.from(stored.data, 'base64')), decipher.final()]);
        return new Secret(text.toString('utf8'));
      } catch {
        // another key, or changed bytes: as good as none
        return undefined;
      }
    },
    async save(username, password) {
      const key = await readKey(directory, true);
      if (!key)
        throw new Error(
          `${path.join(directory, KEY)} is damaged: delete it and ${file}, then store the password again`,
        );
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      cipher.setAAD(Buffer.from(username));
      const data = Buffer.concat([cipher.update(password.reveal(), 'utf8'), cipher.final()]);
      const sealed = { iv, tag: cipher.getAuthTag(), data };
      const encoded = Object.fromEntries(
        Object.entries(sealed).map(([name, bytes]) => [name, bytes.toString('base64')]),
      );
      await write({ ...(await readPasswords(file)), [username]: entry.parse(encoded) });
    },
    async delete(username) {
      const { [username]: found, ...others } = await readPasswords(file);
      if (found) await write(others);
      return found !== undefined;
    },
  };
}
