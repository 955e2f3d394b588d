import { createServer, type Server } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { send } from '../testing/raw-client.ts';
import { applyFaults } from './apply-faults.ts';
import { type Effect, Faults } from './faults.ts';

const FILE = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));
const faults = new Faults();
const closing = new AbortController();
let server: Server;
let url: string;
let handled: number;
let expired: number;

beforeEach(async () => {
  handled = 0;
  expired = 0;
  faults.clear();
  const app = new Hono<{ Bindings: HttpBindings }>();
  const expireLinks = () => {
    expired += 1;
  };
  app.use(applyFaults({ faults, expireLinks, closing: closing.signal }));
  app.get('/file', (c) => {
    handled += 1;
    c.header('Set-Cookie', 'a=1', { append: true });
    c.header('Set-Cookie', 'b=2', { append: true });
    const start = /^bytes=(\d+)-$/.exec(c.req.header('range') ?? '')?.[1];
    if (start === undefined) return c.body(FILE, 200, { 'Content-Length': '1000' });
    const part = FILE.subarray(Number(start));
    return c.body(part, 206, {
      'Content-Length': String(part.length),
      'Content-Range': `bytes ${start}-999/1000`,
    });
  });
  server = createServer(getRequestListener(app.fetch));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function get(effect: Effect, headers: Record<string, string> = {}) {
  faults.inject({ match: { path: '/file' }, effect });
  return send(url, { path: '/file', headers });
}

describe('faults on the wire', () => {
  test('status answers in place of the handler', async () => {
    const answer = await get({ kind: 'status', status: 503, headers: { 'Retry-After': '7' }, body: 'busy' });
    expect([answer.status, answer.header('retry-after'), answer.text, handled]).toEqual([503, '7', 'busy', 0]);
  });

  test.each([0, 1, 400])('cut announces everything and delivers %d bytes', async (afterBytes) => {
    const answer = await get({ kind: 'cut', afterBytes });
    expect([answer.status, answer.header('content-length'), answer.complete]).toEqual([200, '1000', false]);
    expect(answer.bytes.equals(FILE.subarray(0, afterBytes))).toBe(true);
    expect(answer.setCookies).toEqual(['a=1', 'b=2']);
  });

  test('short ends well, too early', async () => {
    const answer = await get({ kind: 'short', bytes: 10 });
    expect([answer.status, answer.header('content-length'), answer.complete]).toEqual([200, '10', true]);
    expect(answer.bytes.equals(FILE.subarray(0, 10))).toBe(true);
    expect(answer.setCookies).toEqual(['a=1', 'b=2']);
  });

  test('corrupt keeps the length and changes one byte', async () => {
    const { bytes, complete } = await get({ kind: 'corrupt' });
    expect([bytes.length, complete]).toEqual([1000, true]);
    expect([...bytes].filter((byte, i) => byte !== FILE[i])).toHaveLength(1);
  });

  test('ignore-range sends everything', async () => {
    const range = { range: 'bytes=990-' };
    const ignored = await get({ kind: 'ignore-range' }, range);
    expect([ignored.status, ignored.bytes.length]).toEqual([200, 1000]);
    const honoured = await send(url, { path: '/file', headers: range });
    expect([honoured.status, honoured.bytes.length]).toEqual([206, 10]);
  });

  test('delay holds the request back and lets others pass', async () => {
    const held = get({ kind: 'delay', ms: 3_600_000 });
    held.catch(() => undefined);
    const other = await send(url, { path: '/file' });
    expect([other.status, handled]).toEqual([200, 1]);
    server.closeAllConnections();
    await expect(held).rejects.toThrow();
  });

  test('expire-links: the request is carried out after every link has ended', async () => {
    faults.inject({ match: { path: '/file' }, effect: { kind: 'expire-links' } });
    expect((await send(url, { path: '/file' })).status).toBe(200);
    expect([expired, handled]).toEqual([1, 1]);
  });
});
