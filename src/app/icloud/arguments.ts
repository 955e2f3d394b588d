import { parseArgs } from 'node:util';
import { checkUsername } from '../../cli/check-username.ts';
import { maskWords } from '../../cli/mask-words.ts';
import { notificationSettings } from '../../cli/to-settings.ts';
import { withoutEmpty } from '../../cli/without-empty.ts';
import type { NotificationSettings } from '../../config/settings.ts';
import { parseNotifyUrl } from '../../notify/url/notify-url.ts';
import type { ProcessContext } from '../context.ts';
import { EndpointError, readEndpoint } from '../endpoint.ts';

/** What `icloud` can do; `store` is the form without a command, which icloudpd's tool had. */
export const COMMANDS = ['login', 'logout', 'status', 'doctor', 'code', 'import', 'test-notify'] as const;
export type CommandName = (typeof COMMANDS)[number] | 'store';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const OPTIONS = {
  username: text,
  password: text,
  'non-interactive': { type: 'boolean', short: 'n' },
  'delete-from-keyring': flag,
  'cookie-directory': text,
  domain: text,
  'accept-terms': flag,
  now: flag,
  forget: flag,
  all: flag,
  from: text,
  replace: flag,
  send: flag,
  sms: text,
  call: text,
  status: flag,
  'smtp-username': text,
  'smtp-password': text,
  'smtp-host': text,
  'smtp-port': text,
  'smtp-no-tls': flag,
  'notification-email': text,
  'notification-email-from': text,
  'notification-script': text,
  notify: { type: 'string', multiple: true },
  version: flag,
  help: { type: 'boolean', short: 'h' },
} as const;

const SHARED = ['username', 'version', 'help'];
const SESSION = [...SHARED, 'cookie-directory', 'domain'];
const SIGN_IN = [...SESSION, 'password', 'non-interactive', 'accept-terms', 'now'];
/** Options that mean something to a command; any other is refused there. */
const ALLOWED: Readonly<Record<CommandName, readonly string[]>> = {
  store: [...SIGN_IN, 'delete-from-keyring'],
  login: SIGN_IN,
  logout: [...SESSION, 'forget', 'all'],
  status: SESSION,
  doctor: SIGN_IN,
  code: [...SHARED, 'cookie-directory', 'send', 'sms', 'call', 'status'],
  import: [...SIGN_IN, 'from', 'replace'],
  'test-notify': [...SHARED, ...Object.keys(OPTIONS).filter((name) => /^(smtp|notif)/.test(name))],
};
/** The same for `--delete-from-keyring`, which signs nobody in. It never asks either, so `-n` is kept to. */
const ALLOWED_TO_DELETE = [...SHARED, 'cookie-directory', 'non-interactive', 'delete-from-keyring'];

/** @returns what to say of the first option that would be ignored */
function refuseStray(command: CommandName, given: readonly string[]): string | undefined {
  const stray = given.find((name) => !ALLOWED[command].includes(name));
  if (stray !== undefined) {
    return `--${stray} means nothing ${command === 'store' ? 'without a command' : `to icloud ${command}`}`;
  }
  const idle = given.includes('delete-from-keyring') && given.find((name) => !ALLOWED_TO_DELETE.includes(name));
  return idle ? `--${idle} means nothing together with --delete-from-keyring, which only deletes` : undefined;
}

/** `icloud code` says one thing to the run that waits; the rest would be ignored. */
function refuseCrowd(given: readonly string[], codes: readonly string[]): string | undefined {
  const ways = ['send', 'sms', 'call', 'status'].filter((name) => given.includes(name)).map((name) => `--${name}`);
  const all = codes.length === 0 ? ways : [...ways, 'a code'];
  if (all.length < 2) return undefined;
  return `icloud code does one thing at a time, and ${all.join(' and ')} are several: give one of them`;
}

/** A command line of `icloud`, understood. */
export interface Arguments {
  readonly command: CommandName;
  readonly username: string;
  readonly password: string | undefined;
  readonly interactive: boolean;
  readonly deletes: boolean;
  readonly cookieDirectory: string;
  readonly domain: 'com' | 'cn';
  readonly acceptTerms: boolean;
  readonly now: boolean;
  readonly forget: boolean;
  readonly all: boolean;
  readonly from: string | undefined;
  readonly replace: boolean;
  readonly send: boolean;
  readonly sms: string | undefined;
  readonly call: string | undefined;
  readonly status: boolean;
  /** What follows the command: the code. */
  readonly rest: readonly string[];
  readonly notifications: NotificationSettings;
  readonly endpoint: URL | undefined;
}

/** A command line to be answered with a text. */
export type Shown = 'help' | 'version' | { readonly refused: string };

function commandOf(first: string | undefined): CommandName | undefined {
  if (first === undefined) return 'store';
  return COMMANDS.find((name) => name === first);
}

/** @returns the arguments, or what to show instead */
export function readArguments(argv: readonly string[], env: ProcessContext['env']): Arguments | Shown {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
    if (values.help) return 'help';
    if (values.version) return 'version';
    const command = commandOf(positionals[0]);
    if (!command) return { refused: `The first word is none of the commands: ${COMMANDS.join(', ')}` };
    const given = Object.keys(values);
    const stray = refuseStray(command, given);
    if (stray !== undefined) return { refused: stray };
    const rest = positionals.slice(1);
    if (rest.length > (command === 'code' ? 1 : 0)) return { refused: `unrecognized arguments: ${maskWords(rest)}` };
    const crowd = command === 'code' ? refuseCrowd(given, rest) : undefined;
    if (crowd !== undefined) return { refused: crowd };
    if (!values.username) return { refused: 'No username supplied' };
    const noName = checkUsername(values.username);
    if (noName !== undefined) return { refused: `argument --username: ${noName}` };
    const { domain = 'com' } = values;
    if (domain !== 'com' && domain !== 'cn') {
      return { refused: `argument --domain: invalid choice: '${domain}' (choose from 'com', 'cn')` };
    }
    const badUrl = (values.notify ?? []).map((url) => parseNotifyUrl(url)).find((parsed) => !parsed.ok);
    if (badUrl && !badUrl.ok) return { refused: `argument --notify: ${badUrl.reason}` };
    const port = values['smtp-port'];
    if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
      return { refused: `argument --smtp-port: invalid int value: '${port}'` };
    }
    const part = new Map(
      Object.entries(values).map(([name, value]) => [name, value === true ? [] : [value].flat().map(String)]),
    );
    return {
      command,
      username: values.username.toLowerCase(),
      password: values.password || undefined,
      interactive: !values['non-interactive'],
      deletes: values['delete-from-keyring'] ?? false,
      cookieDirectory: values['cookie-directory'] || '~/.pyicloud',
      domain,
      acceptTerms: values['accept-terms'] ?? false,
      now: values.now ?? false,
      forget: values.forget ?? false,
      all: values.all ?? false,
      from: values.from || undefined,
      replace: values.replace ?? false,
      send: values.send ?? false,
      sms: values.sms,
      call: values.call,
      status: values.status ?? false,
      rest,
      notifications: notificationSettings(withoutEmpty(part)),
      endpoint: readEndpoint(env.ICLOUDPD_ENDPOINT),
    };
  } catch (error) {
    // parseArgs throws TypeErrors that name the option
    if (error instanceof TypeError || error instanceof EndpointError) return { refused: error.message };
    throw error;
  }
}
