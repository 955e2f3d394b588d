import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PartFile } from './part-file.ts';

const FULL_DISK = '/dev/full';

test.skipIf(!existsSync(FULL_DISK))(
  'a write that failed on its way is met by whoever comes next (/dev/full)',
  async () => {
    await using part = await PartFile.open(FULL_DISK, 10);
    // the disk has not answered yet
    await part.append(Buffer.from('abc'));
    await expect(part.append(Buffer.from('def'))).rejects.toThrow('ENOSPC');
    await expect(part.restart()).rejects.toThrow('ENOSPC');
    await expect(part.finish(new Date(0))).rejects.toThrow('ENOSPC');
  },
);

test('two that write one part at the same time leave it as one would', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-part-'));
  const file = path.join(folder, 'x.part');
  try {
    await using one = await PartFile.open(file, 6);
    await using two = await PartFile.open(file, 6);
    for (const part of [one, two, two, one]) await part.append(Buffer.from(part.length === 0 ? 'abc' : 'def'));
    for (const part of [one, two]) await part.finish(new Date(0));
    expect(await readFile(file, 'utf8')).toBe('abcdef');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
