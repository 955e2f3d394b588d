import { cookieDate, setupCookie } from '../http/cookies.ts';
import { randomToken } from '../http/random.ts';
import type { SimulatedAccount } from '../identity/account.ts';
import { LOGIN_COOKIE, REPAIR_COOKIE } from './pending-sessions.ts';
import { KEY_COOKIE, TOKEN_COOKIE, WEB_SESSION_MS, webToken } from './web-sessions.ts';

const KEEP_SIGNED_IN_MS = 60 * 86_400_000;
/** Services whose data keys the browser may use, as recorded; photos and drive keys must be asked for. */
const PCS_SERVICES = ['Documents', 'News', 'Notes', 'Sharing'];

export interface CookieMoment {
  readonly now: number;
  /** Undefined for a client that came without a forwarded host. */
  readonly domain: string | undefined;
}

/**
 * What an unfinished `accountLogin` sets: all that names the browser, nothing that opens the account (recorded).
 *
 * @param login names the pending log-in
 */
export function untrustedCookies(
  account: SimulatedAccount,
  login: string,
  { now, domain }: CookieMoment,
): readonly string[] {
  const expires = cookieDate(now + WEB_SESSION_MS, 'spaced');
  return [
    ...browserCookies(account, { now, domain }),
    setupCookie(LOGIN_COOKIE, login, { domain }),
    setupCookie('X-APPLE-WEBAUTH-VALIDATE', webToken(1), { domain, scriptReadable: true }),
    setupCookie('X-APPLE-WEBAUTH-HSA-LOGIN', webToken(2), { domain }),
    setupCookie('X-APPLE-DS-WEB-SESSION-TOKEN', `${randomToken(48)}=`, { domain, expires }),
  ];
}

/** Cookies that say which browser and which user this is. */
export function browserCookies(account: SimulatedAccount, { now, domain }: CookieMoment): readonly string[] {
  const userExpires = cookieDate(now + WEB_SESSION_MS, 'spaced');
  const keepExpires = cookieDate(now + KEEP_SIGNED_IN_MS, 'spaced');
  return [
    setupCookie('X-APPLE-UNIQUE-CLIENT-ID', 'EQ==', { domain, scriptReadable: true }),
    setupCookie('X-APPLE-WEBAUTH-USER', `v=1:s=1:d=${account.dsid}`, { domain, expires: userExpires }),
    setupCookie('X_APPLE_WEB_KB-ONHCNAXFAIPPFDMR5UZVNO6NIMY', webToken(1), { domain, expires: keepExpires }),
  ];
}

/** What a session in force sets, at the log-in and again whenever it is validated (recorded). */
export function sessionCookies(
  { protection }: SimulatedAccount,
  token: string,
  { now, domain }: CookieMoment,
): readonly string[] {
  const expires = cookieDate(now + WEB_SESSION_MS, 'tight');
  return [
    // the keys of an account with Advanced Data Protection are on its devices (peers)
    ...(protection ? [] : PCS_SERVICES.map((service) => pcsCookie(service, `${randomToken(48)}=`, { now, domain }))),
    setupCookie('X-APPLE-WEBAUTH-VALIDATE', webToken(1), { domain, scriptReadable: true }),
    setupCookie(TOKEN_COOKIE, token, { domain, expires }),
    setupCookie('X-APPLE-DS-WEB-SESSION-TOKEN', `${randomToken(48)}=`, { domain, expires }),
  ];
}

/** @param until when the key is worth nothing any more; by default with the session */
export function pcsCookie(
  service: string,
  value: string,
  { now, domain }: CookieMoment,
  until = now + WEB_SESSION_MS,
): string {
  return setupCookie(`${KEY_COOKIE}${service}`, value, { domain, expires: cookieDate(until, 'tight') });
}

/** The browser's trust; its date is the day Apple will ask for a code again. */
export const TRUST_COOKIE = 'X-APPLE-WEBAUTH-HSA-TRUST';

export function trustCookie(value: string, trustedUntil: number, { domain }: CookieMoment): string {
  return setupCookie(TRUST_COOKIE, value, { domain, expires: cookieDate(trustedUntil, 'tight') });
}

/** @param login names the pending log-in */
export function repairCookie(login: string, { domain }: CookieMoment): string {
  return setupCookie(REPAIR_COOKIE, login, { domain });
}
