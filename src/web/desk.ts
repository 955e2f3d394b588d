import { randomUUID } from 'node:crypto';
import type { Clock } from '../apple/clock.ts';
import type { Answerer } from '../signin/answerer.ts';
import type { Answer, Challenge } from '../signin/challenges.ts';

/** A question that waits for somebody at the page. */
export interface Pending {
  /** Random, and never used again. */
  readonly id: string;
  /** The same for all questions that follow from answers given here in one sign-in. */
  readonly thread: string;
  readonly challenge: Challenge;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

interface Waiting extends Pending {
  readonly settle: (answer: Answer | undefined) => void;
}

interface Answered {
  readonly kind: Answer['kind'];
  readonly thread: string;
  readonly at: number;
}

/** Whoever typed the password so long ago is still at the page, and wants the code sent at once. */
const PERSON_STAYS_MS = 10 * 60_000;
/** A question posed so soon after an answer belongs to the same sign-in: Apple answers within seconds. */
const FOLLOW_UP_MS = 2 * 60_000;

/** Where questions of the sign-in are laid out for the web page, and answers handed in. The first answer counts. */
export class Desk {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();
  readonly #answered = new Map<string, Answered>();
  /** When a password came through here, for the sign-in that runs. */
  readonly #passwordAt = new Map<string, number>();
  readonly #listeners = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the way to answer for one account through the page */
  answererFor(accountId: string): Answerer {
    return { name: 'web page', answer: (challenge, signal) => this.#pose(accountId, challenge, signal) };
  }

  /** @returns what is asked about this account now */
  pending(accountId: string): Pending | undefined {
    return this.#waiting.get(accountId);
  }

  /** @returns `gone` when this question was answered already, here or elsewhere, or is no longer asked */
  submit(accountId: string, challengeId: string, answer: Answer): 'taken' | 'gone' {
    const waiting = this.#waiting.get(accountId);
    if (!waiting || waiting.id !== challengeId) return 'gone';
    this.#waiting.delete(accountId);
    const now = this.#clock.now();
    this.#answered.set(accountId, { kind: answer.kind, thread: waiting.thread, at: now });
    if (answer.kind === 'password') this.#passwordAt.set(accountId, now);
    waiting.settle(answer);
    this.#tell();
    return 'taken';
  }

  /** Whether somebody sits at the page now, as far as the sign-in that runs can tell; see `Presence`. */
  presence(accountId: string): 'person' | 'later' {
    const at = this.#passwordAt.get(accountId);
    return at !== undefined && this.#clock.now() - at <= PERSON_STAYS_MS ? 'person' : 'later';
  }

  /** @returns the way to stop listening for questions that come and go */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #pose(accountId: string, challenge: Challenge, signal: AbortSignal): Promise<Answer | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    // a password wanted anew: whoever gave the one before may be gone
    if (challenge.kind === 'password-wanted') this.#passwordAt.delete(accountId);
    this.#waiting.get(accountId)?.settle(undefined);
    return new Promise((resolve) => {
      const settle = (answer: Answer | undefined): void => {
        signal.removeEventListener('abort', withdraw);
        resolve(answer);
      };
      const waiting: Waiting = {
        id: randomUUID(),
        thread: this.#threadOf(accountId),
        challenge,
        since: this.#clock.now(),
        settle,
      };
      const withdraw = (): void => {
        if (this.#waiting.get(accountId) === waiting) this.#waiting.delete(accountId);
        // answered elsewhere: what comes next follows from nothing said here
        this.#answered.delete(accountId);
        settle(undefined);
        this.#tell();
      };
      signal.addEventListener('abort', withdraw, { once: true });
      this.#waiting.set(accountId, waiting);
      this.#tell();
    });
  }

  #threadOf(accountId: string): string {
    const before = this.#answered.get(accountId);
    const follows =
      before !== undefined && before.kind !== 'start-over' && this.#clock.now() - before.at <= FOLLOW_UP_MS;
    return follows ? before.thread : randomUUID();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
