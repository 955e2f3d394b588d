import { Redactor } from '../apple/secret.ts';
import { ExitCode } from '../cli/exit-codes.ts';
import { parseCommandLine } from '../cli/grammar.ts';
import { renderHelp } from '../cli/help.ts';
import { renderVersion } from '../cli/version.ts';
import type { GlobalSettings, UserSettings } from '../config/settings.ts';
import type { Prompter } from '../signin/prompter.ts';
import { createLogger } from '../terminal/logger.ts';
import type { createProgressLine, ProgressLine } from '../terminal/progress.ts';
import { createPrompter } from '../terminal/prompter.ts';
import { Board } from '../web/board.ts';
import { WebStartError } from '../web/web-start-error.ts';
import { withCapture } from './capture-file.ts';
import type { ProcessContext } from './context.ts';
import { EndpointError, readEndpoint } from './endpoint.ts';
import { explain, interruptedCode } from './outcome.ts';
import { expandPath } from './paths.ts';
import { type AccountRun, runAccount } from './run-account.ts';
import { Conductor } from './run-control.ts';
import { Turn, Turns } from './turns.ts';
import type { openWebPage, WebPage } from './web-page.ts';

/** What a caller may put in place of the terminal. */
export interface Replacements {
  /** Asked instead of the terminal. */
  readonly prompter?: Prompter;
}

/**
 * The whole of `icloudpd`: reads the command line, runs each account in turn.
 *
 * @param argv without the names of the interpreter and the program
 * @returns the exit code: that of the first account that did not end well
 */
export async function runIcloudpd(
  argv: readonly string[],
  context: ProcessContext,
  replacements: Replacements = {},
): Promise<number> {
  const { stdout, stderr } = context;
  const commandLine = parseCommandLine(argv);
  switch (commandLine.kind) {
    case 'help':
      stdout.write(renderHelp(stdout.columns ?? 80));
      return ExitCode.done;
    case 'version':
      stdout.write(`${renderVersion()}\n`);
      return ExitCode.done;
    case 'refused':
      (commandLine.stream === 'stdout' ? stdout : stderr).write(`${commandLine.text}\n`);
      return ExitCode.usage;
    case 'run':
      return runUsers(commandLine.global, commandLine.users, context, replacements);
  }
}

async function runUsers(
  global: GlobalSettings,
  users: readonly UserSettings[],
  context: ProcessContext,
  replacements: Replacements,
): Promise<number> {
  const { stdout, stderr } = context;
  let endpoint: URL | undefined;
  try {
    endpoint = readEndpoint(context.env.ICLOUDPD_ENDPOINT);
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    stderr.write(`${error.message}\n`);
    return ExitCode.usage;
  }

  const redactor = new Redactor();
  const namesOnly = global.onlyPrintFilenames;
  const showsProgress = stdout.isTTY === true && stderr.isTTY === true && !global.noProgressBar && !namesOnly;
  const progress = showsProgress ? await startProgressLine(stderr, () => context.clock.now()) : undefined;
  const board =
    global.web &&
    new Board(
      users.map(({ username }) => username),
      context.clock,
    );
  const writeLine = (line: string): void => {
    board?.addLogLine(line);
    // with --only-print-filenames standard output holds names and nothing else
    const write = (): unknown => (namesOnly ? stderr : stdout).write(line);
    if (progress) progress.above(write);
    else write();
  };
  const log = createLogger({
    threshold: namesOnly ? 'error' : global.logLevel,
    redactor,
    now: () => context.clock.now(),
    write: writeLine,
  });
  const prompter =
    replacements.prompter ??
    createPrompter({ input: context.stdin, output: stdout.isTTY && !namesOnly ? stdout : stderr }, context.signal);
  if (endpoint) log.warning(`ICLOUDPD_ENDPOINT is set: working with ${endpoint.origin} in place of Apple`);

  const captureFile = global.debugCapture === undefined ? undefined : expandPath(global.debugCapture, context);
  const parts = { global, endpoint, redactor, log, prompter, progress };
  return withCapture(captureFile, parts, (capture) => runAll({ ...parts, capture }, users, board, context));
}

/** What the accounts have in common. */
type Parts = Omit<UserRun, 'control' | 'user' | 'turn' | 'page'>;

async function runAll(
  parts: Parts,
  users: readonly UserSettings[],
  board: Board | undefined,
  context: ProcessContext,
): Promise<number> {
  const { global, log } = parts;
  const conductor = new Conductor(context.clock, context.signal);
  const shared = { ...parts, control: conductor };
  try {
    await using page = global.web && board && (await openPage(global.web, board, { process: context, log, conductor }));
    const turns = new Turns();
    const codes = await Promise.all(
      users.map((user, index) =>
        watchUser({ ...shared, user, turn: new Turn(turns), page: page?.account(String(index)) }, conductor, context),
      ),
    );
    return codes.find((code) => code !== ExitCode.done) ?? ExitCode.done;
  } catch (error) {
    if (!(error instanceof WebStartError)) throw error;
    log.error(error.message);
    return ExitCode.usage;
  }
}

/** Loaded for terminals only: most runs have none. */
async function startProgressLine(...args: Parameters<typeof createProgressLine>): Promise<ProgressLine> {
  const { createProgressLine: create } = await import('../terminal/progress.ts');
  return create(...args);
}

/** Most runs serve no page, and its libraries take a third of the start and 20 MB. */
async function openPage(...[settings, board, context]: Parameters<typeof openWebPage>): Promise<WebPage> {
  const room = await import('./web-page.ts');
  return room.openWebPage(settings, board, context);
}

/**
 * One run of an account; with `--watch-with-interval` one after the other, until a signal. Each account has a loop of
 * its own, so that one which waits for a person keeps no other from its next run.
 */
async function watchUser(run: UserRun, conductor: Conductor, context: ProcessContext): Promise<number> {
  const { watchInterval } = run.global;
  for (;;) {
    if (watchInterval !== undefined) run.page?.schedule(watchInterval * 1000, undefined);
    const code = await runUser(run, context);
    if (watchInterval === undefined) return code;
    if (context.signal.aborted) return interruptedCode(context.signal.reason);
    run.log.info(`Waiting for ${watchInterval} sec...`);
    run.page?.schedule(watchInterval * 1000, context.clock.now() + watchInterval * 1000);
    try {
      await conductor.untilNextRun(watchInterval * 1000);
    } catch (error) {
      return explain(error, run.log);
    }
  }
}

type UserRun = Omit<AccountRun, 'process' | 'print'>;

/** One account, in its turn. */
async function runUser(run: UserRun, context: ProcessContext): Promise<number> {
  await run.turn.take();
  try {
    if (context.signal.aborted) return interruptedCode(context.signal.reason);
    run.log.info(`Processing user: ${run.user.username}`);
    run.page?.signingIn();
    return await runAccount({ ...run, process: context, print: (line) => void context.stdout.write(`${line}\n`) });
  } catch (error) {
    run.progress?.clear();
    run.page?.stopped(error);
    const code = explain(error, run.log, run.global.watchInterval === undefined ? 'throw' : 'tell');
    if (run.global.watchInterval !== undefined && !context.signal.aborted) {
      run.log.error(`Error processing user ${run.user.username}, continuing with next user...`);
    }
    return code;
  } finally {
    run.turn.give();
  }
}
