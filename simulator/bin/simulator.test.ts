import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { send } from '../testing/raw-client.ts';
import { SignInClient } from '../testing/sign-in-client.ts';

const options = { encoding: 'utf8' } as const;
const READY = /ready at (http:\/\/127\.0\.0\.1:\d+)$/;
const PROGRAM = path.join(import.meta.dirname, 'simulator.ts');

/** Starts the program and hands its lines out. */
function startProgram(...args: readonly string[]) {
  const child = spawn(process.execPath, [PROGRAM, '--assets', '1', ...args]);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const lineMatching = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`no line matched ${pattern}`);
      const match = pattern.exec(value);
      if (match) return match;
    }
  };
  return { child, lineMatching };
}

test('tells its address and account, prints the codes as they are sent, and ends with Ctrl-C', async () => {
  const { child, lineMatching } = startProgram('--account', 'me@example.com:pass:word');
  try {
    const [, url = ''] = await lineMatching(READY);
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
  ['codes', 409, /"trustedPhoneNumbers"/],
  ['two-step', 409, /"authenticationType":"hsa",/],
  ['none', 412, /^/],
])('--second-factor %s', async (kind, status, described) => {
  const { child, lineMatching } = startProgram('--second-factor', kind);
  try {
    const [, url = ''] = await lineMatching(READY);
    const client = new SignInClient(url);
    expect((await client.password()).status).toBe(status);
    expect((await client.auth({ method: 'GET', path: '' })).text).toMatch(described);
  } finally {
    child.kill('SIGKILL');
  }
});

test('--second-factor security-key', async () => {
  const { child, lineMatching } = startProgram('--second-factor', 'security-key');
  try {
    const [, url = ''] = await lineMatching(READY);
    const { status, text } = await new SignInClient(url).password();
    expect([status, text]).toEqual([409, expect.stringContaining('Key in the drawer')]);
  } finally {
    child.kill('SIGKILL');
  }
});

test('--region and --data-protection', async () => {
  const { child, lineMatching } = startProgram('--region', 'cn', '--data-protection');
  try {
    const [, url = ''] = await lineMatching(READY);
    const client = new SignInClient(url);
    await client.password();
    await client.push();
    const { json } = await send(url, { path: '/control/codes/last' });
    await client.deviceCode(String(json.code));
    expect((await client.accountLogin()).json).toEqual({ domainToUse: 'iCloud.com.cn' });
    const consent = await send(url, { method: 'POST', path: '/control/consent', body: {} });
    expect(consent.text).toMatch(/No device shows a prompt/);
  } finally {
    child.kill('SIGKILL');
  }
});

test.each([
  [['--port', 'x'], /--port wants a whole number/],
  [['--port', '65536'], /--port wants a whole number/],
  [['--account', 'nobody'], /--account wants ID:PASSWORD/],
  [['--second-factor', 'hope'], /--second-factor wants codes, two-step, security-key or none, not "hope"/],
  [['--region', 'us'], /--region wants com or cn/],
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
  for (const option of [
    ...['--port', '--assets', '--latency', '--account'],
    ...['--second-factor', '--region', '--data-protection', '--help'],
  ]) {
    expect(stdout).toContain(option);
  }
});
