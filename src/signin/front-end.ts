import type { Secret } from '../apple/secret.ts';
import type { Answer, Challenge, FrontEnd, PasswordWanted } from './challenges.ts';
import { askCodeOnConsole } from './console-code.ts';
import type { PasswordProvider } from './password-providers/password-provider.ts';
import type { Prompter } from './prompter.ts';

/** A front end that can also be told that its password was right. */
export interface ProviderFrontEnd extends FrontEnd {
  /** Lets the providers keep the password Apple accepted, if one was asked for. */
  accepted(username: string): Promise<void>;
}

/**
 * Passwords from the providers in their order, codes from the terminal.
 *
 * @param onCodeWanted told once, before the first question, that a second factor is needed
 */
export function createFrontEnd(
  providers: readonly PasswordProvider[],
  prompter: Prompter,
  onCodeWanted: () => void,
): ProviderFrontEnd {
  let given: Secret | undefined;
  let codeWanted = false;

  async function answerPassword(challenge: PasswordWanted): Promise<Answer> {
    for (const provider of providers) {
      const password = await provider.next(challenge.username, challenge.rejected);
      if (password === undefined || password.reveal() === '') continue;
      given = password;
      return { kind: 'password', password };
    }
    return { kind: 'give-up' };
  }

  return {
    attended: prompter.attended,
    async answer(challenge: Challenge): Promise<Answer> {
      if (challenge.kind === 'password-wanted') return answerPassword(challenge);
      if (!codeWanted) onCodeWanted();
      codeWanted = true;
      return askCodeOnConsole(challenge, prompter);
    },
    async accepted(username) {
      if (!given) return;
      for (const provider of providers) await provider.accepted?.(username, given);
    },
  };
}
