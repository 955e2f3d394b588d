import { isHeldHere, lockFile } from './file-lock.ts';

/** Thrown when another run works with the same account and session directory. */
export class AccountBusyError extends Error {
  override readonly name = 'AccountBusyError';

  /** @param here this process holds it itself */
  constructor(username: string, path: string, here: boolean) {
    super(
      here
        ? `The account ${username} is in this run more than once, and another part of it is not finished yet ` +
            `(lock file ${path}). Give each part a --cookie-directory of its own, or let one run follow the other.`
        : `Another icloudpd is working with the account ${username} (lock file ${path}). ` +
            'Wait until it has finished, or stop it, then run this again.',
    );
  }
}

/**
 * One run at a time for an account.
 *
 * @throws AccountBusyError
 */
export function lockAccount(path: string, username: string): Disposable {
  const lock = lockFile(path, 'kept');
  if (!lock) throw new AccountBusyError(username, path, isHeldHere(path));
  return lock;
}
