import { Readable } from 'node:stream';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { movedClock, type RunningWeb, startWeb, Visitor, WEB_PASSWORD } from '../../test/support/web.ts';
import type { Challenge } from '../signin/challenges.ts';

const PASSWORD: Challenge = { kind: 'password-wanted', username: 'jane@example.com', rejected: false };

/** A question is open, and a browser looks at it. */
async function asking(web: RunningWeb, visitor: Visitor) {
  const answer = web.desk.answererFor('0').answer(PASSWORD, new AbortController().signal);
  await visitor.get('/');
  return {
    answer,
    fields: { challenge: web.desk.pending('0')?.id ?? '', kind: 'password', password: 'correct horse' },
  };
}

test('on loopback without a password: the first visit is let in, and its answer is taken', async () => {
  await using web = await startWeb();
  const visitor = new Visitor(web.server.url);
  const { answer, fields } = await asking(web, visitor);
  const reply = await visitor.post('/accounts/0/answer', fields);
  expect(reply).toMatchObject({ status: 303, headers: { location: '/?note=taken' } });
  expect(await answer).toMatchObject({ kind: 'password' });
});

function withOrigin(origin: string | undefined) {
  return (visitor: Visitor): void => {
    visitor.headers = { origin };
  };
}

test.each([
  ['no Origin', withOrigin(undefined)],
  ['a foreign Origin', withOrigin('https://evil.example')],
  ['the Origin of a sandbox', withOrigin('null')],
  ['another port of this machine', withOrigin('http://127.0.0.1:1')],
  ['no session', (visitor: Visitor) => visitor.cookies.clear()],
])('a change with %s is refused', async (_, spoil) => {
  await using web = await startWeb();
  const visitor = new Visitor(web.server.url);
  const { fields } = await asking(web, visitor);
  spoil(visitor);
  expect((await visitor.post('/accounts/0/answer', fields)).status).toBe(403);
  expect((await visitor.post('/controls/pause')).status).toBe(403);
  expect(web.desk.pending('0')).toBeDefined();
  expect(web.used).toEqual([]);
});

test('a change without the token, or with that of another session, is refused', async () => {
  await using web = await startWeb();
  const [visitor, other] = [new Visitor(web.server.url), new Visitor(web.server.url)];
  const { fields } = await asking(web, visitor);
  await other.get('/');
  for (const csrf of ['', 'x', other.csrf]) {
    expect((await visitor.post('/accounts/0/answer', { ...fields, csrf })).status).toBe(403);
  }
  expect(web.desk.pending('0')).toBeDefined();
});

test('a foreign Host is refused, whatever is asked for', async () => {
  await using web = await startWeb();
  const visitor = new Visitor(web.server.url);
  await visitor.get('/');
  visitor.headers.host = 'evil.example';
  for (const path of ['/', '/healthz', '/metrics', '/api/status', '/events', '/icon.svg']) {
    expect((await visitor.get(path)).status, path).toBe(403);
  }
  visitor.headers.origin = 'http://evil.example';
  expect((await visitor.post('/controls/pause')).status).toBe(403);
});

test('a body that is too large is refused, with its length told or not', async () => {
  await using web = await startWeb();
  const visitor = new Visitor(web.server.url);
  await visitor.get('/');
  expect((await visitor.post('/controls/pause', { filler: 'x'.repeat(20_000) })).status).toBe(413);
  const chunks = Readable.from([`csrf=${visitor.csrf}&filler=`, 'x'.repeat(10_000), 'x'.repeat(10_000)]);
  const headers = { origin: web.server.url, cookie: [...visitor.cookies].map((pair) => pair.join('=')).join('; ') };
  const untold = await request(`${web.server.url}/controls/pause`, { method: 'POST', headers, body: chunks });
  expect(untold.statusCode).toBe(413);
  await untold.body.dump();
  expect(web.used).toEqual([]);
  expect((await visitor.post('/controls/pause')).status).toBe(303);
  expect(web.used).toEqual(['pause']);
});

test('no page may be framed, load anything from elsewhere, be kept, or tell others where it is', async () => {
  await using web = await startWeb({ password: WEB_PASSWORD });
  const visitor = new Visitor(web.server.url);
  for (const path of ['/login', '/nothing', '/healthz']) {
    const { headers } = await visitor.get(path);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    });
  }
});

test('the cookie is of no use to scripts, foreign pages, or other names', async () => {
  await using web = await startWeb({
    password: WEB_PASSWORD,
    url: new URL('https://photos.example.com'),
    trustProxy: true,
  });
  const visitor = new Visitor(web.server.url);
  visitor.headers = {
    'x-forwarded-host': 'photos.example.com',
    'x-forwarded-proto': 'https',
    origin: 'https://photos.example.com',
  };
  const { headers } = await visitor.signIn();
  expect(headers['set-cookie']).toMatch(/^__Host-icloudpd=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  visitor.headers['x-forwarded-host'] = 'evil.example';
  expect((await visitor.get('/')).status).toBe(403);
});

test('what a foreign page embeds gets no session; a link from elsewhere comes in through a second step', async () => {
  await using web = await startWeb();
  const visitor = new Visitor(web.server.url);
  visitor.headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' };
  const reply = await visitor.get('/');
  expect(reply.headers['set-cookie']).toBeUndefined();
  expect(reply.text).toContain('http-equiv="refresh" content="0; url=/"');
  visitor.headers = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'document' };
  expect((await visitor.get('/')).headers['set-cookie']).toMatch(/HttpOnly; SameSite=Strict/);
});

test('with a password nothing is shown before it was given', async () => {
  await using web = await startWeb({ password: WEB_PASSWORD });
  const visitor = new Visitor(web.server.url);
  expect(await visitor.get('/')).toMatchObject({ status: 303, headers: { location: '/login' } });
  for (const path of ['/events', '/api/status', '/thumbnails/x']) expect((await visitor.get(path)).status).toBe(401);
  expect((await visitor.signIn('something else')).status).toBe(401);
  expect((await visitor.get('/')).status).toBe(303);
  expect(visitor.seen.join()).not.toContain('jane@example.com');
  expect((await visitor.signIn()).status).toBe(303);
  expect((await visitor.get('/')).text).toContain('jane@example.com');
  expect((await visitor.post('/logout')).headers.location).toBe('/login?note=signed-out');
  expect((await visitor.get('/')).status).toBe(303);
});

test('guessing is slowed down: five tries, then none until the wait is over, whoever asks', async () => {
  const clock = movedClock();
  await using web = await startWeb({ password: WEB_PASSWORD, clock });
  const visitor = new Visitor(web.server.url);
  const tries = await Promise.all(Array.from({ length: 7 }, (_, index) => visitor.signIn(`guess number ${index}`)));
  expect(tries.map(({ status }) => status).sort()).toEqual([401, 401, 401, 401, 401, 429, 429]);
  const right = await new Visitor(web.server.url).signIn();
  expect(right).toMatchObject({ status: 429, headers: { 'retry-after': '30' } });
  expect(right.text).toContain('The next one may be made in 30 s.');
  clock.advance(30_001);
  expect((await visitor.signIn()).status).toBe(303);
});

test('a session that nobody uses for twelve hours is over', async () => {
  const clock = movedClock();
  await using web = await startWeb({ password: WEB_PASSWORD, clock });
  const visitor = new Visitor(web.server.url);
  await visitor.signIn();
  clock.advance(11 * 3_600_000);
  expect((await visitor.get('/')).status).toBe(200);
  clock.advance(11 * 3_600_000);
  expect((await visitor.get('/')).status).toBe(200);
  clock.advance(12 * 3_600_000 + 1);
  expect((await visitor.get('/')).status).toBe(303);
});
