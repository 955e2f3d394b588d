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

  async take(): Promise<void> {
    this.#release = await this.#turns.take();
  }

  give(): void {
    this.#release?.();
    this.#release = undefined;
  }

  /** Gives the turn back for as long as `work` waits, and takes it again afterwards. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    this.give();
    try {
      return await work();
    } finally {
      await this.take();
    }
  }
}
