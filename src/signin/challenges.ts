import type { TwoStepDevice } from '../apple/account/two-step.ts';
import type { AppleError } from '../apple/errors.ts';
import type { SecondFactor } from '../apple/identity/challenge.ts';
import type { CodeChannel } from '../apple/identity/verification.ts';
import type { Secret } from '../apple/secret.ts';

/** What sign-in wants of a person. Console, web page, socket and any other front end answer the same challenges. */
export type Challenge = PasswordWanted | CodeWanted | TwoStepDeviceWanted | TwoStepCodeWanted;

export interface PasswordWanted {
  readonly kind: 'password-wanted';
  readonly username: string;
  /** Apple did not accept the password given before. */
  readonly rejected: boolean;
}

export interface CodeWanted {
  readonly kind: 'code-wanted';
  readonly username: string;
  readonly factor: SecondFactor;
  /** Where a code was sent; undefined when none was: the person chooses, or has one from a device's settings. */
  readonly channel: CodeChannel | undefined;
  /** What went wrong with the answer before. */
  readonly problem: AppleError | undefined;
  readonly triesLeft: number;
}

/** The old two-step verification: one of these has to be chosen before a code is sent. */
export interface TwoStepDeviceWanted {
  readonly kind: 'two-step-device-wanted';
  readonly username: string;
  readonly devices: readonly TwoStepDevice[];
}

export interface TwoStepCodeWanted {
  readonly kind: 'two-step-code-wanted';
  readonly username: string;
  readonly device: TwoStepDevice;
  readonly problem: AppleError | undefined;
  readonly triesLeft: number;
}

/** What a person may answer. */
export type Answer =
  | { readonly kind: 'password'; readonly password: Secret; readonly typed: boolean }
  | { readonly kind: 'code'; readonly code: string }
  /** Send a code there: the same channel again, another number, a call. */
  | { readonly kind: 'send'; readonly channel: CodeChannel }
  /** The device of a two-step account, by its place in the list. */
  | { readonly kind: 'device'; readonly index: number }
  /** Forget this sign-in and begin again with the password. */
  | { readonly kind: 'start-over' }
  /** Somebody was asked for the password, and left the prompt without one. */
  | { readonly kind: 'no-password-typed' }
  /** Nobody is there, or whoever is there has no answer. */
  | { readonly kind: 'give-up' };

/**
 * Who can answer when a code is wanted. `person`: somebody sits there now, so a code is sent to them. `later`: somebody
 * will look in when they are told; nothing is sent to their devices until they ask for it. `nobody`: no answer can come.
 */
export type Presence = 'person' | 'later' | 'nobody';

/** What sign-in asks; behind it may stand several ways of asking at once. */
export interface FrontEnd {
  /** Asked each time before a code would be sent. */
  presence(): Presence;
  answer(challenge: Challenge): Promise<Answer>;
}

/** What a person was wanted for: nobody was there to be asked, or they were asked and nothing came. */
type Missing = 'no-password' | 'no-password-typed' | 'nobody-for-code' | 'no-code-came';

function missingText(missing: Missing, username: string): string {
  const byHand =
    `Run "icloud login --username ${username}" once in a terminal, with the same --cookie-directory; ` +
    'the sign-in then lasts about two months.';
  switch (missing) {
    case 'no-password':
      return (
        `The password of ${username} is needed, and none of the places that may be asked has it. ` +
        `Run "icloud --username ${username}" once in a terminal to store it in the keyring, or start this in a terminal.`
      );
    case 'no-password-typed':
      return (
        `The password of ${username} is needed, and none was typed. Run this again and type it; ` +
        `"icloud --username ${username}" keeps it in the keyring, so that it is not asked for any more.`
      );
    case 'nobody-for-code':
      return (
        'Two-factor authentication is required (2fa), and nobody is there to type the code. ' +
        `${byHand} No code was sent. ` +
        'With --mfa-wait the run waits for a code instead: "icloud code" or the web page hands it in.'
      );
    case 'no-code-came':
      return `Two-factor authentication is required (2fa), and no code was entered. ${byHand}`;
  }
}

/** Thrown when a person is wanted and none answers. */
export class PersonNeededError extends Error {
  override readonly name = 'PersonNeededError';
  readonly wanted: 'password' | 'code';

  constructor(missing: Missing, username: string) {
    super(missingText(missing, username));
    this.wanted = missing === 'no-password' || missing === 'no-password-typed' ? 'password' : 'code';
  }
}
