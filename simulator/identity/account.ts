import { createHash, randomBytes } from 'node:crypto';
import type { Account, Clock, Library, PhotosAccess } from '../seams.ts';
import { DataProtection } from './data-protection.ts';
import { passwordVerifier, type SrpProtocol, type VerifierParameters } from './srp.ts';

/** What an account's library is made of: the tour of every kind of asset, so many plain ones, or one built by the caller. */
export type LibrarySource = 'sample' | { readonly assets: number } | Library;

/** Apple's international service, or the one of mainland China. */
export type Region = 'com' | 'cn';

export interface TrustedPhone {
  readonly id: number;
  readonly lastTwoDigits: string;
  /** Left out for most accounts; a client that sends it must send it as given. */
  readonly nonFTEU?: boolean;
}

export type HsaVersion = 0 | 1 | 2;

export interface AccountSpec {
  readonly appleId: string;
  readonly password: string;
  /** Default `s2k`. */
  readonly protocol?: SrpProtocol;
  /** Default 20064, as recorded. */
  readonly iterations?: number;
  /**
   * 2 (default): codes; 1: the two-step verification of before, by SMS and at the setup service; 0: no second factor,
   * so Apple proposes to set one up (412) at each sign-in.
   */
  readonly hsaVersion?: HsaVersion;
  /** Default: id 1 ending 81, id 2 ending 46. */
  readonly phones?: readonly TrustedPhone[];
  /** Whether there are devices that can show codes. Default true, but false with `hsaVersion` 1 (recorded). */
  readonly trustedDevices?: boolean;
  /** "Access iCloud Data on the Web". Default true. */
  readonly isWebAccessAllowed?: boolean;
  /** New terms wait for their acceptance. Default false. */
  readonly termsUpdateNeeded?: boolean;
  /** Default false. */
  readonly locked?: boolean;
  /** The names of enrolled keys: with any, no code is offered any more. Default none. */
  readonly securityKeys?: readonly string[];
  /** Its data keys are on its devices, whose owner must consent: see `Control.consent`. Default false. */
  readonly advancedDataProtection?: boolean;
  /** How long a consent lasts. Default 24; the real time is not known. */
  readonly consentHours?: number;
  /** An account of a school or firm. Default false. */
  readonly isManagedAppleID?: boolean;
  /** Where the account is at home: other setup hosts send it there. Default: everywhere. */
  readonly region?: Region;
  /** How long a browser is trusted. Default 60. */
  readonly trustDays?: number;
  readonly library?: LibrarySource;
}

/** What may change about an account while the simulator runs, as its owner would change it elsewhere. */
export interface AccountChange {
  readonly password?: string | undefined;
  readonly locked?: boolean | undefined;
  readonly termsUpdateNeeded?: boolean | undefined;
  readonly isWebAccessAllowed?: boolean | undefined;
  readonly isManagedAppleID?: boolean | undefined;
  readonly securityKeys?: readonly string[] | undefined;
}

const PHONES: readonly TrustedPhone[] = [
  { id: 1, lastTwoDigits: '81' },
  { id: 2, lastTwoDigits: '46' },
];
const ITERATIONS = 20064;
const TRUST_DAYS = 60;
const CONSENT_HOURS = 24;
/** Where every account's photos are at first. */
export const FIRST_PARTITION = 61;
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
  readonly hsaVersion: HsaVersion;
  readonly phones: readonly TrustedPhone[];
  readonly trustedDevices: boolean;
  readonly region: Region | undefined;
  /** Milliseconds. */
  readonly trustLasts: number;
  /** Undefined without Advanced Data Protection. */
  readonly protection: DataProtection | undefined;
  readonly srp: VerifierParameters;
  /** The number of the servers that hold its photos: `p61-ckdatabasews.icloud.com`. */
  partition = FIRST_PARTITION;
  securityKeys: readonly string[];
  isManagedAppleID: boolean;
  isWebAccessAllowed: boolean;
  termsUpdateNeeded: boolean;
  locked: boolean;
  #verifier: Promise<bigint>;
  #wrongPasswords = 0;
  #wrongCodes = 0;
  #codesLockedUntil = 0;

  constructor(spec: AccountSpec, dsid: string, library: Library) {
    this.appleId = spec.appleId;
    this.dsid = dsid;
    this.library = library;
    this.hsaVersion = spec.hsaVersion ?? 2;
    this.phones = spec.phones ?? PHONES;
    this.trustedDevices = spec.trustedDevices ?? this.hsaVersion !== 1;
    this.region = spec.region;
    this.trustLasts = (spec.trustDays ?? TRUST_DAYS) * 86_400_000;
    const consentLasts = (spec.consentHours ?? CONSENT_HOURS) * 3_600_000;
    this.protection = spec.advancedDataProtection ? new DataProtection(consentLasts) : undefined;
    this.securityKeys = spec.securityKeys ?? [];
    this.isManagedAppleID = spec.isManagedAppleID ?? false;
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

  get country(): 'USA' | 'CHN' {
    return this.region === 'cn' ? 'CHN' : 'USA';
  }

  get verifier(): Promise<bigint> {
    return this.#verifier;
  }

  /** What stands between every session of the account and its photos. */
  get photosAccess(): Exclude<PhotosAccess, 'no-data-keys'> {
    if (!this.isWebAccessAllowed) return 'web-access-off';
    // no key is ever accepted here, so the session of an account with keys was opened by other means
    return this.securityKeys.length > 0 ? 'no-auth-method' : 'open';
  }

  change({ password, ...change }: AccountChange): void {
    if (password !== undefined) this.#verifier = passwordVerifier(password, this.srp);
    if (change.locked === false) this.#wrongPasswords = 0;
    this.locked = change.locked ?? this.locked;
    this.termsUpdateNeeded = change.termsUpdateNeeded ?? this.termsUpdateNeeded;
    this.isWebAccessAllowed = change.isWebAccessAllowed ?? this.isWebAccessAllowed;
    this.isManagedAppleID = change.isManagedAppleID ?? this.isManagedAppleID;
    this.securityKeys = change.securityKeys ?? this.securityKeys;
  }

  /** @param most how many wrong passwords lock the account; false when none do */
  wrongPassword(most: number | false): void {
    this.#wrongPasswords += 1;
    if (most !== false && this.#wrongPasswords >= most) this.locked = true;
  }

  rightPassword(): void {
    this.#wrongPasswords = 0;
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
