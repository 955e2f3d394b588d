import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { selfSigned } from '../../../test/support/certificate.ts';
import { silentServer } from '../../../test/support/silent-server.ts';
import { type Clock, systemClock } from '../../apple/clock.ts';
import type { Notice } from '../notice.ts';
import { type Notifier, notifyAll } from '../notifier.ts';
import { parseNotifyUrl } from './notify-url.ts';
import { createUrlNotifier } from './url-notifier.ts';

const NOW = Date.UTC(2026, 10, 24, 9, 5, 7);
const clock: Clock = { ...systemClock, now: () => NOW };
const NOTICE: Notice = { kind: 'test', username: 'jörg <jane_&_joe@example.com>' };
const TITLE = 'iCloud Photos: test';
const TEXT = 'This is a test. Notifications about jörg <jane_&_joe@example.com> arrive here.';
const TELEGRAM = '123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc';
const DISCORD = 'AbCdEf_0123456789-abcdefghijklmnopqrstuvwxyz';
const SLACK = 'AbCdEf0123456789abcdefgh';
const USER_KEY = 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG';
const APP_TOKEN = 'azGDORePK8gMaC0QOYAMyEEuzJnyUi';

const certificate = selfSigned(
  ['ntfy.sh', 'api.telegram.org', 'discord.com', 'hooks.slack.com', 'api.pushover.net', 'nas.local'].map(
    (host) => `DNS:${host}`,
  ),
);

const cleanups: (() => unknown)[] = [];

beforeEach(() => {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toLowerCase(), undefined);
  }
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

interface Got {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Service {
  readonly port: number;
  readonly requests: readonly Got[];
}

interface ServiceOptions {
  readonly secure?: boolean;
  readonly status?: number;
  readonly answer?: (got: Got) => string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A real service on loopback that keeps what it got. */
async function service(options: ServiceOptions = {}): Promise<Service> {
  const requests: Got[] = [];
  const server: Server = options.secure ? createSecureServer({ ...certificate }) : createServer();
  server.on('request', async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const got = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    requests.push(got);
    response.writeHead(options.status ?? 200, options.headers).end(options.answer?.(got) ?? 'ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, requests };
}

/** Every host's address is that of the service; its name and certificate stay the host's. */
function leadingTo({ port }: Service): Dispatcher {
  const connect = buildConnector({ ca: certificate.cert });
  const agent = new Agent({
    connect: (options, callback) =>
      connect(
        { ...options, servername: options.servername ?? options.hostname, hostname: '127.0.0.1', port: String(port) },
        callback,
      ),
  });
  cleanups.push(() => agent.destroy());
  return agent;
}

function notifier(text: string, dispatcher?: Dispatcher): Notifier {
  const parsed = parseNotifyUrl(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return createUrlNotifier(parsed.target, { clock, ...(dispatcher ? { dispatcher } : {}) });
}

const tell = (given: Notifier): Promise<void> => given.notify(NOTICE, new AbortController().signal);

/** Tells the notice through `text` to a service that speaks TLS. @returns the one request it got */
async function toldSecurely(text: string): Promise<Got> {
  const server = await service({ secure: true });
  await tell(notifier(text, leadingTo(server)));
  const [got] = server.requests;
  if (!got || server.requests.length !== 1) throw new Error(`${server.requests.length} requests`);
  return got;
}

const json = (got: Got): unknown => {
  expect(got.headers['content-type']).toBe('application/json');
  return JSON.parse(got.body);
};

describe('what each service is sent', () => {
  test('ntfy: https://docs.ntfy.sh/publish/#publish-as-json', async () => {
    const got = await toldSecurely('ntfy://my-topic');
    expect([got.method, got.headers.host, got.path]).toEqual(['POST', 'ntfy.sh', '/']);
    expect(got.headers.authorization).toBeUndefined();
    expect(json(got)).toEqual({ topic: 'my-topic', title: TITLE, message: TEXT });
  });

  test('ntfy with a login: https://docs.ntfy.sh/publish/#authentication', async () => {
    const server = await service();
    await tell(notifier(`ntfy://me:p%40ss@127.0.0.1:${server.port}/my-topic`));
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    expect(server.requests[0]?.headers['user-agent']).toBe('icloudpd');
  });

  test('Telegram: https://core.telegram.org/bots/api#sendmessage', async () => {
    const got = await toldSecurely(`tgram://${TELEGRAM}/-100123`);
    expect([got.method, got.headers.host, got.path]).toEqual([
      'POST',
      'api.telegram.org',
      `/bot${TELEGRAM}/sendMessage`,
    ]);
    expect(json(got)).toEqual({
      chat_id: '-100123',
      text: `${TITLE}\n\n${TEXT}`,
      link_preview_options: { is_disabled: true },
    });
  });

  test('Discord: https://discord.com/developers/docs/resources/webhook#execute-webhook', async () => {
    const got = await toldSecurely(`discord://42/${DISCORD}`);
    expect([got.method, got.headers.host, got.path]).toEqual(['POST', 'discord.com', `/api/webhooks/42/${DISCORD}`]);
    expect(json(got)).toEqual({ content: `**${TITLE}**\n${TEXT}`, allowed_mentions: { parse: [] }, flags: 4 });
  });

  test('Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks', async () => {
    const got = await toldSecurely(`slack://T000/B000/${SLACK}`);
    expect([got.method, got.headers.host, got.path]).toEqual([
      'POST',
      'hooks.slack.com',
      `/services/T000/B000/${SLACK}`,
    ]);
    const escaped = TEXT.replace('<', '&lt;').replace('&_', '&amp;_').replace('>', '&gt;');
    expect(json(got)).toEqual({ text: `${TITLE}\n${escaped}`, mrkdwn: false, unfurl_links: false });
  });

  test('Pushover: https://pushover.net/api', async () => {
    const got = await toldSecurely(`pover://${USER_KEY}@${APP_TOKEN}`);
    expect([got.method, got.headers.host, got.path]).toEqual(['POST', 'api.pushover.net', '/1/messages.json']);
    expect(got.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(got.body))).toEqual({
      token: APP_TOKEN,
      user: USER_KEY,
      title: TITLE,
      message: TEXT,
    });
  });

  test('Gotify: https://gotify.net/docs/pushmsg', async () => {
    const got = await toldSecurely('gotify://nas.local/push/AbCdEf012345');
    expect([got.method, got.headers.host, got.path]).toEqual(['POST', 'nas.local', '/push/message']);
    expect(got.headers['x-gotify-key']).toBe('AbCdEf012345');
    expect(json(got)).toEqual({ title: TITLE, message: TEXT, priority: 5 });
  });

  test('a webhook: docs/notifications.md', async () => {
    const server = await service({ status: 204 });
    await tell(notifier(`http://me:p%40ss@127.0.0.1:${server.port}/hook?a=b`));
    const [got] = server.requests;
    if (!got) throw new Error('no request');
    expect([got.method, got.path]).toEqual(['POST', '/hook?a=b']);
    expect(got.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    expect(json(got)).toEqual({
      event: 'test',
      username: NOTICE.username,
      title: TITLE,
      text: TEXT,
      time: '2026-11-24T09:05:07.000Z',
    });
  });

  test.each([
    ['ntfy://my-topic', 'message', 4096],
    [`tgram://${TELEGRAM}/1`, 'text', 4096],
    [`discord://42/${DISCORD}`, 'content', 2000],
  ])('%s gets no longer text than it takes', async (text, field, most) => {
    const server = await service({ secure: true });
    const long: Notice = { kind: 'run-failed', username: 'jane', summary: 'IMG_ä.JPG\n'.repeat(1000) };
    await notifier(text, leadingTo(server)).notify(long, new AbortController().signal);
    const sent: Readonly<Record<string, unknown>> = JSON.parse(server.requests[0]?.body ?? '');
    const value = String(sent[field]);
    expect(value).toMatch(/…$/);
    expect(text.startsWith('ntfy') ? Buffer.byteLength(value) : value.length).toBeLessThanOrEqual(most);
  });
});

describe('what does not get through', () => {
  test('another answer than 2xx is a failure with its status and the beginning of its words, without the keys', async () => {
    const server = await service({
      secure: true,
      status: 401,
      answer: ({ path }) => `{"error":\n"no such bot: ${path}"} ${'x'.repeat(100_000)}`,
    });
    const refusal = await tell(notifier(`tgram://${TELEGRAM}/1`, leadingTo(server))).catch((error: unknown) =>
      error instanceof Error ? error.message : '',
    );
    expect(refusal).toMatch(/^api\.telegram\.org: HTTP 401: \{"error": "no such bot: \/bot\*\*\*\/sendMessage"\} x+$/);
    expect(String(refusal).length).toBeLessThanOrEqual('api.telegram.org: HTTP 401: '.length + 200);
  });

  test('no half of a key is shown where a refusal is cut', async () => {
    const server = await service({ secure: true, status: 404, answer: () => `${'x'.repeat(190)}${DISCORD}` });
    await expect(tell(notifier(`discord://42/${DISCORD}`, leadingTo(server)))).rejects.toThrow(/x\*\*\*$/);
  });

  test('a redirect is not followed', async () => {
    const server = await service({ status: 302, headers: { location: '/elsewhere' } });
    await expect(tell(notifier(`http://127.0.0.1:${server.port}/hook`))).rejects.toThrow(/HTTP 302/);
    expect(server.requests).toHaveLength(1);
  });

  test('a server that is not there is named', async () => {
    const { port } = await service();
    for (const cleanup of cleanups.splice(0)) await cleanup();
    await expect(tell(notifier(`http://127.0.0.1:${port}/hook`))).rejects.toThrow(
      new RegExp(`^127\\.0\\.0\\.1:${port}: .*ECONNREFUSED`),
    );
  });

  test('a certificate nobody vouches for is refused before anything is sent', async () => {
    const server = await service({ secure: true });
    await expect(tell(notifier(`https://127.0.0.1:${server.port}/hook`))).rejects.toThrow(/certificate/);
    expect(server.requests).toEqual([]);
  });

  test('a server that never answers is given up after 15 seconds, and the line is closed', async () => {
    await using silent = await silentServer();
    const lines: string[] = [];
    const log = { debug: () => undefined, info: () => undefined, error: (line: string) => void lines.push(line) };
    const waiting: Clock = { now: clock.now, sleep: () => silent.connected };
    await notifyAll([notifier(`http://127.0.0.1:${silent.port}/hook`)], NOTICE, { log, clock: waiting });
    expect(lines).toEqual(['Notification of the test failed: webhook: it took longer than 15 seconds']);
    await silent.closed;
  });
});

test('the proxy of the environment is used, and told nothing but the host', async () => {
  const server = await service({ secure: true });
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const onward = net.connect(server.port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    for (const end of [socket, onward]) end.on('error', () => undefined);
    onward.pipe(socket).pipe(onward);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  cleanups.push(() => proxy.close());
  vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  // nobody vouches for the certificate here: that the way led through the proxy is what counts
  await expect(tell(notifier(`discord://42/${DISCORD}`))).rejects.toThrow(/^discord\.com: .*certificate/);
  expect(asked).toEqual(['discord.com:443']);
});
