/** When to sign in again after Apple refused for now: pure functions. */

const MINUTE_MS = 60_000;
const FIRST_MS = 15 * MINUTE_MS;
const LONGEST_MS = 6 * 60 * MINUTE_MS;

/** The part of an account's state that keeps restarts from hammering Apple. */
export interface CoolDown {
  readonly coolDownUntil?: number | undefined;
  readonly refusals?: number | undefined;
}

/**
 * Doubles from a quarter of an hour to six hours; what Apple asks for wins when it is longer.
 *
 * @param now milliseconds since the epoch
 * @param retryAfterMs from `Retry-After`
 */
export function afterRefusal(before: CoolDown, now: number, retryAfterMs: number | undefined): CoolDown {
  const refusals = (before.refusals ?? 0) + 1;
  const wait = Math.min(FIRST_MS * 2 ** (refusals - 1), LONGEST_MS);
  return { refusals, coolDownUntil: now + Math.max(wait, retryAfterMs ?? 0) };
}

/** @returns until when nothing may be sent; undefined when it may */
export function waitUntil({ coolDownUntil }: CoolDown, now: number): number | undefined {
  // a clock that was set back must not lock anybody out for years
  if (coolDownUntil === undefined || coolDownUntil <= now || coolDownUntil - now > 48 * 60 * MINUTE_MS)
    return undefined;
  return coolDownUntil;
}
