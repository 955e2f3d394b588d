import { createHash } from 'node:crypto';

/** Apple's own pages ask for 10 or 11 bits; every further bit doubles the work, and a hostile server could ask for years. */
const MOST_BITS = 20;

function leadingZeroBits(digest: Uint8Array): number {
  const byte = digest.findIndex((value) => value !== 0);
  return byte < 0 ? digest.length * 8 : byte * 8 + Math.clz32(digest[byte] ?? 0) - 24;
}

/**
 * The work Apple may demand before a sign-in: a text whose SHA-1 begins with so many zero bits.
 *
 * Source: docs/protocol/sign-in.md, "The password proof".
 *
 * @param bits and `challenge` as the refusal's headers have them
 * @param now milliseconds since the epoch
 * @returns the value of `X-APPLE-HC`; undefined when nothing is demanded, or more than can be asked for
 */
export function hashcash(bits: string | undefined, challenge: string | undefined, now: number): string | undefined {
  const wanted = Number(bits);
  if (!challenge || !Number.isInteger(wanted) || wanted < 1 || wanted > MOST_BITS) return undefined;
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(/\D/g, '');
  for (let counter = 0; ; counter += 1) {
    const stamp = `1:${wanted}:${time}:${challenge}::${counter}`;
    if (leadingZeroBits(createHash('sha1').update(stamp).digest()) >= wanted) return stamp;
  }
}
