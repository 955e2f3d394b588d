import { AppleError } from '../../apple/errors.ts';
import { checkIndexing, countAssets } from '../../apple/photos/library.ts';
import { ExitCode } from '../../cli/exit-codes.ts';
import { passwordStore } from '../../session/password-store.ts';
import { keyringProvider } from '../../signin/password-providers/keyring.ts';
import type { OpenAccount } from '../account-session.ts';
import { loggedPasswordStore } from '../passwords.ts';
import { openLibrary } from '../photo-library.ts';
import { type Tool, withTool } from './tool.ts';

const DAY_MS = 86_400_000;

/** `icloud doctor`: goes the way of a run, and says at the first thing that stops it what it is and where to change it. */
export async function doctor(tool: Tool): Promise<number> {
  const { say, directory } = tool;
  const { place, systemProblem } = await passwordStore(directory).describe();
  say(`note  passwords are kept in ${place}`);
  if (systemProblem) say(`      (the system keyring cannot be used: ${systemProblem})`);
  try {
    return await withTool(
      tool,
      keyringProvider(loggedPasswordStore(directory, tool.log)),
      'stored-session',
      (account) => examine(tool, account),
    );
  } catch (error) {
    if (!(error instanceof AppleError)) throw error;
    say(`FAIL  ${error.kind}: ${error.message}`);
    return ExitCode.refused;
  }
}

async function examine({ say, process }: Tool, account: OpenAccount): Promise<number> {
  const { trustedUntil } = account;
  say('ok    Apple accepts the sign-in');
  if (trustedUntil !== undefined) {
    const days = Math.floor((trustedUntil - process.clock.now()) / DAY_MS);
    say(`${days > 14 ? 'ok   ' : 'note '} the trust lasts ${days} more days; after that a code is needed again`);
  }
  say('ok    iCloud data may be read on the web, and no new terms are waiting');
  const library = openLibrary(account);
  await checkIndexing(library, process.signal);
  say('ok    iCloud Photos is set up, and its index is complete');
  const items = await countAssets(library, process.signal);
  say(`ok    the library can be read${items === undefined ? '' : `: ${items.toLocaleString('en-US')} items`}`);
  return ExitCode.done;
}
