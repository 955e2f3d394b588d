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

/** What the identity service waits for. */
export type SignInStep = 'second-factor' | 'code-accepted' | 'repair' | 'finished';

/** A sign-in that has got past the password. */
export interface SignIn {
  readonly id: string;
  readonly account: SimulatedAccount;
  readonly expiresAt: number;
  /** The session tokens given out on the way: some clients send one in place of the session id (peers). */
  readonly tokens: Set<string>;
  step: SignInStep;
  /** What the answer to the password carried; empty until it is given. */
  firstScnt: string;
  /** What the newest answer carried. */
  scnt: string;
  /** The one code that counts; a new request replaces it. */
  code: SentCode | undefined;
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
    };
    this.#signIns.set(signIn.id, signIn);
    return signIn;
  }

  /** @param id the session id, or a session token of the same sign-in */
  find(id: string | undefined): SignIn | undefined {
    if (id === undefined) return undefined;
    const found = this.#signIns.get(id) ?? [...this.#signIns.values()].find(({ tokens }) => tokens.has(id));
    return found && found.expiresAt > this.#clock.now() ? found : undefined;
  }
}
