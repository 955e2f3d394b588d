import { rm } from 'node:fs/promises';
import { logout as endSession } from '../../apple/account/logout.ts';
import { validate } from '../../apple/account/web-session.ts';
import { AppleError } from '../../apple/errors.ts';
import { ExitCode } from '../../cli/exit-codes.ts';
import { accountPaths } from '../../session/paths.ts';
import { type Stored, type Tool, withStored } from './tool.ts';

/** `icloud logout`: keeps the trust, so that signing in again needs no code; `--forget` gives up that too. */
export async function logout(tool: Tool): Promise<number> {
  return withStored(tool, (stored) => signOut(tool, stored));
}

async function signOut({ args, say, directory }: Tool, { files, session }: Stored): Promise<number> {
  const paths = accountPaths(directory, args.username);
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
  else if (files.data.trust_token !== undefined)
    say('Apple still trusts this installation: signing in again needs no code.');
  return ExitCode.done;
}
