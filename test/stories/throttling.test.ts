import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FakeClock, HOUR_MS, MINUTE_MS } from '../support/fake-clock.ts';
import { icloud, icloudpd } from '../support/in-process.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

const SIGN_IN = ['--auth-only'];

function count(sandbox: Sandbox, part: string): number {
  return sandbox.simulator.control.requests().filter((request) => request.path.includes(part)).length;
}

async function coolDownUntil(sandbox: Sandbox): Promise<unknown> {
  return JSON.parse(await readFile(path.join(sandbox.session, 'janeexamplecom.state.json'), 'utf8')).coolDownUntil;
}

describe('Apple refuses for now', () => {
  test('story 11: one attempt, the cool-down is on the disk, and a restart within it asks Apple nothing', async () => {
    const clock = new FakeClock();
    await using sandbox = await createSandbox({ clock });
    const { control } = sandbox.simulator;
    control.set('throttle', { status: 503 });
    const refused = await icloudpd(sandbox, SIGN_IN, { clock });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/temporary refusing to serve icloudpd\. Wait .*\(Until 2035-01-01 \d\d:15\.\)/);
    expect(count(sandbox, 'signin/init')).toBe(1);
    expect(await coolDownUntil(sandbox)).toBe(clock.now() + 15 * MINUTE_MS);

    control.set('throttle', false);
    control.clearRequests();
    for (let restart = 0; restart < 3; restart += 1) {
      clock.advance(5 * MINUTE_MS - 1);
      const early = await icloudpd(sandbox, SIGN_IN, { clock });
      expect([early.code, control.requests().length]).toEqual([1, 0]);
      expect(early.stdout).toMatch(/Apple refused sign-ins a while ago, .* \(Until 2035-01-01 \d\d:15\.\)/);
    }
    clock.advance(3);
    expect((await icloudpd(sandbox, SIGN_IN, { clock })).code).toBe(0);
    expect(await coolDownUntil(sandbox)).toBeUndefined();
  });

  test('story 11: every further refusal doubles the wait, up to six hours; Retry-After wins when it is longer', async () => {
    const clock = new FakeClock();
    await using sandbox = await createSandbox({ clock });
    const waits: unknown[] = [];
    const refuse = async (): Promise<void> => {
      await icloudpd(sandbox, SIGN_IN, { clock });
      const wait = Number(await coolDownUntil(sandbox)) - clock.now();
      waits.push(wait / MINUTE_MS);
      clock.advance(wait);
    };
    sandbox.simulator.control.set('throttle', { status: 429 });
    for (let nth = 0; nth < 6; nth += 1) await refuse();
    sandbox.simulator.control.set('throttle', { status: 503, retryAfter: (12 * HOUR_MS) / 1000 });
    await refuse();
    expect(waits).toEqual([15, 30, 60, 120, 240, 360, 720]);
  });

  test('story 11: for China too a refusal is not tried at a second host', async () => {
    await using sandbox = await createSandbox();
    sandbox.simulator.control.set('throttle', { status: 503 });
    expect((await icloudpd(sandbox, [...SIGN_IN, '--domain', 'cn'])).code).toBe(1);
    expect(count(sandbox, 'signin/init')).toBe(1);
  });

  test('a refusal of the setup service is one too; "icloud login" waits, "icloud login --now" does not', async () => {
    const clock = new FakeClock();
    await using sandbox = await createSandbox({ clock });
    const { control } = sandbox.simulator;
    expect((await icloudpd(sandbox, SIGN_IN, { clock })).code).toBe(0);
    control.set('setupThrottle', { status: 503 });
    control.clearRequests();
    expect((await icloudpd(sandbox, SIGN_IN, { clock })).code).toBe(1);
    expect(control.requests()).toHaveLength(1);

    control.set('setupThrottle', false);
    control.clearRequests();
    const waits = await icloud(sandbox, ['login'], { clock });
    expect([waits.code, control.requests().length]).toEqual([1, 0]);
    expect(waits.stderr).toMatch(/"icloud login --now" tries at once/);
    const insists = await icloud(sandbox, ['login', '--now'], { clock });
    expect([insists.code, insists.stdout]).toEqual([0, expect.stringContaining('The stored session is good')]);
    // what was insisted on and went well ends the cool-down for everybody
    expect((await icloudpd(sandbox, SIGN_IN, { clock })).code).toBe(0);
  });
});

describe('what is blamed on the password', () => {
  const REJECTED = 'Invalid email/password combination';

  async function withFault(path: string, status: number): Promise<string> {
    await using sandbox = await createSandbox();
    sandbox.simulator.control.inject({ match: { path }, times: 10, effect: { kind: 'status', status } });
    const result = await icloudpd(sandbox, SIGN_IN);
    expect(result.code).toBe(1);
    return result.stdout;
  }

  test.each([
    ['429 before the proof', 'signin/init', 429],
    ['429 at the proof', 'signin/complete', 429],
    ['403 before the proof', 'signin/init', 403],
    ['403 at the proof', 'signin/complete', 403],
    ['400 before the proof', 'signin/init', 400],
    ['400 at the proof', 'signin/complete', 400],
    ['401 before the proof', 'signin/init', 401],
  ])('story 12: %s is not', async (_, path, status) => {
    expect(await withFault(path, status)).not.toContain(REJECTED);
  });

  test('story 12: 401 at the proof is', async () => {
    expect(await withFault('signin/complete', 401)).toContain(REJECTED);
  });
});
