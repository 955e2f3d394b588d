import type { Clock } from '../../src/apple/clock.ts';

/** Three in the morning, UTC, later than any real date: the cookie jar, which has no clock of ours, finds none over. */
const START = Date.UTC(2035, 0, 1, 3);

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

interface Sleeper {
  readonly ms: number;
  /** Milliseconds since the epoch. */
  readonly due: number;
  wake(): void;
}

interface Watcher {
  readonly ms: number;
  resolve(): void;
}

/** One clock for the program and the local iCloud, which stands still until the test lets time pass. */
export class FakeClock implements Clock {
  #now = START;
  readonly #sleepers = new Set<Sleeper>();
  readonly #watchers = new Set<Watcher>();

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        ms,
        due: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#sleepers.add(sleeper);
      for (const watcher of this.#watchers) if (watcher.ms === ms) watcher.resolve();
      return undefined;
    });
  }

  /** Waits, in real time, until somebody sleeps for exactly so long. */
  async asleep(ms: number): Promise<void> {
    if ([...this.#sleepers].some((sleeper) => sleeper.ms === ms)) return;
    await new Promise<void>((resolve) => {
      const watcher: Watcher = {
        ms,
        resolve: () => {
          this.#watchers.delete(watcher);
          resolve();
        },
      };
      this.#watchers.add(watcher);
    });
  }

  /** Lets time pass, and wakes whoever has slept long enough. */
  advance(ms: number): void {
    this.#now += ms;
    for (const sleeper of [...this.#sleepers]) if (sleeper.due <= this.#now) sleeper.wake();
  }
}
