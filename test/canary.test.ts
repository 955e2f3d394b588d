import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { askRun, type CodeRequest } from '../src/session/code-socket.ts';
import { accountPaths } from '../src/session/paths.ts';
import { mailServer } from './support/mail-server.ts';
import { createSandbox, ICLOUDPD, type Sandbox, USER } from './support/sandbox.ts';
import { type Finished, finished, start, untilWritten } from './support/terminal.ts';
import { startWebhook } from './support/webhook.ts';

const PASSWORD = 'canary/password "1" ä';
const WRONG_PASSWORD = 'canary/password of the environment';
const SMTP_PASSWORD = 'canary smtp password';
const URL_LOGIN = 'canary-url-login';
const URL_KEY = 'canary-key-in-the-path-of-the-webhook';
const WRONG_CODE = '907315';
const DSID = '12345678901';

/** What a child process can be seen with by others, and by itself. */
const SHOW = `{ tr '\\0' ' ' < /proc/$$/cmdline; tr '\\0' '\\n' < /proc/$$/environ; } >> "$HOME/children"`;

async function script(sandbox: Sandbox, name: string, ...lines: string[]): Promise<string> {
  const file = path.join(sandbox.env.HOME ?? '', name);
  await writeFile(file, ['#!/bin/sh', SHOW, ...lines, ''].join('\n'));
  await chmod(file, 0o700);
  return file;
}

/** @returns every file below a folder that others than the owner can read */
async function readableByOthers(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && ((await stat(file)).mode & 0o077) !== 0) found.set(file, await readFile(file, 'latin1'));
  }
  return found;
}

/** The tokens and cookies that are stored, and those that Apple's side has given out. */
async function sessionSecrets(sandbox: Sandbox): Promise<readonly string[]> {
  const { session, cookies } = accountPaths(sandbox.session, USER);
  const values: Record<string, string> = JSON.parse(await readFile(session, 'utf8'));
  const names = ['client_id', 'session_id', 'session_token', 'trust_token', 'scnt'];
  const jar = [...(await readFile(cookies, 'utf8')).matchAll(/^Set-Cookie3: [^=]+="?(?:\\")?([^";\\]{16,})/gm)];
  const issued = [...sandbox.simulator.control.exportMemory().matchAll(/"(?:token|value)":"(?:\\")?([^"\\]{16,})/g)];
  return [...names.map((name) => values[name] ?? ''), ...[...jar, ...issued].map(([, value = '']) => value)];
}

/** The ways in which a secret could stand in a text. */
function spellings(secret: string): readonly string[] {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), base64];
}

test.skipIf(!existsSync('/proc/self/environ'))(
  'no secret gets out, whatever goes wrong (needs /proc)',
  { timeout: 120_000 },
  async () => {
    await using sandbox = await createSandbox({
      accounts: [{ appleId: USER, password: PASSWORD }],
      library: { assets: 4 },
    });
    const { control } = sandbox.simulator;
    await using mail = await mailServer('another one');
    await using refusing = await startWebhook({ status: 500, path: URL_KEY });
    await using taking = await startWebhook({ path: URL_KEY });
    const home = sandbox.env.HOME ?? '';
    await writeFile(path.join(home, 'kept'), PASSWORD, { mode: 0o600 });
    const command = await script(sandbox, 'manager', 'cat "$HOME/kept"');
    const notification = await script(sandbox, 'tell', 'exit 7');
    const withLogin = refusing.url.replace('http://', `http://jane:${URL_LOGIN}@`);
    const args = (capture: string) => [
      ...['--log-level', 'debug', '--debug-capture', path.join(sandbox.session, capture), '--mfa-wait', '3600'],
      ...['--threads-num', '1', ...sandbox.account, '-d', sandbox.photos, '--password-command', command],
      ...['--notify', withLogin, '--notify', taking.url, '--notification-script', notification],
      ...['--smtp-host', '127.0.0.1', '--smtp-port', String(mail.port), '--smtp-no-tls', '--smtp-username', 'jane'],
    ];
    const env = { ...sandbox.env, ICLOUDPD_PASSWORD: WRONG_PASSWORD, ICLOUDPD_SMTP_PASSWORD: SMTP_PASSWORD };
    const outputs: Finished[] = [];
    const readable = new Map<string, string>();
    // looked at after each run: the next one mends the rights of what it finds
    const ended = async (output: Finished): Promise<void> => {
      outputs.push(output);
      for (const [file, text] of await readableByOthers(home))
        readable.set(`${file} after run ${outputs.length}`, text);
    };
    const codes = [WRONG_CODE];
    const run = async (capture: string, meanwhile: () => Promise<void> = async () => undefined): Promise<void> => {
      const child = start(ICLOUDPD, args(capture), env);
      const end = finished(child);
      await meanwhile();
      await ended(await end);
    };

    // a wrong password, a wrong code, then the right ones; files that do not come
    control.inject({ match: { path: '/B/' }, times: 4, effect: { kind: 'corrupt' } });
    const asking = start(ICLOUDPD, args('first.har'), env);
    const end = finished(asking);
    const say = async (request: CodeRequest): Promise<void> => {
      const reply = await askRun(accountPaths(sandbox.session, USER).socket, request);
      expect(reply?.ok).toBe(true);
    };
    const codeSent = () => new Promise<string>((resolve) => control.onCode(({ code }) => resolve(code)));
    await taking.received(1);
    await say({ do: 'code', code: WRONG_CODE });
    const sent = codeSent();
    await untilWritten(asking, 'securitycode -> 400');
    await waitingAgain(sandbox);
    await say({ do: 'send', to: 'devices' });
    codes.push(await sent);
    await waitingAgain(sandbox);
    await say({ do: 'code', code: codes.at(-1) ?? '' });
    await ended(await end);
    // what Apple says of the account, of the service, and of the web session
    control.changeAccount({ termsUpdateNeeded: true });
    await run('terms.har');
    control.changeAccount({ termsUpdateNeeded: false });
    control.expireSessions(USER);
    control.inject({
      match: { path: 'records/query' },
      times: 50,
      effect: { kind: 'status', status: 400, body: '{"error":"x"}' },
    });
    await run('photos.har');
    control.clearFaults();
    control.set('setupThrottle', { status: 503 });
    await run('throttled.har');

    expect(outputs.map(({ code }) => code)).toEqual([3, 1, 1, 1]);
    const children = await readFile(path.join(home, 'children'), 'utf8');
    expect(children).toMatch(/manager[\s\S]*tell/);
    expect(taking.events()).toEqual(
      expect.arrayContaining(['code-needed', 'signed-in-again', 'run-failed', 'attention']),
    );
    const logs = outputs.map(({ stdout, stderr }) => stdout + stderr).join('\n');
    expect(logs).toMatch(/Notification of .* failed: webhook: .*HTTP 500: refused: \/\*\*\*/);
    expect(logs).toMatch(/Notification of .* failed: email: .*no, not \*\*\*/);
    expect(logs).toMatch(/Notification of .* failed: script: .* exit code 7/);
    const captures = await Promise.all(
      ['first.har', 'terms.har', 'photos.har', 'throttled.har'].map((name) =>
        readFile(path.join(sandbox.session, name), 'utf8'),
      ),
    );
    expect(captures.join('')).toContain('/appleauth/auth/signin/complete');

    const secrets = [
      PASSWORD,
      WRONG_PASSWORD,
      SMTP_PASSWORD,
      URL_LOGIN,
      URL_KEY,
      DSID,
      ...(await sessionSecrets(sandbox)),
    ];
    expect(secrets.length).toBeGreaterThan(15);
    const places = new Map([
      ['the log', logs],
      ['the captures', captures.join('\n')],
      ['what children can be seen with', children],
      ['the notices', JSON.stringify(taking.notices)],
      ...readable,
    ]);
    const found: string[] = [];
    for (const [place, text] of places) {
      for (const secret of secrets) {
        if (spellings(secret).some((spelling) => text.includes(spelling))) found.push(`${place}: ${secret}`);
      }
      for (const code of codes)
        if (new RegExp(`(?<!\\w)${code}(?!\\w)`).test(text)) found.push(`${place}: code ${code}`);
    }
    expect(found).toEqual([]);
  },
);

/** Waits until the run takes an answer. */
async function waitingAgain({ session }: Sandbox): Promise<void> {
  for (;;) {
    const reply = await askRun(accountPaths(session, USER).socket, { do: 'status' });
    if (reply?.ok) return;
  }
}
