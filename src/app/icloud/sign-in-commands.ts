import type { Secret } from '../../apple/secret.ts';
import { ExitCode } from '../../cli/exit-codes.ts';
import { passwordStore } from '../../session/password-store.ts';
import { keyringProvider, type PasswordStore } from '../../signin/password-providers/keyring.ts';
import type { PasswordProvider } from '../../signin/password-providers/password-provider.ts';
import { loggedPasswordStore } from '../passwords.ts';
import { type Tool, withTool } from './tool.ts';

/** The stored password as a provider, and afterwards the offer to store another one. */
function keeper(store: PasswordStore, { prompter, say }: Tool): PasswordProvider {
  let stored: Secret | undefined;
  return {
    ...keyringProvider({
      ...store,
      read: async (username) => {
        stored = await store.read(username);
        return stored;
      },
    }),
    accepted: async (username, password) => {
      if (!prompter.attended || stored?.reveal() === password.reveal()) return;
      const answer = await prompter.ask('Save password in keyring? (y/N) ');
      if (!/^y(es)?$/i.test(answer?.trim() ?? '')) return;
      if (await store.save(username, password)) say('icloudpd will not ask for it any more.');
    },
  };
}

/** Without a command: proves the password, offers to keep it. */
export async function store(tool: Tool): Promise<number> {
  if (tool.args.deletes) return deletePassword(tool);
  return withTool(tool, keeper(loggedPasswordStore(tool.directory, tool.log), tool), 'password', async () => {
    tool.log.info('Authentication completed successfully');
    return ExitCode.done;
  });
}

async function deletePassword({ args, directory, say }: Tool): Promise<number> {
  const places = await passwordStore(directory).delete(args.username);
  if (places.length === 0) say(`The keyring holds no password of ${args.username}`);
  else say(`Password delete from keyring\nIt was in ${places.join(' and in ')}.`);
  return ExitCode.done;
}

/** Signs in with whatever is needed. */
export async function login(tool: Tool): Promise<number> {
  return withTool(
    tool,
    keeper(loggedPasswordStore(tool.directory, tool.log), tool),
    'stored-session',
    async (account) => {
      const ways = {
        'stored-session': 'The stored session is good',
        token: 'The stored session was renewed',
        password: 'Signed in with the password',
        code: 'Signed in with password and code',
      };
      const { trustedUntil } = account;
      const until =
        trustedUntil === undefined ? '' : `; trusted until ${new Date(trustedUntil).toISOString().slice(0, 10)}`;
      tool.say(`${ways[account.signedIn.way]}${until}.`);
      return ExitCode.done;
    },
  );
}
