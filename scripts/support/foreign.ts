import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Unmodified programs of others, led to the local iCloud. */

const intercept = fileURLToPath(new URL('../../../shared/tools/intercept.mjs', import.meta.url));

/** The versions the local iCloud is held against. */
const PACKAGES = ['icloudpd@1.32.2', 'icloud-photos-sync@4.0.0'];

/** What is missing for a run, or where the programs are. */
export type ForeignClients =
  | { readonly kind: 'missing'; readonly why: string }
  | { readonly kind: 'there'; readonly icloudpd: string; readonly photosSync: string };

/** Installs the foreign clients into a folder, without running any script of theirs. */
export function installForeignClients(folder: string): ForeignClients {
  if (!existsSync(intercept)) return { kind: 'missing', why: 'shared/tools/intercept.mjs is not beside this checkout' };
  if (spawnSync('openssl', ['version']).status !== 0) return { kind: 'missing', why: 'openssl is not on the PATH' };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{"private": true}');
  const npm = spawnSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', ...PACKAGES],
    {
      cwd: folder,
      encoding: 'utf8',
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_'))),
    },
  );
  if (npm.status !== 0)
    return { kind: 'missing', why: `npm could not install ${PACKAGES.join(' and ')}: ${npm.stderr}` };
  const platforms = path.join(folder, 'node_modules', '@icloudpd');
  const platform = existsSync(platforms) ? readdirSync(platforms)[0] : undefined;
  if (platform === undefined)
    return { kind: 'missing', why: `icloudpd has no build for ${process.platform} ${process.arch}` };
  const icloudpd = path.join(platforms, platform, 'bin', 'icloudpd');
  chmodSync(icloudpd, 0o755);
  return {
    kind: 'there',
    icloudpd,
    photosSync: path.join(folder, 'node_modules', 'icloud-photos-sync', 'bin', 'main.js'),
  };
}

/** Starts a command whose requests to Apple end at the local iCloud. */
export function startIntercepted(
  simulatorUrl: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const child = spawn(process.execPath, [intercept, '--to', simulatorUrl, '--', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TZ: 'UTC', ...env },
  });
  return child;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Waits for the end of a command and gives all it wrote. */
export async function ended(child: ChildProcess): Promise<Ended> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code]: unknown[] = await once(child, 'close');
  return { code: typeof code === 'number' ? code : null, output };
}
