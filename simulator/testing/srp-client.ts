/** For tests: the client's side of SRP, written from RFC 5054 and nothing of the server's. */
import { createHash, pbkdf2Sync } from 'node:crypto';

const N = BigInt(
  '0xAC6BDB41324A9A9BF166DE5E1389582FAF72B6651987EE07FC3192943DB56050A37329CBB4A099ED8193E0757767A13DD52312AB4B03310DCD7F48A9DA04FD50' +
    'E8083969EDB767B0CF6095179A163AB3661A05FBD5FAAAE82918A9962F0B93B855F97993EC975EEAA80D740ADBF4FF747359D041D5C33EA71D281E446B14773B' +
    'CA97B43A23FB801676BD207A436C6481F1D2B9078717461A5B9D32E688F87748544523B524B0D57D5EA77A2775D2ECFA032CFBDBF52FB3786160279004E57AE6' +
    'AF874E7303CE53299CCC041C7BC308D82A5698F3A8D0C38271AE35F8E9DBFBB694B5C803D89F7AE435DE236D525F54759B65E372FCD68EF20FA7111F9E4AFF73',
);

const H = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const integer = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
const PAD = (value: bigint) => Buffer.from(value.toString(16).padStart(512, '0'), 'hex');

function minimal(value: bigint): Buffer {
  const padded = PAD(value);
  return padded.subarray(padded.findIndex((byte) => byte !== 0));
}

function power(base: bigint, exponent: bigint): bigint {
  if (exponent === 0n) return 1n;
  const half = power((base * base) % N, exponent / 2n);
  return exponent % 2n === 1n ? (half * base) % N : half;
}

export interface SrpChallenge {
  readonly accountName: string;
  readonly password: string;
  readonly protocol: 's2k' | 's2k_fo';
  readonly salt: Uint8Array;
  readonly iteration: number;
  readonly b: Uint8Array;
}

/** A of this secret, big endian. */
export function publicValue(secret: bigint): Buffer {
  return minimal(power(2n, secret));
}

/** @returns every value of the exchange that the vectors name */
export function proofsOf(secret: bigint, challenge: SrpChallenge) {
  const { accountName, password, protocol, salt, iteration, b } = challenge;
  const digest = H(Buffer.from(password));
  const p = pbkdf2Sync(protocol === 's2k' ? digest : digest.toString('hex'), salt, iteration, 32, 'sha256');
  const x = integer(H(salt, H(Buffer.from(':'), p)));
  const [A, B] = [power(2n, secret), integer(b)];
  const u = integer(H(PAD(A), PAD(B)));
  const k = integer(H(PAD(N), PAD(2n)));
  const base = (((B - k * power(2n, x)) % N) + N) % N;
  const shared = power(base, secret + u * x);
  const K = H(minimal(shared));
  const group = H(PAD(N)).map((byte, i) => byte ^ (H(PAD(2n))[i] ?? 0));
  const m1 = H(group, H(Buffer.from(accountName)), salt, minimal(A), minimal(B), K);
  return { p, x, A, B, u, shared, K, m1, m2: H(minimal(A), m1, K), verifier: power(2n, x) };
}
