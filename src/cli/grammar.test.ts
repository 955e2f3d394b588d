import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GlobalSettings, UserSettings } from '../config/settings.ts';
import { parseDateOrInterval } from './date-or-interval.ts';
import { ExitCode } from './exit-codes.ts';
import { parseCommandLine } from './grammar.ts';
import { EXIT_CODES, renderHelp } from './help.ts';
import { OPTIONS } from './options.ts';
import { renderOptionsDocument } from './options-document.ts';
import { splitWords } from './split-words.ts';

const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');

function run(line: string): { global: GlobalSettings; users: readonly UserSettings[] } {
  const parsed = parseCommandLine(words(line));
  if (parsed.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return parsed;
}

/** The message of a refused command line, and where it goes. */
function refusal(line: string): string {
  const parsed = parseCommandLine(words(line));
  return parsed.kind === 'refused' ? `${parsed.stream}: ${parsed.text}` : parsed.kind;
}

describe('an empty value', () => {
  const parse = (...line: string[]) => parseCommandLine(line);
  const needsDirectory = {
    kind: 'refused',
    stream: 'stdout',
    text: '--auth-only, --directory, --list-libraries, or --list-albums are required for each configuration',
  };

  test('of --directory names no directory, in whatever place', () => {
    expect(parse('-u', 'x', '-d', '')).toEqual(needsDirectory);
    expect(parse('-u', 'x', '--directory=')).toEqual(needsDirectory);
    expect(parse('-d', 'photos', '-u', 'x', '-d', '')).toEqual(needsDirectory);
  });

  test('of the texts icloudpd had is as if they were not given', () => {
    const names = ['cookie-directory', 'password', 'smtp-username', 'smtp-password', 'smtp-host'];
    const more = ['notification-email', 'notification-email-from', 'notification-script'];
    const empty = [...names, ...more].flatMap((name) => [`--${name}`, '']);
    expect(parse('-u', 'x', '-d', 'photos', ...empty)).toEqual(parse('-u', 'x', '-d', 'photos'));
  });

  test('of --folder-structure is a structure: no folders', () => {
    expect(parse('-u', 'x', '-d', 'photos', '--folder-structure', '')).toMatchObject({
      users: [{ folderStructure: '' }],
    });
  });

  test.each([
    ...['debug-capture', 'web-host', 'web-password-file', 'web-allowed-host', 'web-url'],
    ...['password-file', 'password-command', 'notify'],
  ])('of --%s is refused', (name) => {
    expect(parse('--web', '-u', 'x', '-d', 'photos', `--${name}`, '')).toMatchObject({
      kind: 'refused',
      text: expect.stringContaining(`argument --${name}: `),
    });
  });

  test.each([
    ['', 'it is empty: give the Apple ID, such as jane@example.com'],
    ['@@', "there is no letter and no digit in '@@': give the Apple ID, such as jane@example.com"],
  ])('of --username (%j) leaves no name for its files, and is refused', (username, why) => {
    expect(parse('-d', 'photos', '-u', username)).toEqual({
      kind: 'refused',
      stream: 'stdout',
      text: `argument -u/--username: ${why}`,
    });
  });
});

describe('the grammar', () => {
  test('no words, help, version', () => {
    expect(parseCommandLine([])).toEqual({ kind: 'help' });
    expect(parseCommandLine(['-h'])).toEqual({ kind: 'help' });
    expect(parseCommandLine(['-u', 'x', '--help'])).toEqual({ kind: 'help' });
    expect(parseCommandLine(['--version', '--use-os-locale'])).toEqual({ kind: 'version' });
  });

  test('defaults', () => {
    expect(run('-u Jane@Example.com -d photos')).toEqual({
      kind: 'run',
      global: {
        onlyPrintFilenames: false,
        logLevel: 'debug',
        noProgressBar: false,
        threadsNum: 8,
        domain: 'com',
        passwordProvider: ['parameter', 'keyring', 'console'],
        mfaProvider: 'console',
        mfaWait: undefined,
        watchInterval: undefined,
        debugCapture: undefined,
        web: undefined,
      },
      users: [
        {
          username: 'jane@example.com',
          password: undefined,
          passwordFile: undefined,
          passwordCommand: undefined,
          acceptTerms: false,
          notifications: {
            smtpUsername: undefined,
            smtpPassword: undefined,
            smtpHost: 'smtp.gmail.com',
            smtpPort: 587,
            smtpNoTls: false,
            notificationEmail: undefined,
            notificationEmailFrom: undefined,
            notificationScript: undefined,
            notify: [],
          },
          directory: 'photos',
          authOnly: false,
          cookieDirectory: '~/.pyicloud',
          recent: undefined,
          skipVideos: false,
          skipPhotos: false,
          skipLivePhotos: false,
          folderStructure: '{:%Y/%m/%d}',
          dryRun: false,
          keepUnicodeInFilenames: false,
          livePhotoMovFilenamePolicy: 'suffix',
          fileMatchPolicy: 'name-size-dedup-with-suffix',
        },
      ],
    });
  });

  test('what stands before the first account is for all of them', () => {
    const { users } = run('-d common --recent 5 --skip-videos -u a --recent=7 -u b -d own --username=c');
    expect(
      users.map(({ username, directory, recent, skipVideos }) => [username, directory, recent, skipVideos]),
    ).toEqual([
      ['a', 'common', 7, true],
      ['b', 'own', 5, true],
      ['c', 'common', 5, true],
    ]);
  });

  test('the same account may come several times', () => {
    expect(run('-u a -d one -u a -d two').users.map(({ directory }) => directory)).toEqual(['one', 'two']);
  });

  test('global options may stand anywhere, in any case where icloudpd allowed it', () => {
    const { global } = run('-u a --log-level INFO -d x --password-provider Console --threads-num 3 --domain cn');
    expect(global).toMatchObject({ logLevel: 'info', passwordProvider: ['console'], threadsNum: 3, domain: 'cn' });
  });

  test('password providers keep their order, each once', () => {
    const line = '-u a -d x --password-provider keyring --password-provider parameter --password-provider KEYRING';
    expect(run(line).global.passwordProvider).toEqual(['keyring', 'parameter']);
  });

  test('values that look odd', () => {
    const parsed = parseCommandLine([
      '-u',
      'a',
      '-d',
      'with space',
      '-p=x',
      '--folder-structure',
      '{:%Y} {:%m}'.slice(0, 5),
    ]);
    expect(parsed).toMatchObject({ users: [{ directory: 'with space', password: 'x', folderStructure: '{:%Y}' }] });
    expect(parseCommandLine(['-u', 'a', '-d', 'x', '--password=-secret--'])).toMatchObject({
      users: [{ password: '-secret--' }],
    });
  });
});

describe('refusals', () => {
  test.each([
    [
      '-u a -d x --size huge',
      "stdout: argument --size: invalid choice: 'huge' (choose from 'original', 'medium', 'thumb', 'adjusted', 'alternative')",
    ],
    ['-u a -d x --recent x', "stdout: argument --recent: invalid int value: 'x'"],
    ['-u a -d x --recent -5', "stdout: argument --recent: must be 0 or more: '-5'"],
    ['-d x -u', 'stdout: argument -u/--username: expected one argument'],
    ['-u a -d', 'stdout: argument -d/--directory: expected one argument'],
    ['-u a -d x --domain CN', "stdout: argument --domain: invalid choice: 'CN' (choose from 'com', 'cn')"],
    ['--help --version', 'stdout: argument --version: not allowed with argument --help/-h'],
    ['-u a -d x --threads-num 0', "stdout: argument --threads-num: must be 1 or more: '0'"],
    ['-u a -d x --skip-videos=true', "stdout: argument --skip-videos: ignored explicit argument 'true'"],
    [
      '-u a -d x --folder-structure {%Y}',
      'stdout: argument --folder-structure: Format {%Y} specified in --folder-structure is incorrect',
    ],
    [
      '-u a -d x --skip-created-before 2025-01-33',
      'stdout: argument --skip-created-before: Not an ISO timestamp or time interval in days',
    ],
  ])('%s', (line, expected) => {
    expect(refusal(line)).toBe(expected);
  });

  test.each([
    '-u a -d x --nonsense',
    '-u a -d x word',
    '-p secret -u a -d x',
    '-u a -d x --dir y',
    '-u a -d x --skip-videos true',
  ])('%s is not recognised', (line) => {
    expect(refusal(line)).toMatch(/^stderr: usage: icloudpd [\s\S]*\nicloudpd: error: unrecognized arguments: /);
  });

  test.each([
    ['-u a -d x --pasword hunter2', '--pasword ***'],
    ['-u a -d x --pasword=hunter2', '--pasword=***'],
    ['--smtp-passwd hunter2 -u a -d x', '--smtp-passwd ***'],
    ['-phunter2 -u a -d x', '-p***'],
    ['-p hunter2 -u a -d x', '-p ***'],
    ['-u a -d x -password hunter2 more', '*** ***'],
    ['-u a -d x --hunter2! -xhunter2 --', '*** -x*** ***'],
  ])('%s: what may be a password is not repeated', (line, shown) => {
    expect(refusal(line).split('\n').at(-1)).toBe(`icloudpd: error: unrecognized arguments: ${shown}`);
  });

  test.each([
    ['https://jane:hunter2@photos.example.com', /a user name and a password do not belong/],
    ['https://jane@photos.example.com', /a user name and a password do not belong/],
    ['https://photos.example.com?key=hunter2', /"\?" and "#" and what follows/],
    ['https://photos.example.com/#hunter2', /"\?" and "#" and what follows/],
    ['https://photos.example.com/hunter2', /cannot live in a folder/],
    ['ftp://jane:hunter2@photos.example.com', /not the address of a web page/],
    ['https:hunter2', /not the address of a web page/],
    ['https://x:hunter2', /not the address of a web page/],
  ])('--web-url %s is refused with a way out, and not repeated', (url, why) => {
    const text = refusal(`-u a -d x --web --web-url ${url}`);
    expect(text).toMatch(why);
    expect(text).toMatch(/^stdout: argument --web-url: .* such as https:\/\/photos\.example\.com$/);
    expect(text).not.toMatch(/hunter2|jane/);
  });

  test.each(['https://photos.example.com', 'http://nas.local:8080/'])('--web-url %s is taken', (url) => {
    expect(run(`-u a -d x --web --web-url ${url}`).global.web?.url?.host).toBe(new URL(url).host);
  });

  test.each([
    [
      '-u a -d x --skip-videos --skip-photos',
      'Only one of --skip-videos and --skip-photos can be used at a time for each configuration',
    ],
    ['-u a', '--auth-only, --directory, --list-libraries, or --list-albums are required for each configuration'],
    [
      '-u a -d x --auto-delete --delete-after-download',
      '--auto-delete and --delete-after-download are mutually exclusive per configuration',
    ],
    [
      '-u a -d x --keep-icloud-recent-days 1 --delete-after-download',
      '--keep-icloud-recent-days and --delete-after-download should not be used together in one configuration',
    ],
    [
      '-u a --auth-only --watch-with-interval 5',
      '--watch-with-interval is not compatible with --list-albums, --list-libraries, --only-print-filenames, and --auth-only',
    ],
    [
      '-u a -d x --password-provider console --password-provider webui',
      '--password-provider console and webui exclude each other: both wait for a person, and only one can be answered',
    ],
    [
      '-u a -d x --password-provider console --password-provider keyring',
      '--password-provider console must be the last one: it waits for a person, so nothing after it would be asked',
    ],
    ['-d x', 'No account was given: name one with --username, such as --username jane@example.com'],
  ])('%s', (line, expected) => {
    expect(refusal(line)).toBe(`stdout: ${expected}`);
  });

  test.each([
    ['--use-os-locale', '--use-os-locale'],
    ['--until-found 5', '--until-found'],
    ['-a Favorites', '--album'],
    ['-l', '--list-albums'],
    ['--size medium', '--size medium'],
    ['--size original --size thumb', '--size thumb'],
    ['--live-photo-size thumb', '--live-photo-size thumb'],
    ['--library SharedSync-1', '--library SharedSync-1'],
    ['--align-raw original', '--align-raw original'],
    ['--keep-icloud-recent-days 0', '--keep-icloud-recent-days'],
    ['--skip-created-before 20d', '--skip-created-before'],
  ])('%s is not built yet and says so', (options, name) => {
    expect(refusal(`-u a -d x ${options}`)).toBe(`stdout: ${name} is not available yet`);
  });

  test.each(['--size original', '--library PrimarySync', '--smtp-port 587', '--align-raw as-is'])(
    '%s asks for nothing new',
    (options) => {
      expect(run(`-u a -d x ${options}`).users).toHaveLength(1);
    },
  );

  test.each([
    ['--password-provider keyring -u a -d x --password-file f', /^stdout: --password-file is not asked/],
    ['--password-provider file -u a -d x', /^stdout: --password-provider file wants a --password-file/],
    ['--password-provider env -u a -d x -u b -d y', /^stdout: --password-provider env holds one password/],
    ['-u a -d x --password-command "pass', /argument --password-command: its quotes do not match/],
    ['-u a -d x --web-port 8081', /^stdout: --web-port says how the web page is served, and none is: add --web/],
    ['-u a -d x --web --web-url ftp://x', /not the address of a web page/],
    ['-u a -d x --notify mailto:x', /^stdout: argument --notify: /],
  ])('%s', (line, message) => {
    expect(refusal(line)).toMatch(message);
  });

  test('a password command is split as a shell would, and nothing in it is carried out', () => {
    expect(splitWords('pass show "my $HOME" \'b c\' *.txt')).toEqual(['pass', 'show', 'my $HOME', 'b c', '*.txt']);
    for (const bad of ['', '  ', 'a | b', 'a > b', 'a; b', 'a "b', 'a && b']) expect(splitWords(bad)).toBeUndefined();
  });

  test('an option among the defaults is refused as well', () => {
    expect(refusal('--xmp-sidecar -u a -d x')).toBe('stdout: --xmp-sidecar is not available yet');
  });

  test('any words are understood or refused', () => {
    const word = fc.oneof(
      fc.constantFrom(...OPTIONS.map((option) => `--${option.name}`), '-u', '-d', '-p', '=', '-', '--', '-5', 'x'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word), (argv) => {
        expect(['help', 'version', 'refused', 'run']).toContain(parseCommandLine(argv).kind);
      }),
    );
  });
});

describe('the help', () => {
  test("has icloudpd's headings and every option", () => {
    const help = renderHelp(120);
    for (const heading of [
      'usage: icloudpd [GLOBAL] [COMMON] [<USER> [COMMON] <USER> [COMMON] ...]',
      'GLOBAL options. Applied for all user settings.',
      'COMMON options. If specified before the first username, then used as defaults for settings for all users.',
      'USER options. Can be specified for setting user configuration only.',
      '--help, -h',
      '-d DIRECTORY, --directory DIRECTORY',
    ]) {
      expect(help).toContain(heading);
    }
    for (const option of OPTIONS) expect(help).toContain(`--${option.name}`);
  });

  test.each([40, 60, 80, 200])('fits %i columns', (columns) => {
    const tooLong = renderHelp(columns)
      .split('\n')
      .filter((line) => line.length > columns);
    // what cannot be broken: an option with its choices, the usage line
    expect(tooLong.filter((line) => !/^usage|^ *-|^ +\{|^ {2}icloudpd /.test(line))).toEqual([]);
  });

  test('docs/options.md is made from the same table', () => {
    const document = readFileSync(new URL('../../docs/options.md', import.meta.url), 'utf8');
    expect(document).toBe(renderOptionsDocument());
  });

  test('docs/exit-codes.md tells every exit code as the help does', () => {
    const rows = readFileSync(new URL('../../docs/exit-codes.md', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => /^\| \d/.test(line))
      .map((line) => line.split('|').map((cell) => cell.trim()));
    expect(rows.map(([, codes, meaning]) => [codes, meaning])).toEqual(EXIT_CODES);
    const told = EXIT_CODES.flatMap(([codes]) => codes.split(', ').map(Number));
    for (const code of Object.values(ExitCode)) expect(told).toContain(code);
  });
});

describe('dates and intervals', () => {
  test.each([
    ['20d', { kind: 'days', days: 20 }],
    ['0D', { kind: 'days', days: 0 }],
    ['20dxyz', { kind: 'days', days: 20 }],
    ['2025-01-02', { kind: 'date', date: new Date(2025, 0, 2) }],
    ['20250102', { kind: 'date', date: new Date(2025, 0, 2) }],
    ['2025-W01-1', { kind: 'date', date: new Date(2024, 11, 30) }],
    ['2025-01-02T03:04:05', { kind: 'date', date: new Date(2025, 0, 2, 3, 4, 5) }],
    ['2025-01-02T03:04:05.0006', { kind: 'date', date: new Date(2025, 0, 2, 3, 4, 5) }],
    ['2025-01-02T03:04:05Z', { kind: 'date', date: new Date(Date.UTC(2025, 0, 2, 3, 4, 5)) }],
    ['2025-01-02T03:04:05+08:00', { kind: 'date', date: new Date(Date.UTC(2025, 0, 1, 19, 4, 5)) }],
  ])('%s', (text, expected) => {
    expect(parseDateOrInterval(text)).toEqual(expected);
  });

  test.each(['2025-01', '', '-1d', '2', '2025-01-33', '2025-02-30', 'yesterday'])('%j is neither', (text) => {
    expect(parseDateOrInterval(text)).toBeUndefined();
  });
});
