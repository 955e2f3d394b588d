import { createHash, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * Apple's variant of SRP-6a: RFC 5054's 2048-bit group with SHA-256, the account name left out of `x`
 * (docs/protocol/sign-in.md, "The password proof"). Not constant-time: the exponentiation is BigInt arithmetic.
 */

/** How the password is turned into key material: over the digest's bytes, or over its lower-case hex form. */
export type PasswordProtocol = 's2k' | 's2k_fo';

/** How `A`, `B` and `S` go into the proof: as they are, or filled up to 256 bytes. Sources disagree. */
export type Padding = 'minimal' | 'padded';

/** What `signin/init` answers, decoded. */
export interface SrpChallenge {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly protocol: PasswordProtocol;
  /** The server's public value, big endian. */
  readonly b: Uint8Array;
}

/** What `signin/complete` wants, as raw bytes. */
export interface SrpProof {
  readonly m1: Uint8Array;
  readonly m2: Uint8Array;
  /**
   * The server's value or the shared secret began with a zero byte. Sources differ on padding there, so a refusal of
   * such a proof says nothing about the password: ask for a new challenge once.
   */
  readonly ambiguous: boolean;
}

const N = BigInt(
  '0xAC6BDB41324A9A9BF166DE5E1389582FAF72B6651987EE07FC3192943DB56050A37329CBB4A099ED8193E0757767A13DD52312AB4B03310D' +
    'CD7F48A9DA04FD50E8083969EDB767B0CF6095179A163AB3661A05FBD5FAAAE82918A9962F0B93B855F97993EC975EEAA80D740ADBF4FF7473' +
    '59D041D5C33EA71D281E446B14773BCA97B43A23FB801676BD207A436C6481F1D2B9078717461A5B9D32E688F87748544523B524B0D57D5EA7' +
    '7A2775D2ECFA032CFBDBF52FB3786160279004E57AE6AF874E7303CE53299CCC041C7BC308D82A5698F3A8D0C38271AE35F8E9DBFBB694B5C8' +
    '03D89F7AE435DE236D525F54759B65E372FCD68EF20FA7111F9E4AFF73',
);
const G = 2n;
const WIDTH = 256;
/** A hostile server could ask for years of hashing. Apple asks for about 20,000 rounds. */
const MAX_ITERATIONS = 1_000_000;

const derive = promisify(pbkdf2);

function sha256(...parts: Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function toBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function minimal(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
}

function padded(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(WIDTH * 2, '0'), 'hex');
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

const K = toBigInt(sha256(padded(N), padded(G)));

/** The 32 bytes that stand for the password. */
export async function passwordKey(password: string, challenge: Omit<SrpChallenge, 'b'>): Promise<Buffer> {
  if (challenge.iterations < 1 || challenge.iterations > MAX_ITERATIONS) {
    throw new RangeError(`the server asks for ${challenge.iterations} rounds of password hashing`);
  }
  const digest = sha256(Buffer.from(password, 'utf8'));
  const input = challenge.protocol === 's2k' ? digest : Buffer.from(digest.toString('hex'), 'ascii');
  return derive(input, challenge.salt, challenge.iterations, 32, 'sha256');
}

/** One sign-in attempt's half of SRP. */
export class SrpClient {
  readonly #a: bigint;
  readonly #publicValue: bigint;

  /** @param privateValue for test vectors only; otherwise random, and such that `A` fills all 256 bytes. */
  constructor(privateValue?: bigint) {
    let a = privateValue ?? toBigInt(randomBytes(32));
    let publicValue = power(G, a);
    while (privateValue === undefined && publicValue < 1n << 2040n) {
      a = toBigInt(randomBytes(32));
      publicValue = power(G, a);
    }
    this.#a = a;
    this.#publicValue = publicValue;
  }

  /** `A`, big endian. */
  get publicValue(): Uint8Array {
    return minimal(this.#publicValue);
  }

  /**
   * @param accountName exactly as sent in `accountName`
   * @param password any Unicode text
   * @param padding makes a difference to `ambiguous` proofs only
   * @throws RangeError when the challenge is one that no honest server sends
   */
  async prove(
    accountName: string,
    password: string,
    challenge: SrpChallenge,
    padding: Padding = 'minimal',
  ): Promise<SrpProof> {
    const b = toBigInt(challenge.b);
    if (b <= 0n || b >= N) throw new RangeError("the server's SRP value is out of range");
    const u = toBigInt(sha256(padded(this.#publicValue), padded(b)));
    if (u === 0n) throw new RangeError('the SRP scrambling value is zero');

    const key = await passwordKey(password, challenge);
    const x = toBigInt(sha256(challenge.salt, sha256(Buffer.from(':'), key)));
    const base = (((b - K * power(G, x)) % N) + N) % N;
    const shared = power(base, this.#a + u * x);

    const encode = padding === 'minimal' ? minimal : padded;
    const sessionKey = sha256(encode(shared));
    const hashedN = sha256(padded(N));
    const hashedG = sha256(padded(G));
    const mixed = hashedN.map((byte, index) => byte ^ (hashedG[index] ?? 0));
    const m1 = sha256(
      mixed,
      sha256(Buffer.from(accountName, 'utf8')),
      challenge.salt,
      encode(this.#publicValue),
      encode(b),
      sessionKey,
    );
    return {
      m1,
      m2: sha256(encode(this.#publicValue), m1, sessionKey),
      ambiguous: minimal(b).length < WIDTH || minimal(shared).length < WIDTH,
    };
  }
}
