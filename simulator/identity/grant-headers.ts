import { randomToken } from '../http/random.ts';
import { CONTENT_LANGUAGE } from './answers.ts';
import type { SignIn } from './sign-in-sessions.ts';

/** What an accepted code and granted trust carry, besides their tokens (recorded). */
export function grantHeaders(signIn: SignIn): Readonly<Record<string, string>> {
  return {
    'X-Apple-ID-Session-Id': signIn.id,
    'X-Apple-Auth-Attributes': randomToken(64),
    'X-Apple-OAuth-Grant-Code': randomToken(32),
    'X-Apple-ID-Account-Country': signIn.account.country,
    'Content-Language': CONTENT_LANGUAGE,
  };
}
