import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { Interruption } from '../../src/app/context.ts';
import { askRun, type CodeRequest } from '../../src/session/code-socket.ts';
import { accountPaths } from '../../src/session/paths.ts';
import { DAY_MS, FakeClock, HOUR_MS } from '../support/fake-clock.ts';
import { icloud, icloudpd, type Output } from '../support/in-process.ts';
import { mailServer } from '../support/mail-server.ts';
import { nobody } from '../support/people.ts';
import { createSandbox, ICLOUDPD, PASSWORD, readTree, type Sandbox, USER } from '../support/sandbox.ts';
import { finished, start } from '../support/terminal.ts';
import { startWebhook } from '../support/webhook.ts';

const OTHER = 'john@example.com';
const WAIT = ['--mfa-wait', '3600'];
const ENV = { ICLOUDPD_PASSWORD: PASSWORD };

/** A sandbox whose accounts are all signed in, on a clock of its own. */
async function home(appleIds: readonly string[] = [USER]): Promise<{ sandbox: Sandbox; clock: FakeClock }> {
  const clock = new FakeClock();
  const accounts = appleIds.map((appleId) => ({ appleId, password: PASSWORD }));
  const sandbox = await createSandbox({ clock, accounts, library: { assets: 3 } });
  for (const appleId of appleIds) {
    const account = ['--username', appleId, '--cookie-directory', sandbox.session];
    const code = async () => sandbox.simulator.control.lastCode(appleId)?.code;
    expect((await icloudpd({ ...sandbox, account }, ['--auth-only'], { clock, code })).code).toBe(0);
  }
  sandbox.simulator.control.clearRequests();
  return { sandbox, clock };
}

function download(sandbox: Sandbox, clock: FakeClock, more: readonly string[], signal?: AbortSignal): Promise<Output> {
  const args = ['-d', sandbox.photos, ...more];
  return icloudpd(sandbox, args, { clock, prompter: nobody, env: ENV, ...(signal ? { signal } : {}) });
}

function ask({ session }: Sandbox, request: CodeRequest) {
  return askRun(accountPaths(session, USER).socket, request);
}

describe('story 9: the trust ends at three in the morning', () => {
  test('nothing is sent to any device; one notice says how to answer; a code handed in goes on with the download', async () => {
    const { sandbox, clock } = await home();
    await using _ = sandbox;
    await using webhook = await startWebhook();
    const { control } = sandbox.simulator;
    control.expireTrust();
    const sentBefore = control.codesSent();
    const run = download(sandbox, clock, [...WAIT, '--notify', webhook.url]);
    await clock.asleep(HOUR_MS);
    await untilTold(sandbox);
    expect(control.codesSent()).toEqual(sentBefore);
    expect(webhook.events()).toEqual(['code-needed']);
    expect(webhook.notices[0]?.text).toContain(
      `icloud code --username ${USER} --cookie-directory ${sandbox.session} 123456`,
    );

    // longer than Apple remembers a sign-in that waits for its code: the wish is carried over to a new one
    clock.advance(HOUR_MS / 2);
    expect(await ask(sandbox, { do: 'status' })).toMatchObject({
      ok: true,
      text: expect.stringContaining('No code was sent yet'),
    });
    expect(await ask(sandbox, { do: 'send', to: 'sms', number: 7 })).toMatchObject({ ok: false });
    const sent = clock.nextSleep(HOUR_MS);
    expect(await ask(sandbox, { do: 'send', to: 'devices' })).toMatchObject({ ok: true });
    await sent;
    expect(control.codesSent().device).toBe(sentBefore.device + 1);
    expect(await ask(sandbox, { do: 'code', code: control.lastCode()?.code ?? '' })).toMatchObject({ ok: true });
    const result = await run;
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('3 items in iCloud = 3 downloaded');
    await webhook.received(2);
    expect(webhook.events()).toEqual(['code-needed', 'signed-in-again']);
  });

  test('a wrong code handed in leaves the run waiting for another', async () => {
    const { sandbox, clock } = await home();
    await using _ = sandbox;
    const { control } = sandbox.simulator;
    control.expireTrust();
    const run = download(sandbox, clock, WAIT);
    await clock.asleep(HOUR_MS);
    for (const request of [
      { do: 'code', code: '000000' },
      { do: 'send', to: 'sms', number: 1 },
    ] as const) {
      const again = clock.nextSleep(HOUR_MS);
      await ask(sandbox, request);
      await again;
    }
    expect(control.lastCode()).toMatchObject({ channel: 'sms', phoneId: 2 });
    await ask(sandbox, { do: 'code', code: control.lastCode()?.code ?? '' });
    expect(await run).toMatchObject({ code: 0, stdout: expect.stringContaining('= 3 downloaded') });
  });

  test('another account of the run is downloaded meanwhile', async () => {
    const { sandbox, clock } = await home([USER, OTHER]);
    await using _ = sandbox;
    sandbox.simulator.control.expireTrust(USER);
    const done = Promise.withResolvers<void>();
    const run = icloudpd({ ...sandbox, account: [] }, bothOf(sandbox), {
      clock,
      prompter: nobody,
      env: ENV,
      onOutput: (text) => text.includes('All photos and videos have been downloaded') && done.resolve(),
    });
    await done.promise;
    expect([...(await readTree(sandbox.photos)).keys()].every((name) => name.startsWith('john/'))).toBe(true);
    clock.advance(HOUR_MS);
    const result = await run;
    expect(result.code).toBe(4);
    expect(result.stdout).toContain('= 3 downloaded');
  });

  test('a code goes on its way at once, although another account is downloading meanwhile', async () => {
    const { sandbox, clock } = await home([USER, OTHER]);
    await using _ = sandbox;
    const { control } = sandbox.simulator;
    control.expireTrust(USER);
    control.inject({
      match: { path: '/B/' },
      effect: { kind: 'status', status: 503, headers: { 'Retry-After': '100' } },
    });
    const run = icloudpd({ ...sandbox, account: [] }, bothOf(sandbox), {
      clock,
      prompter: nobody,
      env: ENV,
    });
    // the other one is in the middle of its download, and stays there
    await Promise.all([clock.asleep(HOUR_MS), clock.asleep(100_000)]);
    const sent = control.codesSent().device;
    const waitsAgain = clock.nextSleep(HOUR_MS);
    expect(await ask(sandbox, { do: 'send', to: 'devices' })).toMatchObject({ ok: true });
    await waitsAgain;
    expect(control.codesSent().device).toBe(sent + 1);
    control.clearRequests();
    expect(await ask(sandbox, { do: 'code', code: control.lastCode(USER)?.code ?? '' })).toMatchObject({ ok: true });
    await until(() => control.requests().some(({ path }) => path.endsWith('/accountLogin')));
    clock.advance(100_000);
    const result = await run;
    expect(result.code).toBe(0);
    expect(result.stdout.match(/= 3 downloaded/g)).toHaveLength(2);
  });

  test('when the time is over the run ends with exit code 4; without --mfa-wait at once', async () => {
    const { sandbox, clock } = await home();
    await using _ = sandbox;
    sandbox.simulator.control.expireTrust();
    const sent = sandbox.simulator.control.codesSent();
    const run = download(sandbox, clock, WAIT);
    await clock.asleep(HOUR_MS);
    clock.advance(HOUR_MS);
    expect((await run).code).toBe(4);
    expect((await download(sandbox, clock, [])).code).toBe(4);
    expect(sandbox.simulator.control.codesSent()).toEqual(sent);
  });

  test('SIGTERM ends the wait at once', async () => {
    const { sandbox, clock } = await home();
    await using _ = sandbox;
    sandbox.simulator.control.expireTrust();
    const stop = new AbortController();
    const run = download(sandbox, clock, WAIT, stop.signal);
    await clock.asleep(HOUR_MS);
    stop.abort(new Interruption('SIGTERM'));
    expect((await run).code).toBe(143);
  });
});

describe('what is told, and how often', () => {
  test('one trouble is told once, by web and by mail, whatever the number of restarts; its end is told once', async () => {
    const { sandbox, clock } = await home();
    await using _ = sandbox;
    await using webhook = await startWebhook();
    await using mail = await mailServer();
    const tell = [
      ...['--notify', webhook.url, '--smtp-host', '127.0.0.1', '--smtp-port', String(mail.port), '--smtp-no-tls'],
      ...['--notification-email', 'jane@example.org'],
    ];
    const { control } = sandbox.simulator;
    control.expireTrust();
    for (let restart = 0; restart < 4; restart += 1) {
      expect((await download(sandbox, clock, tell)).code).toBe(4);
      clock.advance(DAY_MS);
    }
    expect(webhook.events()).toEqual(['code-needed']);
    expect(mail.subjects()).toEqual(['icloud_photos_downloader: Two step authentication has expired']);

    const code = async () => control.lastCode()?.code;
    expect((await icloudpd(sandbox, ['--auth-only', ...tell], { clock, code })).code).toBe(0);
    for (let restart = 0; restart < 3; restart += 1) expect((await download(sandbox, clock, tell)).code).toBe(0);
    expect(webhook.events()).toEqual(['code-needed', 'signed-in-again']);
    expect(mail.subjects()).toHaveLength(2);

    // the next trouble is a new one
    control.changeAccount({ termsUpdateNeeded: true });
    for (let restart = 0; restart < 2; restart += 1) expect((await download(sandbox, clock, tell)).code).toBe(1);
    expect(webhook.events()).toEqual(['code-needed', 'signed-in-again', 'attention']);
    expect(webhook.notices.at(-1)?.text).toContain('new iCloud Terms and Conditions');
  });

  test('a run that is killed while it waits has told it, and the next one does not tell it again', async () => {
    const { sandbox, clock } = await home();
    await using _ = sandbox;
    await using webhook = await startWebhook();
    sandbox.simulator.control.expireTrust();
    const args = ['--auth-only', ...WAIT, '--notify', webhook.url, ...sandbox.account];
    const child = start(ICLOUDPD, args, { ...sandbox.env, ...ENV });
    const end = finished(child);
    await untilTold(sandbox);
    child.kill('SIGKILL');
    expect((await end).signal).toBe('SIGKILL');
    expect((await download(sandbox, clock, ['--notify', webhook.url])).code).toBe(4);
    expect(webhook.events()).toEqual(['code-needed']);
  });

  test('a notice that reached nobody is tried again by the next run', async () => {
    const { sandbox, clock } = await home();
    await using _ = sandbox;
    await using deaf = await startWebhook({ status: 500 });
    await using webhook = await startWebhook();
    sandbox.simulator.control.expireTrust();
    await download(sandbox, clock, ['--notify', deaf.url]);
    await download(sandbox, clock, ['--notify', webhook.url]);
    await download(sandbox, clock, ['--notify', webhook.url]);
    expect([deaf.events(), webhook.events()]).toEqual([['code-needed'], ['code-needed']]);
  });

  test('commands that can tell nobody leave the telling to the runs that can', async () => {
    const { sandbox, clock } = await home();
    await using _ = sandbox;
    await using webhook = await startWebhook();
    const tell = ['--notify', webhook.url];
    sandbox.simulator.control.expireTrust();
    await icloud(sandbox, ['doctor', '--password', PASSWORD], { clock });
    await download(sandbox, clock, tell);
    expect(webhook.events()).toEqual(['code-needed']);
    const code = async () => sandbox.simulator.control.lastCode()?.code;
    await icloudpd(sandbox, ['--auth-only'], { clock, code });
    clock.advance(46 * DAY_MS);
    expect((await icloud(sandbox, ['login'], { clock })).code).toBe(0);
    await download(sandbox, clock, tell);
    expect(webhook.events()).toEqual(['code-needed', 'signed-in-again', 'trust-ending']);
  });
});

/** Waits until the run has told its owner, which it writes down at once. */
/** Both accounts, each into a folder of its own. */
function bothOf({ session, photos }: Sandbox): readonly string[] {
  const users = ['--username', USER, '-d', `${photos}/jane`, '--username', OTHER, '-d', `${photos}/john`];
  return ['--cookie-directory', session, ...WAIT, ...users];
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

async function untilTold({ session }: Sandbox): Promise<void> {
  const file = accountPaths(session, USER).state;
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '{}');
    if (JSON.parse(text).told === 'code') return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
