import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Resource } from '../apple/photos/asset.ts';
import { ChecksumStream } from '../apple/photos/checksum.ts';
import { Places } from './places.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-places-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function picture(content: number): Resource {
  const fileChecksum = Buffer.concat([Buffer.of(1), Buffer.alloc(20, content)]).toString('base64');
  return { fileChecksum, size: 10, fileType: 'public.jpeg', downloadURL: 'https://example.com' };
}

test.each([
  ['linux', 'img_1.jpg'],
  ['darwin', 'img_1-10.jpg'],
  ['win32', 'img_1-10.jpg'],
] as const)('on %s a name that differs in case only is %s', async (platform, expected) => {
  const places = new Places({ namesTell: false, platform }, () => undefined);
  const find = (fileName: string, resource: Resource) => places.find({ folder, fileName, resource, legacy: false });
  expect(await find('IMG_1.JPG', picture(1))).toEqual({ kind: 'free', path: path.join(folder, 'IMG_1.JPG') });
  expect(await find('img_1.jpg', picture(2))).toEqual({ kind: 'free', path: path.join(folder, expected) });
  expect((await find('IMG_1.JPG', picture(1))).kind).toBe('shared');
});

/** A picture of ten bytes with its true checksum. */
function tenBytes(fill: number): { readonly bytes: Buffer; readonly resource: Resource } {
  const bytes = Buffer.alloc(10, fill);
  const checksum = new ChecksumStream();
  checksum.update(bytes);
  return { bytes, resource: { ...picture(fill), fileChecksum: checksum.digest() } };
}

test('an item of another size is no rival: what was changed in place stays', async () => {
  await writeFile(path.join(folder, 'A-20.JPG'), Buffer.alloc(20));
  const places = new Places({ namesTell: false, platform: 'linux' }, () => undefined);
  const find = (resource: Resource) => places.find({ folder, fileName: 'A.JPG', resource, legacy: false });
  expect((await find(picture(1))).kind).toBe('free');
  expect(await find({ ...picture(2), size: 20 })).toEqual({ kind: 'present', path: path.join(folder, 'A-20.JPG') });
});

test('what no checksum can prove is believed by its size', async () => {
  const unprovable = (content: number): Resource => ({ ...picture(content), fileChecksum: `gQ${content}=` });
  await writeFile(path.join(folder, 'A-10.JPG'), Buffer.alloc(10));
  const places = new Places({ namesTell: false, platform: 'linux' }, () => undefined);
  const find = (resource: Resource) => places.find({ folder, fileName: 'A.JPG', resource, legacy: false });
  expect((await find(unprovable(1))).kind).toBe('free');
  expect(await find(unprovable(2))).toEqual({ kind: 'present', path: path.join(folder, 'A-10.JPG') });
});

test.each([
  ['the one that is lost is listed first', [1, 2]],
  ['the one that is there is listed first', [2, 1]],
] as const)('of two pictures of one name and size one is lost: it is missed, %s', async (_, order) => {
  const there = tenBytes(2);
  await writeFile(path.join(folder, 'A-10.JPG'), there.bytes);
  const places = new Places({ namesTell: false, platform: 'linux' }, () => undefined);
  const kept = [there.bytes];
  for (const fill of order) {
    const { bytes, resource } = tenBytes(fill);
    const place = await places.find({ folder, fileName: 'A.JPG', resource, legacy: false });
    if (place.kind === 'free') kept.push(bytes);
  }
  expect(kept.some((bytes) => bytes.equals(tenBytes(1).bytes))).toBe(true);
});
