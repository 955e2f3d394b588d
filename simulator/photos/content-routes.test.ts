import { once } from 'node:events';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { beforeEach, expect, test } from 'vitest';
import { fileChecksum } from './checksum.ts';
import { heldContent, rangedContent } from './content.ts';
import type { Asset } from './model.ts';
import { ALL, downloadURL, ofType, TestClient } from './test-client.ts';
import { tinyJpeg } from './tiny-jpeg.ts';

/** What a link has in place of a file name. */
const PLACEHOLDER = `\${f}`;
const BYTES = Buffer.from('0123456789');
const resource = (bytes: Uint8Array) => ({ content: heldContent(bytes), fileType: 'public.jpeg', width: 1, height: 1 });
let client: TestClient;
let asset: Asset;

beforeEach(() => {
  client = new TestClient();
  asset = client.library.addAsset({ filename: 'digits.JPG', original: resource(BYTES) });
});

async function link(): Promise<string> {
  return downloadURL(ofType(await client.list(ALL), 'CPLMaster')[0]);
}

test('a link has the recorded form: both checksums in its path, its key and its end in the query', async () => {
  const url = await link();
  const checksum = fileChecksum([BYTES]).replaceAll('+', '-').replaceAll('/', '_');
  expect(url).toMatch(
    new RegExp(
      `^https://cvws\\.icloud-content\\.com/B/${checksum}A[\\w-]{27}/\\$\\{f\\}\\?o=[\\w-]+&v=1&x=3&a=[\\w-]+&e=\\d+` +
        '&k=[\\w-]{22}&fl=&r=[0-9a-f-]{36}-1&ckc=com\\.apple\\.photos\\.cloud&ckz=PrimarySync&y=1&p=10&s=[\\w-]{27}$',
    ),
  );
  expect(new URL(url).searchParams.get('e')).toBe(String(client.clock.time / 1000 + 3600));
});

test('a file comes whole under any name, without cookies', async () => {
  const url = await link();
  for (const [name, shown] of [
    [PLACEHOLDER, '%24%7Bf%7D'],
    ['$%7Bf%7D', '%24%7Bf%7D'],
    ['holiday.JPG', 'holiday.JPG'],
  ] as const) {
    const response = await client.download(url.replace(PLACEHOLDER, name));
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'content-length': '10',
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${shown}"; filename*=UTF-8''${shown}`,
    });
    expect(await response.text()).toBe('0123456789');
  }
});

test.each([
  ['bytes=3-5', 206, '345', 'bytes 3-5/10'],
  ['bytes=0-', 206, '0123456789', 'bytes 0-9/10'],
  ['bytes=7-', 206, '789', 'bytes 7-9/10'],
  ['bytes=-2', 206, '89', 'bytes 8-9/10'],
  ['bytes=8-100', 206, '89', 'bytes 8-9/10'],
  ['bytes=10-', 416, '', 'bytes */10'],
  ['bytes=0-1,4-5', 200, '0123456789', null],
  ['bytes=5-3', 200, '0123456789', null],
])('Range %s is answered %i', async (range, status, body, contentRange) => {
  const response = await client.download(await link(), { Range: range });
  expect(response.status).toBe(status);
  expect(await response.text()).toBe(body);
  expect(response.headers.get('content-range')).toBe(contentRange);
  expect(response.headers.get('content-length')).toBe(String(body.length));
});

test('an empty file comes empty, also to a client that asks for its bytes from 0', async () => {
  client = new TestClient();
  client.library.addAsset({ filename: 'empty.JPG', original: resource(new Uint8Array(0)) });
  const url = await link();
  for (const headers of [{}, { Range: 'bytes=0-' }]) {
    const response = await client.download(url, headers);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('0');
    expect(await response.text()).toBe('');
  }
});

test('a link with anything altered is refused', async () => {
  const url = await link();
  const altered = [
    url.replace(/e=\d+/, 'e=9999999999'),
    url.replace('/B/A', '/B/B'),
    url.replace('ckz=PrimarySync', 'ckz=Other'),
    url.replace(/s=./, (s) => (s === 's=A' ? 's=B' : 's=A')),
    url.replace(/&s=.*/, ''),
  ];
  for (const forged of altered) expect((await client.download(forged)).status).toBe(403);
  expect((await new TestClient(client.library).download(url)).status).toBe(403);
});

test('a link is Gone after an hour, and when all links are made to expire; a lookup gives a good one', async () => {
  const old = await link();
  client.clock.time += 3_599_000;
  expect((await client.download(old)).status).toBe(200);
  client.clock.time += 1000;
  expect((await client.download(old)).status).toBe(410);
  const second = await link();
  client.library.expireLinks();
  expect((await client.download(second)).status).toBe(410);
  const lookup = { records: [{ recordName: asset.master.recordName }], zoneID: { zoneName: 'PrimarySync' } };
  const { records } = await client.post('private/records/lookup', lookup);
  expect((await client.download(downloadURL(records[0]))).status).toBe(200);
});

test('a file that went away is not found: purged, or replaced by a later edit', async () => {
  const edit = (text: string) => ({
    adjustmentType: 'com.apple.photo',
    resources: { resJPEGFull: resource(tinyJpeg(text)) },
  });
  client.library.changeAsset(asset.recordName, { edit: edit('first') });
  const [record] = ofType(await client.list(ALL), 'CPLAsset');
  const editedUrl = downloadURL(record, 'resJPEGFull');
  expect((await client.download(editedUrl)).status).toBe(200);
  client.library.changeAsset(asset.recordName, { edit: edit('second') });
  expect((await client.download(editedUrl)).status).toBe(404);
  const url = await link();
  client.library.purgeAsset(asset.recordName);
  expect((await client.download(url)).status).toBe(404);
});

test('over a real connection a large file streams, is cut and resumed to the same bytes', async () => {
  const size = 3 * 1024 * 1024 + 17;
  const read = (start: number, end: number) => Uint8Array.from({ length: end - start }, (_, at) => (start + at) % 251);
  const content = rangedContent(size, read);
  client = new TestClient();
  client.library.addAsset({ filename: 'large.MOV', original: { ...resource(BYTES), content } });
  const { pathname, search } = new URL(await link());
  const server = serve({ fetch: client.app.fetch, port: 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const fetchPart = async (headers: Record<string, string>, enough: number) => {
    const request = get({ host: '127.0.0.1', port, path: `${pathname}${search}`, headers });
    const [response] = await once(request, 'response');
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of response) {
      parts.push(part);
      length += part.length;
      if (length >= enough) break;
    }
    return { status: response.statusCode, headers: response.headers, bytes: Buffer.concat(parts) };
  };
  try {
    const first = await fetchPart({}, 1_000_000);
    expect(first.headers['content-length']).toBe(String(size));
    const rest = await fetchPart({ Range: `bytes=${first.bytes.length}-` }, size);
    expect(rest.status).toBe(206);
    expect(rest.headers['content-range']).toBe(`bytes ${first.bytes.length}-${size - 1}/${size}`);
    expect(fileChecksum([first.bytes, rest.bytes])).toBe(content.fileChecksum);
    client.clock.time += 3_600_000;
    expect((await fetchPart({}, 1)).status).toBe(410);
  } finally {
    server.close();
  }
});
