import { request } from 'undici';
import { expect, test } from 'vitest';
import { type RunningWeb, startWeb, Visitor, WEB_PASSWORD } from '../../test/support/web.ts';

interface Event {
  readonly name: string;
  readonly data: unknown;
}

/** The live events as a browser with this session gets them. */
async function* listen(web: RunningWeb, visitor: Visitor): AsyncGenerator<Event, void> {
  const cookie = [...visitor.cookies].map((pair) => pair.join('=')).join('; ');
  const { statusCode, body } = await request(`${web.server.url}/events`, { headers: { cookie } });
  expect(statusCode).toBe(200);
  let text = '';
  for await (const chunk of body) {
    text += String(chunk);
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, name = ''] = /^event: (.*)$/m.exec(block) ?? [];
      const [, data = ''] = /^data: ?(.*)$/m.exec(block) ?? [];
      yield { name, data: data === '' ? undefined : JSON.parse(data) };
    }
  }
}

async function until(events: AsyncGenerator<Event, void>, name: string): Promise<readonly Event[]> {
  const seen: Event[] = [];
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error(`The events ended before "${name}": ${JSON.stringify(seen)}`);
    seen.push(value);
    if (value.name === name) return seen;
  }
}

async function signedIn(web: RunningWeb): Promise<Visitor> {
  const visitor = new Visitor(web.server.url);
  await visitor.signIn();
  await visitor.get('/');
  return visitor;
}

test('only what changed is sent, and what a screen reader is to say', async () => {
  await using web = await startWeb({ password: WEB_PASSWORD, usernames: ['jane@example.com', 'joe@example.com'] });
  const events = listen(web, await signedIn(web));
  await until(events, 'title');
  web.board.setSignIn('1', { at: 'signing-in' });
  const seen = await until(events, 'announce');
  expect(seen.at(-1)?.data).toBe('joe@example.com: Signing in');
  expect(seen.filter(({ name }) => name === 'region').map(({ data }) => (data as { id: string }).id)).toEqual([
    'badge-1',
    'sign-in-1',
  ]);
  await events.return();
});

test('a browser that signed out is told so, and nothing more', async () => {
  await using web = await startWeb({ password: WEB_PASSWORD });
  const visitor = await signedIn(web);
  const events = listen(web, visitor);
  await until(events, 'title');
  await visitor.post('/logout');
  web.board.addLogLine('not for these eyes');
  expect((await until(events, 'over')).map(({ name }) => name)).toEqual(['over']);
  expect((await events.next()).done).toBe(true);
});

test('questions for the headers alone take no place of a page', async () => {
  await using web = await startWeb({ password: WEB_PASSWORD });
  const visitor = await signedIn(web);
  const cookie = [...visitor.cookies].map((pair) => pair.join('=')).join('; ');
  for (let asked = 0; asked < 61; asked += 1) {
    const { statusCode, headers, body } = await request(`${web.server.url}/events`, {
      method: 'HEAD',
      headers: { cookie },
    });
    await body.dump();
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/event-stream']);
  }
  const events = listen(web, visitor);
  await until(events, 'title');
  await events.return();
});

test('the server ends although pages are open', async () => {
  const web = await startWeb({ password: WEB_PASSWORD });
  const events = listen(web, await signedIn(web));
  await until(events, 'title');
  await web.server.close();
  // nothing holds the port any more
  await using again = await startWeb({ port: Number(new URL(web.server.url).port) });
  expect(again.server.url).toBe(web.server.url);
  await events.return().catch(() => undefined);
});
