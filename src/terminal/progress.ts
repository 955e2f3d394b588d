import { createLogUpdate } from 'log-update';
import { count, formatBytes, formatDuration } from './units.ts';

/** How far a run has come. */
export interface ProgressState {
  readonly itemsDone: number;
  /** Undefined when Apple's index gave no count. */
  readonly itemsTotal: number | undefined;
  readonly files: number;
  readonly bytes: number;
  readonly elapsedMs: number;
  /** Undefined while that cannot be told. */
  readonly leftMs: number | undefined;
}

const BAR = 20;

/** @returns the progress as one line that fits into `columns`; the least important parts are left out first. */
export function renderProgress(state: ProgressState, columns: number): string {
  const { itemsDone, itemsTotal, files, bytes, elapsedMs, leftMs } = state;
  const seconds = elapsedMs / 1000;
  const rate = seconds > 0 ? bytes / seconds : 0;
  const share = itemsTotal ? Math.min(1, itemsDone / itemsTotal) : undefined;
  const items =
    itemsTotal === undefined
      ? count(itemsDone, 'item')
      : `${itemsDone}/${itemsTotal} ${itemsTotal === 1 ? 'item' : 'items'}`;
  const bar = share === undefined ? undefined : `[${'#'.repeat(Math.floor(share * BAR)).padEnd(BAR, '.')}]`;
  const parts = [
    { text: items, rank: 0 },
    ...(bar === undefined ? [] : [{ text: bar, rank: 4 }]),
    { text: count(files, 'file'), rank: 3 },
    { text: formatBytes(bytes), rank: 2 },
    { text: `${formatBytes(rate)}/s`, rank: 5 },
    ...(leftMs === undefined ? [] : [{ text: `${formatDuration(leftMs)} left`, rank: 1 }]),
  ];
  for (let rank = 5; rank >= 0; rank--) {
    const line = parts
      .filter((part) => part.rank <= rank)
      .map((part) => part.text)
      .join('  ');
    if (line.length < columns) return line;
  }
  return items.slice(0, Math.max(0, columns - 1));
}

/** A line that stays below the log while a run goes on. */
export interface ProgressLine {
  update(state: ProgressState): void;
  /** Writes a log line above the progress. */
  above(write: () => void): void;
  /** Removes the line. */
  clear(): void;
}

const REDRAW_MS = 100;

/** @param stream a terminal */
export function createProgressLine(stream: NodeJS.WriteStream, now: () => number): ProgressLine {
  const update = createLogUpdate(stream, { showCursor: true });
  let latest: ProgressState | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const draw = (): void => {
    if (!latest) return;
    update(renderProgress(latest, stream.columns ?? 80));
    drawnAt = now();
  };
  return {
    update(state) {
      latest = state;
      if (now() - drawnAt >= REDRAW_MS) draw();
    },
    above(write) {
      update.clear();
      write();
      draw();
    },
    clear() {
      latest = undefined;
      update.clear();
      update.done();
    },
  };
}
