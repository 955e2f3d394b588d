import { OPTIONS, type OptionSpec } from './options.ts';

/** Values of one part of the command line, by option name. Flags hold an empty list when they are set. */
export type PartValues = ReadonlyMap<string, readonly string[]>;

/** Thrown for a command line that cannot be understood; `stream` is where argparse wrote it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly stream: 'stdout' | 'stderr';

  constructor(message: string, stream: 'stdout' | 'stderr' = 'stdout') {
    super(message);
    this.stream = stream;
  }
}

const BY_NAME = new Map<string, OptionSpec>(
  OPTIONS.flatMap((option): [string, OptionSpec][] => [
    [`--${option.name}`, option],
    ...(option.short ? ([[`-${option.short}`, option]] as [string, OptionSpec][]) : []),
  ]),
);

/** argparse's name of an option in its messages. */
function label(option: OptionSpec): string {
  if (option.name === 'help') return '--help/-h';
  return option.short ? `-${option.short}/--${option.name}` : `--${option.name}`;
}

interface Token {
  readonly option: OptionSpec;
  /** After `=`, or glued to a short option. */
  readonly attached: string | undefined;
}

/** @returns the option a word names, if any. */
export function readToken(word: string): Token | undefined {
  const exact = BY_NAME.get(word);
  if (exact) return { option: exact, attached: undefined };
  const equals = word.indexOf('=');
  if (word.startsWith('--') && equals > 0) {
    const option = BY_NAME.get(word.slice(0, equals));
    return option && { option, attached: word.slice(equals + 1) };
  }
  if (/^-[a-z]./i.test(word)) {
    const option = BY_NAME.get(word.slice(0, 2));
    return option && option.value.kind !== 'flag' ? { option, attached: word.slice(2).replace(/^=/, '') } : undefined;
  }
  return undefined;
}

/** argparse's test for a word that is the next option and not a value; negative numbers are values. */
function looksLikeOption(word: string): boolean {
  return word.startsWith('-') && word.length > 1 && !/^-\d+$|^-\d*\.\d+$/.test(word) && !word.includes(' ');
}

function checkValue(option: OptionSpec, raw: string): string {
  const { value } = option;
  const refuse = (why: string): never => {
    throw new UsageError(`argument ${label(option)}: ${why}`);
  };
  switch (value.kind) {
    case 'flag':
      return refuse(`ignored explicit argument '${raw}'`);
    case 'int': {
      if (!/^\s*[+-]?\d+\s*$/.test(raw)) refuse(`invalid int value: '${raw}'`);
      const number = Number(raw);
      if (number < value.min) refuse(`must be ${value.min} or more: '${raw}'`);
      if (value.max !== undefined && number > value.max) refuse(`must be ${value.max} or less: '${raw}'`);
      return String(number);
    }
    case 'choice': {
      const choice = value.caseSensitive ? raw : raw.toLowerCase();
      if (value.choices.includes(choice)) return choice;
      return refuse(
        `invalid choice: '${choice}' (choose from ${value.choices.map((known) => `'${known}'`).join(', ')})`,
      );
    }
    case 'text': {
      const problem = value.check?.(raw);
      if (problem !== undefined) refuse(problem);
      return option.name === 'username' ? raw.toLowerCase() : raw;
    }
  }
}

/**
 * Reads the options of some groups out of a list of words.
 *
 * @returns the values, and the words that are none of these groups' options, in their order
 * @throws UsageError
 */
export function parsePart(
  words: readonly string[],
  accepts: (option: OptionSpec) => boolean,
): { readonly values: PartValues; readonly rest: readonly string[] } {
  const values = new Map<string, readonly string[]>();
  const rest: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const token = readToken(word);
    if (!token || !accepts(token.option)) {
      rest.push(word);
      // the value of somebody else's option must not be taken for an option of ours
      const next = words[index + 1];
      const takesValue = token && token.option.value.kind !== 'flag' && token.attached === undefined;
      if (takesValue && next !== undefined && !looksLikeOption(next)) {
        rest.push(next);
        index += 1;
      }
      continue;
    }
    const { option } = token;
    let raw = token.attached;
    if (option.value.kind === 'flag') {
      if (raw !== undefined) checkValue(option, raw);
      values.set(option.name, []);
      continue;
    }
    if (raw === undefined) {
      const next = words[index + 1];
      if (next === undefined || looksLikeOption(next))
        throw new UsageError(`argument ${label(option)}: expected one argument`);
      raw = next;
      index += 1;
    }
    const value = checkValue(option, raw);
    const before = option.repeatable ? (values.get(option.name) ?? []) : [];
    values.set(option.name, before.includes(value) ? before : [...before, value]);
  }
  return { values, rest };
}
