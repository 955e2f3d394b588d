import os from 'node:os';
import v8 from 'node:v8';
import type { ProcessContext } from '../app/context.ts';

/**
 * After a second signal, or this long after the first, the program ends without waiting for anything. Containers are
 * killed after ten seconds.
 */
const GRACE_MS = 8000;

/**
 * Node listens to SIGHUP again where `nohup` had it ignored, so that has to be guessed: with no terminal at any end there
 * is none to hang up.
 */
function hasTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY === true);
}

/** @returns the root where the folder that this was started in is gone: paths from the root still work */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

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
  const { interruptedCode } = await import('../app/outcome.ts');
  const { systemClock } = await import('../apple/clock.ts');
  const controller = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    controller.abort(new Interruption(signal));
    setTimeout(() => process.exit(interruptedCode(controller.signal.reason)), GRACE_MS).unref();
  };
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(interruptedCode(controller.signal.reason));
    interrupt(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  process.on('SIGHUP', hasTerminal() ? stop : () => undefined);
  // whoever reads the output may stop reading: `icloudpd ... | head`
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') process.exit(1);
      if (!controller.signal.aborted) interrupt('SIGPIPE');
    });
  }
  process.exitCode = await program(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    platform: process.platform,
    homeDirectory: os.homedir(),
    workingDirectory: workingDirectory(),
    clock: systemClock,
    random: Math.random,
    signal: controller.signal,
  });
}
