import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DAY_MS, FakeClock } from '../support/fake-clock.ts';
import { icloud, icloudpd, type Output } from '../support/in-process.ts';
import { nobody } from '../support/people.ts';
import { createSandbox, type Sandbox, USER } from '../support/sandbox.ts';
import { startWebhook, type Webhook } from '../support/webhook.ts';

const SIGN_IN = ['--auth-only'];
const BASE = 'janeexamplecom';

function paths(sandbox: Sandbox): readonly string[] {
  return sandbox.simulator.control.requests().map((request) => request.path);
}

async function stored(sandbox: Sandbox): Promise<Record<string, string>> {
  return JSON.parse(await readFile(path.join(sandbox.session, `${BASE}.session`), 'utf8'));
}

/** A sandbox that is signed in, on a clock of its own, and what makes its daily runs. */
async function installation(): Promise<{
  sandbox: Sandbox;
  clock: FakeClock;
  daily(webhook: Webhook): Promise<Output>;
}> {
  const clock = new FakeClock();
  const sandbox = await createSandbox({ clock });
  const first = await icloudpd(sandbox, SIGN_IN, { clock });
  expect(first.code).toBe(0);
  sandbox.simulator.control.clearRequests();
  return {
    sandbox,
    clock,
    daily(webhook) {
      clock.advance(DAY_MS);
      return icloudpd(sandbox, [...SIGN_IN, '--notify', webhook.url], { clock, prompter: nobody });
    },
  };
}

describe('a stored session', () => {
  test('story 6: a container that is made anew with the same data volume signs in with nothing', async () => {
    const { sandbox, clock } = await installation();
    await using _ = sandbox;
    const elsewhere = path.join(sandbox.photos, 'volume');
    await cp(sandbox.session, elsewhere, { recursive: true });
    await rm(sandbox.session, { recursive: true });
    const again = {
      env: { ...sandbox.env, HOME: elsewhere },
      account: ['--username', USER, '--cookie-directory', elsewhere],
    };
    expect((await icloudpd(again, SIGN_IN, { clock, prompter: nobody })).code).toBe(0);
    expect(paths(sandbox)).toEqual(['/setup/ws/1/validate']);
  });

  test('story 8: thirty days of daily runs tell nobody that anything has expired', async () => {
    const { sandbox, daily } = await installation();
    await using _ = sandbox;
    await using webhook = await startWebhook();
    for (let day = 1; day <= 30; day += 1) expect((await daily(webhook)).code).toBe(0);
    expect(webhook.events()).toEqual([]);
    expect(sandbox.simulator.control.codesSent()).toMatchObject({ device: 1 });
    expect(paths(sandbox).some((each) => each.startsWith('/appleauth'))).toBe(false);
  });
});

describe('the end of the trust', () => {
  test('story 7: within 14 days of it a fresh trust token is stored, and nobody is told anything', async () => {
    const { sandbox, clock, daily } = await installation();
    await using _ = sandbox;
    await using webhook = await startWebhook();
    sandbox.simulator.control.set('retrust', 'granted');
    const before = await stored(sandbox);
    for (let day = 1; day <= 45; day += 1) await daily(webhook);
    expect((await stored(sandbox)).trust_token).toBe(before.trust_token);
    expect((await daily(webhook)).stdout).toContain("Apple's trust was renewed, until 2035-04-17");
    const after = await stored(sandbox);
    expect(after.trust_token).toMatch(/^HSARMTKNSRV/);
    expect(after.trust_token).not.toBe(before.trust_token);
    expect(after.client_id).toBe(before.client_id);
    for (let day = 47; day <= 90; day += 1) expect((await daily(webhook)).code).toBe(0);
    expect(webhook.events()).toEqual([]);
    // the renewed token does what it is for
    sandbox.simulator.control.expireSessions(USER, { tokens: true });
    expect((await icloudpd(sandbox, SIGN_IN, { clock })).code).toBe(0);
    expect(sandbox.simulator.control.codesSent()).toMatchObject({ device: 1 });
  });

  test('story 7: when that fails, warnings go out 14, 7, 3 and 1 days before, and one word when it is over', async () => {
    const { sandbox, clock, daily } = await installation();
    await using _ = sandbox;
    await using webhook = await startWebhook();
    const before = await stored(sandbox);
    const told: [day: number, event: string, title: string][] = [];
    for (let day = 1; day <= 63; day += 1) {
      const known = webhook.notices.length;
      await daily(webhook);
      // a second run on one day tells nothing more
      await icloudpd(sandbox, [...SIGN_IN, '--notify', webhook.url], { clock, prompter: nobody });
      for (const { event, title } of webhook.notices.slice(known)) told.push([day, event, title]);
    }
    expect(told.map(([day, event]) => [day, event])).toEqual([
      [46, 'trust-ending'],
      [53, 'trust-ending'],
      [57, 'trust-ending'],
      [59, 'trust-ending'],
      [60, 'trust-ended'],
    ]);
    expect(told.slice(0, 4).map(([, , title]) => /\d+ days? left/.exec(title)?.[0])).toEqual([
      '14 days left',
      '7 days left',
      '3 days left',
      '1 day left',
    ]);
    expect((await stored(sandbox)).trust_token).toBe(before.trust_token);
    expect(sandbox.simulator.control.codesSent()).toMatchObject({ device: 1 });
  });

  test('story 7: it is tried once a day, and succeeds when Apple allows it later', async () => {
    const { sandbox, clock, daily } = await installation();
    await using _ = sandbox;
    await using webhook = await startWebhook();
    const tries = (): number => paths(sandbox).filter((each) => each.endsWith('/2sv/trust')).length;
    clock.advance(45 * DAY_MS);
    await daily(webhook);
    await icloudpd(sandbox, SIGN_IN, { clock, prompter: nobody });
    expect(tries()).toBe(1);
    sandbox.simulator.control.set('acceptedScnt', 'newest');
    await daily(webhook);
    sandbox.simulator.control.set('retrust', 'granted');
    expect((await daily(webhook)).stdout).toContain("Apple's trust was renewed");
    expect(tries()).toBe(3);
  });
});

describe('coming from icloudpd', () => {
  /** The directory as icloudpd leaves it: two files of its own, readable by others, and nothing of this program. */
  async function icloudpdDirectory(sandbox: Sandbox): Promise<string> {
    const directory = path.join(sandbox.photos, 'pyicloud');
    const session = await stored(sandbox);
    const cookies = await readFile(path.join(sandbox.session, BASE), 'utf8');
    await cp(path.join(sandbox.session, BASE), path.join(directory, BASE));
    await writeFile(path.join(directory, BASE), cookies, { mode: 0o644 });
    // Python's json.dumps puts a space after each colon and comma
    const python = JSON.stringify(session, undefined, 1)
      .replaceAll(/\n\s*/g, ' ')
      .replaceAll(/\{ | \}/g, (brace) => brace.trim());
    await writeFile(path.join(directory, `${BASE}.session`), python, { mode: 0o644 });
    return directory;
  }

  test('story 30: its cookie directory goes on without a sign-in', async () => {
    const { sandbox, clock } = await installation();
    await using _ = sandbox;
    const directory = await icloudpdDirectory(sandbox);
    const result = await icloudpd(
      { env: sandbox.env, account: ['--username', USER, '--cookie-directory', directory] },
      SIGN_IN,
      {
        clock,
        prompter: nobody,
      },
    );
    expect(result.code).toBe(0);
    expect(paths(sandbox)).toEqual(['/setup/ws/1/validate']);
  });

  test('story 30: "icloud import" takes its session over, leaves its files alone, and asks before it replaces one', async () => {
    const { sandbox, clock } = await installation();
    await using _ = sandbox;
    const from = await icloudpdDirectory(sandbox);
    const before = await readFile(path.join(from, `${BASE}.session`), 'utf8');
    const target = path.join(sandbox.photos, 'ours');
    const there = { env: sandbox.env, account: ['--username', USER, '--cookie-directory', target] };
    const imported = await icloud(there, ['import', '--from', from], { clock });
    expect(imported).toMatchObject({ code: 0, stdout: expect.stringContaining('It is good: no sign-in was needed.') });
    expect(paths(sandbox)).toEqual(['/setup/ws/1/validate']);
    expect(await readFile(path.join(from, `${BASE}.session`), 'utf8')).toBe(before);
    expect((await icloudpd(there, SIGN_IN, { clock, prompter: nobody })).code).toBe(0);

    const again = await icloud(there, ['import', '--from', from], { clock });
    expect(again).toMatchObject({ code: 1, stdout: expect.stringContaining('Use --replace') });
    expect((await icloud(there, ['import', '--from', from, '--replace'], { clock })).code).toBe(0);
  });

  test('"icloud import --replace" leaves nothing of the session that was there, and leaves our own files', async () => {
    const { sandbox, clock } = await installation();
    await using _ = sandbox;
    const from = await icloudpdDirectory(sandbox);
    const { trust_token, scnt, ...rest } = await stored(sandbox);
    expect([trust_token, scnt]).not.toContain(undefined);
    await writeFile(path.join(from, `${BASE}.session`), JSON.stringify(rest));
    const state = path.join(sandbox.session, `${BASE}.state.json`);
    const coolDownUntil = clock.now() + 3_600_000;
    await writeFile(state, JSON.stringify({ coolDownUntil }));
    const result = await icloud(sandbox, ['import', '--from', from, '--replace', '-n'], { clock });
    // the cool-down keeps everything from Apple, so that what is stored is what was imported
    expect(result).toMatchObject({ code: 1, stdout: expect.stringContaining('was taken over') });
    expect(await stored(sandbox)).toEqual(rest);
    expect(JSON.parse(await readFile(state, 'utf8'))).toMatchObject({ coolDownUntil });
  });

  test('"icloud import" names a file that is there and cannot be read', async () => {
    const { sandbox, clock } = await installation();
    await using _ = sandbox;
    const from = await icloudpdDirectory(sandbox);
    const target = path.join(sandbox.photos, 'ours');
    const there = { env: sandbox.env, account: ['--username', USER, '--cookie-directory', target] };
    await rm(path.join(from, `${BASE}.session`));
    await mkdir(path.join(from, `${BASE}.session`));
    const result = await icloud(there, ['import', '--from', from], { clock });
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/\.session cannot be read: EISDIR.*\. Make it a readable file and try again\.$/m);
  });
});
