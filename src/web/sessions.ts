import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../apple/clock.ts';

/** What a browser may do. */
export type Scope =
  | { readonly kind: 'everything' }
  /** Came with a one-time link: one account, and the questions of the one sign-in that asked. */
  | { readonly kind: 'answer'; readonly accountId: string; readonly thread: string };

/** One browser that was let in. */
export interface Session {
  readonly scope: Scope;
  /** In every form of the page; a foreign page cannot know it. */
  readonly csrf: string;
}

interface Entry extends Session {
  lastUsed: number;
}

const IDLE_MS: Readonly<Record<Scope['kind'], number>> = { everything: 12 * 3_600_000, answer: 15 * 60_000 };
const MOST_SESSIONS = 200;

/** @returns 256 random bits for a cookie, a token or a link */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Under which a token is kept, so that a copy of the memory opens nothing. */
export function tokenKey(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** @returns whether both are the same, in a time that tells nothing */
export function sameToken(given: string, known: string): boolean {
  return timingSafeEqual(Buffer.from(tokenKey(given)), Buffer.from(tokenKey(known)));
}

/** The browsers that were let in. They are forgotten when the program ends. */
export class Sessions {
  readonly #clock: Clock;
  /** The least recently used one first. */
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the value of the cookie, and the session it opens */
  create(scope: Scope): { readonly cookie: string; readonly session: Session } {
    const cookie = randomToken();
    const entry: Entry = { scope, csrf: randomToken(), lastUsed: this.#clock.now() };
    this.#entries.set(tokenKey(cookie), entry);
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= MOST_SESSIONS) break;
      this.#entries.delete(key);
    }
    return { cookie, session: entry };
  }

  /** @returns undefined when there is no such session, or nobody used it for too long */
  find(cookie: string | undefined): Session | undefined {
    if (cookie === undefined) return undefined;
    const key = tokenKey(cookie);
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    const now = this.#clock.now();
    if (now - entry.lastUsed > IDLE_MS[entry.scope.kind]) return undefined;
    entry.lastUsed = now;
    this.#entries.set(key, entry);
    return entry;
  }

  /** Looks without counting as use: a page that stands open by itself does not keep its session alive. */
  isOpen(cookie: string): boolean {
    const entry = this.#entries.get(tokenKey(cookie));
    return entry !== undefined && this.#clock.now() - entry.lastUsed <= IDLE_MS[entry.scope.kind];
  }

  end(cookie: string | undefined): void {
    if (cookie !== undefined) this.#entries.delete(tokenKey(cookie));
  }
}
