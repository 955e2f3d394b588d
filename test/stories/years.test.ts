import { mkdir, rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { Interruption } from '../../src/app/context.ts';
import { accountPaths } from '../../src/session/paths.ts';
import { DOUBT } from '../support/doubt.ts';
import { FakeClock, HOUR_MS } from '../support/fake-clock.ts';
import { icloud, icloudpd } from '../support/in-process.ts';
import { nobody, scripted } from '../support/people.ts';
import { createSandbox, ICLOUDPD, PASSWORD, type Sandbox, USER } from '../support/sandbox.ts';
import { finished, start, untilWritten } from '../support/terminal.ts';
import { startWebhook } from '../support/webhook.ts';

function proofs({ simulator }: Sandbox): number {
  return simulator.control.requests().filter(({ path }) => path.endsWith('signin/complete')).length;
}

/** Somebody who has a code, and nothing else. */
function codes({ simulator }: Sandbox) {
  return { ...nobody, attended: true, ask: async () => simulator.control.lastCode()?.code };
}

/** A watch loop of an hour. `between` is called at the end of each round, and says whether there is another. */
async function watch(
  sandbox: Sandbox,
  clock: FakeClock,
  args: readonly string[],
  between: (round: number) => boolean | Promise<boolean>,
) {
  const end = new AbortController();
  const rounds = (async () => {
    for (let round = 1; ; round += 1) {
      await clock.asleep(HOUR_MS);
      if (!(await between(round))) return end.abort(new Interruption('SIGTERM'));
      const next = clock.nextSleep(HOUR_MS);
      clock.advance(HOUR_MS);
      await next;
    }
  })();
  const loop = ['-d', sandbox.photos, '--watch-with-interval', '3600', '--mfa-wait', '0', ...args];
  const result = await icloudpd(sandbox, loop, { clock, signal: end.signal, prompter: nobody });
  await rounds;
  return result;
}

describe('a password that Apple refused', () => {
  test(
    'is sent once, however often a program runs with it; a person who types it is not held to that',
    DOUBT,
    async () => {
      await using sandbox = await createSandbox();
      const env = { ICLOUDPD_PASSWORD: 'out of date' };
      for (let run = 0; run < 3; run += 1) {
        const result = await icloudpd(sandbox, ['--auth-only'], { env, prompter: nobody });
        expect([result.code, result.stdout]).toEqual([
          1,
          expect.stringContaining('A refused password is not sent again by itself'),
        ]);
      }
      expect(proofs(sandbox)).toBe(1);
      const changed = { env: { ICLOUDPD_PASSWORD: 'another wrong one' }, prompter: nobody };
      await icloudpd(sandbox, ['--auth-only'], changed);
      expect(proofs(sandbox)).toBe(2);
      await icloudpd(sandbox, ['--auth-only'], changed);
      expect(proofs(sandbox)).toBe(2);

      sandbox.simulator.control.changeAccount({ password: 'another wrong one' });
      await icloudpd(sandbox, ['--auth-only'], { ...changed, prompter: codes(sandbox) });
      expect(proofs(sandbox)).toBe(2);
      const byHand = await icloud(sandbox, ['login', '--now', '--password', 'another wrong one']);
      expect([byHand.code, proofs(sandbox)]).toEqual([4, 3]);
      sandbox.simulator.control.changeAccount({ password: PASSWORD });
      expect((await icloudpd(sandbox, ['--auth-only'])).code).toBe(0);
    },
  );
});

describe('several wrong passwords', () => {
  test('from several places are each sent once', DOUBT, async () => {
    await using sandbox = await createSandbox();
    const places = ['--password-provider', 'parameter', '--password-provider', 'env', '--auth-only'];
    const account = [...sandbox.account, '--password', 'wrong'];
    const more = { env: { ICLOUDPD_PASSWORD: 'wrong as well' }, prompter: nobody };
    for (let run = 0; run < 3; run += 1) {
      expect((await icloudpd({ ...sandbox, account }, places, more)).code).toBe(1);
      expect(proofs(sandbox)).toBe(2);
    }
  });

  test('typed after a remembered one may be as many as ever', DOUBT, async () => {
    await using sandbox = await createSandbox();
    const env = { ICLOUDPD_PASSWORD: 'out of date' };
    await icloudpd(sandbox, ['--auth-only'], { env, prompter: nobody });
    const typed = { env, prompter: scripted(sandbox, [], ['one', 'two', PASSWORD]) };
    expect((await icloudpd(sandbox, ['--auth-only'], typed)).code).toBe(0);
    expect(proofs(sandbox)).toBe(4);
  });
});

test('a locked account is left alone for hours, with its cause; a person who unlocked it need not wait', async () => {
  await using sandbox = await createSandbox();
  const clock = new FakeClock();
  sandbox.simulator.control.changeAccount({ locked: true });
  const run = () =>
    icloudpd(sandbox, ['--auth-only'], { clock, env: { ICLOUDPD_PASSWORD: PASSWORD }, prompter: codes(sandbox) });
  const first = await run();
  expect([first.code, first.stdout]).toEqual([1, expect.stringContaining('Apple has locked this Apple ID')]);
  const asked = sandbox.simulator.control.requests().length;
  clock.advance(HOUR_MS);
  const second = await run();
  expect(second.stdout).toContain('Apple has locked this Apple ID');
  expect(second.stdout).toContain('"icloud login --now" tries at once');
  expect(sandbox.simulator.control.requests()).toHaveLength(asked);
  sandbox.simulator.control.changeAccount({ locked: false });
  clock.advance(6 * HOUR_MS);
  expect((await run()).code).toBe(0);
});

test('a trouble behind a good sign-in is told once, and once that it is over', async () => {
  const clock = new FakeClock();
  await using sandbox = await createSandbox({ clock });
  await using webhook = await startWebhook();
  await icloudpd(sandbox, ['--auth-only'], { clock });
  sandbox.simulator.control.set('photos', 'not-set-up');
  await watch(sandbox, clock, ['--notify', webhook.url], (round) => {
    if (round === 3) sandbox.simulator.control.set('photos', 'ready');
    return round < 5;
  });
  expect(webhook.events()).toEqual(['attention', 'signed-in-again']);
});

test('a state that cannot be written is told, and the loop goes on', async () => {
  const clock = new FakeClock();
  await using sandbox = await createSandbox({ clock });
  await icloudpd(sandbox, ['--auth-only'], { clock });
  const { state } = accountPaths(sandbox.session, USER);
  const result = await watch(sandbox, clock, [], async (round) => {
    if (round === 1) {
      await rm(state);
      await mkdir(state);
    }
    return round < 4;
  });
  expect(result.code).toBe(143);
  expect(result.stdout).toMatch(/ERROR {4}The session directory .* cannot be used: EISDIR/);
  expect(result.stdout.match(/Waiting for 3600 sec/g)).toHaveLength(4);
});

describe('the process', () => {
  test('whose reader goes away does not say that all is done', async () => {
    await using sandbox = await createSandbox({ library: { assets: 300 }, latencyMs: 5 });
    await icloudpd(sandbox, ['--auth-only']);
    const child = start(ICLOUDPD, ['-d', sandbox.photos, ...sandbox.account], sandbox.env);
    await untilWritten(child, 'Downloaded ');
    const end = finished(child);
    child.stdout.destroy();
    expect(await end).toMatchObject({ code: 141 });
  });

  test('started with nohup outlives the terminal', async () => {
    await using sandbox = await createSandbox({ library: { assets: 1 } });
    await icloudpd(sandbox, ['--auth-only']);
    const args = ['-d', sandbox.photos, '--watch-with-interval', '3600', ...sandbox.account];
    const child = start(ICLOUDPD, args, sandbox.env, ['nohup']);
    await untilWritten(child, 'Waiting for 3600 sec');
    const end = finished(child);
    child.kill('SIGHUP');
    child.kill('SIGTERM');
    expect(await end).toMatchObject({ code: 143 });
  });
});
