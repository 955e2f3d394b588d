import type { FileFailure } from './failure.ts';

/** Nothing can be written below the target folder, so a run cannot go on. The message says why and what to do. */
export class TargetError extends Error {
  override readonly name = 'TargetError';

  /** @param last the failure of the last file that was tried */
  constructor(directory: string, last: FileFailure) {
    super(
      last.reason === 'disk-full'
        ? `The disk of ${directory} is full. Free some space there and run icloudpd again: it goes on where it stopped.`
        : `Nothing can be written below ${directory}. Check that its disk is there, and that this user may write to it; then run icloudpd again.`,
      { cause: last },
    );
  }
}
