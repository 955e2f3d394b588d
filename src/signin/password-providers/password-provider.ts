import type { Secret } from '../../apple/secret.ts';

/** One place a password can come from. Adding a place is adding a file beside this one. */
export interface PasswordProvider {
  readonly name: string;
  /**
   * @param rejected a password of some provider was not accepted before
   * @returns undefined when there is none here, or none other than before; `none-typed` when somebody was asked and
   *   left without typing one
   */
  next(username: string, rejected: boolean): Promise<Secret | 'none-typed' | undefined>;
  /** Told of the password Apple accepted, whoever gave it. Never fails a run. */
  accepted?(username: string, password: Secret): Promise<void>;
  /** Told that Apple rejected the password given here. Never fails a run. */
  rejected?(username: string): Promise<void>;
}

/** A place that holds a password, and asks nobody. */
export interface PasswordPlace extends PasswordProvider {
  next(username: string, rejected: boolean): Promise<Secret | undefined>;
}

/**
 * A place that holds one password: it is looked at once, because asking again could only give the same.
 *
 * @param find gives it; undefined when there is none
 */
export function onceProvider(name: string, find: (username: string) => Promise<Secret | undefined>): PasswordPlace {
  let asked = false;
  return {
    name,
    next: async (username) => {
      if (asked) return undefined;
      asked = true;
      return find(username);
    },
  };
}
