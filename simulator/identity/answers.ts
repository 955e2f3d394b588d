import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { identityCookie } from '../http/cookies.ts';
import { cookieDomain } from '../http/hosts.ts';
import { freshScnt, type SignIn } from './sign-in-sessions.ts';

/** What the identity service says about an answer; the headers common to all are added. */
export interface IdentityAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly html?: string;
  /** Apple labels some JSON as HTML (recorded). */
  readonly contentType?: string;
  /** The sign-in whose continuity token this answer carries on. */
  readonly signIn?: SignIn | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
}

export const JSON_TYPE = 'application/json;charset=UTF-8';
export const HTML_TYPE = 'text/html;charset=UTF-8';

/** Turns an answer into a response. Every one carries a new `scnt`, refusals too. */
export function answer(c: Context, { status, json, html, contentType, signIn, headers, cookies }: IdentityAnswer) {
  const scnt = freshScnt();
  if (signIn) {
    signIn.scnt = scnt;
    signIn.firstScnt ||= scnt;
  }
  const body = html ?? (json === undefined ? null : JSON.stringify(json));
  const response = new Response(body, {
    status,
    headers: {
      'Cache-Control': 'no-cache, no-store',
      'Content-Type': contentType ?? (html === undefined ? JSON_TYPE : HTML_TYPE),
      Pragma: 'no-cache',
      'Referrer-Policy': 'origin',
      Server: 'Apple',
      'Strict-Transport-Security': 'max-age=31536000; includeSubDomains; preload',
      'X-Apple-I-Request-ID': randomUUID(),
      'X-BuildVersion': 'R4_1',
      'X-Content-Type-Options': 'nosniff',
      'X-FRAME-OPTIONS': 'DENY',
      'X-XSS-Protection': '1; mode=block',
      scnt,
      vary: 'accept-encoding',
      ...headers,
    },
  });
  for (const cookie of [...regionCookies(c), ...(cookies ?? [])]) response.headers.append('Set-Cookie', cookie);
  return response;
}

function regionCookies(c: Context): readonly string[] {
  const domain = cookieDomain(c, 'apple.com');
  return [identityCookie('dslang', 'US-EN', domain), identityCookie('site', 'USA', domain)];
}

/** Errors of the sign-in calls: `serviceErrors` (recorded). */
export function signInError(code: string, message: string): { readonly serviceErrors: readonly unknown[] } {
  return { serviceErrors: [{ code, message, suppressDismissal: false }] };
}

/** The verification calls say in which language they speak (recorded). */
export const CONTENT_LANGUAGE = 'en-US-x-lvariant-USA';

/** The words of -21675 and -22421 are not known. */
const CODE_ERRORS = {
  '-21669': ['Incorrect Verification Code', 'Incorrect verification code.'],
  '-21675': ['Verification Failed', 'The verification code could not be checked.'],
  '-22421': ['Phone Number Not Available', 'This phone number cannot be used at this time.'],
  '-22982': ['Too Many Codes', 'You entered an incorrect verification code too many times.'],
  '-27962': ['Verification Failed', 'Failed to verify security key.'],
  '-21670': ['Too Many Verification Codes', 'Too many incorrect verification codes were entered. Try again later.'],
  '-28248': [
    'Verification Codes Can’t Be Sent',
    'Verification codes can’t be sent to this phone number at this time. Please try again later.',
  ],
} as const;

export type CodeError = keyof typeof CODE_ERRORS;

/** A refusal of the verification calls: `service_errors`, `hasError`, and the code again in a header (recorded). */
export function verificationError(
  code: CodeError,
  more: Readonly<Record<string, unknown>> = {},
): Pick<IdentityAnswer, 'json' | 'headers'> {
  const [title, message] = CODE_ERRORS[code];
  return {
    json: { service_errors: [{ code, title, message, suppressDismissal: false }], hasError: true, ...more },
    headers: { 'X-Apple-I-Ercd': code, 'Content-Language': CONTENT_LANGUAGE },
  };
}

interface Unavailable {
  readonly status?: 503 | 429;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
  readonly signIn?: SignIn;
}

/** A service that takes no requests for now. Its body is HTML, also where JSON is wanted (recorded). */
export function unavailable(c: Context, { status = 503, retryAfter, signIn }: Unavailable = {}): Response {
  const headers = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
  return answer(c, { status, html: 'Service Temporarily Unavailable', headers, signIn });
}

/** A refusal of a request that no working client sends; Apple's own words for it are not known. */
export function malformed(c: Context, reason: string): Response {
  return answer(c, { status: 400, html: reason, contentType: 'text/plain;charset=UTF-8' });
}

/** The sign-in is not there, or the request does not belong to it. Apple's body is not known. */
export function unauthorized(c: Context, signIn?: SignIn): Response {
  return answer(c, { status: 401, json: { hasError: true }, signIn });
}
