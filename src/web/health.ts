import { formatDuration } from '../terminal/units.ts';
import type { AccountSnapshot, BoardSnapshot } from './board.ts';
import type { Desk } from './desk.ts';

/** What keeps an account from its photos. Names no account but by its number: anybody may ask. */
export type HealthProblem =
  | { readonly kind: 'waits-for-person'; readonly accountId: string }
  | { readonly kind: 'no-good-run'; readonly accountId: string; readonly forMs: number };

/** Two runs may be missed before it counts: one may fall into an hour without network. */
const INTERVALS = 2;

/** Whether nothing goes on for an account until somebody has done something. */
export function waitsForPerson({ id, signIn }: Pick<AccountSnapshot, 'id' | 'signIn'>, desk: Desk): boolean {
  if (signIn.at === 'failed') return signIn.needsPerson === true;
  return signIn.at === 'needs-person' || desk.pending(id) !== undefined;
}

/** @returns empty when all is well */
export function healthProblems(snapshot: BoardSnapshot, desk: Desk, now: number): readonly HealthProblem[] {
  return snapshot.accounts.flatMap((account): HealthProblem[] => {
    const problems: HealthProblem[] = [];
    if (waitsForPerson(account, desk)) {
      problems.push({ kind: 'waits-for-person', accountId: account.id });
    }
    const forMs = now - (account.lastGoodAt ?? snapshot.startedAt);
    if (account.intervalMs !== undefined && forMs > INTERVALS * account.intervalMs) {
      problems.push({ kind: 'no-good-run', accountId: account.id, forMs });
    }
    return problems;
  });
}

/** @returns one sentence */
export function healthText(problem: HealthProblem): string {
  switch (problem.kind) {
    case 'waits-for-person':
      return `Account ${problem.accountId} waits for a person.`;
    case 'no-good-run':
      return `Account ${problem.accountId} had no good run for ${formatDuration(problem.forMs)}, more than two intervals.`;
  }
}
