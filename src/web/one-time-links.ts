import type { Clock } from '../apple/clock.ts';
import { randomToken, tokenKey } from './sessions.ts';

/** What a link leads to. */
export interface LinkTarget {
  readonly accountId: string;
  readonly challengeId: string;
}

interface Entry extends LinkTarget {
  readonly expiresAt: number;
}

export const LINK_LIFE_MS = 15 * 60_000;
const MOST_LINKS = 100;

/** Links that let a phone answer one question, once. */
export class OneTimeLinks {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the token of a new link */
  create(target: LinkTarget): string {
    const token = randomToken();
    this.#entries.set(tokenKey(token), { ...target, expiresAt: this.#clock.now() + LINK_LIFE_MS });
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= MOST_LINKS) break;
      this.#entries.delete(key);
    }
    return token;
  }

  /** Looks without using the link up: previews of messengers open links too. */
  peek(token: string): LinkTarget | undefined {
    const entry = this.#entries.get(tokenKey(token));
    return entry && this.#clock.now() < entry.expiresAt ? entry : undefined;
  }

  /** @returns where the link leads, the first time only */
  use(token: string): LinkTarget | undefined {
    const target = this.peek(token);
    this.#entries.delete(tokenKey(token));
    return target;
  }
}
