import type { FailureReason } from './failure.ts';

/** Why an item was left out on purpose. */
export type SkipReason = 'video' | 'photo' | 'beyond-recent';

/** What became of one item of the library. */
export type ItemOutcome =
  | { readonly kind: 'downloaded' }
  | { readonly kind: 'present' }
  | { readonly kind: 'skipped'; readonly reason: SkipReason }
  | { readonly kind: 'failed'; readonly reason: FailureReason }
  /** The run was stopped before it was done. */
  | { readonly kind: 'unfinished' };

/** The account of a run: every item seen is counted exactly once. */
export interface Tally {
  readonly listed: number;
  readonly downloaded: number;
  readonly present: number;
  readonly unfinished: number;
  readonly skipped: ReadonlyMap<SkipReason, number>;
  readonly failed: ReadonlyMap<FailureReason, number>;
  /** Files put in place by this run, and their bytes. */
  readonly files: number;
  readonly bytes: number;
}

function increment<K>(map: Map<K, number>, key: K, by = 1): void {
  const amount = (map.get(key) ?? 0) + by;
  if (amount === 0) map.delete(key);
  else map.set(key, amount);
}

/** Collects outcomes while a run goes on. */
export class Tallier {
  #listed = 0;
  #downloaded = 0;
  #present = 0;
  #unfinished = 0;
  #files = 0;
  #bytes = 0;
  readonly #skipped = new Map<SkipReason, number>();
  readonly #failed = new Map<FailureReason, number>();

  /** @param times -1 takes an outcome back */
  add(outcome: ItemOutcome, times = 1): void {
    this.#listed += times;
    switch (outcome.kind) {
      case 'downloaded':
        this.#downloaded += times;
        break;
      case 'present':
        this.#present += times;
        break;
      case 'unfinished':
        this.#unfinished += times;
        break;
      case 'skipped':
        increment(this.#skipped, outcome.reason, times);
        break;
      case 'failed':
        increment(this.#failed, outcome.reason, times);
        break;
    }
  }

  addFile(bytes: number): void {
    this.#files += 1;
    this.#bytes += bytes;
  }

  get tally(): Tally {
    return {
      listed: this.#listed,
      downloaded: this.#downloaded,
      present: this.#present,
      unfinished: this.#unfinished,
      skipped: this.#skipped,
      failed: this.#failed,
      files: this.#files,
      bytes: this.#bytes,
    };
  }
}

/** @returns how many items failed, for whatever reason. */
export function failedCount(tally: Tally): number {
  return [...tally.failed.values()].reduce((sum, amount) => sum + amount, 0);
}
