import type { Secret } from '../../apple/secret.ts';
import { alone } from '../alone.ts';
import type { Prompter } from '../prompter.ts';
import type { PasswordProvider } from './password-provider.ts';

/** Empty lines taken for a slip of the hand; whoever gives more of them has no password to give. */
const MAX_EMPTY = 3;

async function askPassword(prompter: Prompter, username: string): Promise<Secret | 'none-typed'> {
  for (let empty = 0; empty < MAX_EMPTY; empty += 1) {
    if (empty > 0) prompter.say('Nothing was typed. Type the password, or press Ctrl-C to stop.');
    const password = await prompter.askHidden(`iCloud Password for ${username}:`);
    if (password === undefined) break;
    if (password.reveal() !== '') return password;
  }
  return 'none-typed';
}

/** Asks at the terminal, without showing what is typed. */
export function consoleProvider(prompter: Prompter): PasswordProvider {
  return {
    name: 'console',
    next: async (username, rejected) => {
      if (!prompter.attended) return undefined;
      return alone(prompter, () => {
        if (rejected) prompter.say('Invalid email/password combination. Try again, or press Ctrl-C to stop.');
        return askPassword(prompter, username);
      });
    },
  };
}
