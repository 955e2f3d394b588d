import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shorten } from './post-request.ts';

describe('a text that a service would refuse for its length', () => {
  test('is cut with a sign of it', () => {
    expect(shorten('abcdef', 5)).toBe('abcd…');
    expect(shorten('abcdef', 6)).toBe('abcdef');
    expect(shorten('äöü', 5, 'bytes')).toBe('ä…');
  });

  test('never exceeds its length, nor ends in half a letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 3, max: 200 }), (text, most) => {
        expect(shorten(text, most).length).toBeLessThanOrEqual(most);
        expect(Buffer.byteLength(shorten(text, most, 'bytes'))).toBeLessThanOrEqual(most);
        expect(shorten(text, most).isWellFormed()).toBe(true);
      }),
    );
  });
});
