import { randomToken } from '../http/random.ts';
import type { SimulatedAccount } from '../identity/account.ts';
import type { Account, Clock, WebSessions } from '../seams.ts';

/** How long the cookies of a trusted session live (recorded: 30 days). */
export const WEB_SESSION_MS = 30 * 86_400_000;

/** The cookie that is the web session. */
export const TOKEN_COOKIE = 'X-APPLE-WEBAUTH-TOKEN';

/** A web session that may reach the account's data. */
export interface WebSession {
  readonly account: SimulatedAccount;
  /** The session token it was opened with; a log-out ends both. */
  readonly openedWith: string;
}

interface Entry {
  readonly session: WebSession;
  readonly expiresAt: number;
}

/** @returns a cookie value as Apple shapes it; it goes into the cookie between quotes */
export function webToken(version: 1 | 2): string {
  return `v=${version}:t=EQ==BST_IAAAAAAABL${randomToken(48)}~~`;
}

/** The web sessions in force, found by the value of `X-APPLE-WEBAUTH-TOKEN`. */
export class WebSessionStore implements WebSessions {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the value of a new `X-APPLE-WEBAUTH-TOKEN`, without its quotes */
  issue(session: WebSession): string {
    const value = webToken(2);
    this.#entries.set(`"${value}"`, { session, expiresAt: this.#clock.now() + WEB_SESSION_MS });
    return value;
  }

  /** @param cookies as sent; a token that lost its quotes is not the token */
  find(cookies: ReadonlyMap<string, string>): WebSession | undefined {
    const entry = this.#entries.get(cookies.get(TOKEN_COOKIE) ?? '');
    return entry && entry.expiresAt > this.#clock.now() ? entry.session : undefined;
  }

  accountOf(cookies: ReadonlyMap<string, string>): Account | undefined {
    const account = this.find(cookies)?.account;
    return account?.isWebAccessAllowed ? account : undefined;
  }

  /** @param which every session of an account, or one session */
  end(which: { readonly account: SimulatedAccount } | { readonly session: WebSession }): void {
    for (const [value, { session }] of this.#entries) {
      const ends = 'session' in which ? session === which.session : session.account === which.account;
      if (ends) this.#entries.delete(value);
    }
  }
}
