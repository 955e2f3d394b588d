import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AccountBusyError } from './account-lock.ts';
import { sessionFileName } from './paths.ts';
import { openSession, SessionDirectoryError } from './session-store.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-session-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const USER = 'j.doe+x@gmail.com';
const base = (): string => path.join(directory, 'jdoexgmailcom');

describe('the stored session', () => {
  test.each([
    ['j.doe+x@gmail.com', 'jdoexgmailcom'],
    ['jörg_1@gmx.de', 'jörg_1gmxde'],
    ['+49 170 1234567', '491701234567'],
    ['../../etc/passwd', 'etcpasswd'],
  ])('files of %s are called %s', (username, name) => {
    expect(sessionFileName(username)).toBe(name);
  });

  test('a new account gets a client id of its own, which stays', async () => {
    let clientId: string;
    {
      using session = await openSession(directory, USER);
      clientId = session.data.client_id;
      expect(clientId).toMatch(/^auth-[0-9a-f-]{36}$/);
      await session.save();
    }
    using again = await openSession(directory, USER);
    expect(again.data.client_id).toBe(clientId);
  });

  test("icloudpd's values are read, and keys of other programs are kept", async () => {
    await writeFile(
      `${base()}.session`,
      '{"client_id": "DE309E26-942E", "trust_token": "T", "grant_code": "G", "scnt": ""}',
    );
    {
      using session = await openSession(directory, USER);
      expect(session.data).toEqual({ client_id: 'DE309E26-942E', trust_token: 'T' });
      session.data.scnt = 'S';
      await session.save();
    }
    const stored: unknown = JSON.parse(await readFile(`${base()}.session`, 'utf8'));
    expect(stored).toEqual({ client_id: 'DE309E26-942E', trust_token: 'T', grant_code: 'G', scnt: 'S' });
  });

  test('a value that was deleted is gone from the file', async () => {
    await writeFile(
      `${base()}.session`,
      '{"client_id": "x", "trust_token": "T", "session_token": "S", "grant_code": "G"}',
    );
    {
      using session = await openSession(directory, USER);
      delete session.data.session_token;
      await session.save();
    }
    const stored: unknown = JSON.parse(await readFile(`${base()}.session`, 'utf8'));
    expect(stored).toEqual({ client_id: 'x', trust_token: 'T', grant_code: 'G' });
  });

  test('files are for their owner only, also those icloudpd left open to all', async () => {
    await writeFile(`${base()}.session`, '{"client_id": "x"}', { mode: 0o644 });
    using session = await openSession(directory, USER);
    session.data.scnt = 'S';
    await session.save();
    for (const name of await readdir(directory)) {
      expect(((await stat(path.join(directory, name))).mode & 0o777).toString(8)).toBe('600');
    }
  });

  test('a new directory is for its owner only', async () => {
    const inner = path.join(directory, 'new', 'one');
    using session = await openSession(inner, USER);
    await session.save();
    expect(((await stat(inner)).mode & 0o777).toString(8)).toBe('700');
  });

  test('what cannot be read is moved aside and named, and the rest is used', async () => {
    await writeFile(base(), 'pickle');
    await writeFile(`${base()}.session`, '{"client_id": ');
    using session = await openSession(directory, USER);
    expect(session.damaged).toEqual([base(), `${base()}.session`]);
    expect(await readFile(`${base()}.damaged`, 'utf8')).toBe('pickle');
    expect(await readFile(`${base()}.session.damaged`, 'utf8')).toBe('{"client_id": ');
    expect(session.data.session_token).toBeUndefined();
  });

  test('nothing is written when nothing has changed', async () => {
    {
      using session = await openSession(directory, USER);
      await session.save();
    }
    using session = await openSession(directory, USER);
    const before = await stat(`${base()}.session`);
    await session.save();
    expect((await stat(`${base()}.session`)).ino).toBe(before.ino);
  });

  test('two runs never share an account', async () => {
    using _first = await openSession(directory, USER);
    await expect(openSession(directory, USER)).rejects.toThrow(AccountBusyError);
    using _other = await openSession(directory, 'other@example.com');
  });

  test('the lock of a killed run is gone with it', async () => {
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module-typescript',
        '-e',
        `const { lockAccount } = await import(${JSON.stringify(new URL('./account-lock.ts', import.meta.url).href)});
         lockAccount(${JSON.stringify(`${base()}.lock`)}, 'x');
         console.log('locked');
         setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(holder.stdout, 'data');
    await expect(openSession(directory, USER)).rejects.toThrow(AccountBusyError);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    using session = await openSession(directory, USER);
    expect(session.damaged).toEqual([]);
  });

  test('a directory that cannot be used is named with its cure', async () => {
    const file = path.join(directory, 'file');
    await writeFile(file, '');
    await expect(openSession(file, USER)).rejects.toThrow(SessionDirectoryError);
    await expect(openSession(file, USER)).rejects.toThrow(/--cookie-directory/);
  });
});
