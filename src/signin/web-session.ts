import { type AccountInfo, TermsPendingError } from '../apple/account/account-info.ts';
import { acceptTerms } from '../apple/account/terms.ts';
import { accountLogin } from '../apple/account/web-session.ts';
import { type AppleSession, switchDomain } from '../apple/apple-session.ts';
import { AppleError } from '../apple/errors.ts';

/** What may be done on the way to a web session without asking again. */
export interface WebSessionOptions {
  /** The person asked for new terms to be accepted (`--accept-terms`). */
  readonly acceptTerms: boolean;
  /** Told of what a person should know: the other region, terms that were accepted. */
  readonly notice: (text: string) => void;
}

/** The other iCloud, as `domainToUse` names it; a redirect names none. */
function otherDomain(session: AppleSession, named: string | undefined): 'com' | 'cn' {
  if (named !== undefined) return named.toLowerCase().endsWith('.cn') ? 'cn' : 'com';
  return session.domain === 'com' ? 'cn' : 'com';
}

/**
 * Opens the web session with the stored token: changes to the region Apple names, once; connects anew after a 421, once
 * (docs/protocol/sign-in.md, "421"); accepts pending terms when that was asked for, once.
 *
 * @returns undefined when Apple does not take the token
 * @throws AppleError
 */
export async function openWebSession(
  session: AppleSession,
  options: WebSessionOptions,
): Promise<AccountInfo | undefined> {
  let [moved, reconnected, accepted] = [false, false, false];
  for (;;) {
    try {
      const result = await accountLogin(session);
      if (result.kind === 'account') return result.account;
      if (result.kind === 'refused' || reconnected) return undefined;
      reconnected = true;
      session.transport.reconnect();
    } catch (error) {
      if (error instanceof TermsPendingError && options.acceptTerms && !accepted) {
        accepted = true;
        await acceptTerms(session, error);
        options.notice('The new iCloud Terms and Conditions were accepted, as --accept-terms asks for');
      } else if (error instanceof AppleError && error.kind === 'wrong-region' && !moved) {
        moved = true;
        const domain = otherDomain(session, error.answer.reason);
        options.notice(
          `This account belongs to the iCloud of ${domain === 'cn' ? 'mainland China' : 'the world outside mainland China'}: going on there`,
        );
        switchDomain(session, domain);
      } else throw error;
    }
  }
}
