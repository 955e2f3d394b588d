import { type AppleCause, AppleError, EXPLANATIONS } from '../apple/errors.ts';
import type { Notice } from '../notify/notice.ts';
import { type Delivery, type Notifier, notifyAll } from '../notify/notifier.ts';
import { trustWarning } from '../notify/trust-warning.ts';
import type { AccountState } from '../session/account-state.ts';
import { PersonNeededError } from '../signin/challenges.ts';
import { PasswordSourceError } from '../signin/password-providers/file.ts';
import type { Logger } from '../terminal/logger.ts';
import type { ProcessContext } from './context.ts';

/** Refusals that pass by themselves: nobody is bothered with them. */
export const PASSING: ReadonlySet<AppleCause> = new Set([
  'throttled',
  'cooling-down',
  'unreachable',
  'service-error',
  'session-expired',
  'library-indexing',
  'maintenance',
]);

/** Troubles that show only when the photos are asked for, with a sign-in that is good. */
const BEHIND_SIGN_IN: ReadonlySet<string> = new Set<AppleCause>([
  'photos-not-set-up',
  'web-access-off',
  'advanced-data-protection',
  'security-key-required',
]);

/** Whether an error is a trouble of its own for the account's owner to deal with. */
function needsOwner(error: unknown): error is AppleError {
  return error instanceof AppleError && !PASSING.has(error.kind);
}

interface HeraldParts {
  readonly username: string;
  readonly notifiers: readonly Notifier[];
  readonly log: Logger;
  readonly process: ProcessContext;
  /** Changed here; the whole of it is stored by `save`. */
  readonly state: AccountState;
  /** Called after each telling: a run may be killed while it waits. */
  save(): Promise<void>;
}

/**
 * Tells an account's owner what needs them, once for each trouble, and once that it is over. What was told is in the
 * account's state, so that restarts do not tell it again. Without any way to tell, and when all ways failed, it stays
 * untold, and the next run that has a way tells it.
 */
export class Herald {
  readonly #parts: HeraldParts;
  /** Notices on their way; a run does not end before they have. */
  readonly #pending = new Set<Promise<unknown>>();

  constructor(parts: HeraldParts) {
    this.#parts = parts;
  }

  /** A code is wanted; `howToAnswer` says what can be done while the run waits. */
  codeNeeded(howToAnswer: readonly string[]): void {
    this.#once('code', { kind: 'code-needed', username: this.#parts.username, howToAnswer });
  }

  /** The web page waits for a password. */
  passwordNeeded(link: string | undefined): void {
    const where =
      link === undefined
        ? 'Open the web page of icloudpd and enter it there.'
        : `Enter it here, within 15 minutes: ${link}`;
    const { username } = this.#parts;
    this.#once('password', attention(username, 'password', `The password of ${username} is needed.`, where));
  }

  /** An account's run could not go on. Says nothing of what passes by itself. */
  stopped(error: unknown): void {
    const { username } = this.#parts;
    if (error instanceof PersonNeededError && error.wanted === 'code') this.codeNeeded([]);
    else if (error instanceof PersonNeededError || error instanceof PasswordSourceError) {
      this.#once('password', attention(username, 'password', error.message, 'Do that once, and the next run goes on.'));
    } else if (needsOwner(error)) {
      const { happened, next } = EXPLANATIONS[error.kind];
      this.#once(error.kind, attention(username, error.kind, happened, next));
    }
  }

  /** The sign-in is good. What stands between it and the photos is not over with that. */
  signedIn(): void {
    if (!BEHIND_SIGN_IN.has(this.#parts.state.told ?? '')) this.#over();
  }

  /** The photos can be reached: nothing is wrong any more. */
  libraryReached(): void {
    this.#over();
  }

  /** A run came to its end, or was ended by `stopped`. */
  runEnded(good: boolean, summary: readonly string[], stopped?: unknown): void {
    const { state, username } = this.#parts;
    if (good) {
      state.toldRunFailed = undefined;
      state.goodRunAt = this.#parts.process.clock.now();
    } else if (!needsOwner(stopped) && !state.toldRunFailed && !this.#silent) {
      state.toldRunFailed = true;
      this.#tell({ kind: 'run-failed', username, summary: summary.join('\n') }, () => {
        state.toldRunFailed = undefined;
      });
    }
  }

  /** @param trustedUntil milliseconds since the epoch; undefined when unknown */
  trust(trustedUntil: number | undefined): void {
    const { state, username, process } = this.#parts;
    const before = state.trust;
    const due = trustWarning(username, process.clock.now(), trustedUntil, before ?? {});
    if (!due.notice || this.#silent) return;
    state.trust = due.state;
    this.#tell(due.notice, () => {
      state.trust = before;
    });
  }

  test(): Promise<readonly Delivery[]> {
    return this.#send({ kind: 'test', username: this.#parts.username });
  }

  /** Waits for the notices on their way. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #over(): void {
    const { state, username } = this.#parts;
    const { told } = state;
    if (told === undefined || this.#silent) return;
    state.told = undefined;
    this.#tell({ kind: 'signed-in-again', username }, () => {
      state.told ??= told;
    });
  }

  #once(trouble: string, notice: Notice): void {
    const { state } = this.#parts;
    const before = state.told;
    if (before === trouble || this.#silent) return;
    state.told = trouble;
    this.#tell(notice, () => {
      state.told = before;
    });
  }

  /** Nobody can be told. */
  get #silent(): boolean {
    return this.#parts.notifiers.length === 0;
  }

  /** @param untold takes back what says that it was told */
  #tell(notice: Notice, untold: () => void): void {
    const sent = this.#deliver(notice, untold).finally(() => this.#pending.delete(sent));
    this.#pending.add(sent);
  }

  async #deliver(notice: Notice, untold: () => void): Promise<void> {
    const deliveries = await this.#send(notice);
    if (deliveries.every(({ reason }) => reason !== undefined)) untold();
    // the end of the run writes it too, and says what is wrong with the disk
    await this.#parts.save().catch(() => undefined);
  }

  #send(notice: Notice): Promise<readonly Delivery[]> {
    const { notifiers, log, process } = this.#parts;
    return notifyAll(notifiers, notice, { log, clock: process.clock, signal: process.signal });
  }
}

function attention(username: string, cause: string, happened: string, next: string): Notice {
  return { kind: 'attention', username, cause, happened, next };
}
