import type { Context } from 'hono';
import { forwardedHost } from '../http/hosts.ts';
import type { SimulatedAccount } from '../identity/account.ts';
import type { SignInGrade } from '../identity/tokens.ts';
import { accountData } from './account-data.ts';
import { answer, cookiesOf, jsonOf, momentOf, refuse, type SetupDeps } from './setup-answers.ts';
import {
  browserCookies,
  repairCookie,
  sessionCookies,
  TRUST_COOKIE,
  trustCookie,
  untrustedCookies,
} from './setup-cookies.ts';
import { TOKEN_COOKIE, webToken } from './web-sessions.ts';

interface DataState {
  readonly grade: SignInGrade;
  readonly isExtendedLogin: boolean;
  /** Where the client is told that the photos are. */
  readonly partition: number;
}

function dataOf(
  c: Context,
  deps: SetupDeps,
  account: SimulatedAccount,
  { grade, isExtendedLogin, partition }: DataState,
) {
  const hsa = { hsaChallengeRequired: grade === 'password', hsaTrustedBrowser: grade === 'full' };
  return accountData(account, {
    flags: {
      ...(account.hsaVersion === 0 ? {} : hsa),
      isExtendedLogin,
      ...(account.termsUpdateNeeded ? { termsUpdateNeeded: true } : {}),
      ...(deps.switches.isUnderMaintenance ? { isUnderMaintenance: true } : {}),
    },
    partition,
    urlOf: (host) => deps.publicUrl(c, host),
  });
}

/** @returns the answer while sign-ins are refused for now, if they are */
function throttled({ switches: { setupThrottle } }: SetupDeps): Response | undefined {
  if (!setupThrottle) return undefined;
  const { status, retryAfter } = setupThrottle;
  return new Response('Service Temporarily Unavailable', {
    status,
    headers: {
      'Content-Type': 'text/html;charset=UTF-8',
      ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
    },
  });
}

/** `POST validate`: are the cookies still good? */
export function validate(c: Context, deps: SetupDeps): Response {
  const refused = throttled(deps);
  if (refused) return refused;
  const cookies = cookiesOf(c);
  if (!cookies.has(TOKEN_COOKIE)) return refuse(c, deps, 421, `Missing ${TOKEN_COOKIE} cookie`);
  const session = deps.webSessions.find(cookies);
  if (!session || deps.switches.validate === 'strict') {
    return refuse(c, deps, 421, 'Failed to validate the credentials from cookie');
  }
  const { account, partition } = session;
  const token = deps.webSessions.issue(session);
  const data = dataOf(c, deps, account, { grade: 'full', isExtendedLogin: true, partition });
  return answer(c, 200, data, { cookies: sessionCookies(account, token, momentOf(c, deps)), partition });
}

/** `POST accountLogin`: exchanges a session token for web cookies. */
export async function accountLogin(c: Context, deps: SetupDeps): Promise<Response> {
  const refused = throttled(deps);
  if (refused) return refused;
  const body = await jsonOf(c);
  const { dsWebAuthToken, trustToken } = body;
  // without a token the call is taken for its variant with a password (peers)
  if (typeof dsWebAuthToken !== 'string' || dsWebAuthToken === '')
    return refuse(c, deps, 400, 'Missing apple_id field');
  // a client that does not look like a browser is told that its token is bad (peers)
  if (!c.req.header('user-agent')?.startsWith('Mozilla/')) return refuse(c, deps, 400, 'Invalid Session Token');
  const known = deps.tokens.session(dsWebAuthToken);
  if (!known) return refuse(c, deps, Number(deps.switches.deadToken), 'Invalid Session Token');
  if (known.grade === 'unfinished') return refuse(c, deps, 400, 'Invalid Session Token');
  const { account } = known;
  const elsewhere = otherRegion(c, account, deps);
  if (elsewhere) return elsewhere;
  const trust = trustOf(c, deps, account, trustToken);
  const grade = trust === undefined ? known.grade : 'full';
  const isExtendedLogin = body.extended_login === true;
  const { partition } = account;
  const data = dataOf(c, deps, account, { grade, isExtendedLogin, partition });
  const cookies = loginCookies(c, deps, account, dsWebAuthToken, {
    grade,
    trustedUntil: trust ?? known.trustedUntil,
  });
  return answer(c, 200, data, { cookies, partition });
}

/** @returns the way to the region where the account is at home, when this host is not of it */
function otherRegion(c: Context, { region }: SimulatedAccount, { switches }: SetupDeps): Response | undefined {
  const host = forwardedHost(c);
  if (region === undefined || host === undefined || host.endsWith('.cn') === (region === 'cn')) return undefined;
  const domain = region === 'cn' ? 'icloud.com.cn' : 'icloud.com';
  if (switches.wrongRegion === 'domainToUse') {
    return answer(c, 200, { domainToUse: domain.replace('icloud', 'iCloud') });
  }
  const base = `${c.req.header('x-forwarded-proto') ?? 'https'}://setup.${domain}`;
  return new Response(null, { status: 302, headers: { Location: `${base}/setup/ws/1/accountLogin` } });
}

/** A two-step account is trusted by cookie, the others by the token that came with the trust. */
function trustOf(
  c: Context,
  { tokens }: SetupDeps,
  account: SimulatedAccount,
  trustToken: unknown,
): number | undefined {
  const token = account.hsaVersion === 1 ? cookiesOf(c).get(TRUST_COOKIE)?.replaceAll('"', '') : trustToken;
  return typeof token === 'string' ? tokens.trustedUntil(token, account) : undefined;
}

function loginCookies(
  c: Context,
  { tokens, webSessions, pending, clock }: SetupDeps,
  account: SimulatedAccount,
  openedWith: string,
  { grade, trustedUntil }: { readonly grade: SignInGrade; readonly trustedUntil: number },
): readonly string[] {
  const moment = momentOf(c, { clock });
  if (grade !== 'full') return untrustedCookies(account, pending.issue(account, openedWith), moment);
  const browser = browserCookies(account, moment);
  if (account.termsUpdateNeeded) return [...browser, repairCookie(pending.issue(account, openedWith), moment)];
  const token = webSessions.issue({ account, openedWith, partition: account.partition });
  if (account.hsaVersion === 0) return [...browser, ...sessionCookies(account, token, moment)];
  const proof = account.hsaVersion === 1 ? tokens.issueTrust(account, { expiresAt: trustedUntil }).token : webToken(1);
  return [...browser, trustCookie(proof, trustedUntil, moment), ...sessionCookies(account, token, moment)];
}
