import { FAILURE_TEXTS } from '../download/failure.ts';
import { failedCount, type SkipReason, type Tally } from '../download/tally.ts';
import { count, formatBytes, formatDuration } from '../terminal/units.ts';

/** Why items are left out, in words. */
export const SKIP_TEXTS: Readonly<Record<SkipReason, string>> = {
  video: 'videos (--skip-videos)',
  photo: 'photos (--skip-photos)',
  'beyond-recent': 'older than --recent asks for',
};

function total(amounts: Iterable<number>): number {
  return [...amounts].reduce((sum, amount) => sum + amount, 0);
}

function details<K>(amounts: ReadonlyMap<K, number>, textOf: (key: K) => string): string {
  if (amounts.size === 0) return '';
  return ` (${[...amounts].map(([key, amount]) => `${amount.toLocaleString('en-US')} ${textOf(key)}`).join(', ')})`;
}

/**
 * The account of a run in two lines. The first one reconciles: what is in iCloud is the sum of what became of it.
 *
 * @param dryRun nothing was written: "would be downloaded"
 */
export function summaryLines(tally: Tally, elapsedMs: number, dryRun: boolean): readonly string[] {
  const skipped = total(tally.skipped.values());
  const failed = failedCount(tally);
  const parts = [
    `${tally.downloaded.toLocaleString('en-US')} ${dryRun ? 'would be downloaded' : 'downloaded'}`,
    `${tally.present.toLocaleString('en-US')} already there`,
    `${skipped.toLocaleString('en-US')} skipped${details(tally.skipped, (key) => SKIP_TEXTS[key])}`,
    `${failed.toLocaleString('en-US')} failed${details(tally.failed, (key) => FAILURE_TEXTS[key])}`,
    ...(tally.unfinished > 0 ? [`${tally.unfinished.toLocaleString('en-US')} not finished`] : []),
  ];
  const written = dryRun ? 'Nothing was written' : `${count(tally.files, 'file')}, ${formatBytes(tally.bytes)}`;
  return [
    `${count(tally.listed, 'item')} in iCloud = ${parts.join(' + ')}`,
    `${written}, ${formatDuration(elapsedMs)}`,
  ];
}
