import { parseArgs } from 'node:util';
import { Redactor, Secret } from '../apple/secret.ts';
import { ExitCode } from '../cli/exit-codes.ts';
import { renderVersion } from '../cli/version.ts';
import { deletePassword } from '../session/keyring.ts';
import { createFrontEnd } from '../signin/front-end.ts';
import { consoleProvider } from '../signin/password-providers/console.ts';
import type { PasswordStore } from '../signin/password-providers/keyring.ts';
import { parameterProvider } from '../signin/password-providers/parameter.ts';
import type { PasswordProvider } from '../signin/password-providers/password-provider.ts';
import type { Prompter } from '../signin/prompter.ts';
import { createLogger } from '../terminal/logger.ts';
import { createPrompter } from '../terminal/prompter.ts';
import { withAccount } from './account-session.ts';
import type { ProcessContext } from './context.ts';
import { EndpointError, readEndpoint } from './endpoint.ts';
import { explain } from './outcome.ts';
import { systemKeyring } from './passwords.ts';
import { expandPath } from './run-account.ts';

const HELP = `usage: icloud --username USERNAME [options]

Signs in to iCloud and keeps the password in the system keyring, so that icloudpd does not ask for it.

  --username USERNAME           the Apple ID
  --password PASSWORD           its password; asked for when it is not given
                                (other users of this machine can see it in the process list)
  -n, --non-interactive         never ask
  --delete-from-keyring         remove the stored password, and do nothing else
  --cookie-directory DIRECTORY  where the session is kept (default: ~/.pyicloud, as icloudpd)
  --domain {com,cn}             which iCloud: cn for mainland China (default: com)
  --version                     show the version
  -h, --help                    show this help
`;

const OPTIONS = {
  username: { type: 'string' },
  password: { type: 'string' },
  'non-interactive': { type: 'boolean', short: 'n' },
  'delete-from-keyring': { type: 'boolean' },
  'cookie-directory': { type: 'string' },
  domain: { type: 'string' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

interface Settings {
  readonly username: string;
  readonly password: string | undefined;
  readonly interactive: boolean;
  readonly deletes: boolean;
  readonly cookieDirectory: string;
  readonly domain: 'com' | 'cn';
  readonly endpoint: URL | undefined;
}

/** Text to show instead of a run. */
interface Shown {
  readonly text: string;
  readonly exitCode: number;
}

function refuse(reason: string): Shown {
  return { text: `icloud: error: ${reason}\nRun "icloud --help" for the options.\n`, exitCode: ExitCode.usage };
}

function readSettings(argv: readonly string[], env: ProcessContext['env']): Settings | Shown {
  try {
    const { values } = parseArgs({ args: [...argv], options: OPTIONS });
    if (values.help) return { text: HELP, exitCode: ExitCode.done };
    if (values.version) return { text: `${renderVersion()}\n`, exitCode: ExitCode.done };
    if (!values.username) return refuse('No username supplied');
    const { domain = 'com' } = values;
    if (domain !== 'com' && domain !== 'cn')
      return refuse(`argument --domain: invalid choice: '${domain}' (choose from 'com', 'cn')`);
    return {
      username: values.username.toLowerCase(),
      password: values.password,
      interactive: !values['non-interactive'],
      deletes: values['delete-from-keyring'] ?? false,
      cookieDirectory: values['cookie-directory'] ?? '~/.pyicloud',
      domain,
      endpoint: readEndpoint(env.ICLOUDPD_ENDPOINT),
    };
  } catch (error) {
    // parseArgs throws TypeErrors that name the option
    if (error instanceof TypeError || error instanceof EndpointError) return refuse(error.message);
    throw error;
  }
}

/** The whole of `icloud`. @returns the exit code */
export async function runIcloud(argv: readonly string[], context: ProcessContext): Promise<number> {
  const settings = readSettings(argv, context.env);
  if ('text' in settings) {
    (settings.exitCode === ExitCode.done ? context.stdout : context.stderr).write(settings.text);
    return settings.exitCode;
  }
  if (settings.deletes) return deleteFromKeyring(settings.username, context);
  return signInAndKeep(settings, context);
}

async function deleteFromKeyring(username: string, { stdout, stderr }: ProcessContext): Promise<number> {
  const result = await deletePassword(username);
  if (!result.ok) {
    stderr.write(`The system keyring cannot be used: ${result.reason}\n`);
    return ExitCode.refused;
  }
  stdout.write(result.value ? 'Password delete from keyring\n' : `The keyring holds no password of ${username}\n`);
  return ExitCode.done;
}

/** The stored password as a provider, and afterwards the offer to store another one. */
function keeper(store: PasswordStore, prompter: Prompter): PasswordProvider {
  let stored: Secret | undefined;
  return {
    name: 'keyring',
    next: async (username, rejected) => {
      if (!rejected) stored = await store.read(username);
      return rejected ? undefined : stored;
    },
    accepted: async (username, password) => {
      if (!prompter.attended || stored?.reveal() === password.reveal()) return;
      const answer = await prompter.ask('Save password in keyring? (y/N) ');
      if (!/^y(es)?$/i.test(answer?.trim() ?? '')) return;
      if (await store.save(username, password)) prompter.say('Saved: icloudpd will not ask for it any more.');
    },
  };
}

async function signInAndKeep(settings: Settings, context: ProcessContext): Promise<number> {
  const { username, password } = settings;
  const redactor = new Redactor();
  redactor.add(password);
  const log = createLogger({
    threshold: 'info',
    redactor,
    now: () => context.clock.now(),
    write: (line) => void context.stderr.write(line),
  });
  const terminal = createPrompter({ input: context.stdin, output: context.stdout }, context.signal);
  const prompter: Prompter = settings.interactive ? terminal : { ...terminal, attended: false };
  const providers = [
    parameterProvider(password === undefined ? undefined : new Secret(password)),
    keeper(systemKeyring(log), prompter),
    consoleProvider(prompter),
  ];
  const frontEnd = createFrontEnd(providers, prompter, () => log.info('Two-factor authentication is required (2fa)'));
  try {
    return await withAccount(
      {
        username,
        domain: settings.domain,
        sessionDirectory: expandPath(settings.cookieDirectory, context),
        endpoint: settings.endpoint,
        start: 'password',
        threads: 1,
      },
      { process: context, log, redactor, frontEnd },
      async () => {
        log.info('Authentication completed successfully');
        return ExitCode.done;
      },
    );
  } catch (error) {
    return explain(error, log);
  }
}
