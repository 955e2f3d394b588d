import { Writable } from 'node:stream';
import type { ProcessContext } from '../../src/app/context.ts';
import { runIcloudpd } from '../../src/app/run-icloudpd.ts';
import { systemClock } from '../../src/apple/clock.ts';
import { Secret } from '../../src/apple/secret.ts';
import { PASSWORD, type Sandbox } from './sandbox.ts';

export interface Output {
  readonly code: number;
  /** Standard output. */
  readonly stdout: string;
  readonly stderr: string;
}

function collector(): { stream: NodeJS.WriteStream; text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY: false }) as unknown as NodeJS.WriteStream, text: () => text };
}

interface InProcess extends Partial<Pick<ProcessContext, 'clock' | 'signal'>> {
  /** Settings of the machine that the program is told. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the codes come from; the sandbox's own local iCloud if not given. */
  readonly code?: () => Promise<string | undefined>;
}

/**
 * Runs icloudpd in this process against the sandbox, with somebody who types each code as it is sent. Waits between
 * retries are skipped: time is a seam.
 */
export async function icloudpd(
  sandbox: Pick<Sandbox, 'env' | 'account'> & Partial<Pick<Sandbox, 'simulator'>>,
  args: readonly string[],
  more: InProcess = {},
): Promise<Output> {
  const [out, err] = [collector(), collector()];
  const code = await runIcloudpd(
    [...args, ...sandbox.account],
    {
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
    },
    {
      prompter: {
        attended: true,
        say: () => undefined,
        ask: more.code ?? (async () => sandbox.simulator?.control.lastCode()?.code),
        askHidden: async () => new Secret(PASSWORD),
      },
    },
  );
  return { code, stdout: out.text(), stderr: err.text() };
}
