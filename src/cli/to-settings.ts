import type {
  FileMatchPolicy,
  GlobalSettings,
  LivePhotoMovFilenamePolicy,
  LogLevel,
  NotificationSettings,
  PasswordProviderName,
  UserSettings,
  WebSettings,
} from '../config/settings.ts';
import { OPTIONS } from './options.ts';
import type { PartValues } from './parse-part.ts';
import { splitWords } from './split-words.ts';

/** The given values of an option, or its defaults. */
function valuesOf(part: PartValues, name: string): readonly string[] {
  const given = part.get(name);
  if (given) return given;
  const preset = OPTIONS.find((option) => option.name === name)?.default ?? [];
  return typeof preset === 'string' ? [preset] : preset;
}

/** Narrows texts that the parser has checked against the table to the union they are written as here. */
function oneOf<T extends string>(value: string | undefined, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Error(`${value} is not among ${choices.join(', ')}`);
  return found;
}

const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'error'];
const PROVIDERS: readonly PasswordProviderName[] = [
  'parameter',
  'env',
  'file',
  'command',
  'keyring',
  'console',
  'webui',
];
const MATCH_POLICIES: readonly FileMatchPolicy[] = ['name-size-dedup-with-suffix', 'name-id7'];
const MOV_POLICIES: readonly LivePhotoMovFilenamePolicy[] = ['suffix', 'original'];

function numberOf(part: PartValues, name: string): number | undefined {
  const [value] = valuesOf(part, name);
  return value === undefined ? undefined : Number(value);
}

function webSettings(part: PartValues): WebSettings | undefined {
  const asked =
    part.has('web') || part.get('password-provider')?.includes('webui') || part.get('mfa-provider')?.[0] === 'webui';
  if (!asked) return undefined;
  const url = part.get('web-url')?.[0];
  return {
    host: valuesOf(part, 'web-host')[0] ?? '',
    port: numberOf(part, 'web-port') ?? 0,
    passwordFile: part.get('web-password-file')?.[0],
    url: url === undefined ? undefined : new URL(url),
    allowedHosts: part.get('web-allowed-host') ?? [],
    trustProxy: part.has('web-trust-proxy'),
  };
}

/** What one account's part says of notifications. */
export function notificationSettings(part: PartValues): NotificationSettings {
  return {
    smtpUsername: part.get('smtp-username')?.[0],
    smtpPassword: part.get('smtp-password')?.[0],
    smtpHost: valuesOf(part, 'smtp-host')[0] ?? '',
    smtpPort: numberOf(part, 'smtp-port') ?? 0,
    smtpNoTls: part.has('smtp-no-tls'),
    notificationEmail: part.get('notification-email')?.[0],
    notificationEmailFrom: part.get('notification-email-from')?.[0],
    notificationScript: part.get('notification-script')?.[0],
    notify: part.get('notify') ?? [],
  };
}

/** @param part checked by the parser and the rules */
export function globalSettings(part: PartValues): GlobalSettings {
  return {
    onlyPrintFilenames: part.has('only-print-filenames'),
    logLevel: oneOf(valuesOf(part, 'log-level')[0], LOG_LEVELS),
    noProgressBar: part.has('no-progress-bar'),
    threadsNum: Number(valuesOf(part, 'threads-num')[0]),
    domain: oneOf(valuesOf(part, 'domain')[0], ['com', 'cn']),
    passwordProvider: valuesOf(part, 'password-provider').map((name) => oneOf(name, PROVIDERS)),
    mfaProvider: oneOf(valuesOf(part, 'mfa-provider')[0], ['console', 'webui']),
    mfaWait: numberOf(part, 'mfa-wait'),
    watchInterval: numberOf(part, 'watch-with-interval') || undefined,
    debugCapture: part.get('debug-capture')?.[0],
    web: webSettings(part),
  };
}

/** @param part an account's own values over the defaults, checked by the parser and the rules */
export function userSettings(part: PartValues): UserSettings {
  const command = part.get('password-command')?.[0];
  return {
    username: part.get('username')?.[0] ?? '',
    password: part.get('password')?.[0],
    passwordFile: part.get('password-file')?.[0],
    passwordCommand: command === undefined ? undefined : splitWords(command),
    acceptTerms: part.has('accept-terms'),
    notifications: notificationSettings(part),
    directory: part.get('directory')?.[0],
    authOnly: part.has('auth-only'),
    cookieDirectory: valuesOf(part, 'cookie-directory')[0] ?? '',
    recent: numberOf(part, 'recent'),
    skipVideos: part.has('skip-videos'),
    skipPhotos: part.has('skip-photos'),
    skipLivePhotos: part.has('skip-live-photos'),
    folderStructure: valuesOf(part, 'folder-structure')[0] ?? '',
    dryRun: part.has('dry-run'),
    keepUnicodeInFilenames: part.has('keep-unicode-in-filenames'),
    livePhotoMovFilenamePolicy: oneOf(valuesOf(part, 'live-photo-mov-filename-policy')[0], MOV_POLICIES),
    fileMatchPolicy: oneOf(valuesOf(part, 'file-match-policy')[0], MATCH_POLICIES),
  };
}
