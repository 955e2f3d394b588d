import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../apple/secret.ts';
import { isPassword } from '../session/password-hash.ts';
import { hashWebPassword, readWebPasswordFile } from './password.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-web-password-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(content: string, mode = 0o600): Promise<string> {
  const name = path.join(folder, `password-${mode.toString(8)}`);
  await writeFile(name, content);
  await chmod(name, mode);
  return name;
}

test('a password is recognised, however its accents are composed, and nothing else is', async () => {
  const hash = await hashWebPassword(new Secret('pass wörd 1'.normalize('NFC')));
  expect(await isPassword(new Secret('pass wörd 1'.normalize('NFD')), hash)).toBe(true);
  for (const wrong of ['pass wörd 2', 'pass wörd 1 ', '']) {
    expect(await isPassword(new Secret(wrong), hash)).toBe(false);
  }
  expect(inspect(hash)).not.toContain('pass w');
});

test('the same password never looks the same', async () => {
  const [one, two] = await Promise.all([1, 2].map(() => hashWebPassword(new Secret('a page of my own'))));
  expect(one?.hash.equals(two?.hash ?? Buffer.alloc(0))).toBe(false);
});

test('a short one is refused', async () => {
  await expect(hashWebPassword(new Secret('1234567'))).rejects.toThrow('at least 8 characters');
});

test('the first line of the file counts, with its spaces', async () => {
  expect((await readWebPasswordFile(await file(' a page \r\nmore\n'))).reveal()).toBe(' a page ');
});

test.each([0o640, 0o604, 0o644])('a file that others can read is refused: %o', async (mode) => {
  const name = await file('a page of my own', mode);
  await expect(readWebPasswordFile(name)).rejects.toThrow(`Run "chmod 600 ${name}", then start again.`);
});

test('an empty file, or none, is told in words', async () => {
  await expect(readWebPasswordFile(await file('\n'))).rejects.toThrow('is empty');
  await expect(readWebPasswordFile(path.join(folder, 'none'))).rejects.toThrow(/none cannot be read \(ENOENT/);
});
