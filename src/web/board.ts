import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Clock } from '../apple/clock.ts';
import type { DownloadListener } from '../download/events.ts';
import { Pace, type PaceMark } from '../download/pace.ts';

/** Where an account's sign-in stands. Times are milliseconds since the epoch. */
export type SignInState =
  | { readonly at: 'unknown' }
  | { readonly at: 'signing-in' }
  | { readonly at: 'signed-in' }
  | { readonly at: 'needs-person' }
  /** The two sentences of the cause: what happened, what to do next; the second may be empty. */
  | {
      readonly at: 'failed';
      readonly happened: string;
      readonly next: string;
      /** It does not pass by itself. */
      readonly needsPerson?: boolean;
    }
  | { readonly at: 'cooling-down'; readonly until: number };

/** How far a run has come. */
export interface Progress {
  /** Items of the library that are settled, and how many there are when that is known. */
  readonly itemsDone: number;
  readonly itemsTotal: number | undefined;
  /** Put in place by this run. */
  readonly files: number;
  /** Fetched by this run, those of unfinished files included. */
  readonly bytes: number;
  readonly startedAt: number;
  /** Where the pace is measured from. */
  readonly since: PaceMark;
  /** Name of the newest file that was begun, without its folder. */
  readonly current: string | undefined;
}

export type RunState =
  | { readonly at: 'idle' }
  /** `progress` is undefined while no run is under way: only the next one is held back. */
  | { readonly at: 'running' | 'paused' | 'stopping'; readonly progress: Progress | undefined };

export interface FailedFile {
  readonly name: string;
  readonly why: string;
}

/** How a run ended. */
export interface RunResult {
  /** Everything that was wanted is in place. */
  readonly good: boolean;
  /** The run's own account, as in the log. */
  readonly summary: readonly string[];
  readonly skipped: readonly { readonly why: string; readonly count: number }[];
}

export interface LastRun extends RunResult {
  readonly endedAt: number;
  /** The first ones; `failedCount` counts all. */
  readonly failed: readonly FailedFile[];
  readonly failedCount: number;
}

/** A file put in place; its path is never told to a browser. */
export interface LatestFile {
  /** Opaque. */
  readonly id: string;
  readonly name: string;
}

/** Everything the page shows of one account. */
export interface AccountSnapshot {
  readonly id: string;
  readonly username: string;
  readonly signIn: SignInState;
  readonly trustedUntil: number | undefined;
  readonly run: RunState;
  readonly lastRun: LastRun | undefined;
  readonly nextRunAt: number | undefined;
  readonly lastGoodAt: number | undefined;
  /** Between two runs, in watch mode. */
  readonly intervalMs: number | undefined;
  /** Newest first. */
  readonly latestFiles: readonly LatestFile[];
  /** Since the program started. */
  readonly totals: {
    readonly files: number;
    readonly bytes: number;
    readonly goodRuns: number;
    readonly badRuns: number;
  };
}

export interface BoardSnapshot {
  readonly startedAt: number;
  readonly accounts: readonly AccountSnapshot[];
  /** The end of the log, oldest line first. */
  readonly log: readonly string[];
}

type AccountState = {
  -readonly [Key in Exclude<keyof AccountSnapshot, 'latestFiles' | 'totals'>]: AccountSnapshot[Key];
} & {
  readonly failed: FailedFile[];
  failedCount: number;
  pace: Pace;
  readonly files: { readonly id: string; readonly path: string }[];
  readonly totals: { files: number; bytes: number; goodRuns: number; badRuns: number };
};

/** What is kept of each kind, so that a run of months needs no more memory than one of minutes. */
const LATEST_FILES = 24;
/** A page that is a little late still gets the thumbnails it names. */
const REMEMBERED_FILES = 500;
const FAILED_FILES = 50;
const LOG_LINES = 200;

/** What the web page shows. The conductor writes it as things happen; whoever shows it listens. */
export class Board {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #accounts: readonly AccountState[];
  readonly #log: string[] = [];
  readonly #listeners = new Set<() => void>();

  /** @param usernames the accounts in their order; the id of each is its index, as text */
  constructor(usernames: readonly string[], clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#accounts = usernames.map((username, index) => ({
      id: String(index),
      username,
      signIn: { at: 'unknown' },
      trustedUntil: undefined,
      run: { at: 'idle' },
      lastRun: undefined,
      nextRunAt: undefined,
      lastGoodAt: undefined,
      intervalMs: undefined,
      failed: [],
      failedCount: 0,
      pace: new Pace(this.#startedAt),
      files: [],
      totals: { files: 0, bytes: 0, goodRuns: 0, badRuns: 0 },
    }));
  }

  setSignIn(id: string, state: SignInState): void {
    this.#change(id, { signIn: state });
  }

  setTrustedUntil(id: string, until: number | undefined): void {
    this.#change(id, { trustedUntil: until });
  }

  /** In watch mode: the time between two runs, and when the next one begins. */
  setSchedule(id: string, schedule: Partial<Pick<AccountSnapshot, 'intervalMs' | 'nextRunAt'>>): void {
    this.#change(id, schedule);
  }

  /** @param lastGoodAt of an earlier process, where that is known */
  setLastGood(id: string, lastGoodAt: number): void {
    this.#change(id, { lastGoodAt });
  }

  /** A download run begins; `setItemsTotal` may follow once the number is known. */
  runStarted(id: string, itemsTotal?: number): void {
    const account = this.#account(id);
    this.#forgetFailed(account);
    const startedAt = this.#clock.now();
    account.pace = new Pace(startedAt);
    const progress: Progress = {
      itemsDone: 0,
      itemsTotal,
      files: 0,
      bytes: 0,
      startedAt,
      since: account.pace.since,
      current: undefined,
    };
    this.#change(id, { run: { at: 'running', progress }, nextRunAt: undefined });
  }

  setItemsTotal(id: string, itemsTotal: number): void {
    this.#progress(this.#account(id), { itemsTotal });
    this.#tell();
  }

  /**
   * Held back, let go on, or told to end after the file at hand. Without a run under way there is nothing to go on with
   * or to end: only `paused` is then more than `idle`.
   */
  setPhase(id: string, phase: 'running' | 'paused' | 'stopping'): void {
    const { run } = this.#account(id);
    const progress = run.at === 'idle' ? undefined : run.progress;
    this.#change(id, { run: progress || phase === 'paused' ? { at: phase, progress } : { at: 'idle' } });
  }

  runEnded(id: string, result: RunResult): void {
    const account = this.#account(id);
    const endedAt = this.#clock.now();
    if (result.good) account.totals.goodRuns += 1;
    else account.totals.badRuns += 1;
    this.#change(id, {
      // a pause outlives the run it came in
      run: account.run.at === 'paused' ? { at: 'paused', progress: undefined } : { at: 'idle' },
      lastRun: { ...result, endedAt, failed: [...account.failed], failedCount: account.failedCount },
      ...(result.good ? { lastGoodAt: endedAt } : {}),
    });
    // the next run may end before it starts
    this.#forgetFailed(account);
  }

  /** @returns what takes the events of this account's download runs */
  downloadListener(id: string): DownloadListener {
    const account = this.#account(id);
    return (event) => {
      switch (event.kind) {
        case 'started':
          this.#progress(account, { current: path.basename(event.path) });
          break;
        case 'bytes':
          account.totals.bytes += event.count;
          this.#progress(account, (now) => ({ bytes: now.bytes + event.count }));
          break;
        case 'downloaded':
          account.totals.files += 1;
          account.files.unshift({ id: randomUUID(), path: event.path });
          account.files.splice(REMEMBERED_FILES);
          this.#progress(account, (now) => ({ files: now.files + 1 }));
          break;
        case 'item-done':
          this.#progress(account, (now) => this.#settled(account, now.itemsDone + 1));
          break;
        case 'failed':
          this.#fail(account, path.basename(event.path), event.failure.message);
          break;
        case 'item-failed':
          this.#fail(account, event.name, event.failure.message);
          break;
        default:
          return;
      }
      this.#tell();
    };
  }

  /** @param line one line of the log, with every secret already taken out */
  addLogLine(line: string): void {
    this.#log.push(line.trimEnd());
    this.#log.splice(0, this.#log.length - LOG_LINES);
    this.#tell();
  }

  /** @returns the absolute path behind the id of a file that is, or was not long ago, among the latest */
  pathOf(fileId: string): string | undefined {
    for (const { files } of this.#accounts) {
      const file = files.find(({ id }) => id === fileId);
      if (file) return file.path;
    }
    return undefined;
  }

  /**
   * @param listener told after each change; it looks at `snapshot` when it wants to
   * @returns the way to stop listening
   */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  snapshot(): BoardSnapshot {
    return {
      startedAt: this.#startedAt,
      log: [...this.#log],
      accounts: this.#accounts.map(({ failed: _, failedCount: __, pace: ___, files, totals, ...shown }) => ({
        ...shown,
        totals: { ...totals },
        latestFiles: files.slice(0, LATEST_FILES).map((file) => ({ id: file.id, name: path.basename(file.path) })),
      })),
    };
  }

  #account(id: string): AccountState {
    const account = this.#accounts[Number(id)];
    if (!account) throw new RangeError(`There is no account ${id}`);
    return account;
  }

  #change(id: string, change: Partial<AccountState>): void {
    Object.assign(this.#account(id), change);
    this.#tell();
  }

  #progress(account: AccountState, change: Partial<Progress> | ((now: Progress) => Partial<Progress>)): void {
    const { run } = account;
    if (run.at === 'idle' || !run.progress) return;
    const changed = typeof change === 'function' ? change(run.progress) : change;
    account.run = { at: run.at, progress: { ...run.progress, ...changed } };
  }

  #settled({ pace }: AccountState, itemsDone: number): Partial<Progress> {
    pace.mark({ at: this.#clock.now(), itemsDone });
    return { itemsDone, since: pace.since };
  }

  #forgetFailed(account: AccountState): void {
    account.failed.length = 0;
    account.failedCount = 0;
  }

  #fail(account: AccountState, name: string, why: string): void {
    account.failedCount += 1;
    if (account.failed.length < FAILED_FILES) account.failed.push({ name, why });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
