import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSandbox, PASSWORD, type Sandbox } from './support/sandbox.ts';
import { finished, hasTerminal, run, start, TerminalRun } from './support/terminal.ts';

const ICLOUD = 'src/bin/icloud.ts';

function lastCode(sandbox: Sandbox): string {
  return sandbox.simulator.control.lastCode()?.code ?? '';
}

describe('icloud', () => {
  test.each([
    [[], /No username supplied/],
    [['--username', 'x', '--nonsense'], /--nonsense/],
    [['--username', 'x', '--domain', 'de'], /invalid choice: 'de'/],
  ])('%j is refused with exit code 2', async (args, message) => {
    const result = await run(ICLOUD, args);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).toContain('Run "icloud --help"');
  });

  test('--help and --version', async () => {
    expect(await run(ICLOUD, ['--help'])).toMatchObject({ code: 0, stderr: '' });
    expect((await run(ICLOUD, ['--version'])).stdout).toMatch(
      /^version:\d.*, commit sha:([0-9a-f]{40}|unknown), commit timestamp:(\d{4}-\d\d-\d\dT.*|unknown)\n$/,
    );
  });

  test('a damaged password file is told by status, and ends nothing', async () => {
    await using sandbox = await createSandbox();
    await mkdir(sandbox.session, { recursive: true });
    await writeFile(path.join(sandbox.session, 'keyring.json'), 'garbage');
    const result = await run(ICLOUD, ['status', ...sandbox.account], sandbox.env);
    expect(result.stdout).toMatch(/password: {6}cannot be read \(.*keyring\.json is damaged/);
    expect(result.stdout).toContain('signed in:');
  });

  test('a working directory that is gone is none of its business', async () => {
    const gone = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-test-'));
    const through = ['/bin/sh', '-c', 'cd "$0" && rmdir "$0" && exec "$@"', gone];
    const result = await finished(start(path.resolve(ICLOUD), ['--version'], {}, through));
    expect(result).toMatchObject({ code: 0, stderr: '' });
  });

  test('on a machine without a keyring nothing is in the way', async () => {
    await using sandbox = await createSandbox();
    const result = await run(ICLOUD, [...sandbox.account, '--delete-from-keyring'], sandbox.env);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toContain('The keyring holds no password of jane@example.com');
  });

  test.skipIf(!hasTerminal)('proves the password, asks for a code, offers to keep the password', async () => {
    await using sandbox = await createSandbox();
    const terminal = new TerminalRun(ICLOUD, sandbox.account, sandbox.env);
    await terminal.see(/iCloud Password for jane@example\.com:/);
    terminal.type(PASSWORD);
    await terminal.see(/two-factor authentication code or device index/);
    terminal.type(lastCode(sandbox));
    await terminal.see(/Save password in keyring\? \(y\/N\) /);
    terminal.type('n');
    await terminal.see(/Authentication completed successfully/);
    expect(await terminal.end()).toBe(0);

    // with a good session the password is proven all the same: it is what is to be kept
    const second = new TerminalRun(ICLOUD, sandbox.account, sandbox.env);
    await second.see(/iCloud Password for jane@example\.com:/);
    second.type(PASSWORD);
    await second.see(/Save password in keyring\? \(y\/N\) /);
    second.type('y');
    await second.see(/was saved in the encrypted file .*keyring\.json/);
    expect(await second.end()).toBe(0);
    expect(sandbox.simulator.control.codesSent()).toMatchObject({ device: 1 });

    // from now on nothing asks for it
    sandbox.simulator.control.expireSessions(undefined, { tokens: true });
    const third = await run('src/bin/icloudpd.ts', [...sandbox.account, '--auth-only'], sandbox.env);
    expect(third.code).toBe(0);
    const deleted = await run(ICLOUD, [...sandbox.account, '--delete-from-keyring'], sandbox.env);
    expect(deleted.stdout).toMatch(/^Password delete from keyring\nIt was in the encrypted file/);
  });

  test('-n never asks', async () => {
    await using sandbox = await createSandbox();
    const result = await run(ICLOUD, [...sandbox.account, '-n'], sandbox.env);
    expect(result.code).toBe(4);
  });
});
