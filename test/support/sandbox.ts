import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/index.ts';

/** A local iCloud and an empty home for one test. */
export interface Sandbox extends AsyncDisposable {
  readonly simulator: Simulator;
  /** Where pictures go. */
  readonly photos: string;
  /** Where the session goes. */
  readonly session: string;
  readonly env: Readonly<Record<string, string>>;
  /** Arguments for the default account. */
  readonly account: readonly string[];
}

export const ICLOUDPD = 'src/bin/icloudpd.ts';
export const USER = 'jane@example.com';
export const PASSWORD = 'correct horse';

/** Starts a local iCloud, of one picture if not told otherwise, and makes the folders. */
export async function createSandbox(options: SimulatorOptions = {}): Promise<Sandbox> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-test-'));
  const simulator = await startSimulator({ library: { assets: 1 }, ...options });
  const session = path.join(home, 'session');
  return {
    simulator,
    photos: path.join(home, 'photos'),
    session,
    env: { HOME: home, ICLOUDPD_ENDPOINT: simulator.url },
    account: ['--username', USER, '--cookie-directory', session],
    async [Symbol.asyncDispose]() {
      await simulator.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** @returns content by path below a folder. */
export async function readTree(folder: string): Promise<Map<string, Buffer>> {
  const tree = new Map<string, Buffer>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    tree.set(path.relative(folder, file), await readFile(file));
  }
  return new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1)));
}
