import * as z from 'zod';
import type { Accounts } from './identity/account.ts';
import { type Tokens, tokensSnapshot } from './identity/tokens.ts';
import { type WebSessionStore, webSessionsSnapshot } from './setup/web-sessions.ts';

/** Apple remembers its sign-ins; a simulator that is started again remembers them when it is given this. */
const memory = z.object({ tokens: tokensSnapshot, webSessions: webSessionsSnapshot });

interface Stores {
  readonly tokens: Tokens;
  readonly webSessions: WebSessionStore;
}

/** @returns the sign-ins in force, as text to keep: it opens the account, so it is kept as a secret */
export function exportMemory({ tokens, webSessions }: Stores): string {
  return JSON.stringify({ tokens: tokens.snapshot(), webSessions: webSessions.snapshot() });
}

/** @throws SyntaxError or ZodError when the text is none of `exportMemory` */
export function importMemory(text: string, { tokens, webSessions }: Stores, accounts: Accounts): void {
  const remembered = memory.parse(JSON.parse(text));
  tokens.restore(remembered.tokens, accounts);
  webSessions.restore(remembered.webSessions, accounts);
}
