/** When to sign in again after Apple refused for now: pure functions. */

const MINUTE_MS = 60_000;
const FIRST_MS = 15 * MINUTE_MS;
const LONGEST_MS = 6 * 60 * MINUTE_MS;
/** Whatever Apple asks for: a number that makes no sense must not lock anybody out for years. */
const LIMIT_MS = 48 * 60 * MINUTE_MS;

/** The part of an account's state that keeps restarts from hammering Apple. */
export interface CoolDown {
  readonly coolDownUntil?: number | undefined;
  readonly refusals?: number | undefined;
}

/**
 * Doubles from a quarter of an hour to six hours; what Apple asks for wins when it is longer, up to two days.
 *
 * @param now milliseconds since the epoch
 * @param retryAfterMs from `Retry-After`
 */
export function afterRefusal(before: CoolDown, now: number, retryAfterMs: number | undefined): CoolDown {
  const refusals = (before.refusals ?? 0) + 1;
  const wait = Math.min(FIRST_MS * 2 ** (refusals - 1), LONGEST_MS);
  return { refusals, coolDownUntil: now + Math.min(Math.max(wait, retryAfterMs ?? 0), LIMIT_MS) };
}

/** After a refusal that says "stop" and not "later": the longest wait at once. @param now milliseconds since the epoch */
export function afterLock(now: number): CoolDown {
  return { coolDownUntil: now + LONGEST_MS };
}

/** @returns until when nothing may be sent; undefined when it may */
export function waitUntil({ coolDownUntil }: CoolDown, now: number): number | undefined {
  // nor must a clock that was set back
  if (coolDownUntil === undefined || coolDownUntil <= now || coolDownUntil - now > LIMIT_MS) return undefined;
  return coolDownUntil;
}
