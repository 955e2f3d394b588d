import type { Clock } from '../apple/clock.ts';

const FREE_TRIES = 5;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;

/**
 * Slows down whoever guesses the page's password: five tries, then waits that double from 30 seconds up to an hour. One
 * count for the whole process: behind a proxy, and with many addresses, nothing else can be relied on.
 */
export class LoginThrottle {
  readonly #clock: Clock;
  #failures = 0;
  #closedUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Begins a try, which counts as failed until `succeeded`: several at once gain nothing.
   *
   * @returns how long to wait instead, in milliseconds; 0 when the try may go ahead
   */
  begin(): number {
    const left = this.#closedUntil - this.#clock.now();
    if (left > 0) return left;
    this.#failures += 1;
    const beyond = this.#failures - FREE_TRIES;
    if (beyond >= 0) {
      this.#closedUntil = this.#clock.now() + Math.min(FIRST_WAIT_MS * 2 ** Math.min(beyond, 20), LONGEST_WAIT_MS);
    }
    return 0;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#closedUntil = 0;
  }
}
