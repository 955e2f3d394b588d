import { expect, test } from 'vitest';
import { icloud, icloudpd } from '../support/in-process.ts';
import { CODE, scripted } from '../support/people.ts';
import { createSandbox, ICLOUDPD, PASSWORD } from '../support/sandbox.ts';
import { hasTerminal, TerminalRun } from '../support/terminal.ts';

const NO_PASSWORD_TYPED =
  'The password of jane@example.com is needed, and none was typed. Run this again and type it; ' +
  '"icloud --username jane@example.com" keeps it in the keyring, so that it is not asked for any more.';

test('an empty line at the password prompt is a slip: the password is asked for again', async () => {
  await using sandbox = await createSandbox();
  const prompter = scripted(sandbox, [CODE], ['', '', PASSWORD]);
  const result = await icloudpd(sandbox, ['--auth-only'], { prompter });
  expect(result.code).toBe(0);
  expect(prompter.seen().match(/Nothing was typed\. Type the password, or press Ctrl-C to stop\./g)).toHaveLength(2);
});

test.each([
  ['empty lines again and again', ['']],
  ['Ctrl-D', [undefined]],
  ['an empty line, then Ctrl-D', ['', undefined]],
])('%s at the password prompt: that none was typed is said, and nothing is sent', async (_, passwords) => {
  await using sandbox = await createSandbox();
  const prompter = scripted(sandbox, [], passwords);
  const result = await icloudpd(sandbox, ['--auth-only'], { prompter });
  expect(result.code).toBe(4);
  expect(result.stdout).toContain(`ERROR    ${NO_PASSWORD_TYPED}\n`);
  expect(result.stdout).not.toContain('in a terminal');
  expect(prompter.seen().match(/iCloud Password for/g)?.length).toBeLessThanOrEqual(3);
  expect(sandbox.simulator.control.requests().filter(({ path }) => path.includes('/appleauth/'))).toEqual([]);
});

test('where nobody can type, the ways to give a password are named as before', async () => {
  await using sandbox = await createSandbox();
  const result = await icloud(sandbox, ['login']);
  expect(result.code).toBe(4);
  expect(result.stderr).toContain('none of the places that may be asked has it');
});

test('Ctrl-D at the code prompt: that no code was entered is said, and how to sign in', async () => {
  await using sandbox = await createSandbox();
  const prompter = scripted(sandbox, []);
  const result = await icloudpd(sandbox, ['--auth-only'], { prompter: { ...prompter, ask: async () => undefined } });
  expect(result.code).toBe(4);
  expect(result.stdout).toContain(
    'ERROR    Two-factor authentication is required (2fa), and no code was entered. ' +
      'Run "icloud login --username jane@example.com" once in a terminal',
  );
});

test.skipIf(!hasTerminal)('Ctrl-D at a real terminal, at either prompt', async () => {
  await using sandbox = await createSandbox();
  const args = ['--auth-only', ...sandbox.account];
  const atPassword = new TerminalRun(ICLOUDPD, args, sandbox.env);
  await atPassword.see(/iCloud Password for/);
  atPassword.press('\u0004');
  await atPassword.see(/and none was typed/);
  expect(await atPassword.end()).toBe(4);

  const atCode = new TerminalRun(ICLOUDPD, [...args, '--password', PASSWORD], sandbox.env);
  await atCode.see(/Please enter two-factor authentication code.*: /);
  atCode.press('\u0004');
  await atCode.see(/and no code was entered/);
  expect(await atCode.end()).toBe(4);
});
