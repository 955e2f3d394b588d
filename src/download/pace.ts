/** How many items were settled when. */
export interface PaceMark {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly itemsDone: number;
}

const MARK_MS = 1000;
const MARKS = 120;
/** A pace measured over less says nothing. */
const SHORTEST_MS = 2000;

/**
 * The pace of the last two minutes: what is already there is settled in a moment, and says nothing of how long the rest
 * takes.
 */
export class Pace {
  readonly #marks: PaceMark[];

  constructor(startedAt: number) {
    this.#marks = [{ at: startedAt, itemsDone: 0 }];
  }

  /** Called as items are settled. */
  mark(now: PaceMark): void {
    const last = this.#marks.at(-1);
    if (last && now.at - last.at < MARK_MS) return;
    this.#marks.push(now);
    if (this.#marks.length > MARKS) this.#marks.shift();
  }

  /** Where the last two minutes began. */
  get since(): PaceMark {
    return this.#marks[0] ?? { at: 0, itemsDone: 0 };
  }
}

/** @returns milliseconds until all is settled at the pace since a mark; undefined when that cannot be told */
export function timeLeft(since: PaceMark, now: PaceMark, itemsTotal: number | undefined): number | undefined {
  const [ms, items] = [now.at - since.at, now.itemsDone - since.itemsDone];
  if (itemsTotal === undefined || items <= 0 || ms < SHORTEST_MS || now.itemsDone >= itemsTotal) return undefined;
  return (ms / items) * (itemsTotal - now.itemsDone);
}
