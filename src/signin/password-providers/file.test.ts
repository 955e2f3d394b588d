import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { environmentProvider } from './environment.ts';
import { fileProvider, PasswordSourceError } from './file.ts';

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-password-'));
  file = path.join(directory, 'password');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function read(content: string | Buffer, mode = 0o600): Promise<string | undefined> {
  await writeFile(file, content);
  await chmod(file, mode);
  return (await fileProvider(file).next('jane@example.com', false))?.reveal();
}

describe('a password file', () => {
  test.each([
    ['correct horse', 'correct horse'],
    ['correct horse\n', 'correct horse'],
    ['correct horse\r\n', 'correct horse'],
    ['correct horse\nuser: jane\n', 'correct horse'],
    ['  spaces stay  \n', '  spaces stay  '],
    ['Grüße 🔑 пароль\n', 'Grüße 🔑 пароль'],
    ['\uFEFFfrom Notepad\r\n', 'from Notepad'],
    ['carriage\rinside\n', 'carriage\rinside'],
    [`first\n${'x'.repeat(10_000)}`, 'first'],
    ['x'.repeat(4096), 'x'.repeat(4096)],
  ])('%j', async (content, password) => {
    expect(await read(content)).toBe(password);
  });

  test('what stands after the first line may have any bytes', async () => {
    expect(await read(Buffer.from('first\n\xff\xfe', 'latin1'))).toBe('first');
  });

  test.each([
    ['', /is empty\. Put the password into its first line\./],
    ['\n', /is empty/],
    ['\r\nsecond', /is empty/],
    [Buffer.from('gr\xfc\xdfe\n', 'latin1'), /is not UTF-8 text\. Save it in that encoding\./],
    [Buffer.from('\uFEFFutf-16\n', 'utf16le'), /is not UTF-8 text/],
    ['x'.repeat(4097), /first line .* too long/],
  ])('%j is refused', async (content, words) => {
    const refused = read(content);
    await expect(refused).rejects.toThrow(words);
    await expect(refused).rejects.toBeInstanceOf(PasswordSourceError);
  });

  test.skipIf(process.platform === 'win32').each([0o640, 0o604, 0o644, 0o620, 0o777])(
    'mode %o is refused: others can read or change it',
    async (mode) => {
      const refused = read('correct horse', mode);
      await expect(refused).rejects.toThrow(`chmod 600 ${file}`);
      await expect(refused).rejects.not.toThrow('correct');
    },
  );

  test.each([0o400, 0o600, 0o700])('mode %o is taken', async (mode) => {
    expect(await read('correct horse', mode)).toBe('correct horse');
  });

  test('a file that is not there, and a folder, are told with their path', async () => {
    await expect(fileProvider(file).next('jane', false)).rejects.toThrow(`${file} cannot be read: ENOENT`);
    await chmod(directory, 0o700);
    await expect(fileProvider(directory).next('jane', false)).rejects.toThrow('cannot be read: EISDIR');
  });

  test.skipIf(process.platform === 'win32')('a pipe, as the shell gives for <(pass icloud)', async () => {
    const script = 'mkfifo -m 600 "$0"; echo; { printf corr; printf "ect horse\\nmore"; } > "$0"';
    const writer = spawn('sh', ['-c', script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(writer.stdout, 'data');
    expect((await fileProvider(file).next('jane', false))?.reveal()).toBe('correct horse');
  });

  test('is offered once', async () => {
    await writeFile(file, 'correct horse', { mode: 0o600 });
    const provider = fileProvider(file);
    expect((await provider.next('jane', false))?.reveal()).toBe('correct horse');
    await writeFile(file, 'another', { mode: 0o600 });
    expect(await provider.next('jane', true)).toBeUndefined();
  });
});

describe('the environment', () => {
  test('the variable, before the file', async () => {
    await writeFile(file, 'from the file');
    const both = { ICLOUDPD_PASSWORD: 'from the variable\n', ICLOUDPD_PASSWORD_FILE: file };
    expect((await environmentProvider(both).next('jane', false))?.reveal()).toBe('from the variable\n');
  });

  test('the file, which Docker makes readable by everybody', async () => {
    await writeFile(file, 'from the file\n', { mode: 0o444 });
    for (const ICLOUDPD_PASSWORD of [undefined, '']) {
      const provider = environmentProvider({ ICLOUDPD_PASSWORD, ICLOUDPD_PASSWORD_FILE: file });
      expect((await provider.next('jane', false))?.reveal()).toBe('from the file');
      expect(await provider.next('jane', true)).toBeUndefined();
    }
  });

  test('a file that is named and not there is not passed over', async () => {
    const provider = environmentProvider({ ICLOUDPD_PASSWORD_FILE: file });
    await expect(provider.next('jane', false)).rejects.toThrow('cannot be read: ENOENT');
  });

  test.each([{}, { ICLOUDPD_PASSWORD: '' }, { ICLOUDPD_PASSWORD_FILE: '' }])('%j: none', async (env) => {
    expect(await environmentProvider(env).next('jane', false)).toBeUndefined();
  });
});
