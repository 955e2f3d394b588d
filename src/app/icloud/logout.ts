import { rm } from 'node:fs/promises';
import { logout as endSession } from '../../apple/account/logout.ts';
import { validate } from '../../apple/account/web-session.ts';
import { createAppleSession } from '../../apple/apple-session.ts';
import { AppleError } from '../../apple/errors.ts';
import { Transport } from '../../apple/http/transport.ts';
import { ExitCode } from '../../cli/exit-codes.ts';
import { readAccountState } from '../../session/account-state.ts';
import { accountPaths } from '../../session/paths.ts';
import { openSession } from '../../session/session-store.ts';
import type { Tool } from './tool.ts';

/** `icloud logout`: keeps the trust, so that signing in again needs no code; `--forget` gives up that too. */
export async function logout({ args, say, directory, process, redactor, log }: Tool): Promise<number> {
  using files = await openSession(directory, args.username);
  const paths = accountPaths(directory, args.username);
  const state = await readAccountState(paths.state);
  await using transport = new Transport({
    cookies: files.cookies,
    connections: 1,
    signal: process.signal,
    onAnswer: (line) => log.debug(line),
    ...(args.endpoint ? { endpoint: args.endpoint } : {}),
  });
  const domain = args.domain === 'com' ? (state.domain ?? 'com') : args.domain;
  const session = createAppleSession({ domain, data: files.data, transport, clock: process.clock, redactor });
  const account = await validate(session).catch((error) => {
    if (error instanceof AppleError && error.kind !== 'unreachable') return undefined;
    throw error;
  });
  const ended = await endSession(session, {
    dsid: account?.dsid,
    trustBrowser: !args.forget,
    allBrowsers: args.all,
  });
  for (const key of ['session_token', 'session_id', 'scnt'] as const) delete files.data[key];
  if (args.forget) {
    await Promise.all([paths.cookies, paths.session, paths.state].map((file) => rm(file, { force: true })));
  } else await files.save();
  say(ended ? 'Signed out.' : 'There was no session to end.');
  if (args.forget) say('The stored session was deleted. The password in the keyring is not: --delete-from-keyring.');
  else say('Apple still trusts this installation: signing in again needs no code.');
  return ExitCode.done;
}
