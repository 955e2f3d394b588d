import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { parseCookies } from '../http/cookies.ts';
import { cookieDomain, PARTITION } from '../http/hosts.ts';
import { type JsonObject, parseObject } from '../http/json.ts';
import type { SimulatedAccount } from '../identity/account.ts';
import type { SignInGrade, Tokens } from '../identity/tokens.ts';
import type { Clock } from '../seams.ts';
import { accountData, configBag, REQUEST_INFO } from './account-data.ts';
import {
  browserCookies,
  type CookieMoment,
  pcsCookie,
  repairCookie,
  sessionCookies,
  trustCookie,
  untrustedCookies,
} from './setup-cookies.ts';
import { TOKEN_COOKIE, type WebSession, type WebSessionStore } from './web-sessions.ts';

export interface SetupDeps {
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly webSessions: WebSessionStore;
  /** Turns one of Apple's host names into the base URL to hand out to this client. */
  readonly publicUrl: (c: Context, appleHost: string) => string;
}

/** The setup service: exchanges the identity service's tokens for web cookies, and looks after those. */
export function setupRoutes(deps: SetupDeps): Hono {
  const app = new Hono();
  app.post('/validate', (c) => validate(c, deps));
  app.post('/accountLogin', (c) => accountLogin(c, deps));
  app.post('/logout', (c) => logout(c, deps));
  app.post('/requestWebAccessState', (c) => withSession(c, deps, ({ account }) => webAccess(c, account)));
  app.post('/requestPCS', (c) => withSession(c, deps, () => photosKeys(c, deps)));
  return app;
}

function answer(c: Context, status: number, json: unknown, cookies: readonly string[] = []): Response {
  const origin = c.req.header('origin') ?? 'https://www.icloud.com';
  const response = new Response(JSON.stringify(json), {
    status,
    headers: {
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Origin': origin,
      'Cache-Control': 'no-cache, no-store, private',
      'Content-Type': 'application/json; charset=UTF-8',
      Server: 'AppleHttpServer/78689afb4479',
      'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
      'X-Apple-Request-UUID': randomUUID(),
      'X-Responding-Instance': `setupservice:simulator:${PARTITION}`,
      'access-control-expose-headers': 'X-Apple-Request-UUID,Via',
      'x-apple-user-partition': String(PARTITION),
    },
  });
  for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
  return response;
}

function refuse(c: Context, deps: SetupDeps, status: number, error: string): Response {
  const urlOf = (host: string) => deps.publicUrl(c, host);
  return answer(c, status, { success: false, requestInfo: [REQUEST_INFO], configBag: configBag(urlOf), error });
}

function momentOf(c: Context, { clock }: SetupDeps): CookieMoment {
  return { now: clock.now(), domain: cookieDomain(c, 'icloud.com') };
}

function cookiesOf(c: Context): ReadonlyMap<string, string> {
  return parseCookies(c.req.header('cookie'));
}

function dataOf(c: Context, deps: SetupDeps, account: SimulatedAccount, grade: SignInGrade, isExtendedLogin: boolean) {
  const hsa = { hsaChallengeRequired: grade === 'password', hsaTrustedBrowser: grade === 'full' };
  return accountData(account, {
    ...(account.hsaVersion === 0 ? {} : hsa),
    isExtendedLogin,
    urlOf: (host) => deps.publicUrl(c, host),
  });
}

function validate(c: Context, deps: SetupDeps): Response {
  const cookies = cookiesOf(c);
  if (!cookies.has(TOKEN_COOKIE)) return refuse(c, deps, 421, `Missing ${TOKEN_COOKIE} cookie`);
  const session = deps.webSessions.find(cookies);
  if (!session) return refuse(c, deps, 421, 'Failed to validate the credentials from cookie');
  const token = deps.webSessions.issue(session);
  return answer(c, 200, dataOf(c, deps, session.account, 'full', true), sessionCookies(token, momentOf(c, deps)));
}

/** Some clients send JSON without saying that it is JSON (recorded). */
async function jsonOf(c: Context): Promise<JsonObject> {
  return parseObject(await c.req.text()) ?? {};
}

async function accountLogin(c: Context, deps: SetupDeps): Promise<Response> {
  const body = await jsonOf(c);
  const { dsWebAuthToken, trustToken } = body;
  // without a token the call is taken for its variant with a password (peers)
  if (typeof dsWebAuthToken !== 'string' || dsWebAuthToken === '')
    return refuse(c, deps, 400, 'Missing apple_id field');
  // a client that does not look like a browser is told that its token is bad (peers)
  if (!c.req.header('user-agent')?.startsWith('Mozilla/')) return refuse(c, deps, 400, 'Invalid Session Token');
  const known = deps.tokens.session(dsWebAuthToken);
  if (!known) return refuse(c, deps, 421, 'Invalid Session Token');
  if (known.grade === 'unfinished') return refuse(c, deps, 400, 'Invalid Session Token');
  const { account } = known;
  const trust = typeof trustToken === 'string' ? deps.tokens.trustedUntil(trustToken, account) : undefined;
  const grade = trust === undefined ? known.grade : 'full';
  const moment = momentOf(c, deps);
  const data = dataOf(c, deps, account, grade, body.extended_login === true);
  if (grade !== 'full') return answer(c, 200, data, untrustedCookies(account, moment));
  if (account.termsUpdateNeeded) {
    return answer(c, 200, data, [...browserCookies(account, moment), repairCookie(moment)]);
  }
  const token = deps.webSessions.issue({ account, openedWith: dsWebAuthToken });
  const trusted = account.hsaVersion === 0 ? [] : [trustCookie(trust ?? known.trustedUntil, moment)];
  return answer(c, 200, data, [...browserCookies(account, moment), ...trusted, ...sessionCookies(token, moment)]);
}

async function logout(c: Context, deps: SetupDeps): Promise<Response> {
  const session = deps.webSessions.find(cookiesOf(c));
  if (!session) return refuse(c, deps, 421, 'Failed to validate the credentials from cookie');
  const { trustBrowser, allBrowsers } = await jsonOf(c);
  deps.tokens.drop(session.openedWith);
  deps.webSessions.end(allBrowsers === true ? { account: session.account } : { session });
  if (trustBrowser === false) deps.tokens.expireTrust(session.account);
  return answer(c, 200, { success: true });
}

function withSession(c: Context, deps: SetupDeps, respond: (session: WebSession) => Response): Response {
  const session = deps.webSessions.find(cookiesOf(c));
  return session ? respond(session) : refuse(c, deps, 500, `Missing ${TOKEN_COOKIE} cookie`);
}

function webAccess(c: Context, { dsid, isWebAccessAllowed }: SimulatedAccount): Response {
  return answer(c, 200, { dsid: Number(dsid), isWebAccessAllowed });
}

/** Accounts without Advanced Data Protection get the photo keys for the asking (peers). */
function photosKeys(c: Context, deps: SetupDeps): Response {
  const moment = momentOf(c, deps);
  const cookies = [pcsCookie('Photos', moment), pcsCookie('Sharing', moment)];
  return answer(c, 200, { isWebAccessAllowed: true, status: 'success', message: 'Cookies are ready.' }, cookies);
}
