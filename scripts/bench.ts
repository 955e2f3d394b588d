/**
 * How fast, and how much memory: this program and the original icloudpd, one after the other, on the same machine, from
 * the same local iCloud with the same delay in every answer, through the same proxy. The ratio is what counts; machines
 * are noisy.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { icloudpd } from '../test/support/in-process.ts';
import { PASSWORD, readTree, USER } from '../test/support/sandbox.ts';
import { ended, installForeignClients, startIntercepted } from './support/foreign.ts';
import { peakResidentOf } from './support/memory.ts';

const { values } = parseArgs({
  options: {
    assets: { type: 'string', default: '5000' },
    latency: { type: 'string', default: '20' },
    large: { type: 'string', default: '100000' },
    help: { type: 'boolean', short: 'h' },
  },
});
const [assets, latency, large] = [Number(values.assets), Number(values.latency), Number(values.large)];

interface Measured {
  readonly seconds: number;
  readonly peakBytes: number;
}

/** The kernel keeps the peak; asking for it often would take time from what is measured. */
const SAMPLE_MS = 1000;

/**
 * Runs a command to its end, led to the local iCloud. The time that the proxy takes to start is not the program's.
 *
 * @param part in the command lines of the processes that count
 */
async function measure(url: string, command: readonly string[], part: string): Promise<Measured> {
  const file = path.join(scratch, 'stopwatch.json');
  const log = path.join(scratch, 'output.log');
  await writeFile(file, JSON.stringify(command));
  await writeFile(log, '');
  const child = startIntercepted(url, [process.execPath, STOPWATCH, file, log]);
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakResidentOf(child.pid ?? 0, part));
  }, SAMPLE_MS);
  const { code, output } = await ended(child);
  clearInterval(timer);
  if (code !== 0) throw new Error(`ended with ${code}:\n${output}${(await readFile(log, 'utf8')).slice(-3000)}`);
  return { seconds: Number(await readFile(file, 'utf8')), peakBytes };
}

/** A local iCloud in a process of its own, so that it does not share a core with what is measured more than it must. */
async function startSimulator(amount: number, delay: number): Promise<{ url: string; stop: () => Promise<void> }> {
  const child = spawn(
    process.execPath,
    [
      'simulator/bin/simulator.ts',
      '--port',
      '0',
      '--assets',
      String(amount),
      '--latency',
      String(delay),
      '--account',
      `${USER}:${PASSWORD}`,
    ],
    { cwd: new URL('..', import.meta.url), stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  let url: string | undefined;
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
    if (url) break;
  }
  if (!url) throw new Error(`the local iCloud did not start:\n${text}`);
  child.stdout.resume();
  return {
    url,
    stop: async () => {
      child.kill('SIGINT');
      await once(child, 'close');
    },
  };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** The program as it is published. */
const PROGRAM = fileURLToPath(new URL('../dist/bin/icloudpd.js', import.meta.url));
const STOPWATCH = fileURLToPath(new URL('support/stopwatch.ts', import.meta.url));
const scratch = path.join(os.tmpdir(), `icloudpd-bench-${process.pid}`);
const session = path.join(scratch, 'session');

function ours(...args: string[]): readonly string[] {
  return [
    process.execPath,
    PROGRAM,
    '--username',
    USER,
    '--cookie-directory',
    session,
    '--log-level',
    'info',
    '--no-progress-bar',
    ...args,
  ];
}

/** Signs in once, in this process; the measured runs go on with the stored session. */
async function signIn(url: string): Promise<void> {
  const code = async (): Promise<string> => {
    const answer = await request(`${url}/control/codes/last`);
    const { code: last }: { code?: string } = JSON.parse(await answer.body.text());
    return last ?? '';
  };
  const sandbox = {
    env: { HOME: scratch, ICLOUDPD_ENDPOINT: url },
    account: ['--username', USER, '--password', PASSWORD, '--cookie-directory', session],
  };
  const result = await icloudpd(sandbox, ['--auth-only'], { code });
  if (result.code !== 0) throw new Error(result.stdout + result.stderr);
}

/** @returns files per second */
async function measureOurs(url: string, threads = 8): Promise<number> {
  const directory = path.join(scratch, `ours-${threads}`);
  await rm(directory, { recursive: true, force: true });
  const run = await measure(url, ours('--directory', directory, '--threads-num', String(threads)), PROGRAM);
  const files = (await readTree(directory)).size;
  const rate = files / run.seconds;
  console.log(
    `this program, ${threads} at once: ${files} files in ${run.seconds.toFixed(1)} s = ${rate.toFixed(0)} files/s, peak ${megabytes(run.peakBytes)}`,
  );
  return rate;
}

async function compare(): Promise<void> {
  const clients = installForeignClients(path.join(scratch, 'foreign'));
  const simulator = await startSimulator(assets, latency);
  try {
    await signIn(simulator.url);
    console.log(`${assets} items, ${latency} ms in every answer`);
    // a server that has just started compiles its code and makes its pictures: whoever came first would pay for that
    console.log('once without counting, to warm the local iCloud up:');
    await measureOurs(simulator.url);
    const before = await measureOurs(simulator.url);
    const again = await measure(simulator.url, ours('--directory', path.join(scratch, 'ours-8')), PROGRAM);
    console.log(
      `  second run:  ${again.seconds.toFixed(1)} s, nothing to download, peak ${megabytes(again.peakBytes)}`,
    );
    if (clients.kind === 'missing') {
      console.log(`original: not run, ${clients.why}`);
      return;
    }
    const theirSession = path.join(scratch, 'their-session');
    await cp(session, theirSession, { recursive: true });
    const theirs = await measure(
      simulator.url,
      [
        ...[clients.icloudpd, '--username', USER, '--password', PASSWORD, '--password-provider', 'parameter'],
        ...['--cookie-directory', theirSession, '--directory', path.join(scratch, 'theirs')],
        ...['--log-level', 'info', '--no-progress-bar'],
      ],
      clients.icloudpd,
    );
    const theirFiles = (await readTree(path.join(scratch, 'theirs'))).size;
    const theirRate = theirFiles / theirs.seconds;
    console.log(
      `icloudpd 1.32.2: ${theirFiles} files in ${theirs.seconds.toFixed(1)} s = ${theirRate.toFixed(0)} files/s, peak ${megabytes(theirs.peakBytes)}`,
    );
    // once before and once after, so that a machine that grows faster or slower meanwhile does neither a favour
    const after = await measureOurs(simulator.url);
    const more = await measureOurs(simulator.url, 16);
    const ratio = (rate: number): string => (rate / theirRate).toFixed(1);
    console.log(`ratio: ${ratio((before + after) / 2)} times the original's rate; 16 at once: ${ratio(more)} times`);
  } finally {
    await simulator.stop();
  }
}

/** Listing only: what memory does when the library grows. */
async function growth(): Promise<void> {
  for (const amount of [assets, large]) {
    const simulator = await startSimulator(amount, 0);
    try {
      await rm(session, { recursive: true, force: true });
      await signIn(simulator.url);
      const run = await measure(
        simulator.url,
        ours('--dry-run', '--directory', path.join(scratch, 'none'), '--log-level', 'error'),
        PROGRAM,
      );
      console.log(`listing ${amount} items: ${run.seconds.toFixed(1)} s, peak ${megabytes(run.peakBytes)}`);
    } finally {
      await simulator.stop();
    }
  }
}

if (values.help) {
  console.log('usage: npm run bench -- [--assets 5000] [--latency 20] [--large 100000]');
} else {
  try {
    await mkdir(scratch);
    await once(
      spawn(process.execPath, ['scripts/build.ts'], { cwd: fileURLToPath(new URL('..', import.meta.url)) }),
      'close',
    );
    await compare();
    await growth();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
