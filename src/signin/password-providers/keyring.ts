import type { Secret } from '../../apple/secret.ts';
import { onceProvider, type PasswordProvider } from './password-provider.ts';

/** The system's password store, or whatever stands in for it. Its methods never fail; they log. */
export interface PasswordStore {
  read(username: string): Promise<Secret | undefined>;
  /** @returns whether it was stored. */
  save(username: string, password: Secret): Promise<boolean>;
  delete(username: string): Promise<void>;
}

/** Takes the password from the keyring once, keeps there what Apple accepted, and deletes there what Apple rejected. */
export function keyringProvider(store: PasswordStore): PasswordProvider {
  let stored: Secret | undefined;
  return {
    ...onceProvider('keyring', async (username) => {
      stored = await store.read(username);
      return stored;
    }),
    accepted: async (username, password) => {
      if (stored?.reveal() !== password.reveal()) await store.save(username, password);
    },
    rejected: async (username) => {
      stored = undefined;
      await store.delete(username);
    },
  };
}
