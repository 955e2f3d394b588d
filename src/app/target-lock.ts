import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { RunControl } from '../download/engine.ts';
import { lockFile } from '../session/file-lock.ts';
import { makeFolder } from '../session/make-folder.ts';
import type { Logger } from '../terminal/logger.ts';
import type { ProcessContext } from './context.ts';
import type { Turn } from './turns.ts';

const AGAIN_MS = 2000;

/** The run that wants a folder to itself. */
interface Claimant {
  readonly process: Pick<ProcessContext, 'clock' | 'signal'>;
  readonly log: Logger;
  readonly turn: Turn;
  readonly control: RunControl;
}

/**
 * One run at a time in a folder of pictures, whosever account it is for: two that bring the same picture would write
 * into one file. Waits for the other one, without the turn; the lock file is gone afterwards.
 *
 * @returns undefined where there can be no lock: a folder that cannot be written to tells that file by file, and some
 *   network disks have no locks; and for a run that is asked to stop while it waits
 * @throws the signal's reason
 */
export async function lockTarget(
  directory: string,
  { process, log, turn, control: { stopping } }: Claimant,
): Promise<Disposable | undefined> {
  const file = path.join(directory, '.icloudpd.lock');
  try {
    await makeFolder(directory);
    for (let told = false; ; told = true) {
      const lock = lockFile(file, 'removed');
      if (lock) {
        await turn.take();
        return lock;
      }
      // another account of this run may be the one that has the folder
      turn.give();
      if (!told) log.info(`Another run is downloading to ${directory}; this one goes on when it has finished`);
      await process.clock.sleep(AGAIN_MS, AbortSignal.any([process.signal, stopping]));
      // lets a clock of tests, which does not really wait, not take all the time there is
      await stat(directory);
    }
  } catch (error) {
    process.signal.throwIfAborted();
    await turn.take();
    if (!stopping.aborted) {
      log.debug(`${directory} cannot be locked (${error instanceof Error ? error.message : String(error)})`);
    }
    return undefined;
  }
}
