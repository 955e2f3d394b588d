import { createHash, randomBytes } from 'node:crypto';
import type { Account, Clock, Library } from '../seams.ts';
import { passwordVerifier, type SrpProtocol, type VerifierParameters } from './srp.ts';

/** What an account's library is made of: the tour of every kind of asset, so many plain ones, or one built by the caller. */
export type LibrarySource = 'sample' | { readonly assets: number } | Library;

export interface TrustedPhone {
  readonly id: number;
  readonly lastTwoDigits: string;
  /** Left out for most accounts; a client that sends it must send it as given. */
  readonly nonFTEU?: boolean;
}

export interface FsaChallenge {
  readonly challenge: string;
  readonly keyHandles: readonly string[];
  readonly rpId: string;
  readonly allowedCredentials: string;
}

export interface AccountSpec {
  readonly appleId: string;
  readonly password: string;
  /** Default `s2k`. */
  readonly protocol?: SrpProtocol;
  /** Default 20064, as recorded. */
  readonly iterations?: number;
  /** 2 (default): codes; 0: no second factor, so Apple proposes to set one up (412) at each sign-in. */
  readonly hsaVersion?: 0 | 2;
  /** Default: id 1 ending 81, id 2 ending 46. */
  readonly phones?: readonly TrustedPhone[];
  /** Whether there are devices that can show codes. Default true. */
  readonly trustedDevices?: boolean;
  /** "Access iCloud Data on the Web". Default true. */
  readonly isWebAccessAllowed?: boolean;
  /** New terms wait for their acceptance. Default false. */
  readonly termsUpdateNeeded?: boolean;
  /** Default false. */
  readonly locked?: boolean;
  /** Enrolled keys: then no code is offered any more. */
  readonly securityKeys?: { readonly names: readonly string[]; readonly fsaChallenge?: FsaChallenge };
  readonly library?: LibrarySource;
}

/** What may change about an account while the simulator runs, as its owner would change it elsewhere. */
export interface AccountChange {
  readonly password?: string | undefined;
  readonly locked?: boolean | undefined;
  readonly termsUpdateNeeded?: boolean | undefined;
  readonly isWebAccessAllowed?: boolean | undefined;
}

const PHONES: readonly TrustedPhone[] = [
  { id: 1, lastTwoDigits: '81' },
  { id: 2, lastTwoDigits: '46' },
];
const ITERATIONS = 20064;
/** How long no code is accepted after too many wrong ones: "hours", say those it happened to (peers). */
const CODE_LOCK_MS = 8 * 3_600_000;

/** A salt whose first byte is not zero: one of the foreign clients drops leading zero bytes of it. */
function usableSalt(bytes: Uint8Array): Uint8Array {
  const salt = Uint8Array.from(bytes.subarray(0, 16));
  salt[0] = (salt[0] ?? 0) | 0x80;
  return salt;
}

/** One account and all that changes about it. */
export class SimulatedAccount implements Account {
  readonly appleId: string;
  readonly dsid: string;
  readonly library: Library;
  readonly hsaVersion: 0 | 2;
  readonly phones: readonly TrustedPhone[];
  readonly trustedDevices: boolean;
  readonly securityKeys: AccountSpec['securityKeys'];
  readonly srp: VerifierParameters;
  isWebAccessAllowed: boolean;
  termsUpdateNeeded: boolean;
  locked: boolean;
  #verifier: Promise<bigint>;
  #wrongCodes = 0;
  #codesLockedUntil = 0;

  constructor(spec: AccountSpec, dsid: string, library: Library) {
    this.appleId = spec.appleId;
    this.dsid = dsid;
    this.library = library;
    this.hsaVersion = spec.hsaVersion ?? 2;
    this.phones = spec.phones ?? PHONES;
    this.trustedDevices = spec.trustedDevices ?? true;
    this.securityKeys = spec.securityKeys;
    this.isWebAccessAllowed = spec.isWebAccessAllowed ?? true;
    this.termsUpdateNeeded = spec.termsUpdateNeeded ?? false;
    this.locked = spec.locked ?? false;
    this.srp = {
      protocol: spec.protocol ?? 's2k',
      iterations: spec.iterations ?? ITERATIONS,
      salt: usableSalt(randomBytes(16)),
    };
    this.#verifier = passwordVerifier(spec.password, this.srp);
  }

  /** The name that goes into the proof: Apple's verifier uses the lower-case form (peers). */
  get accountName(): string {
    return this.appleId.toLowerCase();
  }

  get verifier(): Promise<bigint> {
    return this.#verifier;
  }

  change({ password, locked, termsUpdateNeeded, isWebAccessAllowed }: AccountChange): void {
    if (password !== undefined) this.#verifier = passwordVerifier(password, this.srp);
    this.locked = locked ?? this.locked;
    this.termsUpdateNeeded = termsUpdateNeeded ?? this.termsUpdateNeeded;
    this.isWebAccessAllowed = isWebAccessAllowed ?? this.isWebAccessAllowed;
  }

  /** Whether codes are refused for now, right or wrong. */
  codesLocked(clock: Clock): boolean {
    return clock.now() < this.#codesLockedUntil;
  }

  /** @param most how many wrong codes are borne before the lock closes */
  wrongCode(clock: Clock, most: number): void {
    this.#wrongCodes += 1;
    if (this.#wrongCodes < most) return;
    this.#wrongCodes = 0;
    this.#codesLockedUntil = clock.now() + CODE_LOCK_MS;
  }

  rightCode(): void {
    this.#wrongCodes = 0;
  }
}

/** What an unknown account is answered: as plausible as a known one, and the same each time (recorded). */
export interface Decoy {
  readonly srp: VerifierParameters;
  readonly verifier: Promise<bigint>;
}

/** All accounts, found by name without regard to case. */
export class Accounts {
  readonly #byName = new Map<string, SimulatedAccount>();
  readonly #decoySecret = randomBytes(16);

  add(account: SimulatedAccount): void {
    if (this.#byName.has(account.accountName)) throw new Error(`There are two accounts ${account.appleId}`);
    this.#byName.set(account.accountName, account);
  }

  find(name: string): SimulatedAccount | undefined {
    return this.#byName.get(name.trim().toLowerCase());
  }

  /** @throws Error for an unknown one; without a name, the first account */
  get(name?: string): SimulatedAccount {
    const account = name === undefined ? this.all()[0] : this.find(name);
    if (!account) throw new Error(`There is no account ${name ?? ''}`);
    return account;
  }

  all(): readonly SimulatedAccount[] {
    return [...this.#byName.values()];
  }

  decoy(name: string): Decoy {
    const digest = createHash('sha256').update(this.#decoySecret).update(name.trim().toLowerCase()).digest();
    const srp = { protocol: 's2k', iterations: ITERATIONS, salt: usableSalt(digest) } as const;
    return { srp, verifier: passwordVerifier(digest.toString('hex'), srp) };
  }
}
