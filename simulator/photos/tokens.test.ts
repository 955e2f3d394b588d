import fc from 'fast-check';
import { expect, test } from 'vitest';
import { continuationMarker, readContinuationMarker, readSyncToken, syncToken } from './tokens.ts';

test('a sync token gives back its position, to its owner, once the position is reached', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(1000), fc.string(), (sequence, more, owner) => {
      const token = syncToken(owner, sequence);
      expect(token).toHaveLength(44);
      expect(readSyncToken(token, owner, sequence + more)).toEqual({ kind: 'position', sequence });
      expect(readSyncToken(token, `${owner}.`, sequence + more)).toMatchObject({ kind: 'invalid' });
      expect(readSyncToken(token, owner, sequence - 1)).toMatchObject({ kind: 'invalid' });
    }),
  );
});

test('no part of a token is a token, nor is anything else', () => {
  const token = syncToken('owner', 5);
  fc.assert(
    fc.property(fc.nat(43), fc.string(), (length, text) => {
      expect(readSyncToken(token.slice(0, length), 'owner', 10).kind).toBe('invalid');
      expect(readSyncToken(text, 'owner', 10).kind).toBe('invalid');
    }),
  );
});

test('a continuation marker gives back what went in, and nothing else is one', () => {
  fc.assert(
    fc.property(fc.nat(), fc.stringMatching(/^[\w-]{1,60}$/), fc.string(), (rank, recordName, text) => {
      expect(readContinuationMarker(continuationMarker({ rank, recordName }))).toEqual({ rank, recordName });
      expect(readContinuationMarker(text)).toBeUndefined();
    }),
  );
});
