import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterRefusal, type CoolDown, waitUntil } from './cool-down.ts';

const NOW = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('after a refusal', () => {
  test('the wait doubles from a quarter of an hour to six hours', () => {
    const waits: number[] = [];
    let state: CoolDown = {};
    for (let i = 0; i < 8; i += 1) {
      state = afterRefusal(state, NOW, undefined);
      waits.push(((state.coolDownUntil ?? 0) - NOW) / MINUTE);
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 360, 360, 360]);
    expect(state.refusals).toBe(8);
  });

  test.each([
    [5 * MINUTE, 15 * MINUTE],
    [2 * HOUR, 2 * HOUR],
    [0, 15 * MINUTE],
    [72 * HOUR, 48 * HOUR],
    [Number.MAX_VALUE, 48 * HOUR],
  ])('Apple asks for %i ms: %i ms are waited', (retryAfterMs, expected) => {
    const state = afterRefusal({}, NOW, retryAfterMs);
    expect(state.coolDownUntil).toBe(NOW + expected);
    expect(waitUntil(state, NOW)).toBe(NOW + expected);
  });

  test('however many there were, the wait is finite and never shorter than before', () => {
    fc.assert(
      fc.property(fc.nat({ max: 100_000 }), (refusals) => {
        const { coolDownUntil = 0 } = afterRefusal({ refusals }, NOW, undefined);
        const { coolDownUntil: next = 0 } = afterRefusal({ refusals: refusals + 1 }, NOW, undefined);
        expect(coolDownUntil).toBeGreaterThan(NOW);
        expect(next).toBeGreaterThanOrEqual(coolDownUntil);
        expect(next).toBeLessThanOrEqual(NOW + 6 * HOUR);
      }),
    );
  });
});

describe('when to try again', () => {
  test.each([
    ['nothing was refused', undefined, undefined],
    ['it is not over', NOW + 1, NOW + 1],
    ['it is just over', NOW, undefined],
    ['it was over long ago', NOW - 1, undefined],
    ['two days ahead', NOW + 48 * HOUR, NOW + 48 * HOUR],
    ['the clock was set back: more than two days ahead', NOW + 48 * HOUR + 1, undefined],
  ])('%s', (_name, coolDownUntil, expected) => {
    expect(waitUntil({ coolDownUntil }, NOW)).toBe(expected);
  });
});
