import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { SESSION_KEYS } from '../../apple/session-data.ts';
import { ExitCode } from '../../cli/exit-codes.ts';
import { readLwpCookies } from '../../session/lwp-cookies.ts';
import { sessionFileName } from '../../session/paths.ts';
import { openSession } from '../../session/session-store.ts';
import { keyringProvider } from '../../signin/password-providers/keyring.ts';
import { loggedPasswordStore } from '../passwords.ts';
import { expandPath } from '../paths.ts';
import { type Tool, withTool } from './tool.ts';

const sessionFile = z.record(z.string(), z.unknown());

/** Thrown for a file that is there and cannot be read. */
class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw new UnreadableError(`${file} cannot be read: ${error.message}. Make it a readable file and try again.`);
  }
}

interface Found {
  readonly session: string | undefined;
  readonly cookies: string | undefined;
}

/** @throws UnreadableError */
async function readFound(base: string): Promise<Found> {
  return {
    session: await readOptional(`${base}.session`),
    cookies: (await readOptional(base)) ?? (await readOptional(`${base}.cookiejar`)),
  };
}

/** `icloud import`: takes over a session of icloudpd or pyicloud, whose own files stay as they are. */
export async function importSession(tool: Tool): Promise<number> {
  const { args, say, directory, process } = tool;
  const refuse = (why: string): number => {
    process.stderr.write(`icloud: error: ${why}\n`);
    return ExitCode.usage;
  };
  if (args.from === undefined) return refuse('--from DIRECTORY names where the session is');
  const from = expandPath(args.from, process);
  if (from === directory) return refuse('--from is the session directory itself: there is nothing to import');
  const base = path.join(from, sessionFileName(args.username));
  let found: Found;
  try {
    found = await readFound(base);
  } catch (error) {
    if (error instanceof UnreadableError) return refuse(error.message);
    throw error;
  }
  if (found.session === undefined && found.cookies === undefined) {
    return refuse(
      `there is no session of ${args.username} in ${from} (looked for ${path.basename(base)} and ${path.basename(base)}.session)`,
    );
  }
  if (!(await adopt(tool, found))) return ExitCode.refused;
  say(`The session was taken over from ${from}; trying it.`);
  const keyring = keyringProvider(loggedPasswordStore(directory, tool.log));
  return withTool(tool, keyring, 'stored-session', async ({ signedIn }) => {
    const silent = signedIn.way === 'stored-session' || signedIn.way === 'token';
    say(silent ? 'It is good: no sign-in was needed.' : 'It had ended, so a new sign-in was made.');
    return ExitCode.done;
  });
}

async function adopt({ args, say, directory }: Tool, found: Found): Promise<boolean> {
  using stored = await openSession(directory, args.username);
  // a trust that outlived its session is worth a question too
  const worth = stored.data.session_token ?? stored.data.trust_token;
  if (worth !== undefined && !args.replace) {
    say(`There is a session of ${args.username} in ${directory} already. Use --replace to put the other in its place.`);
    return false;
  }
  const parsed = sessionFile.safeParse(found.session === undefined ? {} : parse(found.session));
  if (!parsed.success) {
    say('The session file cannot be read; nothing was taken over.');
    return false;
  }
  // a session is replaced as a whole: half of an old one would be sent along with the new one
  for (const key of SESSION_KEYS) {
    const value = parsed.data[key];
    if (typeof value === 'string' && value !== '') stored.data[key] = value;
    else delete stored.data[key];
  }
  const { client_id } = parsed.data;
  if (typeof client_id === 'string' && client_id !== '') stored.data.client_id = client_id;
  await stored.cookies.removeAllCookies();
  if (found.cookies !== undefined && !readLwpCookies(found.cookies, stored.cookies)) {
    say('Its cookies cannot be read; they are left out.');
  }
  await stored.save();
  return true;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
