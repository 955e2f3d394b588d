import type { Secret } from '../../apple/secret.ts';
import type { PasswordProvider } from './password-provider.ts';

/** The system's password store, or whatever stands in for it. */
export interface PasswordStore {
  read(username: string): Promise<Secret | undefined>;
  /** @returns whether it was stored. */
  save(username: string, password: Secret): Promise<boolean>;
}

/** Takes the password from the system keyring once, and keeps there what Apple accepted. */
export function keyringProvider(store: PasswordStore): PasswordProvider {
  let stored: Secret | undefined;
  let offered = false;
  return {
    name: 'keyring',
    next: async (username) => {
      if (offered) return undefined;
      offered = true;
      stored = await store.read(username);
      return stored;
    },
    accepted: async (username, password) => {
      if (stored?.reveal() !== password.reveal()) await store.save(username, password);
    },
  };
}
