/**
 * What the halves of the simulator know of one another: the account behind a web session, and the library it owns.
 */

/** Milliseconds since the epoch; tests drive it, so no part of the simulator reads the machine's clock itself. */
export interface Clock {
  now(): number;
}

/**
 * What stands between an account's web session and its photos: nothing; "Access iCloud Data on the Web" is off; the
 * session was opened without the security key that the account demands; or it lacks the keys of an account with
 * Advanced Data Protection.
 */
export type PhotosAccess = 'open' | 'web-access-off' | 'no-auth-method' | 'no-data-keys';

/** How one account behaves and what it owns. */
export interface Account {
  /** As typed by its owner; compared without regard to case. */
  readonly appleId: string;
  readonly dsid: string;
  /** The number of the servers that hold its photos: `p61-ckdatabasews.icloud.com`. */
  readonly partition: number;
  /** What its iCloud Photos hold. */
  readonly library: Library;
}

/** CloudKit's question to the setup half: whose trusted web session is this, if anybody's? */
export interface WebSessions {
  /**
   * A session that was opened before its account moved to other servers is nobody's.
   *
   * @param cookies the parsed `Cookie` header, values with Apple's quotes kept.
   */
  accountOf(cookies: ReadonlyMap<string, string>): Account | undefined;
  /** How far the session behind these cookies gets. */
  accessOf(cookies: ReadonlyMap<string, string>): PhotosAccess;
}

/** One zone (`PrimarySync`, `SharedSync-...`) with its assets; see simulator/photos for the implementation. */
export type Library = import('./photos/library.ts').Library;
