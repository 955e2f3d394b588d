import type { AccountSnapshot, BoardSnapshot } from './board.ts';
import type { Desk } from './desk.ts';
import { healthProblems, healthText } from './health.ts';

function time(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

function signInDocument(account: AccountSnapshot, desk: Desk) {
  const { signIn } = account;
  const pending = desk.pending(account.id);
  return {
    state: pending ? 'needs-person' : signIn.at,
    /** Kind of the question that can be answered on the page. */
    question: pending?.challenge.kind ?? null,
    happened: signIn.at === 'failed' ? signIn.happened : null,
    next: signIn.at === 'failed' ? signIn.next : null,
    until: signIn.at === 'cooling-down' ? time(signIn.until) : null,
    trustedUntil: time(account.trustedUntil),
  };
}

function runDocument({ run }: AccountSnapshot) {
  const progress = run.at === 'idle' ? undefined : run.progress;
  return {
    state: run.at,
    progress: progress
      ? {
          ...progress,
          itemsTotal: progress.itemsTotal ?? null,
          current: progress.current ?? null,
          startedAt: time(progress.startedAt),
        }
      : null,
  };
}

/** `GET /api/status` (docs/web.md): what the page shows, for programs. Times are ISO 8601; what is not known is null. */
export function statusDocument(snapshot: BoardSnapshot, desk: Desk, now: number) {
  const problems = healthProblems(snapshot, desk, now);
  return {
    now: time(now),
    startedAt: time(snapshot.startedAt),
    healthy: problems.length === 0,
    problems: problems.map(healthText),
    accounts: snapshot.accounts.map((account) => ({
      id: account.id,
      username: account.username,
      signIn: signInDocument(account, desk),
      run: runDocument(account),
      lastRun: account.lastRun ? { ...account.lastRun, endedAt: time(account.lastRun.endedAt) } : null,
      lastGoodAt: time(account.lastGoodAt),
      nextRunAt: time(account.nextRunAt),
      intervalSeconds: account.intervalMs === undefined ? null : account.intervalMs / 1000,
      totals: account.totals,
    })),
  };
}
