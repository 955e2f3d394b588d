import { Redactor } from '../../apple/secret.ts';
import { ExitCode } from '../../cli/exit-codes.ts';
import { renderVersion } from '../../cli/version.ts';
import { createLogger } from '../../terminal/logger.ts';
import { createPrompter } from '../../terminal/prompter.ts';
import type { ProcessContext } from '../context.ts';
import { explain } from '../outcome.ts';
import { expandPath } from '../paths.ts';
import { type CommandName, readArguments } from './arguments.ts';
import { code } from './code.ts';
import { doctor } from './doctor.ts';
import { HELP } from './help.ts';
import { importSession } from './import-session.ts';
import { logout } from './logout.ts';
import { login, store } from './sign-in-commands.ts';
import { status } from './status.ts';
import { testNotify } from './test-notify.ts';
import type { Tool } from './tool.ts';

const RUN: Readonly<Record<CommandName, (tool: Tool) => Promise<number>>> = {
  store,
  login,
  logout,
  status,
  doctor,
  code,
  import: importSession,
  'test-notify': testNotify,
};

/** The whole of `icloud`. @returns the exit code */
export async function runIcloud(argv: readonly string[], context: ProcessContext): Promise<number> {
  const { stdout, stderr, clock } = context;
  const args = readArguments(argv, context.env);
  if (args === 'help' || args === 'version') {
    stdout.write(args === 'help' ? HELP : `${renderVersion()}\n`);
    return ExitCode.done;
  }
  if ('refused' in args) {
    stderr.write(`icloud: error: ${args.refused}\nRun "icloud --help" for the options.\n`);
    return ExitCode.usage;
  }
  const redactor = new Redactor();
  redactor.add(args.password);
  const log = createLogger({
    threshold: 'info',
    redactor,
    now: () => clock.now(),
    write: (line) => void stderr.write(line),
  });
  const terminal = createPrompter({ input: context.stdin, output: stdout }, context.signal);
  const tool: Tool = {
    args,
    process: context,
    directory: expandPath(args.cookieDirectory, context),
    log,
    redactor,
    prompter: args.interactive ? terminal : { ...terminal, attended: false },
    say: (line) => void stdout.write(`${redactor.redact(line)}\n`),
  };
  try {
    return await RUN[args.command](tool);
  } catch (error) {
    return explain(error, log);
  }
}
