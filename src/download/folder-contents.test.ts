import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FolderContents } from './folder-contents.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-test-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test.each([
  ['IMG_1.JPG', 'IMG_1.JPG', true],
  ['img_1.jpg', 'IMG_1.JPG', true],
  ['Caf\u00e9.JPG', 'Cafe\u0301.JPG', true],
  ['STRASSE.JPG', 'stra\u00dfe.jpg', true],
  ['IMG_1.JPG', 'IMG_2.JPG', false],
])('a folder with %j may hold %j: %j', async (held, asked, answer) => {
  await writeFile(path.join(root, held), '');
  expect(await new FolderContents().mayHold(root, asked)).toBe(answer);
});

test('a folder that is missing holds nothing, nor does a file in its place', async () => {
  await writeFile(path.join(root, 'file'), '');
  const contents = new FolderContents();
  expect(await contents.mayHold(path.join(root, 'missing'), 'IMG_1.JPG')).toBe(false);
  expect(await contents.mayHold(path.join(root, 'file'), 'IMG_1.JPG')).toBe(false);
});

test('a folder that cannot be listed may hold anything', async () => {
  // a name too long for any file system fails with neither of the two codes that mean "missing"
  expect(await new FolderContents().mayHold(path.join(root, 'x'.repeat(300)), 'IMG_1.JPG')).toBe(true);
});

test('folders are forgotten when there are many, and read again', async () => {
  const contents = new FolderContents();
  const first = path.join(root, 'first');
  expect(await contents.mayHold(first, 'IMG_1.JPG')).toBe(false);
  await mkdir(first);
  await writeFile(path.join(first, 'IMG_1.JPG'), '');
  expect(await contents.mayHold(first, 'IMG_1.JPG')).toBe(false);
  for (let index = 0; index < 64; index += 1) await contents.mayHold(path.join(root, String(index)), 'IMG_1.JPG');
  expect(await contents.mayHold(first, 'IMG_1.JPG')).toBe(true);
});
