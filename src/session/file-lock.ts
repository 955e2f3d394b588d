import { closeSync, openSync, statSync, unlinkSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/** Held by this process. POSIX locks end when any handle of the process on that file is closed: no second one. */
const held = new Set<string>();

/** @returns whether this very process holds the lock */
export function isHeldHere(path: string): boolean {
  return held.has(path);
}

/**
 * A lock on a file: SQLite's, which the operating system gives up with the process, however that ends. There is never a
 * stale one to remove by hand.
 *
 * @param remains what becomes of the file afterwards: `kept` is the surer way
 * @returns undefined while another process, or this one, holds it
 * @throws file system errors, and SQLite's where there are no locks
 */
export function lockFile(path: string, remains: 'kept' | 'removed'): Disposable | undefined {
  if (held.has(path)) return undefined;
  for (;;) {
    closeSync(openSync(path, 'a', remains === 'kept' ? 0o600 : 0o666));
    const before = inodeOf(path);
    const database = new DatabaseSync(path);
    try {
      database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
      throw error;
    }
    // whoever held it before may have removed the file between the opening and the lock
    if (before === undefined || inodeOf(path) !== before) {
      database.close();
      continue;
    }
    held.add(path);
    return {
      [Symbol.dispose]: () => {
        if (remains === 'removed') unlinkIfPossible(path);
        database.close();
        held.delete(path);
      },
    };
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** Windows removes no file that is open; it stays, empty. */
function unlinkIfPossible(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // it does no harm
  }
}
