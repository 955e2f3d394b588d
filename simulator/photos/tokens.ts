import { hash } from 'node:crypto';

/** A sync token is 33 bytes: kind, position in the history, filler, and the identity of what it belongs to (recorded). */
const TOKEN_BYTES = 33;
const KIND = 1;
const FILLER = 0x7fff_ffff_ffff_ffffn;
const MARKER_PREFIX = Buffer.from([0x12, 0x06, 0x19]);
const MARKER_RANK_BYTES = 5;
const MARKER_SUFFIX = Buffer.from([0x10, 0x01]);

/** What a token says, or why it says nothing: the two complaints are Apple's (peers). */
export type TokenReading =
  | { readonly kind: 'position'; readonly sequence: number }
  | { readonly kind: 'invalid'; readonly reason: 'Unknown sync continuation type' | 'Invalid continuation format' };

/** @param owner of the history: a zone's identity, or a database's */
export function syncToken(owner: string, sequence: number): string {
  const token = Buffer.alloc(TOKEN_BYTES);
  token.writeUInt8(KIND, 0);
  token.writeBigUInt64BE(BigInt(sequence), 1);
  token.writeBigUInt64BE(FILLER, 9);
  token.set(hash('md5', owner, 'buffer'), 17);
  return token.toString('base64');
}

/** @param latest the owner's present position; a token cannot come from its future */
export function readSyncToken(token: string, owner: string, latest: number): TokenReading {
  const bytes = Buffer.from(token, 'base64');
  if (bytes[0] !== KIND) return { kind: 'invalid', reason: 'Unknown sync continuation type' };
  if (bytes.length !== TOKEN_BYTES || bytes.toString('base64') !== token) {
    return { kind: 'invalid', reason: 'Invalid continuation format' };
  }
  const sequence = Number(bytes.readBigUInt64BE(1));
  if (syncToken(owner, sequence) !== token || sequence > latest) {
    return { kind: 'invalid', reason: 'Unknown sync continuation type' };
  }
  return { kind: 'position', sequence };
}

/** Where the next page of a query begins. */
export interface Continuation {
  readonly rank: number;
  /** The record at that rank, which may have moved since. */
  readonly recordName: string;
}

/** A `continuationMarker`: rank and record name in two small length-prefixed fields (recorded). */
export function continuationMarker({ rank, recordName }: Continuation): string {
  const position = Buffer.alloc(MARKER_RANK_BYTES);
  position.writeUIntBE(rank, 0, MARKER_RANK_BYTES);
  const name = Buffer.from(recordName);
  const body = Buffer.concat([Buffer.from([0x0a, name.length]), name, MARKER_SUFFIX]);
  return Buffer.concat([MARKER_PREFIX, position, Buffer.from([0x1a, body.length]), body]).toString('base64');
}

/** @returns undefined for what is not a marker of ours */
export function readContinuationMarker(marker: string): Continuation | undefined {
  const bytes = Buffer.from(marker, 'base64');
  const nameAt = MARKER_PREFIX.length + MARKER_RANK_BYTES + 4;
  if (bytes.length <= nameAt + MARKER_SUFFIX.length) return undefined;
  const rank = bytes.readUIntBE(MARKER_PREFIX.length, MARKER_RANK_BYTES);
  const recordName = bytes.subarray(nameAt, bytes.length - MARKER_SUFFIX.length).toString();
  const continuation = { rank, recordName };
  return continuationMarker(continuation) === marker ? continuation : undefined;
}
