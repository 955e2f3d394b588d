import { OPTIONS, type OptionGroup, type OptionSpec } from './options.ts';

const HEADINGS: readonly (readonly [OptionGroup, string])[] = [
  ['global', 'GLOBAL options. Applied for all user settings.'],
  [
    'common',
    'COMMON options. If specified before the first username, then used as defaults for settings for all users.',
  ],
  ['user', 'USER options. Can be specified for setting user configuration only.'],
];

/** What each exit code means; docs/exit-codes.md says the same, and what to do. */
export const EXIT_CODES: readonly (readonly [codes: string, meaning: string])[] = [
  ['0', 'all that was asked for is done'],
  [
    '1',
    'Apple refused or could not be reached, or something that the run needs failed: the stored session, the password file or command, the keyring, the file of --debug-capture',
  ],
  [
    '2',
    'the command line is wrong, or the run cannot start with it: the web page cannot be served, the file of --debug-capture cannot be made, Node.js is too old',
  ],
  ['3', 'the run came to its end, but some files failed'],
  ['4', 'a password or code is needed, and nobody is there to give it'],
  ['129, 130, 141, 143', 'ended by SIGHUP, SIGINT (Ctrl-C), SIGPIPE, SIGTERM'],
];

/** Width of the names; longer ones put their text on the next line. */
const NAMES = 24;

/** @returns what stands for an option's value in the help. */
function metavarOf({ name, value }: OptionSpec): string {
  switch (value.kind) {
    case 'flag':
      return '';
    case 'choice':
      return ` {${value.choices.join(',')}}`;
    case 'int':
      return ` ${name.toUpperCase().replaceAll('-', '_')}`;
    case 'text':
      return ` ${value.metavar}`;
  }
}

/** The option as it is typed, short form first as argparse has it. */
export function synopsisOf(option: OptionSpec): string {
  const metavar = metavarOf(option);
  const long = `--${option.name}${metavar}`;
  if (!option.short) return long;
  return option.group === 'global' ? `${long}, -${option.short}` : `-${option.short}${metavar}, ${long}`;
}

/** The help text with what follows from the table: default, availability. */
export function descriptionOf(option: OptionSpec): string {
  const { default: preset, notYet } = option;
  const parts = [option.help];
  if (preset !== undefined) parts.push(`(default: ${typeof preset === 'string' ? preset : preset.join(', ')})`);
  if (notYet === true) parts.push('(not available yet)');
  else if (notYet) parts.push(`(only ${notYet.except.join(', ')} so far)`);
  return parts.join(' ');
}

/** @returns lines of at most `width` characters, broken at spaces; longer words stand alone. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function entry(option: OptionSpec, columns: number): string {
  const synopsis = `  ${synopsisOf(option)}`;
  // on a narrow terminal the text goes below the names, a little to the right
  const indent = columns >= NAMES * 2 + 8 ? NAMES : 6;
  const lines = wrap(descriptionOf(option), Math.max(20, columns - indent)).map((line) => ' '.repeat(indent) + line);
  const [first = '', ...rest] = lines;
  if (synopsis.length <= indent - 2) return [synopsis.padEnd(indent) + first.trimStart(), ...rest].join('\n');
  return [synopsis, ...lines].join('\n');
}

/** @param columns of the terminal */
export function renderHelp(columns: number): string {
  const width = Math.min(columns, 120) - 1;
  const blocks = HEADINGS.map(([group, heading]) =>
    [
      ...wrap(heading, width),
      ...OPTIONS.filter((option) => option.group === group).map((option) => entry(option, width)),
    ].join('\n'),
  );
  return [
    'usage: icloudpd [GLOBAL] [COMMON] [<USER> [COMMON] <USER> [COMMON] ...]',
    ...blocks,
    [
      'Exit codes',
      ...EXIT_CODES.flatMap(([codes, meaning]) =>
        wrap(`${codes}: ${meaning}`, width - 4).map((part, index) => `${index === 0 ? '  ' : '    '}${part}`),
      ),
    ].join('\n'),
    'Example\n  icloudpd --directory ~/Pictures/iCloud --username jane@example.com\n',
  ].join('\n\n');
}
