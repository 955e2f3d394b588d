import { expect, test } from 'vitest';
import { Pace, timeLeft } from './pace.ts';

const START = Date.UTC(2026, 10, 25);

test('what was there already is settled in a moment, and soon forgotten', () => {
  const pace = new Pace(START);
  // a thousand in the first second, then one each second
  pace.mark({ at: START + 1000, itemsDone: 1000 });
  const at = (second: number) => ({ at: START + second * 1000, itemsDone: 999 + second });
  for (let second = 2; second <= 200; second += 1) pace.mark(at(second));
  expect(timeLeft(pace.since, at(200), 2199)).toBe(1_000_000);
});

test.each([
  ['no count', { at: START + 5000, itemsDone: 5 }, undefined],
  ['nothing settled yet', { at: START + 5000, itemsDone: 0 }, 10],
  ['too early to tell', { at: START + 1999, itemsDone: 5 }, 10],
  ['all settled', { at: START + 5000, itemsDone: 10 }, 10],
])('nothing is promised: %s', (_, now, total) => {
  expect(timeLeft(new Pace(START).since, now, total)).toBeUndefined();
});

test('marks closer than a second are not kept', () => {
  const pace = new Pace(START);
  for (let ms = 0; ms < 60_000; ms += 10) pace.mark({ at: START + ms, itemsDone: ms });
  expect(pace.since).toEqual({ at: START, itemsDone: 0 });
});
