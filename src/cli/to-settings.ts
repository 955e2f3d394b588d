import type {
  FileMatchPolicy,
  GlobalSettings,
  LivePhotoMovFilenamePolicy,
  LogLevel,
  PasswordProviderName,
  UserSettings,
} from '../config/settings.ts';
import { OPTIONS } from './options.ts';
import type { PartValues } from './parse-part.ts';

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
const PROVIDERS: readonly PasswordProviderName[] = ['parameter', 'keyring', 'console'];
const MATCH_POLICIES: readonly FileMatchPolicy[] = ['name-size-dedup-with-suffix', 'name-id7'];
const MOV_POLICIES: readonly LivePhotoMovFilenamePolicy[] = ['suffix', 'original'];

/** @param part checked by the parser and the rules */
export function globalSettings(part: PartValues): GlobalSettings {
  return {
    onlyPrintFilenames: part.has('only-print-filenames'),
    logLevel: oneOf(valuesOf(part, 'log-level')[0], LOG_LEVELS),
    noProgressBar: part.has('no-progress-bar'),
    threadsNum: Number(valuesOf(part, 'threads-num')[0]),
    domain: oneOf(valuesOf(part, 'domain')[0], ['com', 'cn']),
    passwordProvider: valuesOf(part, 'password-provider').map((name) => oneOf(name, PROVIDERS)),
  };
}

/** @param part an account's own values over the defaults, checked by the parser and the rules */
export function userSettings(part: PartValues): UserSettings {
  const recent = part.get('recent')?.[0];
  return {
    username: part.get('username')?.[0] ?? '',
    password: part.get('password')?.[0],
    directory: part.get('directory')?.[0],
    authOnly: part.has('auth-only'),
    cookieDirectory: valuesOf(part, 'cookie-directory')[0] ?? '',
    recent: recent === undefined ? undefined : Number(recent),
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
