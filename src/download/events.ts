import type { FileFailure } from './failure.ts';
import type { SkipReason } from './tally.ts';

/** What happens during a download run, for whoever wants to show it. Paths are absolute. */
export type DownloadEvent =
  | {
      readonly kind: 'skipped';
      readonly name: string;
      readonly reason: SkipReason;
      readonly itemKind: 'image' | 'movie';
    }
  | { readonly kind: 'bad-name'; readonly name: string; readonly reason: string }
  | { readonly kind: 'bad-date'; readonly name: string; readonly assetDate: number }
  | { readonly kind: 'deduplicated'; readonly path: string }
  | { readonly kind: 'present'; readonly path: string }
  /** The file belongs to an earlier item of this run too. */
  | { readonly kind: 'shared'; readonly path: string }
  | { readonly kind: 'wanted'; readonly path: string }
  | { readonly kind: 'started'; readonly path: string }
  | { readonly kind: 'resumed'; readonly path: string; readonly from: number }
  | { readonly kind: 'retrying'; readonly path: string; readonly why: string; readonly waitMs: number }
  | { readonly kind: 'bytes'; readonly count: number }
  | { readonly kind: 'downloaded'; readonly path: string; readonly bytes: number }
  | { readonly kind: 'failed'; readonly path: string; readonly failure: FileFailure }
  | { readonly kind: 'item-failed'; readonly name: string; readonly failure: FileFailure }
  /** One more item of the library is settled. */
  | { readonly kind: 'item-done' };

export type DownloadListener = (event: DownloadEvent) => void;
