/** Makes `dist/`, what the published package holds. */
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastCommit } from '../src/cli/last-commit.ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
rmSync(path.join(root, 'dist'), { recursive: true, force: true });
const tsc = spawnSync(path.join(root, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (tsc.status !== 0) process.exit(tsc.status ?? 1);
for (const name of ['icloudpd', 'icloud']) chmodSync(path.join(root, 'dist', 'bin', `${name}.js`), 0o755);
const commit = lastCommit(root);
if (commit) writeFileSync(path.join(root, 'dist', 'commit.json'), JSON.stringify(commit));
