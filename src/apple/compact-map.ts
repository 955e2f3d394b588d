import { hash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';

/**
 * A map of texts for what a run has to keep in mind about every item of a library, in a third of the memory of a `Map` and
 * outside the heap, whose spare room grows with what it holds (docs/benchmark.md).
 *
 * Keys are known by 64 bits of their SHA-256: in one library of a million items in 30 million, two of them are taken for
 * one.
 */
export class CompactMap implements Disposable {
  readonly #database = new DatabaseSync(':memory:');
  readonly #get;
  readonly #add;
  readonly #replace;
  #size = 0;

  constructor() {
    this.#database.exec('CREATE TABLE entries (key INTEGER PRIMARY KEY, value TEXT NOT NULL)');
    this.#get = this.#database.prepare('SELECT value FROM entries WHERE key = ?');
    this.#add = this.#database.prepare('INSERT OR IGNORE INTO entries VALUES (?, ?)');
    this.#replace = this.#database.prepare('UPDATE entries SET value = ? WHERE key = ?');
  }

  get size(): number {
    return this.#size;
  }

  get(key: string): string | undefined {
    const value = this.#get.get(fingerprint(key))?.value;
    return typeof value === 'string' ? value : undefined;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Leaves a key that is there as it is. @returns whether the key is new */
  add(key: string, value = ''): boolean {
    const isNew = this.#add.run(fingerprint(key), value).changes === 1;
    if (isNew) this.#size += 1;
    return isNew;
  }

  set(key: string, value: string): void {
    if (!this.add(key, value)) this.#replace.run(value, fingerprint(key));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function fingerprint(key: string): bigint {
  return hash('sha256', key, 'buffer').readBigInt64BE();
}
