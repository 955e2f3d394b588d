import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Redactor, Secret } from '../secret.ts';
import { appleUrl } from './hosts.ts';
import { LONGEST_WAIT_MS, parseRetryAfter, retryDelay } from './retry.ts';

describe('addresses out of answers', () => {
  test.each([
    ['service', 'https://p61-ckdatabasews.icloud.com:443'],
    ['service', 'https://p200-ckdatabasews.icloud.com.cn'],
    ['content', 'https://cvws.icloud-content.com/B/x'],
    ['content', 'https://cvws-h2.icloud-content.com/B/x'],
  ] as const)('%s %s is used', (family, text) => {
    expect(appleUrl(text, family).href.startsWith('https://')).toBe(true);
  });

  test.each([
    ['service', 'http://p61-ckdatabasews.icloud.com'],
    ['service', 'https://icloud.com.evil.example/'],
    ['service', 'https://evilicloud.com/'],
    ['service', 'https://p61.icloud.com:8443/'],
    ['service', 'https://user@p61.icloud.com/'],
    ['service', 'https://cvws.icloud-content.com/'],
    ['content', 'https://192.168.0.1/B/x'],
    ['content', 'file:///etc/passwd'],
    ['content', 'not an address'],
    ['content', 'http://127.0.0.1:99/B/x'],
  ] as const)('%s %s is not', (family, text) => {
    expect(() => appleUrl(text, family, 'http://127.0.0.1:8765')).toThrow(/not one of Apple's/);
  });

  test('the local iCloud may name itself', () => {
    expect(appleUrl('http://127.0.0.1:8765/B/x', 'content', 'http://127.0.0.1:8765').port).toBe('8765');
  });
});

describe('waiting', () => {
  const now = Date.UTC(2026, 0, 1);
  test.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Thu, 01 Jan 2020 00:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('Retry-After %s', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });

  test('doubles, obeys the server, and has an end', () => {
    expect([1, 2, 3, 4].map((attempt) => retryDelay(attempt, undefined, 0))).toEqual([1000, 2000, 4000, 8000]);
    expect(retryDelay(1, 30_000, 0)).toBe(30_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.option(fc.nat(1e9), { nil: undefined }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, after, random) => {
          const wait = retryDelay(attempt, after, random);
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThanOrEqual(LONGEST_WAIT_MS * 1.25);
        },
      ),
    );
  });
});

describe('secrets', () => {
  test('print as stars wherever they are printed', () => {
    const secret = new Secret('hunter2!');
    expect(`${secret} ${JSON.stringify({ secret })}`).toBe('*** {"secret":"***"}');
    expect(secret.reveal()).toBe('hunter2!');
  });

  test('are taken out of text in every spelling', () => {
    const redactor = new Redactor();
    redactor.add('p"a&ss word');
    redactor.add('p"a&ss word and more');
    redactor.add('abc');
    const text = `p"a&ss word, ${encodeURIComponent('p"a&ss word')}, ${JSON.stringify('p"a&ss word')}, p"a&ss word and more, abc`;
    expect(redactor.redact(text)).toBe('***, ***, "***", ***, abc');
  });
});
