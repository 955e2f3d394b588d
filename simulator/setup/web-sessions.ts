import * as z from 'zod';
import { randomToken } from '../http/random.ts';
import type { Accounts, SimulatedAccount } from '../identity/account.ts';
import type { Account, Clock, PhotosAccess, WebSessions } from '../seams.ts';

/** How long the cookies of a trusted session live (recorded: 30 days). */
export const WEB_SESSION_MS = 30 * 86_400_000;

/** The cookie that is the web session. */
export const TOKEN_COOKIE = 'X-APPLE-WEBAUTH-TOKEN';

/** The beginning of the names of the cookies that open one service's data. */
export const KEY_COOKIE = 'X-APPLE-WEBAUTH-PCS-';

/** A web session that may reach the account's data. */
export interface WebSession {
  readonly account: SimulatedAccount;
  /** The session token it was opened with; a log-out ends both. */
  readonly openedWith: string;
  /** Where the photos were when it was opened; a session that does not know where they are now is sent away. */
  readonly partition: number;
}

interface Entry {
  readonly session: WebSession;
  readonly expiresAt: number;
}

/** @returns a cookie value as Apple shapes it; it goes into the cookie between quotes */
export function webToken(version: 1 | 2): string {
  return `v=${version}:t=EQ==BST_IAAAAAAABL${randomToken(48)}~~`;
}

/** Web sessions in a form that can be written to a file. */
export const webSessionsSnapshot = z.array(
  z.object({ value: z.string(), appleId: z.string(), openedWith: z.string(), expiresAt: z.number() }),
);

export type WebSessionsSnapshot = z.infer<typeof webSessionsSnapshot>;

/** The web sessions in force, found by the value of `X-APPLE-WEBAUTH-TOKEN`. */
export class WebSessionStore implements WebSessions {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #keys = new Map<string, { readonly account: SimulatedAccount; readonly expiresAt: number }>();

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
    const session = this.find(cookies);
    return session && session.partition === session.account.partition ? session.account : undefined;
  }

  /**
   * A data key that a device uploaded.
   *
   * @param expiresAt by default with the session
   * @returns the value of the cookie, without its quotes
   */
  issueKey(account: SimulatedAccount, expiresAt = this.#clock.now() + WEB_SESSION_MS): string {
    const value = `${randomToken(48)}=`;
    this.#keys.set(`"${value}"`, { account, expiresAt });
    return value;
  }

  accessOf(cookies: ReadonlyMap<string, string>): PhotosAccess {
    const account = this.find(cookies)?.account;
    if (!account) return 'no-auth-method';
    if (account.photosAccess !== 'open' || !account.protection) return account.photosAccess;
    const holdsKeys = ['Photos', 'Sharing'].every((service) => {
      const key = this.#keys.get(cookies.get(`${KEY_COOKIE}${service}`) ?? '');
      return key?.account === account && key.expiresAt > this.#clock.now();
    });
    return holdsKeys ? 'open' : 'no-data-keys';
  }

  /** @param which every session of an account, or one session */
  end(which: { readonly account: SimulatedAccount } | { readonly session: WebSession }): void {
    for (const [value, { session }] of this.#entries) {
      const ends = 'session' in which ? session === which.session : session.account === which.account;
      if (ends) this.#entries.delete(value);
    }
  }

  /** What is in force, with accounts by name: see `restore`. */
  snapshot(): WebSessionsSnapshot {
    return [...this.#entries].map(([value, { session, expiresAt }]) => ({
      value,
      appleId: session.account.appleId,
      openedWith: session.openedWith,
      expiresAt,
    }));
  }

  /** Brings back what an earlier simulator gave out. Accounts that are no longer there are left out. */
  restore(sessions: WebSessionsSnapshot, accounts: Accounts): void {
    for (const { value, appleId, openedWith, expiresAt } of sessions) {
      const account = accounts.find(appleId);
      if (account)
        this.#entries.set(value, { session: { account, openedWith, partition: account.partition }, expiresAt });
    }
  }
}
