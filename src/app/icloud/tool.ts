import { type AppleSession, createAppleSession } from '../../apple/apple-session.ts';
import { Transport } from '../../apple/http/transport.ts';
import { type Redactor, Secret } from '../../apple/secret.ts';
import { type AccountState, readAccountState } from '../../session/account-state.ts';
import { accountPaths } from '../../session/paths.ts';
import { openSession, type StoredSession } from '../../session/session-store.ts';
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

/** What is stored of an account, open and locked, with Apple not yet asked anything. */
export interface Stored {
  readonly files: StoredSession;
  readonly state: AccountState;
  readonly session: AppleSession;
}

/** Opens the stored session without signing in. @throws AccountBusyError, SessionDirectoryError, what `work` throws */
export async function withStored<T>(tool: Tool, work: (stored: Stored) => Promise<T>): Promise<T> {
  const { args, directory, process, redactor, log } = tool;
  using files = await openSession(directory, args.username);
  const state = await readAccountState(accountPaths(directory, args.username).state);
  await using transport = new Transport({
    cookies: files.cookies,
    connections: 1,
    signal: process.signal,
    onAnswer: (line) => log.debug(line),
    ...(args.endpoint ? { endpoint: args.endpoint } : {}),
  });
  const domain = args.domain === 'com' ? (state.domain ?? 'com') : args.domain;
  const session = createAppleSession({ domain, data: files.data, transport, clock: process.clock, redactor });
  return await work({ files, state, session });
}
