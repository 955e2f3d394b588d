import { parseFolderStructure } from '../download/naming/folder-structure.ts';
import { parseNotifyUrl } from '../notify/url/notify-url.ts';
import { parseDateOrInterval } from './date-or-interval.ts';
import type { OptionSpec } from './options.ts';

/** Options without a value of their own, in one line each. */
function flag(name: string, help: string, more: Partial<OptionSpec> = {}): OptionSpec {
  return { name, group: 'common', value: { kind: 'flag' }, help, ...more };
}

function text(name: string, metavar: string, help: string, more: Partial<OptionSpec> = {}): OptionSpec {
  return { name, group: 'common', value: { kind: 'text', metavar }, help, ...more };
}

/** A text that icloudpd took for not given when it was empty. */
function textOrNothing(name: string, metavar: string, help: string, more: Partial<OptionSpec> = {}): OptionSpec {
  return text(name, metavar, help, { value: { kind: 'text', metavar, emptyIsAbsent: true }, ...more });
}

const checkFolderStructure = (value: string): string | undefined =>
  parseFolderStructure(value).ok ? undefined : `Format ${value} specified in --folder-structure is incorrect`;

const checkDate = (value: string): string | undefined =>
  parseDateOrInterval(value) ? undefined : 'Not an ISO timestamp or time interval in days';

const checkNotify = (value: string): string | undefined => {
  const parsed = parseNotifyUrl(value);
  return parsed.ok ? undefined : parsed.reason;
};

/** Options that may stand before the first account, as defaults for all, or with one. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  textOrNothing('directory', 'DIRECTORY', 'The folder to download to.', { short: 'd' }),
  flag('auth-only', 'Sign in, store the session, and do nothing else.'),
  textOrNothing('cookie-directory', 'DIRECTORY', 'Where the session is kept.', { default: '~/.pyicloud' }),
  {
    name: 'size',
    group: 'common',
    value: { kind: 'choice', choices: ['original', 'medium', 'thumb', 'adjusted', 'alternative'] },
    repeatable: true,
    default: ['original'],
    help: 'Which version of a photo to download; may be repeated.',
    notYet: { except: ['original'] },
  },
  {
    name: 'live-photo-size',
    group: 'common',
    value: { kind: 'choice', choices: ['original', 'medium', 'thumb'] },
    default: 'original',
    help: 'Which version of the motion part of a Live Photo to download.',
    notYet: { except: ['original'] },
  },
  {
    name: 'recent',
    group: 'common',
    value: { kind: 'int', min: 0 },
    help: 'Only so many items, the newest by the date taken.',
  },
  {
    name: 'until-found',
    group: 'common',
    value: { kind: 'int', min: 0 },
    help: 'Stop after so many files in a row that are there already.',
    notYet: true,
  },
  text('album', 'ALBUM', 'Only this album; may be repeated.', { short: 'a', repeatable: true, notYet: true }),
  flag('list-albums', 'List the albums.', { short: 'l', notYet: true }),
  text('library', 'LIBRARY', 'Which library to download.', {
    default: 'PrimarySync',
    notYet: { except: ['PrimarySync'] },
  }),
  flag('list-libraries', 'List the libraries.', { notYet: true }),
  flag('skip-videos', 'Download no videos (Live Photos keep their motion part).'),
  flag('skip-live-photos', 'Download no motion parts of Live Photos.'),
  flag('xmp-sidecar', 'Write what Apple knows of a photo into an XMP file beside it.', { notYet: true }),
  flag('force-size', 'Only the wanted sizes, without falling back to the original.', { notYet: true }),
  flag('auto-delete', 'Delete here what was deleted in iCloud.', { notYet: true }),
  text('folder-structure', 'FORMAT', 'Folders by the date taken, in Python\'s format notation, or "none".', {
    default: '{:%Y/%m/%d}',
    value: { kind: 'text', metavar: 'FORMAT', check: checkFolderStructure },
  }),
  flag('set-exif-datetime', 'Write the date taken into photos that have none.', { notYet: true }),
  textOrNothing('smtp-username', 'USERNAME', 'Mail account for notifications.'),
  textOrNothing(
    'smtp-password',
    'PASSWORD',
    'Its password. Better kept out of the process list in ICLOUDPD_SMTP_PASSWORD.',
  ),
  textOrNothing('smtp-host', 'HOST', 'Mail server.', { default: 'smtp.gmail.com' }),
  {
    name: 'smtp-port',
    group: 'common',
    value: { kind: 'int', min: 1, max: 65535 },
    default: '587',
    help: 'Port of the mail server: 465 is encrypted from the first byte, others become so before anything is said.',
  },
  flag('smtp-no-tls', 'Send mail without encryption.'),
  textOrNothing('notification-email', 'ADDRESS', 'Who is notified; the mail account itself if not given.'),
  textOrNothing('notification-email-from', 'ADDRESS', 'Sender of notifications.'),
  textOrNothing('notification-script', 'PATH', 'Program to run when a notification is due.'),
  flag('delete-after-download', 'Delete in iCloud what was downloaded.', { notYet: true }),
  {
    name: 'keep-icloud-recent-days',
    group: 'common',
    value: { kind: 'int', min: 0 },
    help: 'Delete in iCloud what was downloaded and is older than so many days.',
    notYet: true,
  },
  flag('dry-run', 'Do everything but write: show what would be downloaded.'),
  flag('keep-unicode-in-filenames', 'Keep letters outside ASCII in file names, which are removed otherwise.'),
  {
    name: 'live-photo-mov-filename-policy',
    group: 'common',
    value: { kind: 'choice', choices: ['suffix', 'original'] },
    default: 'suffix',
    help: 'Name of the motion part of a HEIC photo: IMG_1_HEVC.MOV (suffix) or IMG_1.MOV (original).',
  },
  {
    name: 'align-raw',
    group: 'common',
    value: { kind: 'choice', choices: ['as-is', 'original', 'alternative'] },
    default: 'as-is',
    help: 'Which of a RAW and JPEG pair counts as the original.',
    notYet: { except: ['as-is'] },
  },
  {
    name: 'file-match-policy',
    group: 'common',
    value: { kind: 'choice', choices: ['name-size-dedup-with-suffix', 'name-id7'] },
    default: 'name-size-dedup-with-suffix',
    help: 'How two photos of one name are told apart: by size, or by a part of the id in every name.',
  },
  text('skip-created-before', 'DATE', 'Leave out what was taken before: an ISO timestamp, or 20d for 20 days ago.', {
    value: { kind: 'text', metavar: 'DATE', check: checkDate },
    notYet: true,
  }),
  text('skip-created-after', 'DATE', 'Leave out what was taken after: an ISO timestamp, or 20d for 20 days ago.', {
    value: { kind: 'text', metavar: 'DATE', check: checkDate },
    notYet: true,
  }),
  flag('skip-photos', 'Download no photos, only videos.'),
  text(
    'notify',
    'URL',
    'Who else is notified: ntfy, Telegram, Discord, Slack, Pushover, Gotify or a webhook; may be repeated. See docs/notifications.md.',
    {
      repeatable: true,
      value: { kind: 'text', metavar: 'URL', check: checkNotify },
    },
  ),
  flag(
    'accept-terms',
    "Accept Apple's new iCloud Terms and Conditions unread, when they keep the account from signing in.",
  ),
];
