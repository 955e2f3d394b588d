import { Secret } from '../apple/secret.ts';

/** Service name of Python's `keyring` entries made by icloudpd; the account is the Apple ID. */
const SERVICE = 'pyicloud://icloud-password';

/** The system's password store, or the reason why it cannot be used here. */
export type KeyringResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

async function withEntry<T>(
  username: string,
  use: (entry: import('@napi-rs/keyring').AsyncEntry) => Promise<T>,
): Promise<KeyringResult<T>> {
  try {
    // loaded only when asked for. Pinned: the library would fall back to the kernel's keyring, which forgets at reboot
    const { AsyncEntry } = await import('@napi-rs/keyring');
    return { ok: true, value: await use(new AsyncEntry(SERVICE, username, { linux: { store: 'secret-service' } })) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** @returns the stored password, or undefined when there is none. */
export function readPassword(username: string): Promise<KeyringResult<Secret | undefined>> {
  return withEntry(username, async (entry) => {
    const found = await entry.getPassword();
    return found === null || found === undefined ? undefined : new Secret(found);
  });
}

/** Stores a password under the Apple ID. */
export function savePassword(username: string, password: Secret): Promise<KeyringResult<void>> {
  return withEntry(username, (entry) => entry.setPassword(password.reveal()));
}

/** @returns whether there was one to delete. */
export function deletePassword(username: string): Promise<KeyringResult<boolean>> {
  return withEntry(username, (entry) => entry.deleteCredential());
}
