import * as z from 'zod';
import { randomToken } from '../http/random.ts';
import type { Clock } from '../seams.ts';
import type { Accounts, SimulatedAccount } from './account.ts';

/**
 * How far the sign-in behind a session token had come when the token was given out:
 * - `unfinished`: a step was left open (412), so the token opens nothing
 * - `password`: the second factor is missing
 * - `code`: a code was accepted, trust was not asked for
 * - `full`: trusted, or an account without a second factor
 */
export type SignInGrade = 'unfinished' | 'password' | 'code' | 'full';

export interface SessionToken {
  readonly account: SimulatedAccount;
  readonly grade: SignInGrade;
  /** When a `full` token falls back to `password`. */
  readonly trustedUntil: number;
}

interface TrustToken {
  readonly account: SimulatedAccount;
  readonly expiresAt: number;
  /** The `X-Apple-OAuth-State` it was given to. */
  readonly clientId: string;
}

const token = { token: z.string(), appleId: z.string() };

/** Tokens in a form that can be written to a file. */
export const tokensSnapshot = z.object({
  sessions: z.array(
    z.object({
      ...token,
      grade: z.enum(['unfinished', 'password', 'code', 'full']),
      trustedUntil: z.number().optional(),
    }),
  ),
  trusts: z.array(z.object({ ...token, expiresAt: z.number(), clientId: z.string() })),
});

export type TokensSnapshot = z.infer<typeof tokensSnapshot>;

/** The identity service's word to the setup service: session tokens (`dsWebAuthToken`) and trust tokens. */
export class Tokens {
  readonly #clock: Clock;
  readonly #sessions = new Map<string, SessionToken>();
  readonly #trusts = new Map<string, TrustToken>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param trustedUntil for `full` tokens: when the trust they rest on ends */
  issueSession(account: SimulatedAccount, grade: SignInGrade, trustedUntil = Number.POSITIVE_INFINITY): string {
    const token = randomToken(96);
    this.#sessions.set(token, { account, grade, trustedUntil });
    return token;
  }

  /** @returns undefined for a token that was never given out, or has died */
  session(token: string): SessionToken | undefined {
    const known = this.#sessions.get(token);
    if (!known) return undefined;
    const expired = known.grade === 'full' && known.trustedUntil <= this.#clock.now();
    return expired ? { ...known, grade: 'password' } : known;
  }

  /** @param expiresAt when it ends; by default as long from now as Apple trusts the browsers of this account */
  issueTrust(
    account: SimulatedAccount,
    { clientId = '', expiresAt = this.#clock.now() + account.trustLasts } = {},
  ): { readonly token: string; readonly expiresAt: number } {
    const token = `HSARMTKNSRV${randomToken(120)}SRVX`;
    this.#trusts.set(token, { account, expiresAt, clientId });
    return { token, expiresAt };
  }

  /** A session token opens more than when it was given out: its second factor was made up for elsewhere. */
  upgrade(token: string, grade: SignInGrade, trustedUntil = Number.POSITIVE_INFINITY): void {
    const known = this.#sessions.get(token);
    if (known) this.#sessions.set(token, { ...known, grade, trustedUntil });
  }

  /**
   * @param clientId the client that must have been given the token; without one, any
   * @returns when the trust ends that this token gives this account; undefined when it gives none
   */
  trustedUntil(token: string, account: SimulatedAccount, clientId?: string): number | undefined {
    const known = this.#trusts.get(token);
    if (known?.account !== account || (clientId !== undefined && known.clientId !== clientId)) return undefined;
    return known.expiresAt > this.#clock.now() ? known.expiresAt : undefined;
  }

  /** Trust tokens die, and session tokens no longer count as trusted. */
  expireTrust(account: SimulatedAccount): void {
    forget(this.#trusts, account);
    for (const [token, known] of this.#sessions) {
      if (known.account === account && account.hsaVersion !== 0 && known.grade === 'full') {
        this.#sessions.set(token, { ...known, grade: 'password' });
      }
    }
  }

  expireSessions(account: SimulatedAccount): void {
    forget(this.#sessions, account);
  }

  /** @param token one session token */
  drop(token: string): void {
    this.#sessions.delete(token);
  }

  /** What is in force, with accounts by name: see `restore`. */
  snapshot(): TokensSnapshot {
    return {
      sessions: [...this.#sessions].map(([token, { account, grade, trustedUntil }]) => ({
        token,
        appleId: account.appleId,
        grade,
        ...(Number.isFinite(trustedUntil) ? { trustedUntil } : {}),
      })),
      trusts: [...this.#trusts].map(([token, { account, expiresAt, clientId }]) => ({
        token,
        appleId: account.appleId,
        expiresAt,
        clientId,
      })),
    };
  }

  /** Brings back what an earlier simulator gave out. Accounts that are no longer there are left out. */
  restore({ sessions, trusts }: TokensSnapshot, accounts: Accounts): void {
    for (const { token, appleId, grade, trustedUntil = Number.POSITIVE_INFINITY } of sessions) {
      const account = accounts.find(appleId);
      if (account) this.#sessions.set(token, { account, grade, trustedUntil });
    }
    for (const { token, appleId, expiresAt, clientId } of trusts) {
      const account = accounts.find(appleId);
      if (account) this.#trusts.set(token, { account, expiresAt, clientId });
    }
  }
}

function forget(tokens: Map<string, { readonly account: SimulatedAccount }>, account: SimulatedAccount): void {
  for (const [token, known] of tokens) if (known.account === account) tokens.delete(token);
}
