import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DOUBT } from './support/doubt.ts';
import { createSandbox, ICLOUDPD, PASSWORD, type Sandbox, USER } from './support/sandbox.ts';
import { hasTerminal, run, TerminalRun } from './support/terminal.ts';

const PROMPT = /Please enter two-factor authentication code or device index \(a\.\.b\) to send SMS with a code: /;
const SMS_PROMPT = /Please enter two-factor authentication code that you received over SMS: /;

function authOnly(sandbox: Sandbox, ...more: string[]): TerminalRun {
  return new TerminalRun(ICLOUDPD, ['--auth-only', ...sandbox.account, ...more], sandbox.env);
}

function lastCode(sandbox: Sandbox): string {
  const sent = sandbox.simulator.control.lastCode();
  if (!sent) throw new Error('no code was sent');
  return sent.code;
}

/** A six-digit code that is not the one sent. */
function wrongCode(sandbox: Sandbox): string {
  return lastCode(sandbox) === '111111' ? '222222' : '111111';
}

function paths(sandbox: Sandbox, part: string): number {
  return sandbox.simulator.control.requests().filter((request) => request.path.includes(part)).length;
}

describe.skipIf(!hasTerminal)('signing in at a terminal (waits for util-linux script where it is missing)', () => {
  test('password and code; the password is not shown; the second run asks nothing', async () => {
    await using sandbox = await createSandbox();
    const terminal = authOnly(sandbox);
    await terminal.see(/iCloud Password for jane@example\.com:/);
    terminal.type(PASSWORD);
    await terminal.see(/Two-factor authentication is required \(2fa\)/);
    await terminal.see(/ {2}a: .*81\r?\n {2}b: .*46/);
    await terminal.see(PROMPT);
    terminal.type(lastCode(sandbox));
    await terminal.see(
      /Great, you're all set up\. The script can now be run without user interaction until 2FA expires\./,
    );
    await terminal.see(/Authentication completed successfully/);
    expect(await terminal.end()).toBe(0);
    expect(terminal.screen).not.toContain(PASSWORD);
    expect(sandbox.simulator.control.codesSent()).toMatchObject({ device: 1, sms: 0, voice: 0 });

    sandbox.simulator.control.clearRequests();
    const second = await run(ICLOUDPD, ['--auth-only', ...sandbox.account], sandbox.env);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(sandbox.simulator.control.requests().map((request) => request.path)).toEqual(['/setup/ws/1/validate']);
  });

  test('a wrong password, then the right one', async () => {
    await using sandbox = await createSandbox();
    const terminal = authOnly(sandbox);
    await terminal.see(/iCloud Password for/);
    terminal.type('wrong horse');
    await terminal.see(/Invalid email\/password combination\./);
    await terminal.see(/iCloud Password for/);
    terminal.type(PASSWORD);
    await terminal.see(PROMPT);
    terminal.type(lastCode(sandbox));
    expect(await terminal.end()).toBe(0);
  });

  test('three wrong passwords end the run', DOUBT, async () => {
    await using sandbox = await createSandbox();
    const terminal = authOnly(sandbox);
    for (const password of ['one', 'two', 'three']) {
      await terminal.see(/iCloud Password for/);
      terminal.type(password);
    }
    await terminal.see(
      /ERROR {4}Invalid email\/password combination\. Check the Apple ID.* A refused password is not sent again/,
    );
    expect(await terminal.end()).toBe(1);
    expect(paths(sandbox, 'signin/complete')).toBe(3);
  });

  test('wrong codes can be tried again, three in all', async () => {
    await using sandbox = await createSandbox();
    const terminal = authOnly(sandbox, '--password', PASSWORD);
    await terminal.see(PROMPT);
    terminal.type(wrongCode(sandbox));
    await terminal.see(/Failed to verify two-factor authentication code.*\(tries left: 2\)/);
    await terminal.see(PROMPT);
    terminal.type('12345');
    await terminal.see(/Invalid code, should be six digits\. Try again/);
    terminal.type(wrongCode(sandbox));
    await terminal.see(/\(tries left: 1\)/);
    await terminal.see(PROMPT);
    terminal.type(wrongCode(sandbox));
    await terminal.see(/ERROR {4}Failed to verify two-factor authentication code/);
    expect(await terminal.end()).toBe(1);
  });

  test('SMS to the second number, and its code', async () => {
    await using sandbox = await createSandbox();
    const terminal = authOnly(sandbox, '--password', PASSWORD);
    await terminal.see(PROMPT);
    terminal.type('b');
    await terminal.see(/An SMS with a code goes to .*46/);
    await terminal.see(SMS_PROMPT);
    expect(sandbox.simulator.control.lastCode()).toMatchObject({ channel: 'sms', phoneId: 2 });
    terminal.type(lastCode(sandbox));
    await terminal.see(/Authentication completed successfully/);
    expect(await terminal.end()).toBe(0);
  });

  test('a call to the first number', async () => {
    await using sandbox = await createSandbox();
    const terminal = authOnly(sandbox, '--password', PASSWORD);
    await terminal.see(PROMPT);
    terminal.type('ca');
    await terminal.see(/A call with a code goes to .*81/);
    await terminal.see(PROMPT);
    expect(sandbox.simulator.control.lastCode()).toMatchObject({ channel: 'voice', phoneId: 1 });
    terminal.type(lastCode(sandbox));
    expect(await terminal.end()).toBe(0);
  });

  test('a code sent again makes the first one worthless', async () => {
    await using sandbox = await createSandbox();
    const terminal = authOnly(sandbox, '--password', PASSWORD);
    await terminal.see(PROMPT);
    terminal.type('r');
    await terminal.see(/A code was asked for/);
    await terminal.see(PROMPT);
    expect(sandbox.simulator.control.codesSent()).toMatchObject({ device: 2 });
    terminal.type(lastCode(sandbox));
    expect(await terminal.end()).toBe(0);
  });

  test('Ctrl-C at the prompt ends the run at once, and its session can go on', async () => {
    await using sandbox = await createSandbox();
    const terminal = authOnly(sandbox, '--password', PASSWORD);
    await terminal.see(PROMPT);
    terminal.press('\u0003');
    expect(await terminal.end()).toBe(130);
    expect(terminal.screen).toContain('Interrupted');
    expect(terminal.screen).not.toMatch(/\n\s+at /);
  });

  test('a second run of the same account is refused while the first waits for its code', async () => {
    await using sandbox = await createSandbox();
    const terminal = authOnly(sandbox, '--password', PASSWORD);
    await terminal.see(PROMPT);
    const second = await run(ICLOUDPD, ['--auth-only', ...sandbox.account, '-p', PASSWORD], sandbox.env);
    expect(second.code).toBe(1);
    expect(second.stdout).toContain('Another icloudpd is working with the account jane@example.com');
    terminal.type(lastCode(sandbox));
    expect(await terminal.end()).toBe(0);
  });

  test.each(['html-old', 'html-2026'] as const)('phone numbers from the page form %s', async (form) => {
    await using sandbox = await createSandbox();
    sandbox.simulator.control.set('challengeForm', form);
    const terminal = authOnly(sandbox, '--password', PASSWORD);
    await terminal.see(/ {2}b: .*46/);
    await terminal.see(PROMPT);
    terminal.type(lastCode(sandbox));
    expect(await terminal.end()).toBe(0);
  });

  test.each(['204', '409', '409-without-token'] as const)('a right code answered with %s', async (answer) => {
    await using sandbox = await createSandbox();
    sandbox.simulator.control.set('codeAnswer', answer);
    const terminal = authOnly(sandbox, '--password', PASSWORD);
    await terminal.see(PROMPT);
    terminal.type(lastCode(sandbox));
    await terminal.see(/Authentication completed successfully/);
    expect(await terminal.end()).toBe(0);
  });

  test('an account without trusted devices and with one phone gets its SMS by itself', async () => {
    const account = {
      appleId: USER,
      password: PASSWORD,
      trustedDevices: false,
      phones: [{ id: 7, lastTwoDigits: '09' }],
    };
    await using sandbox = await createSandbox({ accounts: [account] });
    const terminal = authOnly(sandbox, '--password', PASSWORD);
    await terminal.see(SMS_PROMPT);
    expect(sandbox.simulator.control.lastCode()).toMatchObject({ channel: 'sms', phoneId: 7 });
    terminal.type(lastCode(sandbox));
    expect(await terminal.end()).toBe(0);
  });

  test('a phone that cannot be reached leaves the other ways open', async () => {
    await using sandbox = await createSandbox();
    sandbox.simulator.control.set('phoneAnswer', '-28248');
    const terminal = authOnly(sandbox, '--password', PASSWORD);
    await terminal.see(PROMPT);
    const code = lastCode(sandbox);
    terminal.type('b');
    await terminal.see(/Failed to send two-factor authentication code/);
    await terminal.see(PROMPT);
    terminal.type(code);
    expect(await terminal.end()).toBe(0);
  });

  test('s2k_fo accounts', async () => {
    const account = { appleId: USER, password: PASSWORD, protocol: 's2k_fo' as const };
    await using sandbox = await createSandbox({ accounts: [account] });
    const terminal = authOnly(sandbox, '--password', PASSWORD);
    await terminal.see(PROMPT);
    terminal.type(lastCode(sandbox));
    expect(await terminal.end()).toBe(0);
  });
});

describe('without a terminal', () => {
  test('a code that is needed is not asked for, and none is sent', async () => {
    await using sandbox = await createSandbox();
    const result = await run(ICLOUDPD, ['--auth-only', ...sandbox.account, '--password', PASSWORD], sandbox.env);
    expect(result.code).toBe(4);
    expect(result.stdout).toMatch(/nobody is there to type the code\. Run "icloud login --username jane@example\.com"/);
    expect(sandbox.simulator.control.codesSent()).toMatchObject({ device: 0, sms: 0, voice: 0 });
  });

  test('a password that is needed names the ways to give it', async () => {
    await using sandbox = await createSandbox();
    const result = await run(ICLOUDPD, ['--auth-only', ...sandbox.account], sandbox.env);
    expect(result.code).toBe(4);
    expect(result.stdout).toMatch(/The password of jane@example\.com is needed.*icloud --username/);
  });

  test('a wrong password is told and sent once', DOUBT, async () => {
    await using sandbox = await createSandbox();
    const result = await run(ICLOUDPD, ['--auth-only', ...sandbox.account, '--password', 'wrong horse'], sandbox.env);
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/Invalid email\/password combination\. Check the Apple ID/);
    expect(paths(sandbox, 'signin/complete')).toBe(1);
    expect(result.stdout).not.toContain('wrong horse');
  });

  test('an app-specific password is refused before Apple counts it', async () => {
    await using sandbox = await createSandbox();
    const result = await run(ICLOUDPD, ['--auth-only', ...sandbox.account, '-p', 'abcd-efgh-ijkl-mnop'], sandbox.env);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('app-specific password');
    expect(paths(sandbox, 'signin')).toBe(0);
  });

  test.each([503, 429] as const)('HTTP %i speaks of waiting, not of the password', async (status) => {
    await using sandbox = await createSandbox();
    sandbox.simulator.control.set('throttle', { status });
    const result = await run(ICLOUDPD, ['--auth-only', ...sandbox.account, '-p', PASSWORD], sandbox.env);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('Apple iCloud is temporary refusing to serve icloudpd');
    expect(result.stdout).not.toContain('password combination');
    expect(paths(sandbox, 'signin/init')).toBe(1);
  });

  test('nobody listening: one try, its cause, and what to check', async () => {
    await using sandbox = await createSandbox();
    await sandbox.simulator.close();
    const result = await run(ICLOUDPD, ['--auth-only', ...sandbox.account, '-p', PASSWORD], sandbox.env);
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/Cannot connect to Apple iCloud service\. Check the network/);
  });
});

describe.skipIf(!hasTerminal)('a stored session (waits for util-linux script where it is missing)', () => {
  async function signedIn(): Promise<Sandbox> {
    const sandbox = await createSandbox();
    const terminal = authOnly(sandbox, '--password', PASSWORD);
    await terminal.see(PROMPT);
    terminal.type(lastCode(sandbox));
    expect(await terminal.end()).toBe(0);
    sandbox.simulator.control.clearRequests();
    return sandbox;
  }

  test('dead cookies: the token opens the session again, without a password', async () => {
    await using sandbox = await signedIn();
    sandbox.simulator.control.expireSessions();
    const result = await run(ICLOUDPD, ['--auth-only', ...sandbox.account], sandbox.env);
    expect(result.code).toBe(0);
    expect(sandbox.simulator.control.requests().map((request) => request.path)).toEqual([
      '/setup/ws/1/validate',
      '/setup/ws/1/accountLogin',
    ]);
  });

  test('a dead token too: the password is proven once, and the kept trust saves the code', async () => {
    await using sandbox = await signedIn();
    sandbox.simulator.control.expireSessions(USER, { tokens: true });
    const result = await run(ICLOUDPD, ['--auth-only', ...sandbox.account, '-p', PASSWORD], sandbox.env);
    expect(result.code).toBe(0);
    expect(paths(sandbox, 'signin/complete')).toBe(1);
    expect(sandbox.simulator.control.codesSent()).toMatchObject({ device: 1 });
  });

  test('the files hold no password and are private', async () => {
    await using sandbox = await signedIn();
    const session = await readFile(path.join(sandbox.session, 'janeexamplecom.session'), 'utf8');
    const cookies = await readFile(path.join(sandbox.session, 'janeexamplecom'), 'utf8');
    expect(session).toContain('"trust_token"');
    expect(cookies).toMatch(/^#LWP-Cookies-2\.0\n/);
    expect(session + cookies).not.toContain(PASSWORD);
  });
});
