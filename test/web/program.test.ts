import { expect, test } from 'vitest';
import { Interruption } from '../../src/app/context.ts';
import { systemClock } from '../../src/apple/clock.ts';
import { icloudpd } from '../support/in-process.ts';
import { createSandbox, PASSWORD, readTree, type Sandbox } from '../support/sandbox.ts';
import { Visitor } from '../support/web.ts';
import { startWebhook } from '../support/webhook.ts';

/** Everything a program has written, and a way to wait for more. */
class Written {
  #text = '';
  #wake = Promise.withResolvers<void>();

  readonly add = (text: string): void => {
    this.#text += text;
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  };

  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#text);
      if (match) return match;
      await this.#wake.promise;
    }
  }
}

test('Story 10: from a link in a notification to a finished run, and the next one at once', async () => {
  await using sandbox = await createSandbox({ library: { assets: 5 } });
  await using webhook = await startWebhook();
  const end = new AbortController();
  const written = new Written();
  const run = icloudpd(
    sandbox,
    [
      ...['-d', sandbox.photos, '--skip-live-photos', '--watch-with-interval', '3600', '--notify', webhook.url],
      ...['--password-provider', 'webui', '--mfa-provider', 'webui'],
      ...['--web-port', '0', '--web-url', 'http://localhost:1'],
    ],
    { clock: systemClock, signal: end.signal, onOutput: written.add },
  );
  try {
    await webhook.received(1);
    const [notice] = webhook.notices;
    expect(notice).toMatchObject({ event: 'attention', username: 'jane@example.com' });
    const [, link = ''] = /http:\/\/localhost:1(\/link\/\S+)/.exec(notice?.text ?? '') ?? [];
    const [, url = ''] = await written.until(/it listens at (http:\/\/127\.0\.0\.1:\d+)/);
    const phone = new Visitor(url);
    await phone.get(link);
    await phone.post(link);
    await phone.get('/answer');
    expect(sandbox.simulator.control.codesSent()).toMatchObject({ device: 0 });

    const password = { kind: 'password', password: PASSWORD, challenge: phone.field('challenge') ?? '' };
    await phone.post('/accounts/0/answer', password);
    expect((await phone.get('/answer')).text).not.toContain('Somebody has to answer in the terminal');
    await written.until(/Two-factor authentication is required/);
    await phone.get('/answer');
    // somebody sits there, so a code was asked for, once
    expect(sandbox.simulator.control.codesSent()).toMatchObject({ device: 1 });
    const { code = '' } = sandbox.simulator.control.lastCode() ?? {};
    await phone.post('/accounts/0/answer', { kind: 'code', code, challenge: phone.field('challenge') ?? '' });
    await written.until(/Waiting for 3600 sec/);
    expect((await readTree(sandbox.photos)).size).toBe(5);
    // nobody is told that a code is wanted while somebody sits at the page
    expect(webhook.events()).toEqual(['attention', 'signed-in-again']);
    expect((await phone.get('/healthz')).status).toBe(200);

    // another browser on this machine needs no password, and says that the next run is to begin
    sandbox.simulator.control.library().addAsset({ filename: 'IMG_NEW.JPG', assetDate: Date.UTC(2025, 0, 2) });
    const desktop = new Visitor(url);
    await desktop.get('/');
    expect((await desktop.post('/controls/sync-now')).status).toBe(303);
    await written.until(/6 items in iCloud = 1 downloaded \+ 5 already there[\s\S]*Waiting for 3600 sec/);
    for (const text of [...phone.seen, ...desktop.seen]) expect(text).not.toContain(PASSWORD);
  } finally {
    end.abort(new Interruption('SIGTERM'));
    expect((await run).code).toBe(143);
  }
});

test('a page that would lie open is not served, and nothing else happens', async () => {
  await using sandbox = await createSandbox();
  const result = await icloudpd(sandbox, ['-d', sandbox.photos, '--web', '--web-host', '0.0.0.0', '--web-port', '0']);
  expect(result.code).toBe(2);
  expect(result.stdout).toMatch(/ERROR {4}The web page would be open to everybody .*--web-password-file/);
  expect(sandbox.simulator.control.requests()).toEqual([]);
});

/** A watch loop that serves its page; it is ended when `use` has done. */
async function watching(sandbox: Sandbox, use: (url: string, written: Written) => Promise<void>): Promise<void> {
  const end = new AbortController();
  const written = new Written();
  const args = ['-d', sandbox.photos, '--watch-with-interval', '3600', '--web', '--web-port', '0'];
  const run = icloudpd(sandbox, args, { clock: systemClock, signal: end.signal, onOutput: written.add });
  try {
    const [, url = ''] = await written.until(/The web page is at (http:\/\/127\.0\.0\.1:\d+)/);
    await use(url, written);
  } finally {
    end.abort(new Interruption('SIGTERM'));
    expect((await run).code).toBe(143);
  }
}

test('a run that is stopped from the page says so, and the next one goes on', async () => {
  await using sandbox = await createSandbox({ library: { assets: 300 }, latencyMs: 5 });
  await icloudpd(sandbox, ['--auth-only']);
  await watching(sandbox, async (url, written) => {
    const desktop = new Visitor(url);
    await desktop.get('/');
    await written.until(/Downloaded /);
    await desktop.post('/controls/stop-after-file');
    await written.until(/Iteration was cancelled[\s\S]*Waiting for 3600 sec/);
    expect((await desktop.get('/')).text).toContain('It was stopped from here before its end; the next run goes on.');
    await desktop.post('/controls/sync-now');
    await written.until(/300 items in iCloud = \d+ downloaded \+ \d+ already there \+ 0 skipped \+ 0 failed\n/);
  });
});

test('an account that Apple does not let in until somebody has done something is not healthy', async () => {
  await using sandbox = await createSandbox();
  sandbox.simulator.control.changeAccount({ termsUpdateNeeded: true });
  await watching(sandbox, async (url, written) => {
    await written.until(/Waiting for 3600 sec/);
    expect((await new Visitor(url).get('/healthz')).status).toBe(503);
  });
});
