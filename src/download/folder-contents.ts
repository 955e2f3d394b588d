import { readdir } from 'node:fs/promises';
import { hasCode } from '../session/has-code.ts';

/** Folders remembered at a time. Listings go through time, and folders are named after dates: a few are enough. */
const REMEMBERED = 64;

/** @returns one form for all spellings of a name that some file system takes for the same: letter case, composed accents */
export function folded(name: string): string {
  return name.normalize('NFD').toUpperCase();
}

/**
 * What the folders held when they were first looked into. One reading of a folder answers for all names in it, where
 * the disk would be asked for each name.
 */
export class FolderContents {
  /** Oldest use first; undefined for a folder that cannot be read. */
  readonly #folders = new Map<string, ReadonlySet<string> | undefined>();

  /**
   * @param folder absolute
   * @returns false when nothing stood under this name, in any spelling; true when the file system has to be asked
   */
  async mayHold(folder: string, name: string): Promise<boolean> {
    const known = this.#folders.has(folder);
    const names = known ? this.#folders.get(folder) : await namesIn(folder);
    this.#folders.delete(folder);
    this.#folders.set(folder, names);
    const [oldest] = this.#folders.keys();
    if (this.#folders.size > REMEMBERED && oldest !== undefined) this.#folders.delete(oldest);
    return names === undefined || names.has(folded(name));
  }
}

async function namesIn(folder: string): Promise<ReadonlySet<string> | undefined> {
  try {
    return new Set((await readdir(folder)).map(folded));
  } catch (error) {
    // no right to list a folder does not mean that its files cannot be reached
    return hasCode(error, 'ENOENT', 'ENOTDIR') ? new Set() : undefined;
  }
}
