import os from 'node:os';
import v8 from 'node:v8';
import type { ProcessContext } from '../app/context.ts';

/** After a second signal, or this long after the first, the program ends without waiting for anything. */
const GRACE_MS = 10_000;

/**
 * Runs a program with the real process around it. The first Ctrl-C or SIGTERM lets it finish what must not be cut
 * short; the second ends it at once.
 */
export async function runProcess(
  program: (argv: readonly string[], context: ProcessContext) => Promise<number>,
): Promise<void> {
  // a NAS has little memory: the heap grows in small steps, which costs no time that could be measured
  // (docs/benchmark.md)
  for (const flag of ['--semi-space-growth-factor=1', '--heap-growing-percent=30']) v8.setFlagsFromString(flag);
  const { Interruption } = await import('../app/context.ts');
  const { systemClock } = await import('../apple/clock.ts');
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Interruption(signal));
    setTimeout(() => process.exit(130), GRACE_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  // whoever reads the output may stop reading: `icloudpd --only-print-filenames | head`
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  }
  process.exitCode = await program(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    platform: process.platform,
    homeDirectory: os.homedir(),
    workingDirectory: process.cwd(),
    clock: systemClock,
    random: Math.random,
    signal: controller.signal,
  });
}
