import type { Clock } from './clock.ts';
import { type Domain, type Endpoints, endpointsOf, type IdentityHost, WIDGET_KEY } from './endpoints.ts';
import { type AppleAnswer, AppleError } from './errors.ts';
import { isTransient, parseRetryAfter } from './http/retry.ts';
import type { AppleResponse, Method, Transport } from './http/transport.ts';
import type { Redactor } from './secret.ts';
import { harvest, SESSION_KEYS, type SessionData } from './session-data.ts';

/** Secrets among the session's values; the others (country, result codes) are worth reading in a log. */
const PUBLIC_KEYS: ReadonlySet<string> = new Set(['account_country', 'trust_eligible', 'apple_rscd', 'apple_ercd']);

/** One account's conversation with Apple: its hosts, its stored values, its connections. */
export interface AppleSession {
  /** Changes when Apple names the other region; see `switchDomain`. */
  domain: Domain;
  endpoints: Endpoints;
  readonly data: SessionData;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly redactor: Redactor;
}

/** @returns a session that talks to the iCloud of `domain`. */
export function createAppleSession(parts: Omit<AppleSession, 'endpoints'>): AppleSession {
  registerSecrets(parts.data, parts.redactor);
  return { ...parts, endpoints: endpointsOf(parts.domain) };
}

/** Goes on with the iCloud Apple named: the other region's hosts, or another identity host. */
export function switchDomain(session: AppleSession, domain: Domain, identity: IdentityHost = 'global'): void {
  session.domain = domain;
  session.endpoints = endpointsOf(domain, identity);
}

function registerSecrets(data: SessionData, redactor: Redactor): void {
  for (const key of SESSION_KEYS) if (!PUBLIC_KEYS.has(key)) redactor.add(data[key]);
}

/**
 * Which origin a request of the identity service claims: the password exchange comes from the widget's own host,
 * everything after it from the page that embeds it (peers; docs/protocol/sign-in.md, "Origin and Referer").
 */
export type AuthOrigin = 'widget' | 'home';

interface AuthRequest {
  readonly method: Method;
  /** Below `/appleauth/auth`, query included; empty for the address itself. */
  readonly path: string;
  readonly origin: AuthOrigin;
  readonly accept: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Sends one request to the identity service and adopts what its answer says about the session. */
export async function sendAuth(session: AppleSession, message: AuthRequest): Promise<AppleResponse> {
  const { endpoints, data } = session;
  const origin = message.origin === 'widget' ? new URL(endpoints.auth).origin : endpoints.home;
  const response = await session.transport.send({
    method: message.method,
    url: new URL(endpoints.auth + message.path),
    headers: {
      accept: message.accept,
      'content-type': 'application/json',
      origin,
      referer: `${origin}/`,
      'x-apple-widget-key': WIDGET_KEY,
      'x-apple-oauth-client-id': WIDGET_KEY,
      'x-apple-oauth-client-type': 'firstPartyAuth',
      'x-apple-oauth-redirect-uri': endpoints.home,
      'x-apple-oauth-require-grant-code': 'true',
      'x-apple-oauth-response-mode': 'web_message',
      'x-apple-oauth-response-type': 'code',
      'x-apple-oauth-state': data.client_id,
      ...(data.scnt === undefined ? {} : { scnt: data.scnt }),
      ...(data.session_id === undefined ? {} : { 'x-apple-id-session-id': data.session_id }),
      ...message.headers,
    },
    ...(message.body === undefined ? {} : { body: JSON.stringify(message.body) }),
  });
  return adopt(session, response);
}

/** Sends one request to the setup service. `body` is sent as JSON; undefined sends none. */
export async function sendSetup(
  session: AppleSession,
  path: string,
  body: unknown,
  method: Method = 'POST',
): Promise<AppleResponse> {
  const { endpoints } = session;
  const response = await session.transport.send({
    method,
    url: new URL(endpoints.setup + path),
    headers: { origin: endpoints.home, referer: `${endpoints.home}/`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return adopt(session, response);
}

function adopt(session: AppleSession, response: AppleResponse): AppleResponse {
  harvest(session.data, response.header);
  registerSecrets(session.data, session.redactor);
  return response;
}

/**
 * @param more what else the error is to say
 * @throws AppleError `throttled` for 429 and 503, `service-error` for other server failures; their status never speaks
 *   about the password
 */
export function refuseTransient(session: AppleSession, response: AppleResponse, more: AppleAnswer = {}): void {
  if (!isTransient(response.status)) return;
  const retryAfterMs = parseRetryAfter(response.header('retry-after'), session.clock.now());
  const kind = response.status === 503 || response.status === 429 ? 'throttled' : 'service-error';
  throw new AppleError(kind, {
    ...more,
    status: response.status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
