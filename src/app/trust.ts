import type { AppleSession } from '../apple/apple-session.ts';
import { AppleError } from '../apple/errors.ts';
import { requestTrust } from '../apple/identity/verification.ts';
import type { AccountState } from '../session/account-state.ts';
import { openWebSession, type WebSessionOptions } from '../signin/web-session.ts';
import type { Logger } from '../terminal/logger.ts';

/** The cookie whose expiry is the end of the trust (docs/protocol/sign-in.md, "Trust"). */
const TRUST_COOKIE = 'X-APPLE-WEBAUTH-HSA-TRUST';
const DAY_MS = 86_400_000;
/** Trust is renewed from this long before its end. */
const RENEWAL_MS = 14 * DAY_MS;

/** The end of Apple's trust in this installation, and the cookie that says so; undefined when none does. */
export async function trustedUntil(session: AppleSession): Promise<{ until: number; cookie: string } | undefined> {
  const cookies = await session.transport.cookies.getCookies(session.endpoints.setup, { expire: false });
  const cookie = cookies.find(({ key }) => key === TRUST_COOKIE);
  const until = cookie?.expires instanceof Date ? cookie.expires.getTime() : undefined;
  return until === undefined ? undefined : { until, cookie: TRUST_COOKIE };
}

/**
 * Asks Apple for a fresh trust while the session is good and the old one is near its end; at most once a day. Whatever
 * Apple answers, the session goes on as it was.
 *
 * @returns whether the trust now lasts longer
 */
export async function renewTrust(
  session: AppleSession,
  state: AccountState,
  options: WebSessionOptions & { readonly log: Logger },
): Promise<boolean> {
  const now = session.clock.now();
  const before = await trustedUntil(session);
  const today = new Date(now).toISOString().slice(0, 10);
  if (!before || before.until - now > RENEWAL_MS || before.until <= now || state.renewalDay === today) return false;
  state.renewalDay = today;
  const kept = { ...session.data };
  try {
    if (!(await requestTrust(session))) throw new AppleError('not-trusted', { reason: 'no trust token came' });
    const account = await openWebSession(session, options);
    const after = await trustedUntil(session);
    if (!account || account.untrusted || !after || after.until <= before.until) throw new AppleError('not-trusted');
    options.log.info(`Apple's trust was renewed, until ${new Date(after.until).toISOString().slice(0, 10)}`);
    return true;
  } catch (error) {
    if (!(error instanceof AppleError)) throw error;
    // the old tokens are as good as before; of Apple's continuity token only the newest is
    const { scnt = kept.scnt } = session.data;
    Object.assign(session.data, kept, scnt === undefined ? {} : { scnt });
    options.log.debug(`Apple's trust could not be renewed ahead of its end (${error.detail || error.kind})`);
    return false;
  }
}
