import type { CloudRecord } from '../cloudkit/records.ts';
import { type Asset, createAsset, masterRefOf } from './asset.ts';
import { lookupRecords, type PhotoLibrary } from './library.ts';
import { fetchPage } from './page.ts';
import { Route } from './route.ts';

/** Masters kept for assets that come on a later page. */
const REMEMBERED_MASTERS = 1000;

/** What the listing yields: an item, or an item whose other half Apple does not give. */
export type Listed =
  | { readonly kind: 'asset'; readonly asset: Asset }
  | { readonly kind: 'incomplete'; readonly recordName: string };

/** The masters of a page, those of its assets that came on no page before, and the records it could not give. */
interface News {
  readonly refused: readonly string[];
  readonly masters: readonly CloudRecord[];
  readonly assets: readonly CloudRecord[];
}

/** The library from newest to oldest, page by page, each fetched while the one before it is being worked on. */
async function* news(
  library: PhotoLibrary,
  total: number | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<News, void, undefined> {
  using route = new Route(total);
  let next = fetchPage(library, 0, signal);
  try {
    for (;;) {
      const page = await next;
      const assets = route.take(page);
      const rank = route.next;
      if (rank !== undefined) {
        next = fetchPage(library, rank, signal);
        // whoever stops reading early must not leave a rejection unhandled
        next.catch(() => undefined);
      }
      if (assets) {
        const refused = page.refused.filter((name) => !route.knows(name));
        yield { refused, masters: page.masters, assets };
      }
      if (rank === undefined) return;
    }
  } finally {
    await next.catch(() => undefined);
  }
}

/**
 * Every item of the library once, newest first. Halves of an item may come on different pages, one master may serve
 * several assets, and a library that changes meanwhile moves its items to other ranks: all of that is evened out here
 * and by the route through the ranks.
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
  const masters = new Map<string, CloudRecord>();
  const waiting = new Map<string, CloudRecord>();
  const refused = new Set<string>();

  for await (const page of news(library, options.total, signal)) {
    for (const name of page.refused) if (!masters.has(name)) refused.add(name);
    for (const master of page.masters) {
      masters.set(master.recordName, master);
      refused.delete(master.recordName);
    }
    for (const record of page.assets) {
      refused.delete(record.recordName);
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
    for (const name of masters.keys()) {
      if (masters.size <= REMEMBERED_MASTERS) break;
      masters.delete(name);
    }
  }

  const { records } = await lookupRecords(library, [...refused], signal);
  const wantedMasters = new Set([...waiting.values()].map(masterRefOf));
  for (const name of refused) {
    const record = records.get(name);
    if (record?.recordType === 'CPLMaster') masters.set(name, record);
    else if (record) waiting.set(name, record);
    else if (!wantedMasters.has(name)) yield { kind: 'incomplete', recordName: name };
  }
  const missing = [...waiting.values()]
    .map(masterRefOf)
    .filter((name) => name !== undefined)
    .filter((name) => !masters.has(name));
  const found = await lookupRecords(library, [...new Set(missing)], signal);
  for (const [name, master] of found.records) masters.set(name, master);
  for (const [name, record] of waiting) {
    const master = masters.get(masterRefOf(record) ?? '');
    if (master) yield { kind: 'asset', asset: createAsset(record, master) };
    else yield { kind: 'incomplete', recordName: name };
  }
}
