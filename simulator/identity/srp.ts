import { createHash, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** How the password becomes the key: from its SHA-256 digest, raw (`s2k`) or as lower-case hex (`s2k_fo`). */
export type SrpProtocol = 's2k' | 's2k_fo';

/** RFC 5054, 2048 bit. */
const N = BigInt(
  `0x${[
    'AC6BDB41324A9A9BF166DE5E1389582FAF72B6651987EE07FC3192943DB56050A37329CBB4A099ED8193E0757767A13DD52312AB4B03310D',
    'CD7F48A9DA04FD50E8083969EDB767B0CF6095179A163AB3661A05FBD5FAAAE82918A9962F0B93B855F97993EC975EEAA80D740ADBF4FF74',
    '7359D041D5C33EA71D281E446B14773BCA97B43A23FB801676BD207A436C6481F1D2B9078717461A5B9D32E688F87748544523B524B0D57D',
    '5EA77A2775D2ECFA032CFBDBF52FB3786160279004E57AE6AF874E7303CE53299CCC041C7BC308D82A5698F3A8D0C38271AE35F8E9DBFBB6',
    '94B5C803D89F7AE435DE236D525F54759B65E372FCD68EF20FA7111F9E4AFF73',
  ].join('')}`,
);
const G = 2n;
const WIDTH = 256;

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function toInteger(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

/** Big endian without leading zero bytes: what every client that works hashes for A, B and S (peers). */
function minimal(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

function padded(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * WIDTH, '0'), 'hex');
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % N;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % N;
    square = (square * square) % N;
  }
  return result;
}

const K_MULTIPLIER = toInteger(sha256(padded(N), padded(G)));
const GROUP_HASH = Buffer.from(sha256(padded(N)).map((byte, i) => byte ^ (sha256(padded(G))[i] ?? 0)));

export interface VerifierParameters {
  readonly protocol: SrpProtocol;
  readonly iterations: number;
  readonly salt: Uint8Array;
}

/**
 * What Apple keeps in place of the password: v = g^x, with x = H(salt | H(":" | p)). The user name is not part of x.
 */
export async function passwordVerifier(
  password: string,
  { protocol, iterations, salt }: VerifierParameters,
): Promise<bigint> {
  const digest = sha256(Buffer.from(password, 'utf8'));
  const input = protocol === 's2k' ? digest : Buffer.from(digest.toString('hex'), 'latin1');
  const key = await promisify(pbkdf2)(input, salt, iterations, 32, 'sha256');
  return power(G, toInteger(sha256(salt, sha256(Buffer.from(':'), key))));
}

/** u = H(PAD(A) | PAD(B)). */
export function scrambler(a: bigint, b: bigint): bigint {
  return toInteger(sha256(padded(a), padded(b)));
}

/** What both sides know at the end of the exchange. */
export interface SharedKnowledge {
  /** As the server knows it: it is part of the proof. */
  readonly accountName: string;
  readonly salt: Uint8Array;
  readonly a: bigint;
  readonly b: bigint;
  readonly shared: bigint;
}

/** How A, B and S are hashed: as short as they are, or always 256 bytes. */
export type Padding = 'minimal' | 'padded';

/** M1 and M2 as a right client computes them. */
export function clientProofs(
  known: SharedKnowledge,
  padding: Padding = 'minimal',
): { readonly m1: Buffer; readonly m2: Buffer } {
  const bytes = padding === 'minimal' ? minimal : padded;
  const key = sha256(bytes(known.shared));
  const a = bytes(known.a);
  const name = sha256(Buffer.from(known.accountName, 'utf8'));
  const m1 = sha256(GROUP_HASH, name, known.salt, a, bytes(known.b), key);
  return { m1, m2: sha256(a, m1, key) };
}

/** @returns a server's secret whose public value begins with a zero byte */
export function secretOfShortValue(verifier: bigint): bigint {
  let secret = toInteger(randomBytes(32));
  let factor = power(G, secret);
  while (((K_MULTIPLIER * verifier + factor) % N) >> BigInt(8 * (WIDTH - 1)) !== 0n) {
    secret += 1n;
    factor = (factor * G) % N;
  }
  return secret;
}

/** What a proof may be made of. */
export interface AcceptedProofs {
  readonly accountNames: readonly string[];
  readonly paddings: readonly Padding[];
}

/** One sign-in attempt, seen by the server: hands out B, then judges the client's two proofs once. */
export class SrpServer {
  readonly #verifier: bigint;
  readonly #salt: Uint8Array;
  readonly #a: bigint;
  readonly #secret: bigint;
  /** The server's public value, big endian without leading zeros. */
  readonly publicValue: Buffer;

  /**
   * @param a the client's public value, big endian
   * @param secret the server's ephemeral b; random unless a test pins it
   * @throws RangeError when A is a multiple of N
   */
  constructor(verifier: bigint, salt: Uint8Array, a: Uint8Array, secret: bigint = toInteger(randomBytes(32))) {
    this.#verifier = verifier;
    this.#salt = salt;
    this.#a = toInteger(a);
    this.#secret = secret;
    if (this.#a % N === 0n) throw new RangeError('A is a multiple of N');
    this.publicValue = minimal((K_MULTIPLIER * verifier + power(G, secret)) % N);
  }

  /** Whether both proofs of the client are right. Apple wants M2 from the client too (peers). */
  accepts({ accountNames, paddings }: AcceptedProofs, m1: Uint8Array, m2: Uint8Array): boolean {
    const b = toInteger(this.publicValue);
    const shared = power(this.#a * power(this.#verifier, scrambler(this.#a, b)), this.#secret);
    return accountNames.some((accountName) =>
      paddings.some((padding) => {
        const expected = clientProofs({ accountName, salt: this.#salt, a: this.#a, b, shared }, padding);
        return same(expected.m1, m1) && same(expected.m2, m2);
      }),
    );
  }
}

function same(expected: Uint8Array, given: Uint8Array): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given);
}
