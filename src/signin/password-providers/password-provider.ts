import type { Secret } from '../../apple/secret.ts';

/** One place a password can come from. Adding a place is adding a file beside this one. */
export interface PasswordProvider {
  readonly name: string;
  /**
   * @param rejected a password of some provider was not accepted before
   * @returns undefined when there is none here, or none other than before
   */
  next(username: string, rejected: boolean): Promise<Secret | undefined>;
  /** Told of the password Apple accepted. Never fails a run. */
  accepted?(username: string, password: Secret): Promise<void>;
}
