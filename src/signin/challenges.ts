import type { AppleError } from '../apple/errors.ts';
import type { SecondFactor } from '../apple/identity/challenge.ts';
import type { CodeChannel } from '../apple/identity/verification.ts';
import type { Secret } from '../apple/secret.ts';

/** What sign-in wants of a person. Console, web page and any other front end answer the same challenges. */
export type Challenge = PasswordWanted | CodeWanted;

export interface PasswordWanted {
  readonly kind: 'password-wanted';
  readonly username: string;
  /** Apple did not accept the password given before. */
  readonly rejected: boolean;
}

export interface CodeWanted {
  readonly kind: 'code-wanted';
  readonly factor: SecondFactor;
  /** Where a code was sent; undefined while the person has to choose first. */
  readonly channel: CodeChannel | undefined;
  /** What went wrong with the answer before. */
  readonly problem: AppleError | undefined;
  readonly triesLeft: number;
}

/** What a person may answer. */
export type Answer =
  | { readonly kind: 'password'; readonly password: Secret }
  | { readonly kind: 'code'; readonly code: string }
  /** Send a code there: the same channel again, another number, a call. */
  | { readonly kind: 'send'; readonly channel: CodeChannel }
  /** Nobody is there, or whoever is there has no answer. */
  | { readonly kind: 'give-up' };

/** One way of asking a person. */
export interface FrontEnd {
  /** Whether a person can be asked for a code; if not, none is sent to their devices. */
  readonly attended: boolean;
  answer(challenge: Challenge): Promise<Answer>;
}

/** Thrown when a person is wanted and none is there. */
export class PersonNeededError extends Error {
  override readonly name = 'PersonNeededError';
  readonly wanted: 'password' | 'code';

  constructor(wanted: 'password' | 'code', username: string) {
    super(
      wanted === 'password'
        ? `The password of ${username} is needed, and none of the --password-provider choices has it. ` +
            `Run "icloud --username ${username}" once in a terminal to store it in the system keyring, or start icloudpd in a terminal.`
        : 'Two-factor authentication is required (2fa), and there is no terminal to ask for the code. ' +
            `Run "icloudpd --auth-only --username ${username}" once in a terminal, with the same --cookie-directory; ` +
            'the sign-in then lasts about two months. No code was sent.',
    );
    this.wanted = wanted;
  }
}
