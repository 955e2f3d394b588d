import type { Clock } from '../apple/clock.ts';
import type { Notice } from './notice.ts';

/** One way of reaching a person. Adding a way is adding a file beside this one. */
export interface Notifier {
  /** As the log names it: `email`, `script`, `ntfy`. Holds nothing secret. */
  readonly name: string;
  /** How long it may take, in milliseconds. */
  readonly limitMs: number;
  /**
   * Rejects when the notice did not get through, with a reason that holds nothing secret. Lets go of everything when
   * `signal` is aborted, which happens when its time is over.
   */
  notify(notice: Notice, signal: AbortSignal): Promise<void>;
}

/** As long as a notifier may take that has no reason to take longer. */
export const USUAL_LIMIT_MS = 30_000;

/** The part of the log that notifications write to. It takes registered secrets out by itself. */
export interface NotifyLog {
  debug(message: string): void;
  info(message: string): void;
  error(message: string): void;
}

/** What became of one notifier's work; `reason` only when it failed. */
export interface Delivery {
  readonly name: string;
  readonly reason?: string;
}

interface NotifyContext {
  readonly log: NotifyLog;
  readonly clock: Clock;
  /** Aborted when the whole run is to end: notices on their way are given up. */
  readonly signal?: AbortSignal;
}

/** icloudpd's own words where it had some: scripts look for them in the log. */
const SUBJECTS: Readonly<Record<Notice['kind'], { readonly sending: string; readonly failed: string }>> = {
  'code-needed': { sending: 'two-step expired', failed: 'the required MFA' },
  'trust-ending': { sending: 'two-step expires soon', failed: 'the ending trust' },
  'trust-ended': { sending: 'two-step expired', failed: 'the ended trust' },
  'signed-in-again': { sending: 'signed in again', failed: 'the working sign-in' },
  attention: { sending: 'attention needed', failed: 'what Apple wants' },
  'run-failed': { sending: 'run failed', failed: 'the failed run' },
  test: { sending: 'test', failed: 'the test' },
};

/**
 * Tells `notice` in every way at once. A way that fails or takes too long is logged, never stops the others, and never
 * fails the run.
 *
 * @returns what became of each, in their order
 */
export async function notifyAll(
  notifiers: readonly Notifier[],
  notice: Notice,
  context: NotifyContext,
): Promise<readonly Delivery[]> {
  const { sending, failed } = SUBJECTS[notice.kind];
  return Promise.all(
    notifiers.map(async (notifier): Promise<Delivery> => {
      const { name } = notifier;
      context.log.info(`Sending '${sending}' notification via ${name}...`);
      try {
        await withinLimit(notifier, notice, context);
        return { name };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        context.log.error(`Notification of ${failed} failed: ${name}: ${reason}`);
        return { name, reason };
      }
    }),
  );
}

/** One notifier's work, given up when its time is over or the run ends. @throws the reason */
async function withinLimit(notifier: Notifier, notice: Notice, { clock, signal }: NotifyContext): Promise<void> {
  const done = new AbortController();
  const limit = new AbortController();
  const given = signal ? AbortSignal.any([limit.signal, signal]) : limit.signal;
  const tooLong = clock.sleep(notifier.limitMs, AbortSignal.any([done.signal, given])).then(() => {
    throw new Error(`it took longer than ${notifier.limitMs / 1000} seconds`);
  });
  try {
    const work = notifier.notify(notice, given);
    // whichever loses still settles, and nobody is left to hear it
    work.catch(() => undefined);
    await Promise.race([work, tooLong]);
  } catch (error) {
    limit.abort(error);
    throw error;
  } finally {
    tooLong.catch(() => undefined);
    done.abort();
  }
}
