import path from 'node:path';
import type { ProcessContext } from './context.ts';

/** `~` is the shell's, but it does not expand it after `=` or in a configuration. */
export function expandPath(text: string, context: Pick<ProcessContext, 'homeDirectory' | 'workingDirectory'>): string {
  const expanded = text === '~' || text.startsWith('~/') ? context.homeDirectory + text.slice(1) : text;
  return path.resolve(context.workingDirectory, expanded);
}
