import { alone } from '../alone.ts';
import type { Prompter } from '../prompter.ts';
import type { PasswordProvider } from './password-provider.ts';

/** Asks at the terminal, without showing what is typed. */
export function consoleProvider(prompter: Prompter): PasswordProvider {
  return {
    name: 'console',
    next: async (username, rejected) => {
      if (!prompter.attended) return undefined;
      return alone(prompter, () => {
        if (rejected) prompter.say('Invalid email/password combination. Try again, or press Ctrl-C to stop.');
        return prompter.askHidden(`iCloud Password for ${username}:`);
      });
    },
  };
}
