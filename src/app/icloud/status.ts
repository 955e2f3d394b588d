import { validate } from '../../apple/account/web-session.ts';
import { AppleError } from '../../apple/errors.ts';
import { ExitCode } from '../../cli/exit-codes.ts';
import { AccountBusyError } from '../../session/account-lock.ts';
import { passwordStore } from '../../session/password-store.ts';
import { accountPaths } from '../../session/paths.ts';
import { waitUntil } from '../../signin/cool-down.ts';
import { trustedUntil } from '../trust.ts';
import { type Stored, type Tool, withStored } from './tool.ts';

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

/** `icloud status`: what is stored, and what Apple says of it. Changes nothing but the cookies Apple renews. */
export async function status(tool: Tool): Promise<number> {
  const { args, say, directory } = tool;
  say(`account:       ${args.username}`);
  say(`session files: ${accountPaths(directory, args.username).session}`);
  const { place, systemProblem } = await passwordStore(directory).describe();
  say(`password:      ${await whereabouts(directory, args.username, place)}`);
  if (systemProblem) say(`               (the system keyring cannot be used: ${systemProblem})`);
  try {
    return await withStored(tool, (stored) => sessionStatus(tool, stored));
  } catch (error) {
    if (error instanceof AccountBusyError) {
      say('signed in:     a run is working with this account just now');
      return ExitCode.done;
    }
    if (!(error instanceof AppleError)) throw error;
    say(`signed in:     no answer: ${error.message}`);
    return ExitCode.refused;
  }
}

async function whereabouts(directory: string, username: string, place: string): Promise<string> {
  try {
    const stored = await passwordStore(directory).read(username);
    return stored ? `kept in ${stored.place}` : `not kept; it would be in ${place}`;
  } catch (error) {
    return `cannot be read (${error instanceof Error ? error.message : String(error)})`;
  }
}

async function sessionStatus({ say, process }: Tool, { files, state, session }: Stored): Promise<number> {
  const trust = await trustedUntil(session);
  const until = trust ? `${day(trust.until)} UTC (cookie ${trust.cookie})` : 'unknown; no trust cookie is stored';
  say(`trusted until: ${until}`);
  const cooling = waitUntil(state, process.clock.now());
  if (cooling !== undefined) say(`cool-down:     Apple refused sign-ins; nothing is tried before ${day(cooling)} UTC`);
  const account = files.data.session_token === undefined ? undefined : await validate(session);
  await files.save();
  if (trust && !account) say('               (only the next sign-in tells whether Apple ended it meanwhile)');
  if (trust && account?.untrusted) say('               (but Apple ended it: a code is wanted at the next sign-in)');
  const good = account !== undefined && !account.untrusted;
  say(`signed in:     ${good ? 'yes' : 'no; the next run, or "icloud login", signs in'}`);
  if (account) {
    const kinds = ['password only', 'two-step verification', 'two-factor authentication'];
    say(`protection:    ${kinds[account.hsaVersion] ?? 'unknown'}`);
    say(`iCloud:        ${session.domain === 'cn' ? 'mainland China' : 'international'}`);
    say(`photos:        ${account.databaseUrl ? 'available on the web' : 'not available on the web'}`);
  }
  return good ? ExitCode.done : ExitCode.refused;
}
