import path from 'node:path';

/** icloudpd's name for an account's files: the Apple ID's letters, digits and underscores. */
export function sessionFileName(username: string): string {
  return username.replaceAll(/[^\p{L}\p{N}_]/gu, '');
}

/** Everything that is kept for an account (docs/protocol/session-files.md). */
export interface AccountPaths {
  readonly cookies: string;
  readonly session: string;
  readonly lock: string;
  readonly state: string;
  /** On Windows the name of a pipe. */
  readonly socket: string;
}

/** @param directory `--cookie-directory`, expanded */
export function accountPaths(directory: string, username: string): AccountPaths {
  const base = path.join(directory, sessionFileName(username));
  const pipe = `\\\\.\\pipe\\icloudpd-${base.replaceAll(/[^\w]/g, '-')}`;
  return {
    cookies: base,
    session: `${base}.session`,
    lock: `${base}.lock`,
    state: `${base}.state.json`,
    socket: process.platform === 'win32' ? pipe : `${base}.socket`,
  };
}
