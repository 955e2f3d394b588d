import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { randomToken } from '../http/random.ts';
import { answer } from './answers.ts';

/** How many leading zero bits the digest of a stamp must have: few enough for a test, too many for chance. */
const BITS = 10;

/** The work that Apple's developer pages demand before a sign-in, `X-APPLE-HC` (peers: fastlane). */
export class Hashcash {
  readonly #challenges = new Set<string>();

  /** A refusal that names the work to be done. */
  demand(c: Context): Response {
    const challenge = randomToken(16);
    this.#challenges.add(challenge);
    const headers = { 'X-Apple-HC-Bits': String(BITS), 'X-Apple-HC-Challenge': challenge };
    return answer(c, { status: 403, json: { hasError: true }, headers });
  }

  /**
   * Whether a stamp proves work on one of the challenges; each is good for one.
   *
   * @param stamp `1:<bits>:<YYYYMMDDHHMMSS>:<challenge>::<counter>`, its SHA-1 beginning with that many zero bits
   */
  accepts(stamp: string | undefined): boolean {
    const [, bits, challenge] = /^1:(\d+):\d{14}:([^:]+)::\d+$/.exec(stamp ?? '') ?? [];
    if (stamp === undefined || bits !== String(BITS) || !this.#challenges.delete(challenge ?? '')) return false;
    return createHash('sha1').update(stamp).digest().readUInt16BE() >> (16 - BITS) === 0;
  }
}
