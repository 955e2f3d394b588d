import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isHeldHere, lockFile } from './file-lock.ts';

test('a lock is one, whatever way leads to its folder', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-test-'));
  try {
    await mkdir(path.join(folder, 'real'));
    await symlink('real', path.join(folder, 'link'));
    const [real, link] = [path.join(folder, 'real', 'lock'), path.join(folder, 'link', 'lock')];
    const first = lockFile(real, 'removed');
    expect(isHeldHere(link)).toBe(true);
    first?.[Symbol.dispose]();
    expect(isHeldHere(link)).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
