import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { type Commit, lastCommit } from './last-commit.ts';

const commitFile = z.object({ sha: z.string(), timestamp: z.string() });

/** @returns the line of `--version`, in icloudpd's form. */
export function renderVersion(): string {
  // two folders up from src/cli and from dist/chunks alike
  const root = new URL('../../', import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  const commit = builtFrom() ?? lastCommit(fileURLToPath(root));
  return `version:${version}, commit sha:${commit?.sha ?? 'unknown'}, commit timestamp:${commit?.timestamp ?? 'unknown'}`;
}

/** What the build wrote down (`scripts/build.ts`); undefined in a checkout. */
function builtFrom(): Commit | undefined {
  const file = new URL('../commit.json', import.meta.url);
  return existsSync(file) ? commitFile.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data : undefined;
}
