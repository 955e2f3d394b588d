import type { GlobalSettings, UserSettings } from '../config/settings.ts';
import { maskWords } from './mask-words.ts';
import { OPTIONS, type OptionSpec } from './options.ts';
import { type PartValues, parsePart, readToken, UsageError } from './parse-part.ts';
import { checkRules } from './rules.ts';
import { globalSettings, userSettings } from './to-settings.ts';
import { withoutEmpty } from './without-empty.ts';

/** What a command line asks for. A refused one ends the program with exit code 2. */
export type CommandLine =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'refused'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly kind: 'run'; readonly global: GlobalSettings; readonly users: readonly UserSettings[] };

const USAGE = 'usage: icloudpd [GLOBAL] [COMMON] [<USER> [COMMON] <USER> [COMMON] ...]';

const inGroups =
  (...groups: readonly OptionSpec['group'][]) =>
  (option: OptionSpec): boolean =>
    groups.includes(option.group);

/** Each `-u` begins an account; what stands before the first one is for all of them. */
function splitAtUsers(words: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (readToken(word)?.option.name === 'username') parts.push([]);
    parts.at(-1)?.push(word);
  }
  return parts;
}

/** An account's own values over the defaults: repeatable ones are added, others replaced. */
function overlay(defaults: PartValues, own: PartValues): PartValues {
  const merged = new Map(defaults);
  for (const [name, values] of own) {
    const repeatable = OPTIONS.find((option) => option.name === name)?.repeatable;
    merged.set(name, repeatable ? [...new Set([...(defaults.get(name) ?? []), ...values])] : values);
  }
  return merged;
}

function refuseRest(rest: readonly string[]): void {
  if (rest.length > 0)
    throw new UsageError(`${USAGE}\nicloudpd: error: unrecognized arguments: ${maskWords(rest)}`, 'stderr');
}

/** Options that were given and are not built yet. */
function refuseNotYet(parts: readonly PartValues[]): void {
  for (const values of parts) {
    for (const [name, given] of values) {
      const option = OPTIONS.find((candidate) => candidate.name === name);
      if (option?.notYet === true) throw new UsageError(`--${name} is not available yet`);
      const except = option?.notYet?.except;
      const missing = except && given.find((value) => !except.includes(value));
      if (missing !== undefined) throw new UsageError(`--${name} ${missing} is not available yet`);
    }
  }
}

function parse(argv: readonly string[]): CommandLine {
  if (argv.length === 0) return { kind: 'help' };
  const { values: global, rest } = parsePart(argv, inGroups('global'));
  if (global.has('help') && global.has('version')) {
    throw new UsageError('argument --version: not allowed with argument --help/-h');
  }
  if (global.has('help')) return { kind: 'help' };
  if (global.has('version')) return { kind: 'version' };

  const [defaultWords = [], ...userWords] = splitAtUsers(rest);
  const defaults = parsePart(defaultWords, inGroups('common'));
  refuseRest(defaults.rest);
  const users = userWords.map((words) => {
    const own = parsePart(words, inGroups('common', 'user'));
    refuseRest(own.rest);
    return withoutEmpty(overlay(defaults.values, own.values));
  });
  checkRules(global, users);
  refuseNotYet([global, defaults.values, ...users]);
  return { kind: 'run', global: globalSettings(global), users: users.map(userSettings) };
}

/**
 * Understands a command line as icloudpd did: global options anywhere, then defaults, then one part for each account.
 *
 * @param argv without the names of the interpreter and the program
 */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  try {
    return parse(argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { kind: 'refused', stream: error.stream, text: error.message };
  }
}
