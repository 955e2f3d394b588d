import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { icloudpd, type Output } from '../support/in-process.ts';
import { nobody, scripted } from '../support/people.ts';
import { createSandbox, type Sandbox, USER } from '../support/sandbox.ts';
import { hasTerminal, TerminalRun } from '../support/terminal.ts';

/** Every character that a shell, a parser or an encoding could change, blanks at both ends among them. */
const ODD = ` @ $HOME "double" 'single' \\back\\n %20 %s ~ # ! \`x\` * ; & | äöü ß Ж 密码 🔑 `;

async function account(password = ODD): Promise<Sandbox> {
  return createSandbox({ accounts: [{ appleId: USER, password }] });
}

function proofs(sandbox: Sandbox): number {
  return sandbox.simulator.control.requests().filter(({ path }) => path.endsWith('signin/complete')).length;
}

/** Somebody types the code; the password comes from elsewhere. */
function codeOnly(sandbox: Sandbox) {
  return { ...scripted(sandbox, []), askHidden: async () => undefined };
}

function expectProven(sandbox: Sandbox, result: Output): void {
  expect(result.stdout).toContain('Authentication completed successfully');
  expect(result.code).toBe(0);
  expect(proofs(sandbox)).toBe(1);
  expect(result.stdout + result.stderr).not.toContain(ODD.trim());
}

describe('story 13: a password with every odd character is proven as it is', () => {
  test('from a prompt', async () => {
    await using sandbox = await account();
    expectProven(sandbox, await icloudpd(sandbox, ['--auth-only'], { prompter: scripted(sandbox, [], [ODD]) }));
  });

  test.skipIf(!hasTerminal)('from a real terminal (waits for util-linux script where it is missing)', async () => {
    await using sandbox = await account();
    const terminal = new TerminalRun('src/bin/icloudpd.ts', ['--auth-only', ...sandbox.account], sandbox.env);
    await terminal.see(/iCloud Password for/);
    terminal.type(ODD);
    await terminal.see(/two-factor authentication code or device index/);
    terminal.type(sandbox.simulator.control.lastCode()?.code ?? '');
    expect(await terminal.end()).toBe(0);
    expect(terminal.screen).not.toContain(ODD.trim());
  });

  test.each(['', '\n', '\r\n', '\na second line\n'])('from a file that goes on with %j', async (after) => {
    await using sandbox = await account();
    const file = path.join(sandbox.env.HOME ?? '', 'password');
    await writeFile(file, ODD + after, { mode: 0o600 });
    const args = ['--auth-only', '--password-provider', 'file'];
    const there = { ...sandbox, account: [...sandbox.account, '--password-file', file] };
    expectProven(sandbox, await icloudpd(there, args, { prompter: codeOnly(sandbox) }));
  });

  test('from a command', async () => {
    await using sandbox = await account();
    const file = path.join(sandbox.env.HOME ?? '', 'the manager.sh');
    await writeFile(file, `#!/bin/sh\ncat <<'END'\n${ODD}\nmore\nEND\n`);
    await chmod(file, 0o700);
    const there = { ...sandbox, account: [...sandbox.account, '--password-command', `"${file}" --item 'Apple ID'`] };
    expectProven(sandbox, await icloudpd(there, ['--auth-only'], { prompter: codeOnly(sandbox) }));
  });

  test('from the environment', async () => {
    await using sandbox = await account();
    const env = { ICLOUDPD_PASSWORD: ODD };
    expectProven(sandbox, await icloudpd(sandbox, ['--auth-only'], { prompter: codeOnly(sandbox), env }));
  });

  test('from a file that the environment names', async () => {
    await using sandbox = await account();
    const file = path.join(sandbox.env.HOME ?? '', 'secret');
    await writeFile(file, `${ODD}\n`, { mode: 0o444 });
    const env = { ICLOUDPD_PASSWORD_FILE: file };
    expectProven(sandbox, await icloudpd(sandbox, ['--auth-only'], { prompter: codeOnly(sandbox), env }));
  });
});

describe('a place that was named and cannot be used', () => {
  test('a file that others can read is refused, with the way to mend it', async () => {
    await using sandbox = await account();
    const file = path.join(sandbox.env.HOME ?? '', 'password');
    await writeFile(file, ODD, { mode: 0o644 });
    const there = { ...sandbox, account: [...sandbox.account, '--password-file', file] };
    const result = await icloudpd(there, ['--auth-only'], { prompter: nobody });
    expect(result).toMatchObject({ code: 1, stdout: expect.stringContaining(`chmod 600 ${file}`) });
    expect(proofs(sandbox)).toBe(0);
  });

  test.each([
    ['exit 3', 'ended with exit code 3'],
    ['echo', 'printed no password'],
  ])('a command that does %j', async (script, words) => {
    await using sandbox = await account();
    const there = { ...sandbox, account: [...sandbox.account, '--password-command', `sh -c "${script}"`] };
    const result = await icloudpd(there, ['--auth-only'], { prompter: nobody });
    expect(result).toMatchObject({ code: 1, stdout: expect.stringContaining(words) });
    expect(proofs(sandbox)).toBe(0);
  });
});

test('story 14: what has the shape of an app-specific password is refused here, and said to be one', async () => {
  await using sandbox = await account();
  const env = { ICLOUDPD_PASSWORD: 'abcd-efgh-ijkl-mnop' };
  const result = await icloudpd(sandbox, ['--auth-only'], { prompter: nobody, env });
  expect(result).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('This looks like an app-specific password'),
  });
  expect(sandbox.simulator.control.requests()).toEqual([]);
});
