import { sessionFileName } from '../session/paths.ts';

/**
 * The names of an account's files are made of the letters, digits and underscores of its Apple ID; without any they
 * would be names of nothing, and of the same nothing for every such account.
 *
 * @returns why this can be no Apple ID
 */
export function checkUsername(text: string): string | undefined {
  if (sessionFileName(text) !== '') return undefined;
  const why = text === '' ? 'it is empty' : `there is no letter and no digit in '${text}'`;
  return `${why}: give the Apple ID, such as jane@example.com`;
}
