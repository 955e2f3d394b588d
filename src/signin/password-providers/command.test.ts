import { spawn } from 'node:child_process';
import { mkdtemp, rm, watch } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { commandProvider } from './command.ts';
import { PasswordSourceError } from './file.ts';

/** A program that runs a piece of JavaScript, the rest being its arguments. */
const program = (code: string, ...args: string[]): readonly string[] => [process.execPath, '-e', code, '--', ...args];

async function ask(words: readonly string[], signal = new AbortController().signal): Promise<string | undefined> {
  return (await commandProvider(words, { env: process.env, signal }).next('jane@example.com', false))?.reveal();
}

describe('a password command', () => {
  test.each([
    ['correct horse\n', 'correct horse'],
    ['correct horse', 'correct horse'],
    ['correct horse\r\nuser: jane\n', 'correct horse'],
    ['Grüße 🔑\n', 'Grüße 🔑'],
  ])('prints %j', async (output, password) => {
    expect(await ask(program(`process.stdout.write(${JSON.stringify(output)})`))).toBe(password);
  });

  test('gets its words as they are: there is no shell', async () => {
    const words = ['$HOME', '`id`', '*', 'two words', '; exit 3', '"'];
    const output = await ask(program('console.log(JSON.stringify(process.argv.slice(1)))', ...words));
    expect(JSON.parse(output ?? '')).toEqual(words);
  });

  test('what it prints late and in pieces is waited for', async () => {
    const code = "process.stdout.write('cor'); setImmediate(() => process.stdout.end('rect horse\\n'))";
    expect(await ask(program(code))).toBe('correct horse');
  });

  test.each([
    ["console.log('half a secret'); process.exitCode = 3", /ended with exit code 3\. Run it by hand/],
    ["process.kill(process.pid, 'SIGKILL')", /was ended by SIGKILL/],
    ['', /printed no password in its first line/],
    ["console.log(''); console.log('half a secret')", /printed no password in its first line/],
    ['process.stdout.write(Buffer.from([0x67, 0xfc, 0x0a]))', /not UTF-8 text/],
  ])('%s is refused, without a word of what it printed', async (code, words) => {
    const refused = ask(program(code));
    await expect(refused).rejects.toThrow(words);
    await expect(refused).rejects.toBeInstanceOf(PasswordSourceError);
    await expect(refused).rejects.not.toThrow('half a secret');
  });

  test('one that is not there is told', async () => {
    await expect(ask(['/nonexistent/pass', 'show'])).rejects.toThrow(
      'The --password-command could not be started: spawn /nonexistent/pass ENOENT. Check its name.',
    );
  });

  test('an empty name is told too', async () => {
    await expect(ask([''])).rejects.toThrow('could not be started');
  });

  test('is ended when the run is stopped', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-command-'));
    try {
      const atWork = (async () => {
        for await (const { filename } of watch(directory)) if (filename === 'started') return;
      })();
      const controller = new AbortController();
      const reason = new Error('stopped by SIGINT');
      const file = JSON.stringify(path.join(directory, 'started'));
      const code = `require('node:fs').writeFileSync(${file}, ''); setInterval(() => {}, 1000)`;
      const asked = ask(program(code), controller.signal);
      const ended = expect(asked).rejects.toBe(reason);
      await atWork;
      controller.abort(reason);
      await ended;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  test('its own words for the person go through', async () => {
    const url = JSON.stringify(new URL('./command.ts', import.meta.url).href);
    const words = JSON.stringify(program("console.error('Touch the key'); console.log('correct horse')"));
    const code = `
      import { runPasswordCommand } from ${url};
      const found = await runPasswordCommand(${words}, { env: process.env, signal: new AbortController().signal });
      console.log(found.reveal() === 'correct horse');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [output, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect([output, problems]).toEqual(['true\n', 'Touch the key\n']);
  });

  test('is asked once', async () => {
    const provider = commandProvider(program("console.log('correct horse')"), {
      env: process.env,
      signal: new AbortController().signal,
    });
    expect((await provider.next('jane', false))?.reveal()).toBe('correct horse');
    expect(await provider.next('jane', true)).toBeUndefined();
  });
});
