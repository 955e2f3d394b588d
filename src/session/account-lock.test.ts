import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockAccount } from './account-lock.ts';

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-lock-'));
  file = path.join(directory, 'jane.lock');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** What another process gets. */
function elsewhere(): string {
  const script = `import { lockAccount } from ${JSON.stringify(path.join(import.meta.dirname, 'account-lock.ts'))};
    try { lockAccount(${JSON.stringify(file)}, 'jane')[Symbol.dispose](); console.log('free'); }
    catch (error) { console.log(error.message); }`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stdout.trim();
}

test('one at a time, and free again afterwards', () => {
  const lock = lockAccount(file, 'jane');
  expect(elsewhere()).toMatch(/^Another icloudpd is working with the account jane/);
  lock[Symbol.dispose]();
  expect(elsewhere()).toBe('free');
});

test('a second try of the same process is refused, says so, and takes nothing from the first', () => {
  using _ = lockAccount(file, 'jane');
  expect(() => lockAccount(file, 'jane')).toThrow(/^The account jane is in this run more than once/);
  expect(elsewhere()).toMatch(/^Another icloudpd is working/);
});
