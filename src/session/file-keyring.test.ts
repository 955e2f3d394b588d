import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../apple/secret.ts';
import { fileKeyring } from './file-keyring.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-keyring-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const JANE = 'jane@example.com';
const JOHN = 'john@example.com';
const file = (): string => path.join(directory, 'keyring.json');
const key = (): string => path.join(directory, 'keyring.key');

async function read(username = JANE): Promise<string | undefined> {
  return (await fileKeyring(directory).read(username))?.reveal();
}

async function save(username: string, password: string): Promise<void> {
  await fileKeyring(directory).save(username, new Secret(password));
}

/** Saves one password after another in a process of its own, and prints the number of each. */
function saver(account: string, count: number) {
  const code = `
    import { fileKeyring } from ${JSON.stringify(new URL('./file-keyring.ts', import.meta.url).href)};
    import { Secret } from ${JSON.stringify(new URL('../apple/secret.ts', import.meta.url).href)};
    const keyring = fileKeyring(${JSON.stringify(directory)});
    for (let i = 0; i < ${count}; i += 1) {
      await keyring.save(${JSON.stringify(account)}, new Secret('password ' + i));
      console.log(i);
    }`;
  return spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('passwords in a file', () => {
  test('any text of any Apple ID comes back', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const id = fc.oneof(text, fc.constantFrom('constructor', 'toString', JANE));
    await fc.assert(
      fc.asyncProperty(id, text, async (username, password) => {
        await save(username, password);
        expect(await read(username)).toBe(password);
        expect(await fileKeyring(directory).delete(username)).toBe(true);
        expect(await fileKeyring(directory).delete(username)).toBe(false);
        expect(await read(username)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  test('both files are for their owner only, and neither shows the password', async () => {
    await save(JANE, 'correct horse');
    await save(JANE, 'battery staple');
    for (const name of [file(), key()]) {
      expect((await stat(name)).mode & 0o777).toBe(0o600);
      expect(await readFile(name, 'utf8')).not.toMatch(/correct|horse|battery|staple/);
    }
    expect((await readdir(directory)).sort()).toEqual(['keyring.json', 'keyring.key']);
  });

  test('the same password twice is not the same bytes', async () => {
    await save(JANE, 'correct horse');
    const before = await readFile(file(), 'utf8');
    await save(JANE, 'correct horse');
    expect(await readFile(file(), 'utf8')).not.toBe(before);
  });

  test('one account does not touch another', async () => {
    await save(JANE, 'hers');
    await save(JOHN, 'his');
    expect([await read(JANE), await read(JOHN), await read('nobody')]).toEqual(['hers', 'his', undefined]);
    await fileKeyring(directory).delete(JANE);
    expect([await read(JANE), await read(JOHN)]).toEqual([undefined, 'his']);
  });

  test('an entry copied to another Apple ID is refused', async () => {
    await save(JANE, 'hers');
    const stored = JSON.parse(await readFile(file(), 'utf8'));
    stored.passwords[JOHN] = stored.passwords[JANE];
    await writeFile(file(), JSON.stringify(stored));
    expect([await read(JANE), await read(JOHN)]).toEqual(['hers', undefined]);
  });

  test.each(['iv', 'tag', 'data'])('a changed %s is refused', async (part) => {
    await save(JANE, 'hers');
    const stored = JSON.parse(await readFile(file(), 'utf8'));
    const bytes = Buffer.from(stored.passwords[JANE][part], 'base64');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    stored.passwords[JANE][part] = bytes.toString('base64');
    await writeFile(file(), JSON.stringify(stored));
    expect(await read()).toBeUndefined();
  });

  test('a tag cut short is refused', async () => {
    await save(JANE, 'hers');
    const stored = JSON.parse(await readFile(file(), 'utf8'));
    const tag = Buffer.from(stored.passwords[JANE].tag, 'base64');
    stored.passwords[JANE].tag = tag.subarray(0, 4).toString('base64');
    await writeFile(file(), JSON.stringify(stored));
    expect(await read()).toBeUndefined();
  });

  test('another key opens nothing, and a save under it works', async () => {
    await save(JANE, 'hers');
    await writeFile(key(), Buffer.alloc(32, 7).toString('base64'));
    expect(await read()).toBeUndefined();
    await save(JANE, 'again');
    expect(await read()).toBe('again');
  });

  test.each(['', 'short', '\0\0'])('with a damaged key (%j) nothing is read, and what to do is said', async (text) => {
    await save(JANE, 'hers');
    await writeFile(key(), text);
    await expect(read()).rejects.toThrow(/keyring\.key is damaged: delete it/);
    await expect(save(JANE, 'again')).rejects.toThrow(/keyring\.key is damaged: delete it and .*keyring\.json/);
  });

  test.each(['', '{"version": 1', '[]', '{"version": 2, "passwords": {}}'])(
    'a damaged file (%j) is told, and moved aside by the next save',
    async (text) => {
      await writeFile(file(), text);
      await expect(read()).rejects.toThrow(/keyring\.json is damaged/);
      expect(await fileKeyring(directory).delete(JANE)).toBe(false);
      expect(await readFile(file(), 'utf8')).toBe(text);
      await save(JANE, 'hers');
      expect(await read()).toBe('hers');
      expect(await readFile(`${file()}.damaged`, 'utf8')).toBe(text);
    },
  );

  test('a file that cannot be read is not taken for an empty one', async () => {
    await save(JANE, 'hers');
    await rm(file());
    await rm(`${file()}.damaged`, { force: true });
    await mkdir(file());
    await expect(read()).rejects.toThrow('EISDIR');
    await expect(save(JOHN, 'his')).rejects.toThrow('EISDIR');
  });

  test('a program killed in the middle leaves the file whole', async () => {
    await save(JOHN, 'his');
    const child = saver(JANE, 100_000);
    for await (const line of child.stdout) if (String(line).includes('9')) break;
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(await read(JOHN)).toBe('his');
    expect(await read(JANE)).toMatch(/^password \d+$/);
  });

  test('of saves that start at once, one makes the key', async () => {
    const accounts = Array.from({ length: 8 }, (_, index) => `account ${index}`);
    await Promise.all(accounts.map((account) => save(account, 'password')));
    const found = await Promise.all(accounts.map((account) => read(account)));
    expect(found).toContain('password');
    expect((await readdir(directory)).sort()).toEqual(['keyring.json', 'keyring.key']);
  });

  test('programs that save at once make one key, and the file stays whole', async () => {
    const accounts = ['a', 'b', 'c', 'd'];
    const children = accounts.map((account) => saver(account, 10));
    const codes = await Promise.all(
      children.map(async (child) => {
        child.stdout.resume();
        return (await once(child, 'close'))[0];
      }),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
    const found = await Promise.all(accounts.map((account) => read(account)));
    // whoever wrote last is in it; what is in it can be opened
    expect(found).toContain('password 9');
    const { passwords } = JSON.parse(await readFile(file(), 'utf8'));
    expect(found.filter((password) => password !== undefined)).toHaveLength(Object.keys(passwords).length);
    expect((await readdir(directory)).sort()).toEqual(['keyring.json', 'keyring.key']);
  });
});
