import { type Asset, isMovie, type Relation } from './model.ts';
import type { Zone } from './zone.ts';

/** One of the server's named orderings of a zone's pictures; rank 0 is the newest (recorded). */
interface Index {
  /** The `recordType` of a query. */
  readonly listType: string;
  /** The value of the query's `smartAlbum` filter, where the list type wants one. */
  readonly smartAlbum?: string;
  /** The id its size is asked under. */
  readonly countId: string;
  readonly has: (asset: Asset) => boolean;
  /** What it is ordered by; the greatest comes first. */
  readonly key: (asset: Asset) => number;
}

const byAssetDate = (asset: Asset): number => asset.assetDate ?? Number.NEGATIVE_INFINITY;
const isShown = (asset: Asset): boolean =>
  asset.deletedAt === undefined && !asset.isHidden && (asset.burst?.key ?? true);

/** @param smartAlbum in capitals as a query names it, in mixed case as a count does */
function smartAlbum(query: string, count: string, has: (asset: Asset) => boolean): Index {
  return {
    listType: 'CPLAssetAndMasterInSmartAlbumByAssetDate',
    smartAlbum: query,
    countId: `CPLAssetInSmartAlbumByAssetDate:${count}`,
    has: (asset) => isShown(asset) && has(asset),
    key: byAssetDate,
  };
}

const INDEXES: readonly Index[] = [
  {
    listType: 'CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted',
    countId: 'CPLAssetByAssetDateWithoutHiddenOrDeleted',
    has: isShown,
    key: byAssetDate,
  },
  {
    listType: 'CPLAssetAndMasterByAddedDate',
    countId: 'CPLAssetByAddedDate',
    has: isShown,
    key: (asset) => asset.addedDate,
  },
  {
    listType: 'CPLAssetAndMasterDeletedByExpungedDate',
    countId: 'CPLAssetDeletedByExpungedDate',
    has: (asset) => asset.deletedAt !== undefined,
    key: (asset) => asset.deletedAt ?? 0,
  },
  {
    listType: 'CPLAssetAndMasterHiddenByAssetDate',
    countId: 'CPLAssetHiddenByAssetDate',
    has: (asset) => asset.deletedAt === undefined && asset.isHidden,
    key: byAssetDate,
  },
  {
    listType: 'CPLBurstStackAssetAndMasterByAssetDate',
    countId: 'CPLAssetBurstStackAssetByAssetDate',
    has: (asset) => asset.deletedAt === undefined && !asset.isHidden && asset.burst !== undefined,
    key: byAssetDate,
  },
  smartAlbum('VIDEO', 'Video', (asset) => isMovie(asset.master.resources.resOriginal?.fileType)),
  smartAlbum('FAVORITE', 'Favorite', (asset) => asset.isFavorite),
  smartAlbum('SCREENSHOT', 'Screenshot', (asset) => asset.subtype === 'screenshot'),
  smartAlbum('LIVE', 'Live', (asset) => asset.subtype === 'live'),
  smartAlbum('PANORAMA', 'Panorama', (asset) => asset.subtype === 'panorama'),
  smartAlbum('SLOMO', 'Slomo', (asset) => asset.subtype === 'slomo'),
  smartAlbum('TIMELAPSE', 'Timelapse', (asset) => asset.subtype === 'timelapse'),
];

/** How the pictures of an album may be ordered: `CPLContainerRelationLiveByAssetDate`, `...ByPosition`. */
export type AlbumOrder = 'asset date' | 'position';
const ALBUM_COUNT = 'CPLContainerRelationNotDeletedByAssetDate:';

interface Orderings {
  readonly sequence: number;
  readonly lists: Map<string, readonly unknown[]>;
}

const cache = new WeakMap<Zone, Orderings>();

/** Whether a query may name this list type at all. */
export function isListType(listType: string): boolean {
  return INDEXES.some((index) => index.listType === listType);
}

/**
 * The pictures of an index in the order of their ranks.
 *
 * @throws RangeError for an index that does not exist
 */
export function indexed(zone: Zone, listType: string, smartAlbumName?: string): readonly Asset[] {
  const index = INDEXES.find((each) => each.listType === listType && each.smartAlbum === smartAlbumName);
  if (!index) throw new RangeError(`There is no index ${listType} ${smartAlbumName ?? ''}`);
  return assetsOf(zone, index);
}

/** The pictures of an album in the order of their ranks; none for an album that does not exist. */
export function albumRelations(zone: Zone, album: string, order: AlbumOrder): readonly Relation[] {
  return remembered(zone, `${order} ${album}`, () => {
    const shown = (zone.albums.get(album)?.relations ?? []).filter(({ asset }) => isShown(asset));
    if (order === 'position') return shown;
    return shown.sort((one, other) => compare(byAssetDate(other.asset), byAssetDate(one.asset)));
  });
}

/** @returns undefined for an id that names no index */
export function countOf(zone: Zone, countId: string): number | undefined {
  if (countId.startsWith(ALBUM_COUNT)) {
    return albumRelations(zone, countId.slice(ALBUM_COUNT.length), 'asset date').length;
  }
  const index = INDEXES.find((each) => each.countId === countId);
  return index && assetsOf(zone, index).length;
}

function assetsOf(zone: Zone, { countId, has, key }: Index): readonly Asset[] {
  return remembered(zone, countId, () =>
    [...zone.assets.values()].filter(has).sort((one, other) => compare(key(other), key(one))),
  );
}

/** Sorting a large library for every page of it would be most of the server's work. */
function remembered<Item>(zone: Zone, name: string, make: () => readonly Item[]): readonly Item[] {
  let orderings = cache.get(zone);
  if (orderings?.sequence !== zone.sequence) {
    orderings = { sequence: zone.sequence, lists: new Map() };
    cache.set(zone, orderings);
  }
  const known = orderings.lists.get(name);
  if (known) return known as readonly Item[];
  const made = make();
  orderings.lists.set(name, made);
  return made;
}

/** A difference would be NaN for two dates of minus infinity. */
function compare(one: number, other: number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
