import { checkUsername } from './check-username.ts';
import { COMMON_OPTIONS } from './options-common.ts';
import { splitWords } from './split-words.ts';

/** Where an option may stand, which is also its block in the help. */
export type OptionGroup = 'global' | 'common' | 'user';

/** What follows an option. */
export type OptionValue =
  | { readonly kind: 'flag' }
  | {
      readonly kind: 'text';
      readonly metavar: string;
      readonly check?: (text: string) => string | undefined;
      /** An empty text is as if the option was not given, as it was for icloudpd; else it is a value like any other. */
      readonly emptyIsAbsent?: true;
    }
  | { readonly kind: 'int'; readonly min: number; readonly max?: number }
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly caseSensitive?: true };

/** One option: the parser, the help and docs/options.md are all made from this. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  readonly group: OptionGroup;
  readonly value: OptionValue;
  /** May be given several times; the values are collected in order, each once. */
  readonly repeatable?: true;
  /** As it would be typed. */
  readonly default?: string | readonly string[];
  readonly help: string;
  /**
   * Not built yet: the whole option, or all of its values but the named ones. Such an option is understood and then
   * refused.
   */
  readonly notYet?: true | { readonly except: readonly string[] };
}

/** For options icloudpd did not have: an unset variable in a script must not change silently what they stand for. */
const checkNotEmpty = (text: string): string | undefined =>
  text === '' ? 'it is empty: give it a value, or leave the option out' : undefined;

/** Its messages repeat nothing of the value: there may be a password in it. */
function checkWebUrl(text: string): string | undefined {
  const example = 'give only the address, such as https://photos.example.com';
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || !/^https?:\/\//i.test(text)) {
    return `not the address of a web page: ${example}`;
  }
  if (/^[^/]*\/\/[^/?#]*@/.test(text)) return `a user name and a password do not belong into it: ${example}`;
  if (/[?#]/.test(text)) return `"?" and "#" and what follows them do not belong into it: ${example}`;
  if (url.pathname !== '/') return `the page cannot live in a folder of a host: ${example}`;
  return undefined;
}

const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { name: 'help', short: 'h', group: 'global', value: { kind: 'flag' }, help: 'Show this help and exit.' },
  {
    name: 'version',
    group: 'global',
    value: { kind: 'flag' },
    help: 'Show the version, its commit and the time of that, and exit.',
  },
  {
    name: 'use-os-locale',
    group: 'global',
    value: { kind: 'flag' },
    help: "Format dates in the system's language.",
    notYet: true,
  },
  {
    name: 'only-print-filenames',
    group: 'global',
    value: { kind: 'flag' },
    help: 'Print the names of the files that would be downloaded, one a line and nothing else, and change nothing.',
  },
  {
    name: 'log-level',
    group: 'global',
    value: { kind: 'choice', choices: ['debug', 'info', 'error'] },
    default: 'debug',
    help: 'How much to log.',
  },
  { name: 'no-progress-bar', group: 'global', value: { kind: 'flag' }, help: 'Show no progress line, only the log.' },
  {
    name: 'threads-num',
    group: 'global',
    value: { kind: 'int', min: 1, max: 64 },
    default: '8',
    help: 'Files downloaded at once. (icloudpd had this option without effect.)',
  },
  {
    name: 'domain',
    group: 'global',
    value: { kind: 'choice', choices: ['com', 'cn'], caseSensitive: true },
    default: 'com',
    help: 'Which iCloud the account belongs to: cn for mainland China.',
  },
  {
    name: 'watch-with-interval',
    group: 'global',
    value: { kind: 'int', min: 0 },
    help: 'Run for ever, waiting this many seconds after each run. 0 is as if it was not given.',
  },
  {
    name: 'password-provider',
    group: 'global',
    value: { kind: 'choice', choices: ['console', 'keyring', 'parameter', 'webui', 'env', 'file', 'command'] },
    repeatable: true,
    default: ['parameter', 'keyring', 'console'],
    help: 'Where to get the password; repeat it to try several in their order. console and webui exclude each other and come last. keyring also stores a password that worked. env: ICLOUDPD_PASSWORD, or the file that ICLOUDPD_PASSWORD_FILE names. file and command: --password-file, --password-command.',
  },
  {
    name: 'mfa-provider',
    group: 'global',
    value: { kind: 'choice', choices: ['console', 'webui'] },
    default: 'console',
    help: 'Where to ask for the two-factor code: at the terminal, or on the web page.',
  },
  {
    name: 'mfa-wait',
    group: 'global',
    value: { kind: 'int', min: 0 },
    help: 'Without a terminal: how many seconds to wait for a code from "icloud code" or the web page. 0 ends the run at once. Default: 0, and as long as it takes with --watch-with-interval or --mfa-provider webui.',
  },
  {
    name: 'debug-capture',
    group: 'global',
    value: { kind: 'text', metavar: 'FILE', check: checkNotEmpty },
    help: 'Write what is said between this program and Apple into a HAR file for a bug report, without any secret.',
  },
  {
    name: 'web',
    group: 'global',
    value: { kind: 'flag' },
    help: 'Serve a web page that shows what is going on and where questions can be answered. A webui provider serves it too.',
  },
  {
    name: 'web-host',
    group: 'global',
    value: { kind: 'text', metavar: 'ADDRESS', check: checkNotEmpty },
    default: '127.0.0.1',
    help: "Where the page listens. Any address but this machine's own needs --web-password-file.",
  },
  {
    name: 'web-port',
    group: 'global',
    value: { kind: 'int', min: 0, max: 65535 },
    default: '8080',
    help: 'Port of the page; 0 for any free one.',
  },
  {
    name: 'web-password-file',
    group: 'global',
    value: { kind: 'text', metavar: 'FILE', check: checkNotEmpty },
    help: 'A file with the password of the page in its first line, readable by its owner only. Without it the keyring entry "icloudpd-web" is looked for.',
  },
  {
    name: 'web-url',
    group: 'global',
    value: { kind: 'text', metavar: 'URL', check: checkWebUrl },
    help: 'The address people use for the page, such as https://photos.example.com. Notifications then carry a link that answers at once.',
  },
  {
    name: 'web-allowed-host',
    group: 'global',
    value: { kind: 'text', metavar: 'NAME', check: checkNotEmpty },
    repeatable: true,
    help: "A further name the page may be asked for by, such as a container's in a Docker network; may be repeated.",
  },
  {
    name: 'web-trust-proxy',
    group: 'global',
    value: { kind: 'flag' },
    help: 'The page is behind a reverse proxy, whose X-Forwarded-Host and X-Forwarded-Proto are believed.',
  },
];

const checkCommand = (text: string): string | undefined =>
  splitWords(text) ? undefined : 'its quotes do not match, or it is empty';

const USER_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'username',
    short: 'u',
    group: 'user',
    value: { kind: 'text', metavar: 'USERNAME', check: checkUsername },
    help: 'The Apple ID. Begins the settings of an account; may be repeated.',
  },
  {
    name: 'password',
    short: 'p',
    group: 'user',
    value: { kind: 'text', metavar: 'PASSWORD', emptyIsAbsent: true },
    help: 'Its password. Others on this machine can see it in the process list: better leave it to the keyring ("icloud --username ...").',
  },
  {
    name: 'password-file',
    group: 'user',
    value: { kind: 'text', metavar: 'FILE', check: checkNotEmpty },
    help: 'A file with the password in its first line, readable by its owner only. Asked before the keyring.',
  },
  {
    name: 'password-command',
    group: 'user',
    value: { kind: 'text', metavar: 'COMMAND', check: checkCommand },
    help: 'A program that prints the password, run without a shell: "pass show icloud", "op read op://...". Asked before the keyring.',
  },
];

/** Every option, in the order of the help. */
export const OPTIONS: readonly OptionSpec[] = [...GLOBAL_OPTIONS, ...COMMON_OPTIONS, ...USER_OPTIONS];
