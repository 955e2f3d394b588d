/**
 * What the halves of the simulator know of one another: the account behind a web session, and the library it owns.
 */

/** Milliseconds since the epoch; tests drive it, so no part of the simulator reads the machine's clock itself. */
export interface Clock {
  now(): number;
}

/** How one account behaves and what it owns. */
export interface Account {
  /** As typed by its owner; compared without regard to case. */
  readonly appleId: string;
  readonly dsid: string;
  /** What its iCloud Photos hold. */
  readonly library: Library;
}

/** CloudKit's and the content host's question to the setup half: whose trusted web session is this, if anybody's? */
export interface WebSessions {
  /** @param cookies the parsed `Cookie` header, values with Apple's quotes kept. */
  accountOf(cookies: ReadonlyMap<string, string>): Account | undefined;
}

/** One zone (`PrimarySync`, `SharedSync-...`) with its assets; see simulator/photos for the implementation. */
export type Library = import('./photos/library.ts').Library;
