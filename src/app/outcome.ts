import { AppleError } from '../apple/errors.ts';
import { ExitCode } from '../cli/exit-codes.ts';
import { AccountBusyError } from '../session/account-lock.ts';
import { KeyringConflictError } from '../session/password-store.ts';
import { SessionDirectoryError } from '../session/session-store.ts';
import { PersonNeededError } from '../signin/challenges.ts';
import { PasswordSourceError } from '../signin/password-providers/file.ts';
import type { Logger } from '../terminal/logger.ts';
import { Interruption } from './context.ts';

/** Numbers that shells give to programs ended by a signal: 128 and the signal's. */
const SIGNAL_CODES: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 };

/** @returns the exit code for an interrupted run. */
export function interruptedCode(reason: unknown): number {
  return (reason instanceof Interruption ? SIGNAL_CODES[reason.signal] : undefined) ?? 130;
}

/**
 * Tells a person what ended an account's run, and what to do next.
 *
 * @param unknown what is done with an error that is none a person can do something about, our own mistake: a loop that
 *   is to run for years tells it and goes on
 * @returns the exit code
 * @throws the error itself when it is unknown, and that is wanted
 */
export function explain(error: unknown, log: Logger, unknown: 'throw' | 'tell' = 'throw'): number {
  if (error instanceof Interruption) {
    log.info('Interrupted. Nothing is lost: run icloudpd again to go on.');
    return interruptedCode(error);
  }
  if (error instanceof PersonNeededError) {
    log.error(error.message);
    return ExitCode.personNeeded;
  }
  if (error instanceof AppleError) {
    log.error(error.message);
    if (error.detail !== '') log.debug(`What Apple answered: ${error.detail}`);
    return ExitCode.refused;
  }
  if (
    error instanceof AccountBusyError ||
    error instanceof SessionDirectoryError ||
    error instanceof KeyringConflictError ||
    error instanceof PasswordSourceError
  ) {
    log.error(error.message);
    return ExitCode.refused;
  }
  if (unknown === 'throw') throw error;
  log.error(`Unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return ExitCode.refused;
}
