import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { Secret } from '../apple/secret.ts';
import { replaceFile } from './atomic-file.ts';
import { hasCode } from './has-code.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Passwords in a file, for machines without a system keyring (headless Linux, Docker). Encrypted with AES-256-GCM under a
 * key in a second file: whoever gets only one of them, by a backup or a bug report, has nothing; whoever can read the
 * whole directory as this user has the passwords. Both files have mode 0600.
 *
 * Each write replaces the whole file. Two programs that save at the same moment never damage it and never make two keys;
 * one of the two passwords may be missing afterwards and is asked for again.
 */

const PASSWORDS = 'keyring.json';
const KEY = 'keyring.key';
const KEY_BYTES = 32;

const entry = z.object({ iv: z.base64(), tag: z.base64(), data: z.base64() });
const fileSchema = z.object({ version: z.literal(1), passwords: z.record(z.string(), entry) });
type Sealed = z.infer<typeof entry>;
/** By Apple ID. */
type Passwords = Map<string, Sealed>;

/** The files' directory as a password store. Its functions throw the file system's errors. */
export interface FileKeyring {
  /** Where the passwords are, for people. */
  readonly path: string;
  read(username: string): Promise<Secret | undefined>;
  save(username: string, password: Secret): Promise<void>;
  /** @returns whether there was one */
  delete(username: string): Promise<boolean>;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** @returns `damaged` when there is a key file without a key in it */
async function readKey(directory: string): Promise<Buffer | 'damaged' | undefined> {
  const text = await readIfThere(path.join(directory, KEY));
  if (text === undefined) return undefined;
  const key = Buffer.from(text, 'base64');
  return key.length === KEY_BYTES ? key : 'damaged';
}

/** Of two programs that start at once, one makes the key, and neither ever sees half of it. */
async function makeKey(directory: string): Promise<Buffer | 'damaged' | undefined> {
  const file = path.join(directory, KEY);
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  await makeFolder(directory, 0o700);
  await replaceFile(draft, randomBytes(KEY_BYTES).toString('base64'));
  try {
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  return readKey(directory);
}

/** @returns `damaged` when there is a file that this version cannot read */
async function readPasswords(file: string): Promise<Passwords | 'damaged'> {
  const text = await readIfThere(file);
  if (text === undefined) return new Map();
  try {
    const parsed = fileSchema.safeParse(JSON.parse(text));
    return parsed.success ? new Map(Object.entries(parsed.data.passwords)) : 'damaged';
  } catch {
    return 'damaged';
  }
}

function open(sealed: Sealed, key: Buffer, username: string): Secret | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64'), { authTagLength: 16 });
    // an entry copied to another Apple ID opens nothing
    decipher.setAAD(Buffer.from(username));
    decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'));
    const text = Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()]);
    return new Secret(text.toString('utf8'));
  } catch {
    // another key, or changed bytes: as good as none
    return undefined;
  }
}

function seal(password: Secret, key: Buffer, username: string): Sealed {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(username));
  const data = Buffer.concat([cipher.update(password.reveal(), 'utf8'), cipher.final()]);
  return {
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
}

function damagedKey(directory: string): string {
  const [key, file] = [path.join(directory, KEY), path.join(directory, PASSWORDS)];
  return `${key} is damaged: delete it and ${file}, then store the password again`;
}

/** @param directory the data directory (`--cookie-directory`) */
export function fileKeyring(directory: string): FileKeyring {
  const file = path.join(directory, PASSWORDS);
  const write = (passwords: Passwords): Promise<void> =>
    replaceFile(file, `${JSON.stringify({ version: 1, passwords: Object.fromEntries(passwords) }, undefined, 2)}\n`);
  return {
    path: file,
    async read(username) {
      const passwords = await readPasswords(file);
      if (passwords === 'damaged') {
        throw new Error(`${file} is damaged; a password that is stored again starts a new one, the old one is kept`);
      }
      const sealed = passwords.get(username);
      const key = sealed && (await readKey(directory));
      if (key === 'damaged') throw new Error(damagedKey(directory));
      return sealed && key ? open(sealed, key, username) : undefined;
    },
    async save(username, password) {
      const key = (await readKey(directory)) ?? (await makeKey(directory));
      if (key === undefined || key === 'damaged') throw new Error(damagedKey(directory));
      const found = await readPasswords(file);
      // never deleted: a newer version may be able to read it
      if (found === 'damaged') await rename(file, `${file}.damaged`);
      const passwords: Passwords = found === 'damaged' ? new Map() : found;
      await write(passwords.set(username, seal(password, key, username)));
    },
    async delete(username) {
      const passwords = await readPasswords(file);
      if (passwords === 'damaged' || !passwords.delete(username)) return false;
      await write(passwords);
      return true;
    },
  };
}
