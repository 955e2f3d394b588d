import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  hasKeyring,
  type KeyringMachine,
  type KeyringRequest,
  startKeyringMachine,
} from './support/keyring-machine.ts';
import { createSandbox, ICLOUDPD, PASSWORD, type Sandbox, USER } from './support/sandbox.ts';
import { hasTerminal, run, TerminalRun } from './support/terminal.ts';

const ICLOUD = 'src/bin/icloud.ts';

const PASSWORDS = [
  'plain',
  '  spaces in front, between and behind  ',
  `"double" 'single' \`back\` ''`,
  '@user:pass@host/%40%%s%(here)s',
  '$HOME $(id) !! \\ \\n \\\\',
  'Grüße, naïve café, пароль, 密码, e\u0301',
  '🔑👩‍👩‍👧 and 𝒳',
  'tab\tand\nline',
  'x'.repeat(1000),
] as const;

const read = (account: string): KeyringRequest => ({ do: 'read', account });
const remove = (account: string): KeyringRequest => ({ do: 'delete', account });
const save = (account: string, password: string): KeyringRequest => ({ do: 'save', account, password });

function lastCode(sandbox: Sandbox): string {
  return sandbox.simulator.control.lastCode()?.code ?? '';
}

describe.skipIf(!hasKeyring)(
  "the system keyring and Python's (waits for gnome-keyring, dbus and python3-keyring where they are missing)",
  () => {
    let machine: KeyringMachine;
    beforeAll(async () => {
      machine = await startKeyringMachine();
    });
    afterAll(() => machine[Symbol.asyncDispose]());

    const accounts = PASSWORDS.map((_, index) => `jane+${index}@example.com`);

    test('Python reads every password that this program saves, as it is', async () => {
      await machine.ours(...PASSWORDS.map((password, index) => save(accounts[index] ?? '', password)));
      expect(await machine.python(...accounts.map(read))).toEqual(PASSWORDS);
      // and deletes it for this program too
      expect(await machine.python(...accounts.map(remove))).toEqual(accounts.map(() => null));
      expect(await machine.ours(...accounts.map(read))).toEqual(accounts.map(() => null));
    });

    test('this program reads every password that Python saves, as it is', async () => {
      await machine.python(...PASSWORDS.map((password, index) => save(accounts[index] ?? '', password)));
      expect(await machine.ours(...accounts.map(read))).toEqual(PASSWORDS);
      expect(await machine.ours(...accounts.map(remove))).toEqual(accounts.map(() => null));
      expect(await machine.python(...accounts.map(read))).toEqual(accounts.map(() => null));
    });

    test('what Python saved is replaced where it is', async () => {
      await machine.python(save(USER, 'old'));
      await machine.ours(save(USER, 'new'));
      expect(await machine.python(read(USER), remove(USER), read(USER))).toEqual(['new', null, null]);
    });

    test('accounts are kept apart, as they are spelled', async () => {
      await machine.ours(save('a@example.com', 'one'), save('A@example.com', 'two'));
      expect(await machine.python(read('a@example.com'), read('A@example.com'), read('b@example.com'))).toEqual([
        'one',
        'two',
        null,
      ]);
      await machine.ours(remove('a@example.com'));
      expect(await machine.python(read('a@example.com'), read('A@example.com'))).toEqual([null, 'two']);
    });

    test('two entries, after Python saved beside ours: neither is tried, and a sentence says what to do', async () => {
      await using sandbox = await createSandbox();
      await using disorder = await startKeyringMachine();
      await disorder.ours(save(USER, 'ours'));
      await disorder.python(save(USER, "Python's"));
      const [answer] = await disorder.ours(read(USER));
      expect(answer).toMatchObject({ error: expect.stringContaining('several passwords of jane@example.com') });

      const env = { ...sandbox.env, ...disorder.env };
      const result = await run(ICLOUDPD, [...sandbox.account, '--auth-only'], env);
      expect(result.code).toBe(4);
      expect(result.stdout + result.stderr).toMatch(/several passwords of .* Delete them there, .*secret-tool clear/);
      expect(sandbox.simulator.control.requests()).toEqual([]);
      const deleted = await run(ICLOUD, [...sandbox.account, '--delete-from-keyring'], env);
      expect(deleted).toMatchObject({ code: 1, stdout: '' });
      expect(deleted.stderr).toContain('several passwords of jane@example.com');

      await disorder.python(remove(USER), remove(USER));
      expect(await disorder.ours(read(USER))).toEqual([null]);
    });

    test.skipIf(!hasTerminal)('icloud saves it, a run uses what Python saved, icloud deletes it', async () => {
      await using sandbox = await createSandbox();
      const env = { ...sandbox.env, ...machine.env };
      const terminal = new TerminalRun(ICLOUD, sandbox.account, env);
      await terminal.see(/iCloud Password for/);
      terminal.type(PASSWORD);
      await terminal.see(/two-factor authentication code or device index/);
      terminal.type(lastCode(sandbox));
      await terminal.see(/Save password in keyring\? \(y\/N\) /);
      terminal.type('y');
      await terminal.see(/was saved in the system keyring/);
      expect(await terminal.end()).toBe(0);
      expect(await machine.python(read(USER), remove(USER), save(USER, PASSWORD))).toEqual([PASSWORD, null, null]);

      sandbox.simulator.control.expireSessions(undefined, { tokens: true });
      sandbox.simulator.control.clearRequests();
      const second = await run(ICLOUDPD, [...sandbox.account, '--auth-only'], env);
      expect(second.code).toBe(0);
      const paths = sandbox.simulator.control.requests().map((request) => request.path);
      expect(paths.filter((path) => path.includes('/signin/complete'))).toHaveLength(1);

      const deleted = await run(ICLOUD, [...sandbox.account, '--delete-from-keyring'], env);
      expect(deleted.stdout).toBe('Password delete from keyring\nIt was in the system keyring.\n');
      expect(await machine.python(read(USER))).toEqual([null]);
    });

    test.skipIf(!hasTerminal)('a rejected password is deleted there, the next is asked, and kept there', async () => {
      await using sandbox = await createSandbox();
      const env = { ...sandbox.env, ...machine.env };
      await machine.python(save(USER, 'out of date'));
      const terminal = new TerminalRun(ICLOUDPD, ['--auth-only', ...sandbox.account], env);
      await terminal.see(/Apple rejected the password of jane@example\.com: it was deleted from the system keyring/);
      await terminal.see(/iCloud Password for/);
      expect(await machine.python(read(USER))).toEqual([null]);
      terminal.type(PASSWORD);
      await terminal.see(/two-factor authentication code or device index/);
      terminal.type(lastCode(sandbox));
      expect(await terminal.end()).toBe(0);
      expect(terminal.screen).toContain(`The password of ${USER} was saved in the system keyring`);
      expect(terminal.screen).not.toContain('out of date');
      expect(await machine.python(read(USER))).toEqual([PASSWORD]);
    });

    test.skipIf(!hasTerminal)('a locked keyring asks nobody and hangs nothing: the file takes its place', async () => {
      await using sandbox = await createSandbox();
      await using server = await startKeyringMachine('locked');
      const env = { ...sandbox.env, ...server.env };
      const terminal = new TerminalRun(ICLOUD, sandbox.account, env);
      await terminal.see(/iCloud Password for/);
      terminal.type(PASSWORD);
      await terminal.see(/two-factor authentication code or device index/);
      terminal.type(lastCode(sandbox));
      await terminal.see(/Save password in keyring\? \(y\/N\) /);
      terminal.type('y');
      await terminal.see(/was saved in the encrypted file .*keyring\.json/);
      expect(await terminal.end()).toBe(0);
    });
  },
);
