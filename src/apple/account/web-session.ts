import { type AppleSession, refuseTransient, sendSetup } from '../apple-session.ts';
import { AppleError } from '../errors.ts';
import type { AppleResponse } from '../http/transport.ts';
import { parseJson } from '../identity/service-errors.ts';
import { type AccountInfo, parseAccountInfo } from './account-info.ts';

/**
 * Asks whether the stored cookies still are a signed-in web session.
 *
 * @returns undefined when they are not: 401, 421, 450 and 500 all mean "sign in" here (recorded, peers)
 * @throws AppleError `throttled`, `unreachable`, and what `parseAccountInfo` throws
 */
export async function validate(session: AppleSession): Promise<AccountInfo | undefined> {
  const response = await sendSetup(session, '/validate', null);
  if (response.status !== 500) refuseTransient(session, response);
  return response.status === 200 ? accountOf(session, response) : undefined;
}

/** What `accountLogin` came to. `misdirected`: the connection or the partition is wrong, or the session is over. */
export type LoginResult =
  | { readonly kind: 'account'; readonly account: AccountInfo }
  | { readonly kind: 'refused' }
  | { readonly kind: 'misdirected' };

/**
 * Exchanges the stored identity token for a web session. Never sent without a token: Apple takes an empty one for a
 * different kind of sign-in, with the password in the body.
 *
 * @returns `refused` when there is no token or Apple no longer takes it
 * @throws AppleError `throttled`, `wrong-region`, `unreachable`, and what `parseAccountInfo` throws
 */
export async function accountLogin(session: AppleSession): Promise<LoginResult> {
  const { session_token, account_country, trust_token } = session.data;
  if (session_token === undefined) return { kind: 'refused' };
  const response = await sendSetup(session, '/accountLogin', {
    accountCountryCode: account_country ?? '',
    dsWebAuthToken: session_token,
    extended_login: true,
    trustToken: trust_token ?? '',
  });
  if (response.status !== 500) refuseTransient(session, response);
  // China's setup service sends accounts of the other region away with a redirect (peers)
  if (response.status === 302) throw new AppleError('wrong-region', { status: 302 });
  if (response.status === 421) return { kind: 'misdirected' };
  const account = response.status === 200 ? accountOf(session, response) : undefined;
  return account ? { kind: 'account', account } : { kind: 'refused' };
}

function accountOf(session: AppleSession, response: AppleResponse): AccountInfo | undefined {
  const info = parseAccountInfo(parseJson(response.text));
  if (info) session.redactor.add(info.dsid);
  return info;
}

/** @throws AppleError `photos-not-set-up` when the account has no photo database */
export function databaseUrlOf(account: AccountInfo): string {
  if (account.databaseUrl === undefined) throw new AppleError('photos-not-set-up', { reason: 'no ckdatabasews' });
  return account.databaseUrl;
}
