import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, watch, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../apple/clock.ts';
import type { Notice } from './notice.ts';
import { type Notifier, notifyAll } from './notifier.ts';
import { createScriptNotifier } from './script.ts';

const NOTICE: Notice = { kind: 'run-failed', username: 'jörg@example.com', summary: '1 failed\n"quoted" $(date) `x`' };

let folder: string;
let lines: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-script-'));
  lines = [];
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
const log = { debug: at('DEBUG'), info: at('INFO'), error: at('ERROR') };

async function write(name: string, content: string, mode = 0o755): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content, { mode });
  return file;
}

function notifier(script: string, env: Record<string, string | undefined> = { PATH: process.env.PATH }): Notifier {
  return createScriptNotifier(script, { env, workingDirectory: folder, log });
}

async function run(script: string, env?: Record<string, string | undefined>): Promise<void> {
  await notifier(script, env).notify(NOTICE, new AbortController().signal);
}

const read = (name: string): Promise<string> => readFile(path.join(folder, name), 'utf8');

describe.skipIf(process.platform === 'win32')('the notification script', () => {
  test('gets the notice in its environment, no arguments, the working directory and the environment', async () => {
    await write(
      'tell.sh',
      '#!/bin/sh\nprintf "%s|" "$#" "$PWD" "$HOME" "$ICLOUDPD_EVENT" "$ICLOUDPD_USERNAME" "$ICLOUDPD_TITLE" "$ICLOUDPD_TEXT" > out\n',
    );
    await run(path.join(folder, 'tell.sh'), { PATH: process.env.PATH, HOME: '/home/jane' });
    const [count, directory, home, event, username, title, text] = (await read('out')).split('|');
    expect([count, home, event, username]).toEqual(['0', '/home/jane', 'run-failed', 'jörg@example.com']);
    expect(path.basename(directory ?? '')).toBe(path.basename(folder));
    expect(title).toContain('did not end well');
    expect(text).toContain('1 failed\n"quoted" $(date) `x`\n');
    expect(lines).toEqual(['DEBUG Executing notification script...']);
  });

  test('does not get the secrets of this program', async () => {
    await write('env.sh', '#!/bin/sh\nenv > out\n');
    await run('./env.sh', {
      PATH: process.env.PATH,
      ICLOUDPD_PASSWORD: 'canary1',
      ICLOUDPD_SMTP_PASSWORD: 'canary2',
      ICLOUDPD_WEB_PASSWORD: 'canary3',
      ICLOUDPD_ENDPOINT: 'kept',
    });
    const seen = await read('out');
    expect(seen).toContain('ICLOUDPD_ENDPOINT=kept');
    expect(seen).not.toMatch(/canary|ICLOUDPD_(SMTP_|WEB_)?PASSWORD/);
  });

  test.each(['./here.sh', 'sub/here.sh', '../here.sh'])(
    '%s is a path, and begins in the working directory',
    async (script) => {
      const elsewhere = await mkdtemp(path.join(folder, 'inner-'));
      await mkdir(path.join(elsewhere, 'sub'));
      const file = path.join(elsewhere, script);
      await writeFile(file, '#!/bin/sh\ntouch done\n', { mode: 0o755 });
      const context = { env: { PATH: process.env.PATH }, workingDirectory: elsewhere, log };
      await createScriptNotifier(script, context).notify(NOTICE, new AbortController().signal);
      expect(existsSync(path.join(elsewhere, 'done'))).toBe(true);
    },
  );

  test('a bare name is looked for in PATH, not in the working directory', async () => {
    await write('tell-me', '#!/bin/sh\ntouch wrong\n');
    await write('bin/tell-me', '#!/bin/sh\ntouch right\n');
    await run('tell-me', { PATH: `${path.join(folder, 'bin')}:${process.env.PATH}` });
    expect(existsSync(path.join(folder, 'right'))).toBe(true);
    expect(existsSync(path.join(folder, 'wrong'))).toBe(false);
  });

  test('no shell reads its name', async () => {
    await write('a b; touch hacked; $(touch hacked)', '#!/bin/sh\ntouch done\n');
    await run('./a b; touch hacked; $(touch hacked)');
    expect(existsSync(path.join(folder, 'done'))).toBe(true);
    expect(existsSync(path.join(folder, 'hacked'))).toBe(false);
  });

  test('another exit code than 0 is a failure that is logged', async () => {
    await write('fail.sh', '#!/bin/sh\nexit 3\n');
    await notifyAll([notifier('./fail.sh')], NOTICE, { log, clock: systemClock });
    expect(lines).toContain('ERROR Notification of the failed run failed: script: ./fail.sh ended with exit code 3');
  });

  test('a script that is killed is a failure', async () => {
    await write('die.sh', '#!/bin/sh\nkill -TERM $$\n');
    await expect(run('./die.sh')).rejects.toThrow('./die.sh ended with SIGTERM');
  });

  test('a script that cannot be started says why', async () => {
    await write('plain.sh', '#!/bin/sh\n', 0o644);
    await write('odd.sh', '#!/no/such/interpreter\n');
    await expect(run('./plain.sh')).rejects.toThrow(/chmod \+x/);
    await expect(run('./missing.sh')).rejects.toThrow(/is not there/);
    await expect(run('./odd.sh')).rejects.toThrow(/interpreter/);
  });

  test('a script that takes longer than a minute is killed with all it started', async () => {
    await write('stuck.sh', '#!/bin/sh\nsleep 1000 &\necho "$$ $!" > pids.tmp\nmv pids.tmp pids\nwait\n');
    const waits: number[] = [];
    const started = async (): Promise<void> => {
      for await (const { filename } of watch(folder)) if (filename === 'pids') return;
    };
    // the minute is over when the script is at work
    const clock = {
      now: () => 0,
      sleep: async (ms: number) => {
        waits.push(ms);
        await started();
      },
    };
    await notifyAll([notifier('./stuck.sh')], NOTICE, { log, clock });
    expect(waits).toEqual([60_000]);
    expect(lines).toContain('ERROR Notification of the failed run failed: script: it took longer than 60 seconds');
    for (const pid of (await read('pids')).trim().split(' ')) await gone(Number(pid));
  });

  test('an ended run starts none', async () => {
    await write('tell.sh', '#!/bin/sh\ntouch done\n');
    await expect(notifier('./tell.sh').notify(NOTICE, AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
    expect(existsSync(path.join(folder, 'done'))).toBe(false);
  });
});

/** Waits for the end of a process that was killed; a zombie that waits for its parent has ended. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (/\) Z /.test(status)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
