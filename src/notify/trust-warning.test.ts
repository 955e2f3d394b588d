import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TrustWarningState, trustWarning } from './trust-warning.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const THRESHOLDS = [14, 7, 3, 1];
const UNTIL = Date.UTC(2026, 2, 1, 15);

interface Told {
  readonly at: number;
  readonly kind: string;
  readonly daysLeft: number | undefined;
}

/** Runs at these times, keeping the state as a run does. */
function runs(times: readonly number[], until: number | undefined, first: TrustWarningState = {}): readonly Told[] {
  let state = first;
  const told: Told[] = [];
  for (const at of times) {
    const result = trustWarning('jane', at, until, state);
    // what is kept goes through a file
    state = JSON.parse(JSON.stringify(result.state));
    const { notice } = result;
    if (notice)
      told.push({ at, kind: notice.kind, daysLeft: notice.kind === 'trust-ending' ? notice.daysLeft : undefined });
  }
  return told;
}

describe('the end of trust', () => {
  test('a run every hour warns at 14, 7, 3 and 1 days, and tells the end once', () => {
    const hours = Array.from({ length: 24 * 40 }, (_, index) => UNTIL - 30 * DAY + index * HOUR);
    expect(runs(hours, UNTIL)).toEqual([
      ...THRESHOLDS.map((days) => ({ at: UNTIL - days * DAY, kind: 'trust-ending', daysLeft: days })),
      { at: UNTIL, kind: 'trust-ended', daysLeft: undefined },
    ]);
  });

  test('a machine that was off gets one warning for all it missed', () => {
    const two = UNTIL - 2 * DAY;
    expect(runs([UNTIL - 20 * DAY, two, two + HOUR], UNTIL)).toEqual([{ at: two, kind: 'trust-ending', daysLeft: 2 }]);
  });

  test('a warning of the last day puts the word of the end off to the next', () => {
    const late = UNTIL - 10 * HOUR;
    expect(runs([late, UNTIL, UNTIL + DAY], UNTIL).map(({ at, kind }) => [at, kind])).toEqual([
      [late, 'trust-ending'],
      [UNTIL + DAY, 'trust-ended'],
    ]);
  });

  test('a renewed trust is warned of anew', () => {
    const renewed = UNTIL + 60 * DAY;
    const { state } = trustWarning('jane', UNTIL - HOUR, UNTIL, {});
    expect(runs([UNTIL, renewed - 14 * DAY], renewed, state)).toEqual([
      { at: renewed - 14 * DAY, kind: 'trust-ending', daysLeft: 14 },
    ]);
  });

  test('names the account and the moment', () => {
    expect(trustWarning('jane', UNTIL - 6.5 * DAY, UNTIL, {}).notice).toEqual({
      kind: 'trust-ending',
      username: 'jane',
      daysLeft: 7,
      until: UNTIL,
    });
  });

  test('nothing is told while the end is unknown', () => {
    expect(trustWarning('jane', UNTIL, undefined, { warnedFor: 5 })).toEqual({ state: { warnedFor: 5 } });
  });
});

describe('whenever the program runs', () => {
  /** Runs from 60 days before the end to 30 after it, in their order, with one well after the end. */
  const anyRuns = fc
    .tuple(
      fc.integer({ min: 0, max: 2 ** 40 }),
      fc.array(fc.integer({ min: -60 * DAY, max: 30 * DAY }), { maxLength: 120 }),
    )
    .map(([until, offsets]) => ({
      until,
      times: [...offsets.sort((a, b) => a - b), 32 * DAY].map((offset) => until + offset),
    }));

  test('never more than one notice on a day', () => {
    fc.assert(
      fc.property(anyRuns, ({ until, times }) => {
        const days = runs(times, until).map(({ at }) => new Date(at).toISOString().slice(0, 10));
        expect(new Set(days).size).toBe(days.length);
      }),
    );
  });

  test('never a warning while more than 14 days remain, nor after the end', () => {
    fc.assert(
      fc.property(anyRuns, ({ until, times }) => {
        for (const { at, kind } of runs(times, until)) {
          const left = until - at;
          if (kind === 'trust-ending') expect(left > 0 && left <= 14 * DAY).toBe(true);
          else expect(left).toBeLessThanOrEqual(0);
        }
      }),
    );
  });

  test('never twice for one threshold', () => {
    fc.assert(
      fc.property(anyRuns, ({ until, times }) => {
        const warnings = runs(times, until).filter(({ kind }) => kind === 'trust-ending');
        const reached = warnings.map(({ at }) => THRESHOLDS.findLast((days) => until - at <= days * DAY));
        expect(new Set(reached).size).toBe(reached.length);
        expect(warnings.length).toBeLessThanOrEqual(THRESHOLDS.length);
      }),
    );
  });

  test('the end is told exactly once', () => {
    fc.assert(
      fc.property(anyRuns, ({ until, times }) => {
        expect(runs(times, until).filter(({ kind }) => kind === 'trust-ended')).toHaveLength(1);
      }),
    );
  });

  test('no threshold is missed by a program that runs often', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.integer({ min: 1, max: 12 }), (until, hours) => {
        const count = Math.ceil((40 * DAY) / (hours * HOUR));
        const times = Array.from({ length: count }, (_, index) => until - 20 * DAY + index * hours * HOUR);
        expect(runs(times, until)).toHaveLength(THRESHOLDS.length + 1);
      }),
    );
  });
});
