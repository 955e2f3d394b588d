import { descriptionOf, synopsisOf } from './help.ts';
import { OPTIONS, type OptionGroup } from './options.ts';

const SECTIONS: readonly (readonly [OptionGroup, string, string])[] = [
  ['global', 'Global options', 'May stand anywhere and hold for the whole run.'],
  [
    'common',
    'Common options',
    'Before the first `--username` they are defaults for all accounts; after it they hold for that account. Flags cannot be switched off again, repeatable options are added to the defaults.',
  ],
  ['user', 'User options', 'Each `--username` begins the settings of an account.'],
];

/** @returns docs/options.md: made from the option table, never by hand. */
export function renderOptionsDocument(): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const sections = SECTIONS.map(([group, title, text]) =>
    [
      `## ${title}`,
      '',
      text,
      '',
      '| option | meaning |',
      '|---|---|',
      ...OPTIONS.filter((option) => option.group === group).map(
        (option) => `| \`${cell(synopsisOf(option))}\` | ${cell(descriptionOf(option))} |`,
      ),
      '',
    ].join('\n'),
  );
  return [
    '# Options',
    '',
    "The command line is icloudpd's. Options marked as not available yet are understood and refused: nothing is accepted and ignored. Values may follow with a space or `=`; names are never abbreviated. A text that is empty (`-d ''`) counts as not given for the options icloudpd had; where that would change silently what an option stands for, it is refused; an empty `--folder-structure` means no folders, as in icloudpd.",
    '',
    ...sections,
  ].join('\n');
}
