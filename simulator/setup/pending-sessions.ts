import type { SimulatedAccount } from '../identity/account.ts';
import type { SentCode } from '../identity/codes.ts';
import { webToken } from './web-sessions.ts';

/** Of an account whose second factor is owed. */
export const LOGIN_COOKIE = 'X-APPLE-WEBAUTH-LOGIN';
/** The mark of a session that waits for its owner to accept new terms (peers). */
export const REPAIR_COOKIE = 'X-APPLE-WEBAUTH-REPAIR';

/** A log-in that something stands in the way of: it reaches no data, only the calls that clear the way. */
export interface PendingSession {
  readonly account: SimulatedAccount;
  /** The session token it was opened with. */
  readonly openedWith: string;
  /** The code of two-step verification that counts, and the device it was sent to. */
  code: SentCode | undefined;
}

/** Pending log-ins, found by the cookie that was given out for them. */
export class PendingSessions {
  readonly #sessions = new Map<string, PendingSession>();

  /** @returns the value of the cookie, without its quotes */
  issue(account: SimulatedAccount, openedWith: string): string {
    const value = webToken(1);
    this.#sessions.set(`"${value}"`, { account, openedWith, code: undefined });
    return value;
  }

  /** @param cookies as sent; a value that lost its quotes is not the value */
  find(cookies: ReadonlyMap<string, string>, cookie: typeof LOGIN_COOKIE | typeof REPAIR_COOKIE) {
    return this.#sessions.get(cookies.get(cookie) ?? '');
  }
}
