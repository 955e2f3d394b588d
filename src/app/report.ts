import path from 'node:path';
import type { DownloadListener } from '../download/events.ts';
import type { FileFailure } from '../download/failure.ts';
import type { Logger } from '../terminal/logger.ts';
import { truncateMiddle } from '../terminal/truncate-middle.ts';

/** The lines of a run's log, in icloudpd's words where it had them. */
export function createReporter(log: Logger, dryRun: boolean): DownloadListener {
  return (event) => {
    switch (event.kind) {
      case 'skipped':
        return log.debug(
          `Skipping ${event.name}, only downloading ${event.reason === 'video' ? 'photos' : 'videos'}. ` +
            `(Item type was: ${event.itemKind.toUpperCase()})`,
        );
      case 'bad-name':
        return log.warning(`The name of an item cannot be read (${event.reason}); it is called ${event.name}`);
      case 'bad-date':
        return log.error(
          `Photo created date was not valid (${event.assetDate}): ${event.name} is filed under 1970-01-01`,
        );
      case 'deduplicated':
        return log.debug(`${truncateMiddle(event.path)} deduplicated`);
      case 'present':
        return log.debug(`${truncateMiddle(event.path)} already exists`);
      case 'shared':
        return log.debug(`${truncateMiddle(event.path)} belongs to two items and is downloaded once`);
      case 'wanted':
        return log.info(`${dryRun ? '[DRY RUN] Would download' : 'Wanted:'} ${truncateMiddle(event.path)}`);
      case 'started':
        return log.debug(`Downloading ${truncateMiddle(event.path)}...`);
      case 'resumed':
        return log.debug(`Resuming downloading of ${truncateMiddle(event.path)} from ${event.from}`);
      case 'retrying':
        return log.info(
          `Error downloading ${truncateMiddle(event.path)}, retrying after ${Math.round(event.waitMs / 1000)} seconds... (${event.why})`,
        );
      case 'downloaded':
        return log.info(`Downloaded ${truncateMiddle(event.path)}`);
      case 'failed':
        if (event.failure.reason === 'folder')
          log.error(`Could not create folder ${truncateMiddle(path.dirname(event.path))}`);
        return reportFailure(log, truncateMiddle(event.path), event.failure);
      case 'item-failed':
        return reportFailure(log, event.name, event.failure);
      case 'bytes':
      case 'item-done':
        return undefined;
    }
  };
}

function reportFailure(log: Logger, name: string, failure: FileFailure): void {
  if (failure.reason === 'disk-full') {
    log.error(
      `IOError while writing file to ${name}. You might have run out of disk space, or the file might be too large for your OS. Skipping this file...`,
    );
  }
  log.error(`Could not download ${name}. Please try again later. (${failure.message})`);
}
