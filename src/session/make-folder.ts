import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from './has-code.ts';

/**
 * Makes a folder and those above it. Node's own `recursive` never comes back where a folder that exists answers ENOENT,
 * as those below /proc do (nodejs/node, `MKDirpAsync`).
 *
 * @param mode of each folder that is made, less the process's mask
 * @throws file system errors
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  try {
    await makeOne(folder, mode);
  } catch (error) {
    const parent = path.dirname(folder);
    if (!hasCode(error, 'ENOENT') || parent === folder) throw error;
    await makeFolder(parent, mode);
    await makeOne(folder, mode);
  }
}

async function makeOne(folder: string, mode: number): Promise<void> {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    // the root of a disk may say something else than that it is there
    if (hasCode(error, 'ENOENT') || !(await isFolder(folder))) throw error;
  }
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
