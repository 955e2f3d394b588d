import { type AccountSpec, type Simulator, startSimulator } from '../index.ts';
import { Library } from '../photos/library.ts';
import type { Clock } from '../seams.ts';
import { SignInClient } from './sign-in-client.ts';

/** For tests: noon of no particular day, and it stays that. */
const FIXED: Clock = { now: () => Date.UTC(2026, 5, 1) };

/**
 * For tests that need no pictures: a simulator with empty libraries and quick passwords, and a client of its own.
 *
 * @param accounts what is special about each; Jane's password is everybody's
 */
export async function quickSimulator(
  accounts: readonly Partial<AccountSpec>[],
  clock: Clock = FIXED,
): Promise<{ readonly simulator: Simulator; readonly client: SignInClient }> {
  const usual: AccountSpec = { appleId: 'jane@example.com', password: 'correct horse', iterations: 1000 };
  const simulator = await startSimulator({
    clock,
    library: new Library(clock),
    accounts: accounts.map((account) => ({ ...usual, ...account })),
  });
  return { simulator, client: new SignInClient(simulator.url) };
}
