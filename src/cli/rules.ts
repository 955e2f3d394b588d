import { type PartValues, UsageError } from './parse-part.ts';

/** Truthy as in Python: present, and not 0. */
function isOn(values: PartValues, name: string): boolean {
  const given = values.get(name);
  return given !== undefined && given[0] !== '0';
}

function checkUser(user: PartValues): void {
  if (isOn(user, 'skip-videos') && isOn(user, 'skip-photos')) {
    throw new UsageError('Only one of --skip-videos and --skip-photos can be used at a time for each configuration');
  }
  if (!['list-albums', 'list-libraries', 'directory', 'auth-only'].some((name) => user.has(name))) {
    throw new UsageError(
      '--auth-only, --directory, --list-libraries, or --list-albums are required for each configuration',
    );
  }
  if (isOn(user, 'auto-delete') && isOn(user, 'delete-after-download')) {
    throw new UsageError('--auto-delete and --delete-after-download are mutually exclusive per configuration');
  }
  if (isOn(user, 'keep-icloud-recent-days') && isOn(user, 'delete-after-download')) {
    throw new UsageError(
      '--keep-icloud-recent-days and --delete-after-download should not be used together in one configuration',
    );
  }
}

/** A provider that waits for a person always has an answer in the end: nothing after it would ever be asked. */
function checkPasswordProviders(providers: readonly string[]): void {
  const waiting = providers.filter((name) => name === 'console' || name === 'webui');
  if (waiting.length > 1) {
    throw new UsageError(
      '--password-provider console and webui exclude each other: both wait for a person, and only one can be answered',
    );
  }
  const [last] = waiting;
  if (last !== undefined && providers.at(-1) !== last) {
    throw new UsageError(
      `--password-provider ${last} must be the last one: it waits for a person, so nothing after it would be asked`,
    );
  }
}

function providesWeb(global: PartValues): boolean {
  return (global.get('password-provider') ?? []).includes('webui') || global.get('mfa-provider')?.[0] === 'webui';
}

/** A place that is named for the password and not among the providers would never be asked. */
function checkPasswordPlaces(global: PartValues, users: readonly PartValues[]): void {
  const providers = global.get('password-provider');
  for (const place of ['file', 'command']) {
    const named = users.some((user) => user.has(`password-${place}`));
    if (providers && named && !providers.includes(place)) {
      throw new UsageError(
        `--password-${place} is not asked, because --password-provider does not name ${place}: add "--password-provider ${place}"`,
      );
    }
    if (providers?.includes(place) && !users.every((user) => user.has(`password-${place}`))) {
      throw new UsageError(`--password-provider ${place} wants a --password-${place} for each account`);
    }
  }
  const accounts = new Set(users.map((user) => user.get('username')?.[0]));
  if (providers?.includes('env') && accounts.size > 1) {
    throw new UsageError(
      '--password-provider env holds one password and serves one account: use --password-file for each of several',
    );
  }
}

/**
 * Options that do not go together.
 *
 * @throws UsageError with icloudpd's words where it had the rule
 */
export function checkRules(global: PartValues, users: readonly PartValues[]): void {
  for (const user of users) checkUser(user);
  const single = ['list-albums', 'auth-only', 'list-libraries'];
  const once = global.has('only-print-filenames') || users.some((user) => single.some((name) => user.has(name)));
  if (isOn(global, 'watch-with-interval') && once) {
    throw new UsageError(
      '--watch-with-interval is not compatible with --list-albums, --list-libraries, --only-print-filenames, and --auth-only',
    );
  }
  checkPasswordProviders(global.get('password-provider') ?? []);
  checkPasswordPlaces(global, users);
  const page = global.has('web') || providesWeb(global);
  const alone = ['web-host', 'web-port', 'web-password-file', 'web-url', 'web-allowed-host', 'web-trust-proxy'].find(
    (name) => global.has(name),
  );
  if (alone !== undefined && !page) {
    throw new UsageError(`--${alone} says how the web page is served, and none is: add --web`);
  }
  if (users.length === 0) {
    throw new UsageError('No account was given: name one with --username, such as --username jane@example.com');
  }
}
