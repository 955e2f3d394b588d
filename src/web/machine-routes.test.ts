import { expect, test } from 'vitest';
import { startWeb, Visitor, WEB_PASSWORD } from '../../test/support/web.ts';
import { FileFailure } from '../download/failure.ts';

const HOUR = 3_600_000;

test('healthy: no watch, or a good run not long ago', async () => {
  await using web = await startWeb({ password: WEB_PASSWORD });
  const visitor = new Visitor(web.server.url);
  expect(await visitor.get('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
  web.board.setSchedule('0', { intervalMs: HOUR });
  web.clock.advance(2 * HOUR);
  expect((await visitor.get('/healthz')).status).toBe(200);
});

test('not healthy: no good run for more than two intervals, until there is one', async () => {
  await using web = await startWeb({ usernames: ['jane@example.com', 'joe@example.com'] });
  const visitor = new Visitor(web.server.url);
  web.board.setSchedule('1', { intervalMs: HOUR });
  web.clock.advance(2 * HOUR + 60_000);
  expect(await visitor.get('/healthz')).toMatchObject({
    status: 503,
    text: 'Account 1 had no good run for 2 h 1 min, more than two intervals.\n',
  });
  web.board.runStarted('1');
  web.board.runEnded('1', { good: false, summary: [], skipped: [] });
  expect((await visitor.get('/healthz')).status).toBe(503);
  web.board.runEnded('1', { good: true, summary: [], skipped: [] });
  expect((await visitor.get('/healthz')).status).toBe(200);
});

test('not healthy: somebody is waited for, on the page or elsewhere', async () => {
  await using web = await startWeb();
  const visitor = new Visitor(web.server.url);
  const abort = new AbortController();
  void web.desk
    .answererFor('0')
    .answer({ kind: 'password-wanted', username: 'jane@example.com', rejected: false }, abort.signal);
  expect(await visitor.get('/healthz')).toMatchObject({ status: 503, text: 'Account 0 waits for a person.\n' });
  abort.abort();
  expect((await visitor.get('/healthz')).status).toBe(200);
  web.board.setSignIn('0', { at: 'needs-person' });
  expect((await visitor.get('/healthz')).status).toBe(503);
});

test('metrics: every figure in the text format of Prometheus, and no name', async () => {
  await using web = await startWeb({ password: WEB_PASSWORD, usernames: ['jane@example.com', 'joe@example.com'] });
  const visitor = new Visitor(web.server.url);
  const { board, clock } = web;
  board.setSignIn('0', { at: 'signed-in' });
  board.setTrustedUntil('0', clock.now() + 5000);
  board.runStarted('0', 10);
  const listen = board.downloadListener('0');
  listen({ kind: 'bytes', count: 1500 });
  listen({ kind: 'downloaded', path: '/photos/secret-name.JPG', bytes: 1500 });
  listen({ kind: 'item-done' });
  const during = await visitor.get('/metrics');
  expect(during.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(during.text.split('\n')).toEqual(
    expect.arrayContaining([
      '# TYPE icloudpd_files_total counter',
      'icloudpd_signed_in{account="0"} 1',
      'icloudpd_signed_in{account="1"} 0',
      'icloudpd_run_active{account="0"} 1',
      'icloudpd_run_items_done{account="0"} 1',
      'icloudpd_run_items_total{account="0"} 10',
      'icloudpd_files_total{account="0"} 1',
      'icloudpd_received_bytes_total{account="0"} 1500',
      `icloudpd_trusted_until_timestamp_seconds{account="0"} ${clock.now() / 1000 + 5}`,
    ]),
  );
  listen({ kind: 'item-failed', name: 'IMG_1.HEIC', failure: new FileFailure('gone') });
  board.runEnded('0', { good: false, summary: [], skipped: [] });
  const after = await visitor.get('/metrics');
  expect(after.text.split('\n')).toEqual(
    expect.arrayContaining([
      'icloudpd_run_active{account="0"} 0',
      'icloudpd_last_run_failed_files{account="0"} 1',
      'icloudpd_runs_total{account="0",outcome="bad"} 1',
      'icloudpd_files_total{account="0"} 1',
    ]),
  );
  expect(after.text).not.toMatch(/icloudpd_run_items_done\{/);
  expect(during.text + after.text).not.toMatch(/example\.com|secret-name|IMG_1/);
});

test('the status as JSON, for whoever is signed in', async () => {
  await using web = await startWeb({ password: WEB_PASSWORD });
  const visitor = new Visitor(web.server.url);
  expect((await visitor.get('/api/status')).status).toBe(401);
  await visitor.signIn();
  const { board, clock } = web;
  board.setSignIn('0', { at: 'signed-in' });
  board.runStarted('0', 2);
  board.downloadListener('0')({ kind: 'failed', path: '/photos/2026/IMG_1.HEIC', failure: new FileFailure('gone') });
  board.runEnded('0', { good: false, summary: ['1 item'], skipped: [{ why: 'videos (--skip-videos)', count: 3 }] });
  board.setSchedule('0', { intervalMs: HOUR, nextRunAt: clock.now() + HOUR });
  expect(JSON.parse((await visitor.get('/api/status')).text)).toEqual({
    now: '2026-11-24T09:05:00.000Z',
    startedAt: '2026-11-24T09:05:00.000Z',
    healthy: true,
    problems: [],
    accounts: [
      {
        id: '0',
        username: 'jane@example.com',
        signIn: { state: 'signed-in', question: null, happened: null, next: null, until: null, trustedUntil: null },
        run: { state: 'idle', progress: null },
        lastRun: {
          endedAt: '2026-11-24T09:05:00.000Z',
          good: false,
          summary: ['1 item'],
          skipped: [{ why: 'videos (--skip-videos)', count: 3 }],
          failed: [{ name: 'IMG_1.HEIC', why: 'it was deleted from iCloud meanwhile' }],
          failedCount: 1,
        },
        lastGoodAt: null,
        nextRunAt: '2026-11-24T10:05:00.000Z',
        intervalSeconds: 3600,
        totals: { files: 0, bytes: 0, goodRuns: 0, badRuns: 1 },
      },
    ],
  });
});
