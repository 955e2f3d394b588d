/**
 * The program at work, without an Apple account: starts the local iCloud, signs in to it with a two-factor code, downloads
 * its sample library. At a terminal the person types the code; without one it is typed by itself.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Simulator, startSimulator } from '../simulator/index.ts';
import { Interruption } from '../src/app/context.ts';
import { runIcloudpd } from '../src/app/run-icloudpd.ts';
import { systemClock } from '../src/apple/clock.ts';
import type { Prompter } from '../src/signin/prompter.ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.join(root, 'demo-library');
const photos = path.join(folder, 'photos');
const session = path.join(folder, 'session');
/** What the local iCloud remembers of its sign-ins, as Apple does, so that a second demo needs none. */
const memory = path.join(folder, 'icloud-memory.json');

const USERNAME = 'jane@example.com';
const PASSWORD = 'correct horse';

const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
const say = (text = ''): void => void process.stdout.write(`${text}\n`);

/** A phone, drawn with the code that just arrived. */
function showPhone(device: string, code: string): void {
  const spaced = `${code.slice(0, 3)} ${code.slice(3)}`;
  const width = Math.max(device.length, 24);
  const line = (text: string): string => `   | ${text.padStart(Math.floor((width + text.length) / 2)).padEnd(width)} |`;
  const edge = `   +${'-'.repeat(width + 2)}+`;
  say(['', edge, line(device), line('Apple Account code'), line(spaced), edge, ''].join('\n'));
}

/** Answers by itself where nobody is at a terminal. */
function typist(simulator: Simulator): Prompter {
  return {
    attended: true,
    say,
    async ask(prompt) {
      const code = simulator.control.lastCode()?.code;
      say(`${prompt}${code ?? ''}   (typed by the demo)`);
      return code;
    },
    askHidden: async () => undefined,
  };
}

async function readMemory(): Promise<string | undefined> {
  return readFile(memory, 'utf8').catch(() => undefined);
}

async function demo(signal: AbortSignal): Promise<number> {
  const before = await readMemory();
  // a session without an iCloud that knows it would only confuse
  if (before === undefined) await rm(session, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await using simulator = await startSimulator({
    library: 'sample',
    // slow enough for the progress to be seen
    latencyMs: interactive ? 120 : 0,
    accounts: [{ appleId: USERNAME, password: PASSWORD }],
    ...(before === undefined ? {} : { memory: before }),
  });
  simulator.control.onCode(({ code, channel, phoneId }) => {
    showPhone(channel === 'device' ? "Jane's iPhone" : `phone number ${phoneId}: ${channel}`, code);
  });

  say('This is a local iCloud with a sample library, played on this machine: no Apple account is used.');
  say(`Its account: ${USERNAME}, password "${PASSWORD}".`);
  if (interactive) say('When a code arrives on the iPhone below, type it.');
  say();
  const args = [
    '--directory',
    photos,
    '--cookie-directory',
    session,
    '--log-level',
    'info',
    // nothing of the demo goes into the person's own keyring
    '--password-provider',
    'env',
    '--username',
    USERNAME,
  ];
  const code = await runIcloudpd(
    args,
    {
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      env: { ICLOUDPD_ENDPOINT: simulator.url, ICLOUDPD_PASSWORD: PASSWORD },
      platform: process.platform,
      homeDirectory: os.homedir(),
      workingDirectory: process.cwd(),
      clock: systemClock,
      random: Math.random,
      signal,
    },
    interactive ? {} : { prompter: typist(simulator) },
  );
  await writeFile(memory, simulator.control.exportMemory(), { mode: 0o600 });
  say();
  if (code !== 0) return code;
  say(`The pictures are in ${path.relative(process.cwd(), photos) || '.'}`);
  say('Run it again: the stored session is good, so there is no sign-in, and nothing is left to download.');
  say('Start afresh: delete demo-library.');
  return code;
}

const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => (controller.signal.aborted ? process.exit(130) : controller.abort(new Interruption(name))));
}
process.exitCode = await demo(controller.signal);
