import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXPLANATIONS } from '../apple/errors.ts';
import { type ItemOutcome, Tallier } from '../download/tally.ts';
import { EndpointError, readEndpoint } from './endpoint.ts';
import { summaryLines } from './summary.ts';

describe('ICLOUDPD_ENDPOINT', () => {
  test.each(['http://127.0.0.1:8765', 'http://localhost:1', 'https://[::1]:8443', 'http://127.1.2.3:80'])(
    '%s is this machine',
    (value) => {
      expect(readEndpoint(value)?.href).toContain('://');
    },
  );

  test.each([
    'http://192.168.1.2:80',
    'https://idmsa.apple.com',
    'http://127.0.0.1.evil.example',
    'ftp://127.0.0.1',
    'nonsense',
  ])('%s is refused', (value) => {
    expect(() => readEndpoint(value)).toThrow(EndpointError);
  });

  test('unset means Apple', () => {
    expect([readEndpoint(undefined), readEndpoint('')]).toEqual([undefined, undefined]);
  });
});

describe('the summary', () => {
  test('tells what became of every item', () => {
    const tallier = new Tallier();
    tallier.add({ kind: 'downloaded' }, 1200);
    tallier.add({ kind: 'present' }, 30);
    tallier.add({ kind: 'skipped', reason: 'video' }, 3);
    tallier.add({ kind: 'failed', reason: 'wrong-checksum' });
    tallier.addFile(2_000_000);
    expect(summaryLines(tallier.tally, 61_000, false)).toEqual([
      '1,234 items in iCloud = 1,200 downloaded + 30 already there + 3 skipped (3 videos (--skip-videos)) + ' +
        "1 failed (1 the bytes did not match Apple's checksum)",
      '1 file, 2.0 MB, 1 min 1 s',
    ]);
  });

  const outcome: fc.Arbitrary<ItemOutcome> = fc.oneof(
    fc.constantFrom({ kind: 'downloaded' as const }, { kind: 'present' as const }, { kind: 'unfinished' as const }),
    fc.record({ kind: fc.constant('skipped' as const), reason: fc.constantFrom('video' as const, 'photo' as const) }),
    fc.record({ kind: fc.constant('failed' as const), reason: fc.constantFrom('network' as const, 'gone' as const) }),
  );

  test('always adds up', () => {
    fc.assert(
      fc.property(fc.array(outcome), (outcomes) => {
        const tallier = new Tallier();
        for (const one of outcomes) tallier.add(one);
        const [line = ''] = summaryLines(tallier.tally, 0, false);
        const [, total, parts = ''] = /^([\d,]+) items? in iCloud = (.*)$/.exec(line) ?? [];
        const sum = parts.split(' + ').reduce((before, part) => before + Number.parseInt(part, 10), 0);
        expect([Number(total), sum]).toEqual([outcomes.length, outcomes.length]);
      }),
    );
  });
});

test('docs/authentication.md tells every cause as the program does', () => {
  const text = readFileSync(new URL('../../docs/authentication.md', import.meta.url), 'utf8');
  for (const [kind, { happened, next }] of Object.entries(EXPLANATIONS)) {
    expect(text).toContain(`| ${kind} | ${happened} | ${next} |`);
  }
});
