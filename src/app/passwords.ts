import { Secret } from '../apple/secret.ts';
import type { GlobalSettings, PasswordProviderName, UserSettings } from '../config/settings.ts';
import { passwordStore } from '../session/password-store.ts';
import { commandProvider } from '../signin/password-providers/command.ts';
import { consoleProvider } from '../signin/password-providers/console.ts';
import { environmentProvider } from '../signin/password-providers/environment.ts';
import { fileProvider } from '../signin/password-providers/file.ts';
import { keyringProvider, type PasswordStore } from '../signin/password-providers/keyring.ts';
import { onceProvider, type PasswordProvider } from '../signin/password-providers/password-provider.ts';
import type { Prompter } from '../signin/prompter.ts';
import type { Logger } from '../terminal/logger.ts';
import type { ProcessContext } from './context.ts';
import { expandPath } from './paths.ts';

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The keyring, system's or our own; nothing that is wrong with it fails a run. */
export function loggedPasswordStore(directory: string, log: Logger): PasswordStore {
  const store = passwordStore(directory);
  return {
    async read(username) {
      try {
        const found = await store.read(username);
        if (found) log.debug(`The password comes from ${found.place}`);
        return found?.password;
      } catch (error) {
        log.warning(`The keyring cannot be read (${reasonOf(error)})`);
        return undefined;
      }
    },
    async save(username, password) {
      try {
        log.info(`The password of ${username} was saved in ${await store.save(username, password)}`);
        return true;
      } catch (error) {
        log.warning(`Password was not saved to keyring (${reasonOf(error)})`);
        return false;
      }
    },
    async delete(username) {
      try {
        for (const place of await store.delete(username)) {
          log.warning(`Apple rejected the password of ${username}: it was deleted from ${place}`);
        }
      } catch (error) {
        log.warning(`The rejected password could not be deleted from the keyring (${reasonOf(error)})`);
      }
    },
  };
}

/** The providers a run asks: those of `--password-provider`; without it also those whose place is named. */
function namesOf(
  global: GlobalSettings,
  user: UserSettings,
  env: ProcessContext['env'],
): readonly PasswordProviderName[] {
  const named = new Set<PasswordProviderName>(global.passwordProvider);
  const given: Partial<Record<PasswordProviderName, boolean>> = {
    env: env.ICLOUDPD_PASSWORD !== undefined || env.ICLOUDPD_PASSWORD_FILE !== undefined,
    file: user.passwordFile !== undefined,
    command: user.passwordCommand !== undefined,
  };
  const more = (['env', 'file', 'command'] as const).filter((name) => given[name] && !named.has(name));
  if (more.length === 0) return global.passwordProvider;
  const [first, ...others] = global.passwordProvider;
  return first === 'parameter' ? [first, ...more, ...others] : [...more, ...global.passwordProvider];
}

export interface PasswordParts {
  readonly global: GlobalSettings;
  readonly user: UserSettings;
  readonly process: ProcessContext;
  readonly prompter: Prompter;
  readonly log: Logger;
  /** The data directory, expanded. */
  readonly directory: string;
  /** Asks on the web page; undefined without one. */
  readonly web: PasswordProvider | undefined;
}

/** @returns the password providers of one account, in the order they are asked */
export function createPasswordProviders(parts: PasswordParts): readonly PasswordProvider[] {
  const { global, user, process, prompter, log } = parts;
  if (user.password !== undefined) {
    log.warning(
      '--password can be read in the process list by every user of this machine: better keep it in the keyring ' +
        `("icloud --username ${user.username}") or in a file (--password-file)`,
    );
  }
  const create: Readonly<Record<PasswordProviderName, () => PasswordProvider | undefined>> = {
    parameter: () =>
      onceProvider('parameter', async () => (user.password === undefined ? undefined : new Secret(user.password))),
    env: () => environmentProvider(process.env),
    file: () => (user.passwordFile === undefined ? undefined : fileProvider(expandPath(user.passwordFile, process))),
    command: () => (user.passwordCommand === undefined ? undefined : commandProvider(user.passwordCommand, process)),
    keyring: () => keyringProvider(loggedPasswordStore(parts.directory, log)),
    console: () => consoleProvider(prompter),
    webui: () => parts.web,
  };
  return namesOf(global, user, process.env)
    .map((name) => create[name]())
    .filter((provider) => provider !== undefined);
}
