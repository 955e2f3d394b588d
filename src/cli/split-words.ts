import { parse } from 'shell-quote';

/**
 * Splits a command into words as a shell would, and nothing else: no variable, pattern, pipe or redirection is looked at.
 *
 * @returns undefined when the quotes do not match, or there is no word
 */
export function splitWords(text: string): readonly string[] | undefined {
  const quotes = text.replaceAll(/\\./g, '').replaceAll(/'[^']*'|"[^"]*"/g, '');
  if (/['"]/.test(quotes)) return undefined;
  // variables stay as they are typed; there is no shell to know them
  const words = parse(text, (name) => `$${name}`);
  const plain = words.map((word) => {
    if (typeof word === 'string') return word;
    return 'pattern' in word ? word.pattern : undefined;
  });
  if (plain.length === 0 || plain.includes(undefined)) return undefined;
  return plain.filter((word) => word !== undefined);
}
