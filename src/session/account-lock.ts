import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Thrown when another run works with the same account and session directory. */
export class AccountBusyError extends Error {
  override readonly name = 'AccountBusyError';

  /** @param here this process holds it itself */
  constructor(username: string, path: string, here = false) {
    super(
      here
        ? `The account ${username} is in this run more than once, and another part of it is not finished yet ` +
            `(lock file ${path}). Give each part a --cookie-directory of its own, or let one run follow the other.`
        : `Another icloudpd is working with the account ${username} (lock file ${path}). ` +
            'Wait until it has finished, or stop it, then run this again.',
    );
  }
}

const SQLITE_BUSY = 5;

/** Held by this process. POSIX locks end when any file handle of the process on that file is closed: no second one. */
const held = new Set<string>();

/**
 * One run at a time for an account. The lock is SQLite's lock on a file, which the operating system gives up with the
 * process, however that ends: there is never a stale one to remove by hand.
 *
 * @throws AccountBusyError
 */
export function lockAccount(path: string, username: string): Disposable {
  if (held.has(path)) throw new AccountBusyError(username, path, true);
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) {
      throw new AccountBusyError(username, path);
    }
    throw error;
  }
  held.add(path);
  return {
    [Symbol.dispose]: () => {
      database.close();
      held.delete(path);
    },
  };
}
