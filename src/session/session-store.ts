import { randomUUID } from 'node:crypto';
import { chmod, readFile, rename } from 'node:fs/promises';
import { CookieJar } from 'tough-cookie';
import * as z from 'zod';
import { SESSION_KEYS, type SessionData } from '../apple/session-data.ts';
import { AccountBusyError, lockAccount } from './account-lock.ts';
import { replaceFile } from './atomic-file.ts';
import { hasCode } from './has-code.ts';
import { readLwpCookies, writeLwpCookies } from './lwp-cookies.ts';
import { makeFolder } from './make-folder.ts';
import { accountPaths } from './paths.ts';

/** Thrown when the session directory cannot be used. */
export class SessionDirectoryError extends Error {
  override readonly name = 'SessionDirectoryError';

  constructor(directory: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `The session directory ${directory} cannot be used: ${reason}. ` +
        'Make it writable for this user, or choose another one with --cookie-directory.',
      { cause },
    );
  }
}

/** An account's stored session, open and locked for this run. */
export interface StoredSession extends Disposable {
  readonly data: SessionData;
  readonly cookies: CookieJar;
  /** Files that could not be read and were moved aside; what they held is lost. */
  readonly damaged: readonly string[];
  /** Writes both files, when something has changed since. */
  save(): Promise<void>;
}

/** @throws SessionDirectoryError in place of whatever is wrong with the directory; AccountBusyError */
export async function usingSessionDirectory<T>(directory: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    throw error instanceof AccountBusyError ? error : new SessionDirectoryError(directory, error);
  }
}

const fileSchema = z.record(z.string(), z.unknown());

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function parseSession(text: string): Record<string, unknown> | undefined {
  try {
    const parsed = fileSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function sessionData(stored: Record<string, unknown>): SessionData {
  const clientId = stored.client_id;
  const data: SessionData = {
    // CLIENT_ID is icloudpd's variable for installations that have none yet
    client_id:
      typeof clientId === 'string' && clientId !== '' ? clientId : (process.env.CLIENT_ID ?? `auth-${randomUUID()}`),
  };
  for (const key of SESSION_KEYS) {
    const value = stored[key];
    if (typeof value === 'string' && value !== '') data[key] = value;
  }
  return data;
}

/** Keys of other programs are kept; a value of ours that was deleted is not to come back from the file. */
function sessionText(values: Readonly<Record<string, unknown>>, data: SessionData): string {
  const ours: readonly string[] = SESSION_KEYS;
  const kept = Object.entries(values).filter(([key]) => key in data || !ours.includes(key));
  return `${JSON.stringify(Object.fromEntries(kept))}\n`;
}

/**
 * Opens the files icloudpd keeps for an account, `<name>` (cookies) and `<name>.session` (values), creating the
 * directory when it is not there. What cannot be read is moved aside, never deleted.
 *
 * @param directory already expanded
 * @throws AccountBusyError when another run holds the account; SessionDirectoryError
 */
export async function openSession(directory: string, username: string): Promise<StoredSession> {
  const files = accountPaths(directory, username);
  const lock = await usingSessionDirectory(directory, async () => {
    await makeFolder(directory, 0o700);
    return lockAccount(files.lock, username);
  });
  try {
    const texts = await usingSessionDirectory(directory, async () => ({
      cookies: await readIfThere(files.cookies),
      session: await readIfThere(files.session),
    }));
    const damaged: string[] = [];
    const cookies = new CookieJar(undefined, { looseMode: true, rejectPublicSuffixes: false });
    if (texts.cookies !== undefined && !readLwpCookies(texts.cookies, cookies)) damaged.push(files.cookies);
    const stored = texts.session === undefined ? {} : parseSession(texts.session);
    if (stored === undefined) damaged.push(files.session);
    await usingSessionDirectory(directory, async () => {
      // icloudpd leaves them readable by others
      for (const name of ['cookies', 'session'] as const)
        if (texts[name] !== undefined) await chmod(files[name], 0o600);
      for (const file of damaged) await rename(file, `${file}.damaged`);
    });

    const data = sessionData(stored ?? {});
    let written = texts;
    return {
      data,
      cookies,
      damaged,
      async save() {
        const now = { cookies: await writeLwpCookies(cookies), session: sessionText({ ...stored, ...data }, data) };
        await usingSessionDirectory(directory, async () => {
          if (now.session !== written.session) await replaceFile(files.session, now.session);
          if (now.cookies !== written.cookies) await replaceFile(files.cookies, now.cookies);
        });
        written = now;
      },
      [Symbol.dispose]: () => lock[Symbol.dispose](),
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}
