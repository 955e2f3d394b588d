import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { send } from '../testing/raw-client.ts';
import { SignInClient } from '../testing/sign-in-client.ts';

const options = { encoding: 'utf8' } as const;
const PROGRAM = path.join(import.meta.dirname, 'simulator.ts');

test('tells its address and account, prints the codes as they are sent, and ends with Ctrl-C', async () => {
  const child = spawn(process.execPath, [PROGRAM, '--assets', '1', '--account', 'me@example.com:pass:word']);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const lineMatching = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`no line matched ${pattern}`);
      const match = pattern.exec(value);
      if (match) return match;
    }
  };
  try {
    const [, url = ''] = await lineMatching(/ready at (http:\/\/127\.0\.0\.1:\d+)$/);
    await lineMatching(/^Apple Account +me@example\.com$/);
    await lineMatching(/^Password +pass:word$/);
    await lineMatching(
      new RegExp(`^  ICLOUDPD_ENDPOINT=${url} npm run -s icloudpd -- --username me@example.com --directory`),
    );
    const client = new SignInClient(url);
    expect((await client.password({ appleId: 'me@example.com', password: 'pass:word' })).status).toBe(409);
    await client.push();
    const [, code = ''] = await lineMatching(/^iPhone of me@example\.com shows: (\d{6})$/);
    expect((await send(url, { path: '/control/codes/last' })).json.code).toBe(code);
    await client.phone(2, 'sms');
    await lineMatching(/^SMS to \.\.\.46: \d{6}$/);
    await client.phone(1, 'voice');
    await lineMatching(/^Call to \.\.\.81: \d{6}$/);
    const second = spawnSync(process.execPath, [PROGRAM, '--assets', '1', '--port', new URL(url).port], options);
    expect([second.status, second.stderr]).toEqual([1, expect.stringMatching(/^Another program listens on that port/)]);
    child.kill('SIGINT');
    expect((await once(child, 'exit'))[0]).toBe(0);
  } finally {
    child.kill('SIGKILL');
  }
});

test.each([
  [['--port', 'x'], /--port wants a whole number/],
  [['--port', '65536'], /--port wants a whole number/],
  [['--account', 'nobody'], /--account wants ID:PASSWORD/],
  [['--unknown'], /--unknown/],
  [['stray'], /stray/],
])('%j is refused with a sentence', (args, sentence) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [PROGRAM, ...args], options);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr.trim()).toMatch(sentence);
  expect(stderr).not.toMatch(/\n {4}at /);
});

test('--help explains every option', () => {
  const { status, stdout } = spawnSync(process.execPath, [PROGRAM, '--help'], options);
  expect(status).toBe(0);
  for (const option of ['--port', '--assets', '--latency', '--account', '--help']) expect(stdout).toContain(option);
});
