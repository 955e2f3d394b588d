import { Secret } from '../apple/secret.ts';
import type { PasswordProviderName } from '../config/settings.ts';
import { readPassword, savePassword } from '../session/keyring.ts';
import { consoleProvider } from '../signin/password-providers/console.ts';
import { keyringProvider, type PasswordStore } from '../signin/password-providers/keyring.ts';
import { parameterProvider } from '../signin/password-providers/parameter.ts';
import type { PasswordProvider } from '../signin/password-providers/password-provider.ts';
import type { Prompter } from '../signin/prompter.ts';
import type { Logger } from '../terminal/logger.ts';

/** The system keyring; a machine without one is told of in the log, and is no reason to fail. */
export function systemKeyring(log: Logger): PasswordStore {
  return {
    async read(username) {
      const result = await readPassword(username);
      if (!result.ok) log.debug(`The system keyring cannot be used: ${result.reason}`);
      return result.ok ? result.value : undefined;
    },
    async save(username, password) {
      const result = await savePassword(username, password);
      if (!result.ok) log.warning(`Password was not saved to keyring (${result.reason})`);
      return result.ok;
    },
  };
}

/** @returns the providers of `--password-provider`, in their order. */
export function createPasswordProviders(
  names: readonly PasswordProviderName[],
  password: string | undefined,
  prompter: Prompter,
  log: Logger,
): readonly PasswordProvider[] {
  const create: Readonly<Record<PasswordProviderName, () => PasswordProvider>> = {
    parameter: () => parameterProvider(password === undefined ? undefined : new Secret(password)),
    keyring: () => keyringProvider(systemKeyring(log)),
    console: () => consoleProvider(prompter),
  };
  return names.map((name) => create[name]());
}
