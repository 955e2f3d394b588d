import { closeSync, openSync, realpathSync, statSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/**
 * Held by this process, by their real paths. POSIX locks end when any handle of the process on that file is closed: no
 * second one.
 */
const held = new Set<string>();

/** @returns whether this very process holds the lock */
export function isHeldHere(file: string): boolean {
  return held.has(realPath(file));
}

/**
 * A lock on a file: SQLite's, which the operating system gives up with the process, however that ends. There is never a
 * stale one to remove by hand.
 *
 * @param remains what becomes of the file afterwards: `kept` is the surer way
 * @returns undefined while another process, or this one, holds it
 * @throws file system errors, and SQLite's where there are no locks
 */
export function lockFile(file: string, remains: 'kept' | 'removed'): Disposable | undefined {
  const real = realPath(file);
  if (held.has(real)) return undefined;
  for (;;) {
    closeSync(openSync(file, 'a', remains === 'kept' ? 0o600 : 0o666));
    const before = inodeOf(file);
    const database = new DatabaseSync(file);
    try {
      database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
      throw error;
    }
    // whoever held it before may have removed the file between the opening and the lock
    if (before === undefined || inodeOf(file) !== before) {
      database.close();
      continue;
    }
    held.add(real);
    return {
      [Symbol.dispose]: () => {
        if (remains === 'removed') unlinkIfPossible(file);
        database.close();
        held.delete(real);
      },
    };
  }
}

/** @returns the path that all spellings of its folder lead to */
function realPath(file: string): string {
  try {
    return path.join(realpathSync(path.dirname(file)), path.basename(file));
  } catch {
    // what is not there yet is locked by nobody
    return file;
  }
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}

/** Windows removes no file that is open; it stays, empty. */
function unlinkIfPossible(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // it does no harm
  }
}
