import { type Redactor, Secret } from '../../apple/secret.ts';
import type { Answerer } from '../../signin/answerer.ts';
import { consoleAnswerer } from '../../signin/console-answerer.ts';
import { createFrontEnd, type ProviderFrontEnd } from '../../signin/front-end.ts';
import { consoleProvider } from '../../signin/password-providers/console.ts';
import { onceProvider, type PasswordProvider } from '../../signin/password-providers/password-provider.ts';
import type { Prompter } from '../../signin/prompter.ts';
import type { Logger } from '../../terminal/logger.ts';
import { type AccountOptions, type OpenAccount, withAccount } from '../account-session.ts';
import type { ProcessContext } from '../context.ts';
import type { Arguments } from './arguments.ts';

/** What every command of `icloud` works with. */
export interface Tool {
  readonly args: Arguments;
  readonly process: ProcessContext;
  /** The data directory, expanded. */
  readonly directory: string;
  readonly log: Logger;
  readonly redactor: Redactor;
  readonly prompter: Prompter;
  /** Writes a line of the command's own result. */
  say(line: string): void;
}

/** Passwords from the command line, from `keyring`, and from whoever sits at the terminal; codes from there too. */
function frontEndOf(tool: Tool, keyring: PasswordProvider, answerers: readonly Answerer[]): ProviderFrontEnd {
  const { args, process, prompter, log } = tool;
  let announced = false;
  return createFrontEnd({
    providers: [
      onceProvider('parameter', async () => (args.password === undefined ? undefined : new Secret(args.password))),
      keyring,
      consoleProvider(prompter),
    ],
    answerers: [...(prompter.attended ? [consoleAnswerer(prompter, process.clock)] : []), ...answerers],
    presence: () => (prompter.attended ? 'person' : 'nobody'),
    waitMs: 0,
    clock: process.clock,
    signal: process.signal,
    onWanted: () => {
      if (!announced) log.info('Two-factor authentication is required (2fa)');
      announced = true;
    },
    onPosed: () => undefined,
    whileWaiting: (work) => work(),
  });
}

/** Signs in as `icloud` does, and lets `work` use the account. */
export async function withTool<T>(
  tool: Tool,
  keyring: PasswordProvider,
  start: AccountOptions['start'],
  work: (account: OpenAccount) => Promise<T>,
): Promise<T> {
  const { args, process, log, redactor, directory } = tool;
  return withAccount(
    {
      username: args.username,
      domain: args.domain,
      sessionDirectory: directory,
      endpoint: args.endpoint,
      start,
      ignoreCoolDown: args.now,
      acceptTerms: args.acceptTerms,
      threads: 1,
    },
    {
      process,
      log,
      redactor,
      notifiers: [],
      capture: undefined,
      frontEnd: (answerers) => frontEndOf(tool, keyring, answerers),
    },
    work,
  );
}
