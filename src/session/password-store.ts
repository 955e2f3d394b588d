import type { Secret } from '../apple/secret.ts';
import { fileKeyring } from './file-keyring.ts';
import { deletePassword, type KeyringResult, readPassword, savePassword } from './keyring.ts';

/** Where a password is, or was put, in words for people. */
export type Place = string;

const SYSTEM: Place = 'the system keyring';

/**
 * Passwords in the system keyring, and where the machine has none, in an encrypted file of the data directory. Which
 * one it is shows only when it is used: a desktop's keyring may be there in one run and not in the next.
 */
export interface PlacedPasswordStore {
  read(username: string): Promise<{ readonly password: Secret; readonly place: Place } | undefined>;
  /** @throws the file system's error when neither can be used */
  save(username: string, password: Secret): Promise<Place>;
  /** Deletes from both. @returns where there was one */
  delete(username: string): Promise<readonly Place[]>;
  /** Which one a password would be saved to, and why not the other. */
  describe(): Promise<{ readonly place: Place; readonly systemProblem: string | undefined }>;
}

/** @param directory the data directory (`--cookie-directory`), expanded */
export function passwordStore(directory: string): PlacedPasswordStore {
  const file = fileKeyring(directory);
  const filePlace: Place = `the encrypted file ${file.path}`;
  return {
    async read(username) {
      const system = await readPassword(username);
      if (system.ok && system.value) return { password: system.value, place: SYSTEM };
      const password = await file.read(username);
      return password && { password, place: filePlace };
    },
    async save(username, password) {
      const saved = await savePassword(username, password);
      if (saved.ok) return SYSTEM;
      await file.save(username, password);
      return filePlace;
    },
    async delete(username) {
      const system = await deletePassword(username);
      const inFile = await file.delete(username);
      return [...(system.ok && system.value ? [SYSTEM] : []), ...(inFile ? [filePlace] : [])];
    },
    async describe() {
      const probe: KeyringResult<unknown> = await readPassword('icloudpd probe');
      return probe.ok ? { place: SYSTEM, systemProblem: undefined } : { place: filePlace, systemProblem: probe.reason };
    },
  };
}
