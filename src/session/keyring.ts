import { Secret } from '../apple/secret.ts';

/** Service name of Python's `keyring` entries made by icloudpd; the account is the Apple ID. */
const SERVICE = 'pyicloud://icloud-password';

/**
 * The system's password store, or the reason why it cannot be used here. `several`: it works, but two programs have
 * each made an entry for this Apple ID, and which of them is meant cannot be known.
 */
export type KeyringResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: 'unusable' | 'several'; readonly reason: string };

/** The library has no code for it, only these words. Python's keyring makes a second entry beside ours, not the reverse. */
const SEVERAL = /^Entry is matched by \d+ credentials/;

/** What the library says at length where there is no desktop: a server, a container. */
const NO_SESSION_BUS = /dbus|D-Bus/i;

async function withEntry<T>(
  username: string,
  use: (entry: import('@napi-rs/keyring').AsyncEntry) => Promise<T>,
): Promise<KeyringResult<T>> {
  try {
    // loaded only when asked for. Pinned: the library would fall back to the kernel's keyring, which forgets at reboot
    const { AsyncEntry } = await import('@napi-rs/keyring');
    return { ok: true, value: await use(new AsyncEntry(SERVICE, username, { linux: { store: 'secret-service' } })) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (NO_SESSION_BUS.test(reason))
      return { ok: false, problem: 'unusable', reason: 'no desktop session (D-Bus) is running here' };
    if (!SEVERAL.test(reason)) return { ok: false, problem: 'unusable', reason };
    return {
      ok: false,
      problem: 'several',
      reason:
        `The system keyring holds several passwords of ${username}, made by different programs. Delete them there, with ` +
        `a program such as Seahorse or with "secret-tool clear service ${SERVICE} username ${username}", then store the password again.`,
    };
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
