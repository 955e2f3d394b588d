import type { Secret } from '../apple/secret.ts';
import { fileKeyring } from './file-keyring.ts';
import { deletePassword, type KeyringResult, readPassword, savePassword } from './keyring.ts';

/** Where a password is, or was put, in words for people. */
export type Place = string;

const SYSTEM: Place = 'the system keyring';

/** Thrown when the system keyring has several passwords of one Apple ID, and nothing was tried with any of them. */
export class KeyringConflictError extends Error {
  override readonly name = 'KeyringConflictError';
}

/** A keyring that this machine does not have is nothing to speak of; one in disorder is. */
function refuseConflict(result: KeyringResult<unknown>): void {
  if (!result.ok && result.problem === 'several') throw new KeyringConflictError(result.reason);
}

/**
 * Passwords in the system keyring, and where the machine has none, in an encrypted file of the data directory. Which
 * one it is shows only when it is used: a desktop's keyring may be there in one run and not in the next.
 */
export interface PlacedPasswordStore {
  /** @throws KeyringConflictError when the file has none either; the file system's error */
  read(username: string): Promise<{ readonly password: Secret; readonly place: Place } | undefined>;
  /** @throws the file system's error when neither can be used */
  save(username: string, password: Secret): Promise<Place>;
  /**
   * Deletes from both.
   *
   * @returns where there was one
   * @throws KeyringConflictError when none was deleted because of it; the file system's error
   */
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
      if (!password) refuseConflict(system);
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
      if (!inFile) refuseConflict(system);
      return [...(system.ok && system.value ? [SYSTEM] : []), ...(inFile ? [filePlace] : [])];
    },
    async describe() {
      const probe: KeyringResult<unknown> = await readPassword('icloudpd probe');
      return probe.ok ? { place: SYSTEM, systemProblem: undefined } : { place: filePlace, systemProblem: probe.reason };
    },
  };
}
