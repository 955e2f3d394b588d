/** Why a file is not in place after all tries. The summary counts by these. */
export type FailureReason =
  | 'no-original'
  | 'incomplete-record'
  | 'gone'
  | 'changed'
  | 'link-refused'
  | 'wrong-length'
  | 'wrong-checksum'
  | 'network'
  | 'server'
  | 'unreadable'
  | 'folder'
  | 'path-taken'
  | 'disk-full'
  | 'disk';

/** What a person reads about each reason, in the log and in the summary. */
export const FAILURE_TEXTS: Readonly<Record<FailureReason, string>> = {
  'no-original': 'iCloud has no original for it yet: a device has still to upload it',
  'incomplete-record': 'iCloud gave only half of its record',
  gone: 'it was deleted from iCloud meanwhile',
  changed: 'it was changed in iCloud meanwhile',
  'link-refused': 'iCloud refused its download link, a fresh one too',
  'wrong-length': 'iCloud sent a different number of bytes than it announced',
  'wrong-checksum': "the bytes did not match Apple's checksum",
  network: 'the connection broke off again and again',
  server: 'iCloud could not deliver it',
  unreadable: 'what stands in its place could not be looked at',
  folder: 'its folder could not be created',
  'path-taken': 'something else is in its place',
  'disk-full': 'the disk is full',
  disk: 'it could not be written',
};

/** The same of a single failure, where the text above speaks of many. */
const ONCE_TEXTS: Partial<Record<FailureReason, string>> = { network: 'the connection broke off' };

/** Thrown when one file is given up; the run goes on with the others. */
export class FileFailure extends Error {
  override readonly name = 'FileFailure';
  readonly reason: FailureReason;

  /** What is said while the file is tried again. */
  readonly once: string;

  constructor(reason: FailureReason, detail?: string, options?: ErrorOptions) {
    const withDetail = (text: string): string => (detail === undefined ? text : `${text} (${detail})`);
    super(withDetail(FAILURE_TEXTS[reason]), options);
    this.reason = reason;
    this.once = withDetail(ONCE_TEXTS[reason] ?? FAILURE_TEXTS[reason]);
  }
}

/** Reasons that lie with this machine's disk. */
const DISK_REASONS: ReadonlySet<FailureReason> = new Set(['folder', 'disk-full', 'disk']);

/** @returns whether other files will most likely meet the same */
export function isDiskTrouble(failure: FileFailure): boolean {
  return DISK_REASONS.has(failure.reason);
}

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** @returns the failure for an error of the file system; undefined when it is none of the file system's. */
export function diskFailure(error: unknown): FileFailure | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error) || !('errno' in error)) return undefined;
  const code = String(error.code);
  return new FileFailure(FULL.has(code) ? 'disk-full' : 'disk', error.message, { cause: error });
}
