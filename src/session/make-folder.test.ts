import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('makes all that is missing, with the mode asked for, and again does nothing', async () => {
  const deep = path.join(folder, 'a', 'b', 'c');
  for (let time = 0; time < 2; time += 1) await makeFolder(deep, 0o700);
  for (const made of [deep, path.dirname(deep)]) expect((await stat(made)).mode & 0o777).toBe(0o700);
});

test('two at once make one', async () => {
  const deep = path.join(folder, 'a', 'b', 'c');
  await Promise.all([makeFolder(deep), makeFolder(deep), makeFolder(path.dirname(deep))]);
  expect((await stat(deep)).isDirectory()).toBe(true);
});

test('goes through a link to a folder, and not through one to nothing', async () => {
  await symlink(os.tmpdir(), path.join(folder, 'link'));
  await makeFolder(path.join(folder, 'link'));
  await symlink('/nowhere', path.join(folder, 'dangling'));
  await expect(makeFolder(path.join(folder, 'dangling', 'x'))).rejects.toThrow();
});

test('a file in the way is told', async () => {
  await writeFile(path.join(folder, 'file'), '');
  await expect(makeFolder(path.join(folder, 'file'))).rejects.toThrow('EEXIST');
  await expect(makeFolder(path.join(folder, 'file', 'x'))).rejects.toThrow('ENOTDIR');
});

test.runIf(existsSync('/proc'))('comes back where nothing can be made', async () => {
  await expect(makeFolder('/proc/icloudpd/x/y')).rejects.toThrow('ENOENT');
});
