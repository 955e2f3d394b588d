import { demand } from './cloudkit-error.ts';
import type { Conditions } from './filters.ts';
import type { WireRecord } from './records.ts';
import { continuationMarker, readContinuationMarker } from './tokens.ts';

/** A part of an index. The marker is there only when more follows (recorded). */
export interface Page {
  readonly records: readonly WireRecord[];
  readonly continuationMarker?: string;
}

/** Which part of an index is asked for. */
export interface PageRequest {
  readonly conditions: Conditions;
  /** In records. */
  readonly limit: number;
  /** How many records one rank stands for: asset and master, and in albums the relation too. */
  readonly recordsPerItem: 2 | 3;
  readonly marker: string | undefined;
}

/**
 * A page of a ranked index: ranks count items, the limit counts records. ASCENDING walks away from rank 0, which is
 * the newest (recorded); DESCENDING gives the window that ends at the rank, its oldest item first (peers).
 *
 * @param items in the order of their ranks
 * @throws CloudKitError BAD_REQUEST without rank or direction, or for a marker that is none
 */
export function itemPage<Item>(
  items: readonly Item[],
  { conditions, limit, recordsPerItem, marker }: PageRequest,
  nameOf: (item: Item) => string,
  write: (page: readonly Item[]) => readonly WireRecord[],
): Page {
  const { startRank, direction } = conditions;
  demand(startRank !== undefined, `The query needs the field 'startRank' of type INT64`);
  demand(direction !== undefined, `The query needs the field 'direction' of type STRING`);
  const rank = marker === undefined ? startRank : rankOf(items, marker, nameOf);
  const most = Math.max(1, Math.floor(limit / recordsPerItem));
  const [page, nextRank] =
    direction === 'ASCENDING'
      ? [items.slice(rank, rank + most), rank + most]
      : [items.slice(Math.max(0, rank + 1 - most), rank + 1).reverse(), rank - most];
  return { records: write(page).slice(0, limit), ...following(items, nextRank, nameOf) };
}

/** A page of albums, which have no ranks: only the marker leads on. @throws CloudKitError BAD_REQUEST for a bad marker */
export function albumPage<Item extends { readonly recordName: string }>(
  items: readonly Item[],
  limit: number,
  marker: string | undefined,
  write: (item: Item) => WireRecord,
): Page {
  const nameOf = (item: Item): string => item.recordName;
  const rank = marker === undefined ? 0 : rankOf(items, marker, nameOf);
  return { records: items.slice(rank, rank + limit).map(write), ...following(items, rank + limit, nameOf) };
}

function following<Item>(
  items: readonly Item[],
  rank: number,
  nameOf: (item: Item) => string,
): { readonly continuationMarker?: string } {
  const next = rank < 0 ? undefined : items[rank];
  return next === undefined ? {} : { continuationMarker: continuationMarker({ rank, recordName: nameOf(next) }) };
}

/** A marker follows its record when the ranks have shifted. */
function rankOf<Item>(items: readonly Item[], marker: string, nameOf: (item: Item) => string): number {
  const continuation = readContinuationMarker(marker);
  demand(continuation !== undefined, 'Invalid continuation marker');
  const { rank, recordName } = continuation;
  const there = items[rank];
  if (there !== undefined && nameOf(there) === recordName) return rank;
  const moved = items.findIndex((item) => nameOf(item) === recordName);
  return moved >= 0 ? moved : rank;
}
