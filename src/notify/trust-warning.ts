import type { Notice } from './notice.ts';

/** What was told already, as it is kept between runs. */
export interface TrustWarningState {
  /** Day of the last notice, in UTC: `2026-11-24`. */
  readonly warnedDay?: string | undefined;
  /** The end of trust that was last warned of, in milliseconds since the epoch. */
  readonly warnedFor?: number | undefined;
  /** The end of trust whose passing was told, in milliseconds since the epoch. */
  readonly endedToldFor?: number | undefined;
}

const DAY_MS = 86_400_000;
/** Days before the end at which a warning is due; the last one first. */
const THRESHOLDS = [1, 3, 7, 14];

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/**
 * Which notice about Apple's trust is due: a warning 14, 7, 3 and 1 days before its end, each once for one end of trust,
 * one word when it has ended, and never two on one day. A threshold counts as told by every warning of its own day or a
 * later one, so that a machine that was off gets one warning for all it missed.
 *
 * @param now milliseconds since the epoch
 * @param trustedUntil milliseconds since the epoch; undefined when unknown, and then nothing is due
 * @returns the state to keep once the notice was told
 */
export function trustWarning(
  username: string,
  now: number,
  trustedUntil: number | undefined,
  state: TrustWarningState,
): { readonly notice?: Notice; readonly state: TrustWarningState } {
  const today = dayOf(now);
  if (trustedUntil === undefined || state.warnedDay === today) return { state };

  if (now >= trustedUntil) {
    if (state.endedToldFor === trustedUntil) return { state };
    return {
      notice: { kind: 'trust-ended', username },
      state: { ...state, warnedDay: today, endedToldFor: trustedUntil },
    };
  }

  const passed = THRESHOLDS.map((days) => trustedUntil - days * DAY_MS).find((start) => start <= now);
  if (passed === undefined) return { state };
  const told = state.warnedFor === trustedUntil && state.warnedDay !== undefined && dayOf(passed) <= state.warnedDay;
  if (told) return { state };
  return {
    notice: {
      kind: 'trust-ending',
      username,
      daysLeft: Math.ceil((trustedUntil - now) / DAY_MS),
      until: trustedUntil,
    },
    state: { ...state, warnedDay: today, warnedFor: trustedUntil },
  };
}
