import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { CookieJar } from 'tough-cookie';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AppleError } from '../errors.ts';
import { Transport, type TransportOptions } from './transport.ts';

const servers: Server[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<URL> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

function transport(more: Partial<TransportOptions> = {}): Transport {
  return new Transport({ cookies: new CookieJar(undefined, { looseMode: true }), connections: 2, ...more });
}

describe('answers', () => {
  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('%s is undone', async (encoding, compress) => {
    const url = await listen((_, response) =>
      response.setHeader('content-encoding', encoding).end(compress('{"hello":"•"}')),
    );
    await using way = transport();
    expect((await way.send({ method: 'GET', url })).text).toBe('{"hello":"•"}');
  });

  test('421 is handed on, and the request not repeated', async () => {
    let asked = 0;
    const url = await listen((_, response) => {
      asked += 1;
      response.writeHead(421).end('{}');
    });
    await using way = transport();
    expect((await way.send({ method: 'POST', url, body: '{}' })).status).toBe(421);
    expect(asked).toBe(1);
  });

  test('a redirect is not followed', async () => {
    const url = await listen((_, response) => response.writeHead(302, { location: '/elsewhere' }).end());
    await using way = transport();
    expect((await way.send({ method: 'GET', url })).status).toBe(302);
  });

  test("Apple's cookies go back as they came: quotes, odd dates", async () => {
    const seen: (string | undefined)[] = [];
    const url = await listen((request, response) => {
      seen.push(request.headers.cookie);
      response.setHeader('set-cookie', [
        'X-APPLE-WEBAUTH-USER="v=1:s=1:d=123";Path=/;Expires=Tue,16-Jan-2035 02:07:19 GMT',
        'aasp=ABC; Path=/; HttpOnly',
      ]);
      response.end('{}');
    });
    await using way = transport();
    await way.send({ method: 'GET', url });
    await way.send({ method: 'GET', url });
    expect(seen).toEqual([undefined, 'X-APPLE-WEBAUTH-USER="v=1:s=1:d=123"; aasp=ABC']);
  });

  test('a body that breaks off is no answer', async () => {
    const url = await listen((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    await using way = transport();
    const failed = await way.send({ method: 'GET', url }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(AppleError);
    expect(failed).toMatchObject({ kind: 'unreachable' });
  });

  test('a request that is no longer wanted ends with the reason', async () => {
    const controller = new AbortController();
    const url = await listen(() => controller.abort(new Error('enough')));
    await using way = transport();
    await expect(way.send({ method: 'GET', url, signal: controller.signal })).rejects.toThrow('enough');
  });
});

test('new connections do not wait for downloads under way on old ones', async () => {
  const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const url = await listen((request, response) => {
    if (request.url !== '/film') return response.end('{}');
    response.writeHead(200, { 'content-length': '8' });
    response.write('half');
    held.resolve();
    return released.promise.then(() => response.end('rest'));
  });
  await using way = transport();
  const film = await way.open({ method: 'GET', url: new URL('/film', url) });
  await held.promise;
  way.reconnect();
  expect((await way.send({ method: 'GET', url })).text).toBe('{}');
  released.resolve();
  const chunks = [];
  for await (const chunk of film.body) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe('halfrest');
});

describe('the proxy of the environment', () => {
  /** A forward proxy that answers everything itself, and says what it was asked for. */
  const proxy = () => listen((request, response) => response.end(`through the proxy: ${request.url}`));

  /** Both spellings: whichever is set on this machine must not win. */
  function stub(name: string, value: string): void {
    for (const spelling of [name, name.toLowerCase()]) vi.stubEnv(spelling, value);
  }

  test('is used, and NO_PROXY left out', async () => {
    const url = await listen((_, response) => response.end('direct'));
    stub('HTTP_PROXY', (await proxy()).href);
    stub('NO_PROXY', '');
    await using through = transport();
    expect((await through.send({ method: 'GET', url })).text).toBe(`through the proxy: ${url}`);

    stub('NO_PROXY', 'example.org,127.0.0.1');
    await using around = transport();
    expect((await around.send({ method: 'GET', url })).text).toBe('direct');
  });

  test('never stands before the local iCloud', async () => {
    stub('HTTP_PROXY', (await proxy()).href);
    stub('NO_PROXY', '');
    const endpoint = await listen((request, response) => response.end(String(request.headers['x-forwarded-host'])));
    await using way = transport({ endpoint });
    const answer = await way.send({ method: 'GET', url: new URL('https://setup.icloud.com/setup/ws/1/validate') });
    expect(answer.text).toBe('setup.icloud.com');
  });
});
