import { expect, test } from 'vitest';
import { CODE_WANTED, type RunningWeb, startWeb, Visitor, WEB_PASSWORD } from '../../test/support/web.ts';
import type { Challenge } from '../signin/challenges.ts';

const URL_OF_PAGE = new URL('http://photos.example.com');
const CODE: Challenge = { ...CODE_WANTED, channel: undefined };

function start(): Promise<RunningWeb> {
  return startWeb({ password: WEB_PASSWORD, url: URL_OF_PAGE, usernames: ['jane@example.com', 'joe@example.com'] });
}

/** A question for account 0, and the path of a link that leads to it. */
function linked(web: RunningWeb) {
  const answer = web.desk.answererFor('0').answer(CODE, new AbortController().signal);
  const link = web.server.oneTimeLink('0', web.desk.pending('0')?.id ?? '') ?? '';
  expect(link).toMatch(/^http:\/\/photos\.example\.com\/link\/[\w-]{43}$/);
  return { answer, path: new URL(link).pathname };
}

test('a link answers its question: looked at by a messenger, opened by a person, and the question that follows', async () => {
  await using web = await start();
  const { answer, path } = linked(web);
  const [preview, phone] = [new Visitor(web.server.url), new Visitor(web.server.url)];
  expect((await preview.get(path)).status).toBe(200);
  expect((await phone.get(path)).text).toContain('Answer for jane@example.com');
  expect(await phone.post(path)).toMatchObject({ status: 303, headers: { location: '/answer' } });

  const page = await phone.get('/answer');
  expect(page.text).toContain('No code was sent yet');
  expect(page.text).not.toContain('joe@example.com');
  expect(page.text).not.toContain('start-over');
  const send = { challenge: phone.field('challenge') ?? '', kind: 'send', channel: 'sms:1' };
  expect(await phone.post('/accounts/0/answer', send)).toMatchObject({ headers: { location: '/answer?note=taken' } });
  expect(await answer).toMatchObject({ kind: 'send', channel: { kind: 'phone', mode: 'sms', phone: { id: 1 } } });

  const next = web.desk.answererFor('0').answer(CODE, new AbortController().signal);
  await phone.get('/answer');
  const code = { challenge: phone.field('challenge') ?? '', kind: 'code', code: '012 345' };
  expect(await phone.post('/accounts/0/answer', code)).toMatchObject({ headers: { location: '/answer?note=taken' } });
  expect(await next).toEqual({ kind: 'code', code: '012345' });
  expect((await phone.get('/answer')).text).toContain('nothing more to answer here');
});

test('a link works once', async () => {
  await using web = await start();
  const { path } = linked(web);
  expect((await new Visitor(web.server.url).post(path)).status).toBe(303);
  expect((await new Visitor(web.server.url).post(path)).status).toBe(410);
  expect((await new Visitor(web.server.url).get(path)).status).toBe(410);
});

test('a link is over after fifteen minutes, when its question is, and when it was never one', async () => {
  await using web = await start();
  const visitor = new Visitor(web.server.url);
  const late = linked(web);
  web.clock.advance(15 * 60_000);
  expect((await visitor.get(late.path)).status).toBe(410);
  expect((await visitor.post(late.path)).status).toBe(410);
  const answered = linked(web);
  web.desk.submit('0', web.desk.pending('0')?.id ?? '', { kind: 'give-up' });
  expect((await visitor.get(answered.path)).status).toBe(410);
  expect((await visitor.post(answered.path)).status).toBe(410);
  expect((await visitor.get('/link/x')).status).toBe(410);
  expect(visitor.cookies.size).toBe(0);
});

test('a link opens nothing else', async () => {
  await using web = await start();
  const { path } = linked(web);
  const visitor = new Visitor(web.server.url);
  await visitor.post(path);
  await visitor.get('/answer');
  const other = web.desk.answererFor('1').answer(CODE, new AbortController().signal);
  const fields = { challenge: web.desk.pending('1')?.id ?? '', kind: 'code', code: '123456' };
  expect(await visitor.get('/')).toMatchObject({ status: 303, headers: { location: '/answer' } });
  expect((await visitor.post('/controls/pause')).status).toBe(403);
  expect((await visitor.post('/accounts/1/answer', fields)).status).toBe(403);
  const startOver = { challenge: web.desk.pending('0')?.id ?? '', kind: 'start-over' };
  expect((await visitor.post('/accounts/0/answer', startOver)).status).toBe(403);
  for (const closed of ['/api/status', '/thumbnails/x']) expect((await visitor.get(closed)).status).toBe(401);
  expect(web.used).toEqual([]);
  expect(web.desk.pending('1')).toBeDefined();
  web.desk.submit('1', fields.challenge, { kind: 'give-up' });
  await other;
});

test('a question of a later sign-in is not shown to whoever came for an earlier one', async () => {
  await using web = await start();
  const { path } = linked(web);
  const visitor = new Visitor(web.server.url);
  await visitor.post(path);
  await visitor.get('/answer');
  web.desk.submit('0', web.desk.pending('0')?.id ?? '', { kind: 'code', code: '123456' });
  web.clock.advance(5 * 60_000);
  void web.desk.answererFor('0').answer(CODE, new AbortController().signal);
  await visitor.get('/answer');
  const fields = { challenge: web.desk.pending('0')?.id ?? '', kind: 'code', code: '123456' };
  expect((await visitor.post('/accounts/0/answer', fields)).headers.location).toBe('/answer?note=gone');
  expect(web.desk.pending('0')).toBeDefined();
});

test('without an address that people use there is no link', async () => {
  await using web = await startWeb();
  expect(web.server.oneTimeLink('0', 'x')).toBeUndefined();
});
