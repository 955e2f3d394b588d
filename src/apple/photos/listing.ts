import { type CloudRecord, recordsAnswer } from '../cloudkit/records.ts';
import { AppleError } from '../errors.ts';
import { type Asset, createAsset, DESIRED_KEYS, masterRefOf } from './asset.ts';
import { lookupRecords, type PhotoLibrary, WHOLE_LIBRARY } from './library.ts';

/** Records a page: Apple's maximum. An item is two of them. */
const PAGE_RECORDS = 200;
/** Empty pages in a row that are taken for a hole and not for the end, as long as the index says there is more. */
const MAX_HOLES = 5;
/** Pages in a row that bring nothing new before a server is taken to repeat itself. */
const MAX_REPEATS = 5;
/** Masters kept for assets that come on a later page. */
const REMEMBERED_MASTERS = 1000;

/** What the listing yields: an item, or an item whose other half Apple does not give. */
export type Listed =
  | { readonly kind: 'asset'; readonly asset: Asset }
  | { readonly kind: 'incomplete'; readonly recordName: string };

interface Page {
  readonly masters: readonly CloudRecord[];
  readonly assets: readonly CloudRecord[];
  readonly hasMore: boolean;
  readonly empty: boolean;
}

async function fetchPage(library: PhotoLibrary, startRank: number, signal: AbortSignal | undefined): Promise<Page> {
  const body = await library.database.post(
    library.scope,
    '/records/query',
    {
      query: {
        recordType: WHOLE_LIBRARY.list,
        filterBy: [
          { fieldName: 'startRank', fieldValue: { type: 'INT64', value: startRank }, comparator: 'EQUALS' },
          { fieldName: 'direction', fieldValue: { type: 'STRING', value: 'ASCENDING' }, comparator: 'EQUALS' },
        ],
      },
      resultsLimit: PAGE_RECORDS,
      desiredKeys: DESIRED_KEYS,
      zoneID: library.zoneID,
    },
    signal,
  );
  const parsed = recordsAnswer.safeParse(body);
  // an answer without a list of records is not the end of the library
  if (!parsed.success || !parsed.data.records) {
    throw new AppleError('service-error', { reason: 'records/query without records' });
  }
  const { records, continuationMarker } = parsed.data;
  return {
    masters: records.filter((record) => record.recordType === 'CPLMaster'),
    assets: records.filter((record) => record.recordType === 'CPLAsset'),
    hasMore: continuationMarker !== undefined || records.length >= PAGE_RECORDS,
    empty: records.length === 0,
  };
}

/**
 * Pages from newest to oldest, each fetched while the one before it is being worked on.
 *
 * @param total the index's estimate; an empty page before it is a hole, not the end
 */
async function* pages(
  library: PhotoLibrary,
  total: number | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Page, void, undefined> {
  let rank = 0;
  let holes = 0;
  let next: Promise<Page> | undefined = fetchPage(library, rank, signal);
  try {
    while (next) {
      const page: Page = await next;
      next = undefined;
      if (page.empty) {
        holes += 1;
        rank += PAGE_RECORDS / 2;
        if (holes >= MAX_HOLES || rank >= (total ?? 0)) return;
      } else {
        holes = 0;
        // ranks count items; never stay on one rank, whatever the page held
        rank += Math.max(page.assets.length, 1);
        if (!page.hasMore && rank >= (total ?? 0)) {
          yield page;
          return;
        }
      }
      next = fetchPage(library, rank, signal);
      // whoever stops reading early must not leave a rejection unhandled
      next.catch(() => undefined);
      if (!page.empty) yield page;
    }
  } finally {
    await next?.catch(() => undefined);
  }
}

/**
 * Every item of the library once, newest first. Halves of an item may come on different pages, one master may serve
 * several assets, and a library that changes meanwhile may show an item twice: all of that is evened out here.
 *
 * Source: docs/protocol/photos.md, "Listing".
 *
 * @throws AppleError when a page cannot be had; what was yielded before is good
 */
export async function* listAssets(
  library: PhotoLibrary,
  options: { readonly total: number | undefined; readonly signal?: AbortSignal },
): AsyncGenerator<Listed, void, undefined> {
  const { signal } = options;
  const seen = new Set<string>();
  const masters = new Map<string, CloudRecord>();
  const waiting = new Map<string, CloudRecord>();

  let repeats = 0;
  for await (const page of pages(library, options.total, signal)) {
    const before = seen.size;
    for (const master of page.masters) masters.set(master.recordName, master);
    for (const record of page.assets) {
      if (seen.has(record.recordName)) continue;
      seen.add(record.recordName);
      const master = masters.get(masterRefOf(record) ?? '');
      if (master) yield { kind: 'asset', asset: createAsset(record, master) };
      else waiting.set(record.recordName, record);
    }
    for (const [name, record] of waiting) {
      const master = masters.get(masterRefOf(record) ?? '');
      if (!master) continue;
      waiting.delete(name);
      yield { kind: 'asset', asset: createAsset(record, master) };
    }
    repeats = seen.size === before ? repeats + 1 : 0;
    if (repeats >= MAX_REPEATS) throw new AppleError('service-error', { reason: 'the listing repeats itself' });
    for (const name of masters.keys()) {
      if (masters.size <= REMEMBERED_MASTERS) break;
      masters.delete(name);
    }
  }

  const missing = [...waiting.values()].map(masterRefOf).filter((name) => name !== undefined);
  const found = await lookupRecords(library, [...new Set(missing)], signal);
  for (const [name, record] of waiting) {
    const master = found.get(masterRefOf(record) ?? '');
    if (master) yield { kind: 'asset', asset: createAsset(record, master) };
    else yield { kind: 'incomplete', recordName: name };
  }
}
