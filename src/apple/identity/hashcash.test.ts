import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hashcash } from './hashcash.ts';

const NOW = Date.UTC(2026, 10, 24, 9, 5, 7);

describe('the work before a sign-in', () => {
  test.each(['1', '8', '10', '13'])('%s bits', (bits) => {
    const stamp = hashcash(bits, '4d74fb15eb23f465f1f6fcbf534e5877', NOW) ?? '';
    expect(stamp).toMatch(new RegExp(`^1:${bits}:20261124090507:4d74fb15eb23f465f1f6fcbf534e5877::\\d+$`));
    const digest = createHash('sha1').update(stamp).digest();
    const begins = digest.readUInt32BE().toString(2).padStart(32, '0');
    expect(begins.slice(0, Number(bits))).toBe('0'.repeat(Number(bits)));
  });

  test.each([
    [undefined, 'x'],
    ['10', undefined],
    ['ten', 'x'],
    ['0', 'x'],
    ['64', 'x'],
  ])('%j bits for %j: not done', (bits, challenge) => {
    expect(hashcash(bits, challenge, NOW)).toBeUndefined();
  });
});
