import { Counter, Gauge, Registry } from 'prom-client';
import type { AccountSnapshot, Board } from './board.ts';
import type { Desk } from './desk.ts';
import { waitsForPerson } from './health.ts';

interface Metric {
  readonly name: string;
  readonly help: string;
  /** Undefined leaves the account out. */
  readonly value: (account: AccountSnapshot, desk: Desk) => number | undefined;
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

function progressOf(account: AccountSnapshot) {
  return account.run.at === 'idle' ? undefined : account.run.progress;
}

const GAUGES: readonly Metric[] = [
  {
    name: 'signed_in',
    help: 'Whether the account is signed in.',
    value: ({ signIn }) => Number(signIn.at === 'signed-in'),
  },
  {
    name: 'waits_for_person',
    help: 'Whether the sign-in waits for a password, a code or another answer.',
    value: (account, desk) => Number(waitsForPerson(account, desk)),
  },
  {
    name: 'trusted_until_timestamp_seconds',
    help: 'When the trust of Apple in this computer ends.',
    value: ({ trustedUntil }) => seconds(trustedUntil),
  },
  {
    name: 'run_active',
    help: 'Whether a run is under way.',
    value: (account) => Number(progressOf(account) !== undefined),
  },
  {
    name: 'run_items_done',
    help: 'Items of the library that the run under way has settled.',
    value: (account) => progressOf(account)?.itemsDone,
  },
  {
    name: 'run_items_total',
    help: 'Items of the library that the run under way looks at.',
    value: (account) => progressOf(account)?.itemsTotal,
  },
  {
    name: 'last_run_timestamp_seconds',
    help: 'When the last run ended.',
    value: ({ lastRun }) => seconds(lastRun?.endedAt),
  },
  {
    name: 'last_good_run_timestamp_seconds',
    help: 'When the last run ended that left nothing undone.',
    value: ({ lastGoodAt }) => seconds(lastGoodAt),
  },
  {
    name: 'last_run_failed_files',
    help: 'Files that failed in the last run.',
    value: ({ lastRun }) => lastRun?.failedCount,
  },
  {
    name: 'next_run_timestamp_seconds',
    help: 'When the next run begins.',
    value: ({ nextRunAt }) => seconds(nextRunAt),
  },
];

const COUNTERS: readonly Metric[] = [
  { name: 'files_total', help: 'Files put in place since the start.', value: ({ totals }) => totals.files },
  { name: 'received_bytes_total', help: 'Bytes fetched since the start.', value: ({ totals }) => totals.bytes },
];

/**
 * The facts of the board for Prometheus, in its text format. Accounts are told apart by their number: anybody who can
 * reach the page may read this.
 */
export class Metrics {
  readonly #registry = new Registry();

  constructor(board: Board, desk: Desk) {
    const registers = [this.#registry];
    const labelNames = ['account'];
    const register = (Kind: typeof Counter | typeof Gauge, { name, help, value }: Metric): void => {
      const metric: Counter | Gauge = new Kind({
        name: `icloudpd_${name}`,
        help,
        labelNames,
        registers,
        collect() {
          metric.reset();
          for (const account of board.snapshot().accounts) {
            const now = value(account, desk);
            if (now !== undefined) metric.inc({ account: account.id }, now);
          }
        },
      });
    };
    for (const gauge of GAUGES) register(Gauge, gauge);
    for (const counter of COUNTERS) register(Counter, counter);
    new Counter({
      name: 'icloudpd_runs_total',
      help: 'Runs that ended since the start, by how they ended.',
      labelNames: ['account', 'outcome'],
      registers,
      collect() {
        this.reset();
        for (const { id, totals } of board.snapshot().accounts) {
          this.inc({ account: id, outcome: 'good' }, totals.goodRuns);
          this.inc({ account: id, outcome: 'bad' }, totals.badRuns);
        }
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
