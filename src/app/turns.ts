import type { Clock } from '../apple/clock.ts';

/** How long an account keeps its turn while somebody who seems to be there is asked. */
const PATIENCE_MS = 5 * 60_000;

/** One account at a time works and prompts; whoever waits for a person who may not be there lets the next one go on. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Waits for the turn. @returns the way to give it back */
  async take(): Promise<() => void> {
    const before = this.#last;
    let release: () => void = () => undefined;
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return release;
  }
}

/** One account's hold of the turn. */
export class Turn {
  readonly #turns: Turns;
  #release: (() => void) | undefined;

  constructor(turns: Turns) {
    this.#turns = turns;
  }

  /** Waits for the turn; does nothing when it is held already. */
  async take(): Promise<void> {
    this.#release ??= await this.#turns.take();
  }

  give(): void {
    this.#release?.();
    this.#release = undefined;
  }

  /** Keeps the turn while `work` waits for a person, but not for ever: a terminal may be one that nobody looks at. */
  async patiently<T>(work: () => Promise<T>, clock: Clock): Promise<T> {
    // whoever gave it away before asks nothing at the terminal beside another
    await this.take();
    const over = new AbortController();
    const working = work().finally(() => over.abort());
    working.catch(() => undefined);
    const late = await clock.sleep(PATIENCE_MS, over.signal).then(
      () => true,
      () => false,
    );
    return late ? this.without(() => working) : working;
  }

  /**
   * Gives the turn away while `work` waits, for good: what comes of the answer goes on at once, beside the account that has
   * the turn meanwhile. Whoever has more to do than that takes it again.
   */
  async without<T>(work: () => Promise<T>): Promise<T> {
    this.give();
    return work();
  }
}
