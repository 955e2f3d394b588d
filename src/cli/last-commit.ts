import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** What a program was made from. */
export interface Commit {
  /** 40 hexadecimal digits. */
  readonly sha: string;
  /** ISO 8601. */
  readonly timestamp: string;
}

/**
 * @param root of a checkout
 * @returns undefined where there is none, or no git
 */
export function lastCommit(root: string): Commit | undefined {
  if (!existsSync(path.join(root, '.git'))) return undefined;
  const git = spawnSync('git', ['log', '-1', '--format=%H %cI'], { cwd: root, encoding: 'utf8' });
  const [sha, timestamp] = git.status === 0 ? git.stdout.trim().split(' ') : [];
  return sha && timestamp ? { sha, timestamp } : undefined;
}
