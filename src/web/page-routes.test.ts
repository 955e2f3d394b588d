import { expect, test } from 'vitest';
import { CODE_WANTED, startWeb, Visitor, WEB_PASSWORD } from '../../test/support/web.ts';
import type { Challenge } from '../signin/challenges.ts';

const CODE: Challenge = { ...CODE_WANTED, factor: { ...CODE_WANTED.factor, phones: [] } };

test('two people answer the same question: one wins, the other is told', async () => {
  await using web = await startWeb();
  const answer = web.desk.answererFor('0').answer(CODE, new AbortController().signal);
  const [jane, joe] = [new Visitor(web.server.url), new Visitor(web.server.url)];
  await jane.get('/');
  await joe.get('/');
  const fields = { challenge: jane.field('challenge') ?? '', kind: 'code', code: '111111' };
  expect((await jane.post('/accounts/0/answer', fields)).headers.location).toBe('/?note=taken');
  expect((await joe.post('/accounts/0/answer', { ...fields, code: '222222' })).headers.location).toBe('/?note=gone');
  expect((await joe.get('/?note=gone')).text).toContain('That question was already answered');
  expect(await answer).toEqual({ kind: 'code', code: '111111' });
});

test('a code that cannot be one is not handed in: it would cost a try', async () => {
  await using web = await startWeb();
  void web.desk.answererFor('0').answer(CODE, new AbortController().signal);
  const visitor = new Visitor(web.server.url);
  await visitor.get('/');
  const challenge = visitor.field('challenge') ?? '';
  const send = (fields: Record<string, string>) => visitor.post('/accounts/0/answer', { challenge, ...fields });
  expect((await send({ kind: 'code', code: '12345' })).headers.location).toBe('/?note=digits');
  expect((await send({ kind: 'code', code: 'abcdef' })).headers.location).toBe('/?note=digits');
  expect((await send({ kind: 'code', code: ' ' })).headers.location).toBe('/?note=empty');
  expect((await send({ kind: 'send', channel: 'sms:7' })).headers.location).toBe('/?note=choice');
  expect((await send({ kind: 'password', password: 'correct horse' })).headers.location).toBe('/?note=choice');
  expect((await send({ kind: 'give-up' })).headers.location).toBe('/?note=choice');
  expect(web.desk.pending('0')?.id).toBe(challenge);
});

test('the buttons reach the run; another name does not', async () => {
  await using web = await startWeb();
  const visitor = new Visitor(web.server.url);
  await visitor.get('/');
  for (const name of ['sync-now', 'pause', 'resume', 'stop-after-file']) {
    expect((await visitor.post(`/controls/${name}`)).status).toBe(303);
  }
  expect((await visitor.post('/controls/constructor')).status).toBe(404);
  expect(web.used).toEqual(['sync-now', 'pause', 'resume', 'stop-after-file']);
});

test('while Apple wants a pause, no run is promised before its end', async () => {
  await using web = await startWeb();
  const visitor = new Visitor(web.server.url);
  web.board.setSchedule('0', { intervalMs: 600_000, nextRunAt: web.clock.now() + 600_000 });
  expect((await visitor.get('/')).text).toContain('The next run begins at');
  web.board.setSignIn('0', { at: 'cooling-down', until: web.clock.now() + 3_600_000 });
  const { text } = await visitor.get('/');
  expect(text).toContain('The next try is at');
  expect(text).not.toContain('The next run begins at');
});

test('what came from elsewhere is text, and nothing else', async () => {
  const evil = '<img src=x onerror=alert(1)>"\'&';
  await using web = await startWeb({ usernames: [evil] });
  web.board.setSignIn('0', {
    at: 'failed',
    happened: `${evil} javascript:alert(1)`,
    next: 'See https://x.example/"onclick=1.',
  });
  web.board.runStarted('0');
  const listen = web.board.downloadListener('0');
  listen({ kind: 'downloaded', path: `/photos/${evil}.HEIC`, bytes: 1 });
  listen({ kind: 'started', path: `/photos/${evil}` });
  web.board.addLogLine(evil);
  const { text } = await new Visitor(web.server.url).get(`/?note=${encodeURIComponent(evil)}`);
  expect(text).not.toContain('<img src=x');
  expect(text).not.toContain('"onclick');
  expect(text.match(/&lt;img src=x/g)?.length).toBeGreaterThan(5);
  expect(text).not.toContain('href="javascript');
});

test('no secret that passed through is in any answer, page, header or log line', async () => {
  const canaries = ['canary-apple-password', '739152', WEB_PASSWORD];
  await using web = await startWeb({ password: WEB_PASSWORD });
  const visitor = new Visitor(web.server.url);
  await visitor.signIn();
  const ask = (challenge: Challenge) => web.desk.answererFor('0').answer(challenge, new AbortController().signal);
  const password = ask({ kind: 'password-wanted', username: 'jane@example.com', rejected: true });
  await visitor.get('/');
  await visitor.post('/accounts/0/answer', {
    challenge: web.desk.pending('0')?.id ?? '',
    kind: 'password',
    password: 'canary-apple-password',
  });
  expect(await password).toMatchObject({ kind: 'password' });
  void ask(CODE);
  await visitor.get('/');
  await visitor.post('/accounts/0/answer', { challenge: 'x', kind: 'code', code: '739152' });
  await visitor.post('/accounts/0/answer', {
    challenge: web.desk.pending('0')?.id ?? '',
    kind: 'code',
    code: '739152',
  });
  for (const path of ['/?note=taken', '/api/status', '/metrics', '/healthz', '/nothing']) await visitor.get(path);
  await visitor.post('/controls/pause', { csrf: WEB_PASSWORD });
  await visitor.post('/login', { password: 'canary-apple-password' });
  const everything = [...visitor.seen, ...web.logged].join('\n');
  for (const canary of canaries) expect(everything).not.toContain(canary);
  const cookie = [...visitor.cookies.values()][0] ?? '';
  // set once, and never repeated
  expect(everything.split(cookie)).toHaveLength(2);
});
