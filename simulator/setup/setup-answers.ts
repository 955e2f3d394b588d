import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { Switches } from '../control/switches.ts';
import { parseCookies } from '../http/cookies.ts';
import { cookieDomain } from '../http/hosts.ts';
import { type JsonObject, parseObject } from '../http/json.ts';
import { FIRST_PARTITION, type SimulatedAccount } from '../identity/account.ts';
import type { CodeOutbox } from '../identity/codes.ts';
import type { SignInSessions } from '../identity/sign-in-sessions.ts';
import type { Tokens } from '../identity/tokens.ts';
import type { Clock } from '../seams.ts';
import { configBag, REQUEST_INFO } from './account-data.ts';
import type { PendingSessions } from './pending-sessions.ts';
import type { CookieMoment } from './setup-cookies.ts';
import type { WebSessionStore } from './web-sessions.ts';

export interface SetupDeps {
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly signIns: SignInSessions;
  readonly outbox: CodeOutbox;
  readonly switches: Switches;
  readonly webSessions: WebSessionStore;
  readonly pending: PendingSessions;
  /** Turns one of Apple's host names into the base URL to hand out to this client. */
  readonly publicUrl: (c: Context, appleHost: string) => string;
}

/** @param partition of the account that the answer is about */
export function answer(
  c: Context,
  status: number,
  json: unknown,
  {
    cookies = [],
    partition = FIRST_PARTITION,
  }: { readonly cookies?: readonly string[]; readonly partition?: number } = {},
): Response {
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
      'X-Responding-Instance': `setupservice:simulator:${partition}`,
      'access-control-expose-headers': 'X-Apple-Request-UUID,Via',
      'x-apple-user-partition': String(partition),
    },
  });
  for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
  return response;
}

/** No account in it, but where a browser would sign in (recorded). */
export function refuse(c: Context, deps: Pick<SetupDeps, 'publicUrl'>, status: number, error: string): Response {
  const urlOf = (host: string) => deps.publicUrl(c, host);
  return answer(c, status, { success: false, requestInfo: [REQUEST_INFO], configBag: configBag(urlOf), error });
}

export function momentOf(c: Context, { clock }: Pick<SetupDeps, 'clock'>): CookieMoment {
  return { now: clock.now(), domain: cookieDomain(c, 'icloud.com') };
}

export function cookiesOf(c: Context): ReadonlyMap<string, string> {
  return parseCookies(c.req.header('cookie'));
}

/** Some clients send JSON without saying that it is JSON (recorded). */
export async function jsonOf(c: Context): Promise<JsonObject> {
  return parseObject(await c.req.text()) ?? {};
}

/** Whether a request says which client it is and whose account it means, as all known clients do here (peers). */
export function namesItself(c: Context, { dsid }: SimulatedAccount): boolean {
  const named = ['clientBuildNumber', 'clientMasteringNumber', 'clientId'].every((name) => c.req.query(name));
  return named && c.req.query('dsid') === dsid;
}
