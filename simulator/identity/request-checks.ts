import type { Context } from 'hono';
import type { Switches } from '../control/switches.ts';
import { type JsonObject, parseObject } from '../http/json.ts';
import type { SignIn, SignInSessions } from './sign-in-sessions.ts';

/** The OAuth client id of icloud.com. */
export const WIDGET_KEY = 'd39ba9916b7251055b22c7f910e2ea796ee65e98b2ddecea8f5dde8d9d1a815d';

/** Headers that every client known to work sends with every call (peers). */
const ALWAYS: Readonly<Record<string, string>> = {
  'X-Apple-Widget-Key': WIDGET_KEY,
  'X-Apple-OAuth-Client-Id': WIDGET_KEY,
  'X-Apple-OAuth-Client-Type': 'firstPartyAuth',
};
/** Headers that all of them send with the password, and not all with the codes (peers). */
const AT_SIGN_IN: Readonly<Record<string, string>> = {
  ...ALWAYS,
  'X-Apple-OAuth-Response-Mode': 'web_message',
  'X-Apple-OAuth-Response-Type': 'code',
};
const REDIRECT = /^https:\/\/www\.icloud\.com(\.cn)?$/;

/** @returns what is wrong with the request's OAuth headers, or undefined */
export function headerFault(c: Context, call: 'sign-in' | 'verify'): string | undefined {
  for (const [name, value] of Object.entries(call === 'sign-in' ? AT_SIGN_IN : ALWAYS)) {
    if (c.req.header(name) !== value) return `${name} is missing or wrong`;
  }
  const redirect = c.req.header('X-Apple-OAuth-Redirect-URI');
  if (redirect !== undefined && !REDIRECT.test(redirect)) return 'X-Apple-OAuth-Redirect-URI is not the home page';
  if (c.req.header('X-Apple-OAuth-State') === WIDGET_KEY) return 'X-Apple-OAuth-State is the widget key';
  return undefined;
}

/** Headers that icloud.com does not send with the second factor, and some clients do (peers). */
const EXTRAS = ['X-Apple-I-FD-Client-Info', 'X-Apple-Auth-Attributes', 'X-Apple-Offer-Security-Upgrade'];

/** Whether a request of the second factor looks as the switch `verifyHeaders` wants it. */
export function verifyHeadersInOrder(c: Context, wanted: Switches['verifyHeaders']): boolean {
  if (wanted === 'any') return true;
  const plain = wanted === 'home-origin' || EXTRAS.every((name) => c.req.header(name) === undefined);
  return plain && REDIRECT.test(c.req.header('Origin') ?? '');
}

/** The sign-in a request belongs to, and whether its `scnt` proves it to be the next step of it. */
export function signInOf(
  c: Context,
  { signIns, switches }: { readonly signIns: SignInSessions; readonly switches: Switches },
): { readonly signIn?: SignIn; readonly current: boolean } {
  const signIn = signIns.find(c.req.header('X-Apple-ID-Session-Id'));
  if (!signIn) return { current: false };
  const scnt = c.req.header('scnt');
  const first = switches.acceptedScnt === 'newest-or-first' && scnt === signIn.firstScnt;
  return { signIn, current: first || scnt === signIn.scnt };
}

/** @returns the JSON object of the body; undefined when it is none, or not labelled as JSON */
export async function jsonBody(c: Context): Promise<JsonObject | undefined> {
  if (!/^application\/json\b/i.test(c.req.header('Content-Type') ?? '')) return undefined;
  return parseObject(await c.req.text());
}
