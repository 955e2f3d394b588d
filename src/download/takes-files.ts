import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Makes a folder with a small file in a folder, and removes both. @returns whether the disk took them */
export async function takesFiles(directory: string): Promise<boolean> {
  let made: string | undefined;
  try {
    made = await mkdtemp(path.join(directory, '.icloudpd-'));
    await writeFile(path.join(made, 'test'), 'x', { flush: true });
    return true;
  } catch {
    return false;
  } finally {
    if (made !== undefined) await rm(made, { recursive: true, force: true }).catch(() => undefined);
  }
}
