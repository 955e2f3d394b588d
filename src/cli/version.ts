import { readFileSync } from 'node:fs';

/** @returns the line of `--version`, in icloudpd's form. */
export function renderVersion(): string {
  // two folders up from src/cli and from dist/cli alike
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version }: { version: string } = JSON.parse(text);
  return `version:${version}, commit sha:unknown, commit timestamp:unknown`;
}
