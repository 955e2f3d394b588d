/**
 * The part of a sign-in that outlives a run, under the names icloudpd stores it with
 * (docs/protocol/session-files.md).
 */
export const SESSION_KEYS = [
  'account_country',
  'session_id',
  'session_token',
  'trust_token',
  'trust_eligible',
  'apple_rscd',
  'apple_ercd',
  'scnt',
] as const;

export type SessionKey = (typeof SESSION_KEYS)[number];

/** `client_id` is made once for an installation and never changes; the rest comes from Apple's answers. */
export type SessionData = { client_id: string } & Partial<Record<SessionKey, string>>;

const HEADERS: Readonly<Record<SessionKey, string>> = {
  account_country: 'x-apple-id-account-country',
  session_id: 'x-apple-id-session-id',
  session_token: 'x-apple-session-token',
  trust_token: 'x-apple-twosv-trust-token',
  trust_eligible: 'x-apple-twosv-trust-eligible',
  apple_rscd: 'x-apple-i-rscd',
  apple_ercd: 'x-apple-i-ercd',
  scnt: 'scnt',
};

/** Adopts what an answer says about the session, error answers included: `scnt` rotates on nearly every one. */
export function harvest(session: SessionData, header: (name: string) => string | undefined): void {
  for (const key of SESSION_KEYS) {
    const value = header(HEADERS[key]);
    if (value !== undefined) session[key] = value;
  }
}
