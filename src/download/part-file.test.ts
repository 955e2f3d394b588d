import { existsSync } from 'node:fs';
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
