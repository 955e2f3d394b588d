import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DOUBT } from './support/doubt.ts';
import { icloudpd } from './support/in-process.ts';
import { copyRecordedSession, hasRecordings } from './support/recordings.ts';
import { type Replay, startReplay } from './support/replay.ts';
import { ICLOUDPD, readTree } from './support/sandbox.ts';
import { hasTerminal, run, TerminalRun } from './support/terminal.ts';

const PROMPT = /Please enter two-factor authentication code or device index \(a\) to send SMS with a code: /;
const IDMSA = 'idmsa.apple.com/appleauth/auth';
const SETUP = 'setup.icloud.com/setup/ws/1';

let home: string;
let session: string;

beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-replay-'));
  session = path.join(home, 'session');
  await mkdir(session);
});

afterEach(() => rm(home, { recursive: true, force: true }));

const env = (replay: Replay) => ({ HOME: home, ICLOUDPD_ENDPOINT: replay.url });
const account = (name = 'jdoe@gmail.com') => ['--username', name, '--cookie-directory', session];
/** The requests that Apple answered, in the order they were made. */
const answered = (replay: Replay) =>
  replay.requests.filter(({ status }) => status !== 404).map(({ what, status }) => `${what} ${status}`);

describe.skipIf(!hasRecordings)('against recorded answers (waits for shared/recordings where it is missing)', () => {
  test("successful_auth: icloudpd's stored session is taken over, and nothing but validate is asked", async () => {
    await using replay = await startReplay('successful_auth');
    copyRecordedSession(session);
    const result = await run(ICLOUDPD, ['--auth-only', ...account()], env(replay));
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toContain('Authentication completed successfully');
    expect(replay.requests).toEqual([{ what: `POST ${SETUP}/validate`, status: 200, body: 'null' }]);
    const stored = JSON.parse(await readFile(path.join(session, 'jdoegmailcom.session'), 'utf8'));
    expect(stored).toMatchObject({ client_id: 'DE309E26-942E-11E8-92F5-14109FE0B321', scnt: 'scnt-1234567890' });
    expect((await stat(path.join(session, 'jdoegmailcom.session'))).mode & 0o777).toBe(0o600);
    // the cookies Apple set came to those that were there
    const cookies = await readFile(path.join(session, 'jdoegmailcom'), 'utf8');
    expect(cookies).toContain('X-APPLE-UNIQUE-CLIENT-ID');
    expect(cookies).toContain('X-APPLE-WEBAUTH-TOKEN');
  });

  describe.skipIf(!hasTerminal)('at a terminal (waits for util-linux script where it is missing)', () => {
    test('2fa_flow_valid_code: the code is taken, and the second sign-in carries the trust', async () => {
      await using replay = await startReplay('2fa_flow_valid_code');
      const terminal = new TerminalRun(ICLOUDPD, ['--auth-only', ...account()], env(replay));
      await terminal.see(/iCloud Password for jdoe@gmail\.com:/);
      terminal.type('password1');
      await terminal.see(/Two-factor authentication is required \(2fa\)/);
      await terminal.see(/ {2}a: \(\*\*\*\) \*\*\*-\*\*81/);
      await terminal.see(PROMPT);
      terminal.type('654321');
      await terminal.see(/The script can now be run without user interaction until 2FA expires\./);
      await terminal.see(/Authentication completed successfully/);
      expect(await terminal.end()).toBe(0);
      expect(answered(replay)).toEqual([
        `POST ${IDMSA}/signin/init 200`,
        `POST ${IDMSA}/signin/complete 200`,
        `POST ${SETUP}/accountLogin 200`,
        `GET ${IDMSA} 200`,
        `POST ${IDMSA}/verify/trusteddevice/securitycode 204`,
        `GET ${IDMSA}/2sv/trust 204`,
        `POST ${SETUP}/accountLogin 200`,
      ]);
      const [first, second] = replay.requests.filter(({ what }) => what.endsWith('/accountLogin'));
      expect(JSON.parse(first?.body ?? '')).toEqual({
        accountCountryCode: 'USA',
        dsWebAuthToken: 'token-1234567890',
        extended_login: true,
        trustToken: '',
      });
      expect(JSON.parse(second?.body ?? '')).toMatchObject({ trustToken: '2svtoken-1234567890' });
      const code = replay.requests.find(({ what }) => what.startsWith('POST') && what.endsWith('/securitycode'));
      expect(JSON.parse(code?.body ?? '')).toEqual({ securityCode: { code: '654321' } });
      const stored = JSON.parse(await readFile(path.join(session, 'jdoegmailcom.session'), 'utf8'));
      expect(stored).toMatchObject({ trust_token: '2svtoken-1234567890', session_id: 'session-1234567890' });
    });

    test('2fa_flow_invalid_code: the person is told, and asked again', async () => {
      await using replay = await startReplay('2fa_flow_invalid_code');
      const terminal = new TerminalRun(ICLOUDPD, ['--auth-only', ...account()], env(replay));
      await terminal.see(/iCloud Password for/);
      terminal.type('password1');
      await terminal.see(PROMPT);
      terminal.type('901431');
      await terminal.see(/Failed to verify two-factor authentication code.*\(tries left: 2\)/);
      await terminal.see(PROMPT);
      terminal.press('\x04');
      expect(await terminal.end()).toBe(4);
      expect(answered(replay).at(-1)).toBe(`POST ${IDMSA}/verify/trusteddevice/securitycode 400`);
    });
  });

  test('failed_auth: the wrong password is told, and sent once', DOUBT, async () => {
    await using replay = await startReplay('failed_auth');
    const args = ['--auth-only', ...account('bad_username'), '--password', 'bad_password'];
    const result = await run(ICLOUDPD, args, env(replay));
    expect(result.code).toBe(1);
    expect(result.stdout + result.stderr).toContain('Invalid email/password combination.');
    expect(answered(replay)).toEqual([`POST ${IDMSA}/signin/init 200`, `POST ${IDMSA}/signin/complete 401`]);
    expect(replay.requests.map(({ body }) => body).join()).not.toContain('bad_password');
  });

  test('auth_non_2fa: the repair is declined, and nobody is asked anything', async () => {
    await using replay = await startReplay('auth_non_2fa');
    const result = await run(ICLOUDPD, ['--auth-only', ...account(), '--password', 'password1'], env(replay));
    expect(result.code).toBe(0);
    expect(answered(replay)).toEqual([
      `POST ${IDMSA}/signin/init 200`,
      `POST ${IDMSA}/signin/complete 412`,
      `POST ${IDMSA}/repair/complete 200`,
      `POST ${SETUP}/accountLogin 200`,
    ]);
  });

  test('listing_photos: the names of the newest items', async () => {
    await using replay = await startReplay('listing_photos');
    copyRecordedSession(session);
    const args = ['--directory', path.join(home, 'photos'), '--recent', '5', '--only-print-filenames', ...account()];
    const result = await run(ICLOUDPD, args, env(replay));
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const names = result.stdout
      .trim()
      .split('\n')
      .map((line) => path.relative(path.join(home, 'photos'), line));
    expect(names).toEqual([
      '2018/07/31/IMG_7409.JPG',
      '2018/07/31/IMG_7409.MOV',
      '2018/07/30/IMG_7408.JPG',
      '2018/07/30/IMG_7408.MOV',
      '2018/07/30/IMG_7407.JPG',
      '2018/07/30/IMG_7407.MOV',
      '2018/07/30/IMG_7405.MOV',
      '2018/07/30/IMG_7404.MOV',
    ]);
  });

  test('listing_photos: the newest picture is downloaded, whole and verified', async () => {
    await using replay = await startReplay('listing_photos');
    copyRecordedSession(session);
    const photos = path.join(home, 'photos');
    const args = ['--directory', photos, '--recent', '1', '--skip-live-photos'];
    // the recorded link was good on that day
    const clock = { now: () => Date.UTC(2018, 6, 31, 12, 37), sleep: async () => undefined };
    const result = await icloudpd({ env: env(replay), account: account() }, args, { clock });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const files = [...(await readTree(photos))].map(([name, content]) => [name, content.length]);
    expect(files).toEqual([['2018/07/31/IMG_7409.JPG', 1_884_695]]);
  });
});
