import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../apple/secret.ts';
import { createLogger } from './logger.ts';
import { renderProgress } from './progress.ts';
import { truncateMiddle } from './truncate-middle.ts';
import { count, formatBytes, formatDuration } from './units.ts';

describe('log lines', () => {
  const lines: string[] = [];
  const redactor = new Redactor();
  const now = new Date(2026, 10, 24, 9, 5, 7).getTime();
  const logger = (threshold: 'debug' | 'info' | 'error') => {
    lines.length = 0;
    return createLogger({ threshold, redactor, now: () => now, write: (line) => lines.push(line) });
  };

  test("have icloudpd's format", () => {
    const log = logger('debug');
    log.debug('one');
    log.info('two');
    log.warning('three');
    log.error('four');
    expect(lines).toEqual([
      '2026-11-24 09:05:07 DEBUG    one\n',
      '2026-11-24 09:05:07 INFO     two\n',
      '2026-11-24 09:05:07 WARNING  three\n',
      '2026-11-24 09:05:07 ERROR    four\n',
    ]);
  });

  test.each([
    ['debug', 4],
    ['info', 3],
    ['error', 1],
  ] as const)('--log-level %s writes %i of the four levels', (level, amount) => {
    const log = logger(level);
    for (const write of [log.debug, log.info, log.warning, log.error]) write('x');
    expect(lines).toHaveLength(amount);
  });

  test('secrets and control characters do not get through', () => {
    redactor.add('hunter2!');
    logger('info').info('password hunter2! \u001b[2J\rnext\nline');
    expect(lines).toEqual(['2026-11-24 09:05:07 INFO     password *** ?[2J?next\\nline\n']);
  });
});

describe('the progress line', () => {
  const state = {
    itemsDone: 250,
    itemsTotal: 1000,
    files: 300,
    bytes: 1_200_000_000,
    elapsedMs: 60_000,
    leftMs: 180_000,
  };

  test('tells items, files, bytes, rate and time left', () => {
    expect(renderProgress(state, 120)).toBe(
      '250/1000 items  [#####...............]  300 files  1.2 GB  20 MB/s  3 min left',
    );
  });

  test('without a count it promises nothing', () => {
    expect(renderProgress({ ...state, itemsTotal: undefined, leftMs: undefined }, 120)).toBe(
      '250 items  300 files  1.2 GB  20 MB/s',
    );
  });

  test('one is not many', () => {
    const one = { ...state, itemsDone: 1, files: 1, bytes: 0, leftMs: undefined };
    expect(renderProgress({ ...one, itemsTotal: 1 }, 120)).toMatch(/^1\/1 item {2}\[#+\] {2}1 file {2}/);
    expect(renderProgress({ ...one, itemsTotal: undefined }, 120)).toMatch(/^1 item {2}1 file {2}/);
  });

  test('fits any terminal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(1e6), fc.nat(1e6), (columns, done, bytes) => {
        expect(renderProgress({ ...state, itemsDone: done, bytes }, columns).length).toBeLessThan(columns);
      }),
    );
    expect(renderProgress(state, 40)).toBe('250/1000 items  1.2 GB  3 min left');
  });
});

describe('units', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [85_638, '86 kB'],
    [1_884_695, '1.9 MB'],
    [999_999, '1.0 MB'],
    [12e9, '12 GB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test.each([
    [400, '0 s'],
    [59_600, '1 min'],
    [200_000, '3 min 20 s'],
    [7_200_000, '2 h'],
    [7_500_000, '2 h 5 min'],
  ])('%i ms are %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('one and many', () => {
    expect([count(1, 'item'), count(0, 'item'), count(41_000, 'item')]).toEqual(['1 item', '0 items', '41,000 items']);
  });
});

describe("icloudpd's short form of long paths", () => {
  test.each([
    [50, 'abcdefghij'.repeat(5)],
    [20, 'abcdefgh...cdefghij'],
    [10, 'abc...hij'],
    [4, 'a...j'],
    [3, '...'],
    [0, ''],
  ])('to %i characters', (length, expected) => {
    expect(truncateMiddle('abcdefghij'.repeat(5), length)).toBe(expected);
  });

  test('a path that fits stays as it is, and a length below zero is an error', () => {
    expect(truncateMiddle('/photos/2018/07/31/IMG_7409.JPG')).toBe('/photos/2018/07/31/IMG_7409.JPG');
    expect(() => truncateMiddle('x', -1)).toThrow(RangeError);
  });
});
