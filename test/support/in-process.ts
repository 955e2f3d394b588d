import { Writable } from 'node:stream';
import type { ProcessContext } from '../../src/app/context.ts';
import { runIcloud } from '../../src/app/icloud/run-icloud.ts';
import { runIcloudpd } from '../../src/app/run-icloudpd.ts';
import { systemClock } from '../../src/apple/clock.ts';
import { Secret } from '../../src/apple/secret.ts';
import type { Prompter } from '../../src/signin/prompter.ts';
import { PASSWORD, type Sandbox } from './sandbox.ts';

export interface Output {
  readonly code: number;
  /** Standard output. */
  readonly stdout: string;
  readonly stderr: string;
}

function collector(onText: (text: string) => void = () => undefined): {
  stream: NodeJS.WriteStream;
  text: () => string;
} {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      onText(String(chunk));
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY: false }) as unknown as NodeJS.WriteStream, text: () => text };
}

interface InProcess extends Partial<Pick<ProcessContext, 'clock' | 'signal'>> {
  /** Settings of the machine that the program is told. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told of everything written to standard output, as it is written. */
  readonly onOutput?: (text: string) => void;
}

interface WithPerson extends InProcess {
  /** Where the codes come from; the sandbox's own local iCloud if not given. */
  readonly code?: () => Promise<string | undefined>;
  /** Who sits at the terminal; if not given, somebody who knows the password and types each code as it is sent. */
  readonly prompter?: Prompter;
}

type Streams = Record<'out' | 'err', ReturnType<typeof collector>>;

function contextOf(sandbox: Pick<Sandbox, 'env'>, more: InProcess, { out, err }: Streams): ProcessContext {
  return {
    stdin: process.stdin,
    stdout: out.stream,
    stderr: err.stream,
    env: { ...sandbox.env, ...more.env },
    platform: process.platform,
    homeDirectory: sandbox.env.HOME ?? '',
    workingDirectory: process.cwd(),
    clock: more.clock ?? { now: systemClock.now, sleep: async (_ms, signal) => signal?.throwIfAborted() },
    random: () => 0,
    signal: more.signal ?? new AbortController().signal,
  };
}

/**
 * Runs icloudpd in this process against the sandbox. Waits are skipped if no clock is given: time is a seam. Notifiers
 * need one, because their time is over at once without it.
 */
export async function icloudpd(
  sandbox: Pick<Sandbox, 'env' | 'account'> & Partial<Pick<Sandbox, 'simulator'>>,
  args: readonly string[],
  more: WithPerson = {},
): Promise<Output> {
  const streams = { out: collector(more.onOutput), err: collector() };
  const prompter = more.prompter ?? {
    attended: true,
    say: () => undefined,
    ask: more.code ?? (async () => sandbox.simulator?.control.lastCode()?.code),
    askHidden: async () => new Secret(PASSWORD),
  };
  const code = await runIcloudpd([...args, ...sandbox.account], contextOf(sandbox, more, streams), { prompter });
  return { code, stdout: streams.out.text(), stderr: streams.err.text() };
}

/** Runs a command of `icloud` in this process against the sandbox, without a terminal. */
export async function icloud(
  sandbox: Pick<Sandbox, 'env' | 'account'>,
  args: readonly string[],
  more: InProcess = {},
): Promise<Output> {
  const streams = { out: collector(more.onOutput), err: collector() };
  const code = await runIcloud([...args, ...sandbox.account], contextOf(sandbox, more, streams));
  return { code, stdout: streams.out.text(), stderr: streams.err.text() };
}
