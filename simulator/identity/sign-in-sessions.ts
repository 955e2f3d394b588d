import { randomUUID } from 'node:crypto';
import { randomToken } from '../http/random.ts';
import type { Clock } from '../seams.ts';
import type { SimulatedAccount } from './account.ts';
import type { SentCode } from './codes.ts';
import type { SrpServer } from './srp.ts';

/** A password proof that was begun with `signin/init`. */
export interface PendingProof {
  /** Undefined for an account that does not exist, whose proof is never right. */
  readonly account: SimulatedAccount | undefined;
  readonly srp: SrpServer;
  /** The scnt values that `signin/complete` may carry: what the client had before, and what `signin/init` gave it. */
  readonly scnts: ReadonlySet<string>;
}

/**
 * What the identity service waits for:
 * - `second-factor`: a code, or a security key
 * - `two-step`: nothing; the setup service takes the code
 * - `code-repair`: a code was accepted, and a repair step must be declined before trust
 * - `code-accepted`: the request for trust
 * - `code-untrusted`: nothing; a code was accepted that leads to no trust
 * - `repair`: the repair step of an account without a second factor
 * - `finished`: nothing; a trusted one may ask for trust again
 */
export type SignInStep =
  | 'second-factor'
  | 'two-step'
  | 'code-repair'
  | 'code-accepted'
  | 'code-untrusted'
  | 'repair'
  | 'finished';

/** A sign-in that has got past the password. */
export interface SignIn {
  readonly id: string;
  readonly account: SimulatedAccount;
  /** A finished sign-in lives as long as the trust that it gave or was given. */
  expiresAt: number;
  /** The session tokens given out on the way: some clients send one in place of the session id (peers). */
  readonly tokens: Set<string>;
  step: SignInStep;
  /** What the answer to the password carried; empty until it is given. */
  firstScnt: string;
  /** What the newest answer carried. */
  scnt: string;
  /** The one code that counts; a new request replaces it. */
  code: SentCode | undefined;
  /** Whether the challenge was read since a phone was refused a code for not having read it. */
  phoneRequest: 'new' | 'refused' | 'reread';
}

/** How long a sign-in may rest between its steps; "minutes" is all that is known (peers). */
const SIGN_IN_MS = 30 * 60_000;

/** A fresh continuity token. */
export function freshScnt(): string {
  return randomToken(48);
}

/** Sign-ins under way at the identity service. */
export class SignInSessions {
  readonly #clock: Clock;
  readonly #proofs = new Map<string, PendingProof>();
  readonly #signIns = new Map<string, SignIn>();
  readonly #looseScnts = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the `c` of the answer to `signin/init` */
  begin(proof: PendingProof): string {
    const c = `d-${randomUUID().slice(0, 3)}-${randomUUID()}:MSA`;
    this.#proofs.set(c, proof);
    return c;
  }

  /** A challenge is good for one answer. */
  take(c: string): PendingProof | undefined {
    const proof = this.#proofs.get(c);
    this.#proofs.delete(c);
    return proof;
  }

  /** A `scnt` was given out that belongs to no sign-in yet, so a new one may begin with it. */
  beginsWith(scnt: string): void {
    this.#looseScnts.add(scnt);
  }

  /** Whether a new sign-in may begin with this `scnt`. */
  mayBeginWith(scnt: string): boolean {
    return this.#looseScnts.has(scnt);
  }

  open(account: SimulatedAccount, step: SignInStep): SignIn {
    const signIn: SignIn = {
      id: randomToken(32),
      account,
      expiresAt: this.#clock.now() + SIGN_IN_MS,
      tokens: new Set(),
      step,
      firstScnt: '',
      scnt: '',
      code: undefined,
      phoneRequest: 'new',
    };
    this.#signIns.set(signIn.id, signIn);
    return signIn;
  }

  /** The sign-ins of this account are over, wherever they were. */
  end(account: SimulatedAccount): void {
    for (const [id, signIn] of this.#signIns) if (signIn.account === account) this.#signIns.delete(id);
  }

  /** @param id the session id, or a session token of the same sign-in */
  find(id: string | undefined): SignIn | undefined {
    if (id === undefined) return undefined;
    const found = this.#signIns.get(id) ?? [...this.#signIns.values()].find(({ tokens }) => tokens.has(id));
    return found && found.expiresAt > this.#clock.now() ? found : undefined;
  }
}
