/** How many log entries one page of changes looks at; more of them superseded than this, and the page comes out empty. */
const ENTRIES_PER_PAGE = 1000;

/** What changed after a point in a zone's history. */
export interface Changes {
  /** In the order of their last change. */
  readonly recordNames: readonly string[];
  /** How far these changes reach; ask from here for the rest. */
  readonly sequence: number;
  readonly moreComing: boolean;
}

/** The history of a zone: which record changed when. Each record appears in a reading once, where it changed last. */
export class ChangeLog {
  readonly #entries: string[] = [];
  readonly #latest = new Map<string, number>();

  /** The number of changes so far. */
  get sequence(): number {
    return this.#entries.length;
  }

  /** Notes that a record appeared, changed or went away. */
  note(recordName: string): void {
    this.#entries.push(recordName);
    this.#latest.set(recordName, this.#entries.length);
  }

  /** Whether a record of this name was ever here. */
  knows(recordName: string): boolean {
    return this.#latest.has(recordName);
  }

  since(sequence: number, limit: number): Changes {
    const recordNames: string[] = [];
    const end = Math.min(this.#entries.length, sequence + ENTRIES_PER_PAGE);
    let at = sequence;
    while (at < end && recordNames.length < limit) {
      const recordName = this.#entries[at];
      at += 1;
      if (recordName !== undefined && this.#latest.get(recordName) === at) recordNames.push(recordName);
    }
    return { recordNames, sequence: at, moreComing: at < this.#entries.length };
  }
}
