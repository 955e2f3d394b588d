import { describe, expect, test } from 'vitest';
import { icloudpd, type Output } from '../support/in-process.ts';
import { scripted } from '../support/people.ts';
import { createSandbox, PASSWORD, type Sandbox, USER } from '../support/sandbox.ts';

function signIn(
  sandbox: Sandbox,
  {
    typed = [],
    passwords = [PASSWORD],
  }: { readonly typed?: readonly string[]; readonly passwords?: readonly string[] },
): Promise<Output> {
  return icloudpd(sandbox, ['--auth-only'], { prompter: scripted(sandbox, typed, passwords) });
}

function count(sandbox: Sandbox, part: string): number {
  return sandbox.simulator.control.requests().filter((request) => request.path.includes(part)).length;
}

describe('what was stored', () => {
  /** A session that is stored, with the requests that made it forgotten. */
  async function signedIn(): Promise<Sandbox> {
    const sandbox = await createSandbox();
    expect((await signIn(sandbox, {})).code).toBe(0);
    sandbox.simulator.control.clearRequests();
    return sandbox;
  }

  test.each(['ignored', '401', '409'] as const)(
    'staleContext %s: a sign-in left half done does not matter',
    async (staleContext) => {
      await using sandbox = await createSandbox();
      sandbox.simulator.control.set('staleContext', staleContext);
      const left = await icloudpd(sandbox, ['--auth-only'], { code: async () => undefined });
      expect(left.code).toBe(4);
      expect((await signIn(sandbox, {})).code).toBe(0);
    },
  );

  test.each(['lenient', 'strict'] as const)('validate %s: no password, no code', async (validate) => {
    await using sandbox = await signedIn();
    sandbox.simulator.control.set('validate', validate);
    expect((await signIn(sandbox, { passwords: ['not asked for'] })).code).toBe(0);
    expect([count(sandbox, '/appleauth/'), count(sandbox, 'accountLogin')]).toEqual([0, validate === 'strict' ? 1 : 0]);
  });

  test.each(['421', '400'] as const)(
    'deadToken %s: the password once, and the kept trust saves the code',
    async (deadToken) => {
      await using sandbox = await signedIn();
      sandbox.simulator.control.set('deadToken', deadToken);
      sandbox.simulator.control.expireSessions(USER, { tokens: true });
      expect((await signIn(sandbox, {})).code).toBe(0);
      expect(count(sandbox, 'signin/complete')).toBe(1);
      expect(sandbox.simulator.control.codesSent()).toMatchObject({ device: 1 });
    },
  );

  test.each(['account', 'client-id'] as const)(
    'trustBinding %s: the same installation is known again',
    async (trustBinding) => {
      await using sandbox = await signedIn();
      sandbox.simulator.control.set('trustBinding', trustBinding);
      sandbox.simulator.control.expireSessions(USER, { tokens: true });
      expect((await signIn(sandbox, {})).code).toBe(0);
      expect(sandbox.simulator.control.codesSent()).toMatchObject({ device: 1 });
    },
  );

  test('isUnderMaintenance: told, and no password is tried', async () => {
    await using sandbox = await signedIn();
    sandbox.simulator.control.set('isUnderMaintenance', true);
    const result = await signIn(sandbox, {});
    expect([result.code, count(sandbox, '/appleauth/')]).toEqual([1, 0]);
    expect(result.stdout).toContain('iCloud is under maintenance');
  });

  test('setupThrottle: told as a refusal for now, and no password is tried', async () => {
    await using sandbox = await signedIn();
    sandbox.simulator.control.set('setupThrottle', { status: 503 });
    const result = await signIn(sandbox, {});
    expect([result.code, count(sandbox, '/appleauth/')]).toEqual([1, 0]);
    expect(result.stdout).toContain('Apple iCloud is temporary refusing to serve icloudpd');
  });

  test('maxWrongCodes: after too many no code is asked for any more', async () => {
    await using sandbox = await createSandbox();
    expect((await signIn(sandbox, { typed: ['000000', '000000', '000000'] })).code).toBe(1);
    const before = sandbox.simulator.control.codesSent();
    const result = await signIn(sandbox, {});
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('Apple has locked verification codes for this account for now');
    expect(sandbox.simulator.control.codesSent()).toEqual(before);
  });
});
