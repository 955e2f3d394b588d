import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Resource } from '../apple/photos/asset.ts';
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
