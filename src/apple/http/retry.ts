/** When to ask again: pure functions, apart from the waiting itself. */

/** Longest wait between two tries of one request. */
export const LONGEST_WAIT_MS = 120_000;

/**
 * `Retry-After` as RFC 9110 section 10.2.3 has it: seconds, or an HTTP date.
 *
 * @param now milliseconds since the epoch
 * @returns milliseconds to wait, never negative; undefined when absent or unreadable
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * Doubling from one second, with up to a quarter of jitter, so that parallel workers do not come back together.
 *
 * @param attempt 1 after the first failure
 * @param retryAfterMs what the server asked for; it wins, within bounds
 * @param random 0 to 1
 * @returns milliseconds
 */
export function retryDelay(attempt: number, retryAfterMs: number | undefined, random: number): number {
  const wanted = retryAfterMs ?? 1000 * 2 ** (attempt - 1);
  return Math.round(Math.min(wanted, LONGEST_WAIT_MS) * (1 + random / 4));
}

/** Statuses that pass by themselves. */
export function isTransient(status: number): boolean {
  return status === 429 || status === 408 || (status >= 500 && status <= 599);
}
