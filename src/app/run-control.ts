import type { Clock } from '../apple/clock.ts';
import type { RunControl } from '../download/engine.ts';

/** What a person at the web page may do to the runs of a watch loop. */
export class Conductor {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** Set while runs are held back; resolves when they may go on. */
  #pause: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  #stopping = new AbortController();
  readonly #waiting = new Set<AbortController>();

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.resume(), { once: true });
  }

  get paused(): boolean {
    return this.#pause !== undefined;
  }

  pause(): void {
    if (this.#pause) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pause = { over: promise, end: resolve };
  }

  resume(): void {
    const held = this.#pause;
    this.#pause = undefined;
    held?.end();
  }

  /** The run ends after the files at hand; the next one comes at its time. */
  stopAfterFile(): void {
    this.#stopping.abort(new Error('asked to stop'));
    this.resume();
  }

  /** The next run begins now instead of at its time. */
  syncNow(): void {
    for (const waiting of this.#waiting) waiting.abort(new Error('woken'));
  }

  /** To be called when a download begins: what was asked of earlier ones does not concern it. */
  runBegins(): RunControl {
    if (this.#stopping.signal.aborted) this.#stopping = new AbortController();
    return { gate: () => this.#gate(), stopping: this.#stopping.signal };
  }

  /**
   * Waits for the next run: its time, or `syncNow`; then for the end of a pause.
   *
   * @throws the signal's reason when the program is to end
   */
  async untilNextRun(ms: number): Promise<void> {
    const woken = new AbortController();
    this.#waiting.add(woken);
    try {
      await this.#clock.sleep(ms, AbortSignal.any([woken.signal, this.#signal]));
    } catch (error) {
      if (this.#signal.aborted) throw this.#signal.reason;
      if (!woken.signal.aborted) throw error;
    } finally {
      this.#waiting.delete(woken);
    }
    await this.#gate();
    this.#signal.throwIfAborted();
  }

  async #gate(): Promise<void> {
    while (this.#pause) await this.#pause.over;
  }
}
