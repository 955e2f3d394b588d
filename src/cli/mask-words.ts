/**
 * What may be shown of words that were not understood: a mistyped option is often followed by a password, and messages
 * end up in logs. Only the names of options stay.
 */
export function maskWords(words: readonly string[]): string {
  return words.map(mask).join(' ');
}

function mask(word: string): string {
  const name = /^--[a-z][a-z0-9-]*(?==|$)/i.exec(word)?.[0] ?? /^-[a-z]/i.exec(word)?.[0];
  if (name === undefined) return '***';
  if (name === word) return word;
  return word[name.length] === '=' ? `${name}=***` : `${name}***`;
}
