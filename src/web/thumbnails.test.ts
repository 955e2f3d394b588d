import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { movedClock, startWeb, Visitor } from '../../test/support/web.ts';
import { Board } from './board.ts';
import { Thumbnails } from './thumbnails.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-thumbnails-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file on disk that the board knows. */
async function known(name: string, content: Buffer) {
  const file = path.join(folder, name);
  await writeFile(file, content);
  const board = new Board(['jane@example.com'], movedClock());
  board.downloadListener('0')({ kind: 'downloaded', path: file, bytes: content.length });
  const id = board.snapshot().accounts[0]?.latestFiles[0]?.id ?? '';
  return { board, id, thumbnails: new Thumbnails(board) };
}

test('a picture is made small, upright, and keeps none of what it knew', async () => {
  const large = await sharp({ create: { width: 900, height: 300, channels: 3, background: '#a52' } })
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD0: { Artist: 'canary artist' } })
    .jpeg()
    .toBuffer();
  expect(large.toString('latin1')).toContain('canary artist');
  const { thumbnails, id } = await known('large.jpg', large);
  const small = await thumbnails.get(id);
  expect(small?.type).toBe('image/webp');
  expect(await sharp(small?.bytes).metadata()).toMatchObject({ width: 224, height: 224, format: 'webp' });
  expect(Buffer.from(small?.bytes ?? []).toString('latin1')).not.toContain('canary');
});

test.each(['IMG_0001.HEIC', 'IMG_0002.MOV', 'broken.JPG'])(
  '%s: what cannot be opened has a placeholder',
  async (name) => {
    const { thumbnails, id } = await known(name, Buffer.from('not a picture'));
    const placeholder = await thumbnails.get(id);
    expect(placeholder?.type).toBe('image/svg+xml');
    expect(Buffer.from(placeholder?.bytes ?? []).toString()).toContain(`>${path.extname(name).slice(1)}</text>`);
  },
);

test('the kind in a placeholder cannot be markup', async () => {
  const { thumbnails, id } = await known('x.<a&"', Buffer.from('x'));
  expect(Buffer.from((await thumbnails.get(id))?.bytes ?? []).toString()).toContain('>A</text>');
});

test('only what was just downloaded can be asked for, and never by its path', async () => {
  await using web = await startWeb();
  const file = path.join(folder, 'secret.txt');
  await writeFile(file, 'canary');
  const visitor = new Visitor(web.server.url);
  await visitor.get('/');
  for (const id of [encodeURIComponent(file), '..%2f..%2fetc%2fpasswd', 'x']) {
    expect((await visitor.get(`/thumbnails/${id}`)).status).toBe(404);
  }
});
