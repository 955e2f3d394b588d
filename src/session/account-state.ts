import { readFile, rename } from 'node:fs/promises';
import * as z from 'zod';
import type { Secret } from '../apple/secret.ts';
import { replaceFile } from './atomic-file.ts';
import { hashPassword } from './password-hash.ts';

const optional = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const schema = z.object({
  /** The region Apple named. */
  domain: optional(z.enum(['com', 'cn'])),
  /** No sign-in before this; milliseconds since the epoch. */
  coolDownUntil: optional(z.number()),
  /** Refusals in a row. */
  refusals: optional(z.number()),
  /** What Apple refused, where that does not pass by waiting alone: a cause of the error table. */
  refusedFor: optional(z.string()),
  /** Enough of the passwords that Apple refused to know them again, as base64: a program does not send one twice. */
  refusedPasswords: optional(z.object({ salt: z.base64(), hashes: z.array(z.base64()) })),
  /** What the warnings about the end of the trust have come to; see notify/trust-warning.ts. */
  trust: optional(
    z.object({ warnedDay: optional(z.string()), warnedFor: optional(z.number()), endedToldFor: optional(z.number()) }),
  ),
  /** Day (UTC) of the last try to renew the trust. */
  renewalDay: optional(z.string()),
  /** What the person was told last that is not over yet: a cause of the error table, or `code`, `password`. */
  told: optional(z.string()),
  /** When a run last came to a good end; milliseconds since the epoch. */
  goodRunAt: optional(z.number()),
  /** The person was told that runs fail, and none was good since. */
  toldRunFailed: optional(z.boolean()),
});

/** What this program remembers of an account besides icloudpd's own files. Nothing in it opens anything. */
export type AccountState = z.infer<typeof schema>;

/** @returns an empty state when there is none, or none that can be read: nothing in it is worth stopping for */
export async function readAccountState(path: string): Promise<AccountState> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

/**
 * Moves a state that cannot be read aside, as `<path>.damaged`, so that it is not overwritten unseen.
 *
 * @returns whether there was one
 */
export async function setAsideDamagedState(path: string): Promise<boolean> {
  try {
    if (schema.safeParse(JSON.parse(await readFile(path, 'utf8'))).success) return false;
  } catch (error) {
    if (!(error instanceof SyntaxError)) return false;
  }
  await rename(path, `${path}.damaged`);
  return true;
}

/** Refused passwords that are remembered: more than there are places one may come from. */
const MOST_REFUSED = 8;

/** @returns whether Apple refused this password before, and no later one was good */
export async function isRefused({ refusedPasswords }: AccountState, password: Secret): Promise<boolean> {
  if (!refusedPasswords) return false;
  const { hash } = await hashPassword(password, Buffer.from(refusedPasswords.salt, 'base64'));
  return refusedPasswords.hashes.includes(hash.toString('base64'));
}

/** Remembers a password that Apple refused. */
export async function addRefused(state: AccountState, password: Secret): Promise<void> {
  const before = state.refusedPasswords;
  const { salt, hash } = await hashPassword(password, before && Buffer.from(before.salt, 'base64'));
  const hashes = [...new Set([...(before?.hashes ?? []), hash.toString('base64')])].slice(-MOST_REFUSED);
  state.refusedPasswords = { salt: salt.toString('base64'), hashes };
}

/** @throws the file system's error */
export async function writeAccountState(path: string, state: AccountState): Promise<void> {
  await replaceFile(path, `${JSON.stringify(state, undefined, 2)}\n`);
}
