import { z } from 'zod';
import { demand } from './cloudkit-error.ts';
import { type Conversation, desiredKeysSchema, MOST_RECORDS, zoneIDSchema } from './conversation.ts';
import { Fields } from './fields.ts';
import { type Conditions, filterSchema, readConditions, readCountIds } from './filters.ts';
import { albumRelations, countOf, indexed, isListType } from './indexes.ts';
import type { Asset, Master, Relation } from './model.ts';
import { albumPage, itemPage, type Page, type PageRequest } from './paging.ts';
import {
  albumRecord,
  assetRecord,
  computedRecord,
  masterRecord,
  type Reader,
  relationRecord,
  type WireRecord,
} from './records.ts';
import type { Indexing, Zone } from './zone.ts';

const querySchema = z.object({
  query: z.object({
    recordType: z.string(),
    // an array in records/query, a single object in the batch (recorded)
    filterBy: z.union([z.array(filterSchema), filterSchema.transform((filter) => [filter])]).optional(),
  }),
  zoneID: zoneIDSchema,
  resultsLimit: z.int().positive().optional(),
  desiredKeys: desiredKeysSchema,
  continuationMarker: z.string().optional(),
});
const batchSchema = z.object({ batch: z.array(querySchema) });

type Query = z.infer<typeof querySchema>;

/** What a query is answered. */
interface QueryAnswer {
  readonly records: readonly WireRecord[];
  readonly continuationMarker?: string;
  readonly syncToken?: string;
}

/** `records/query`: one page of an index. @throws CloudKitError */
export function recordsQuery(conversation: Conversation): QueryAnswer {
  return answerQuery(conversation, conversation.body(querySchema));
}

/** `internal/records/query/batch`: several queries at once. @throws CloudKitError */
export function queryBatch(conversation: Conversation): { readonly batch: readonly QueryAnswer[] } {
  return { batch: conversation.body(batchSchema).batch.map((query) => answerQuery(conversation, query)) };
}

function answerQuery(conversation: Conversation, query: Query): QueryAnswer {
  const zone = conversation.zone(query.zoneID);
  const page = pageOf(conversation, zone, query);
  // a page of one record comes with a token that changes/zone does not take (peers): better none
  const isShort = query.resultsLimit === 1 && query.query.recordType !== 'HyperionIndexCountLookup';
  return { ...page, ...(isShort ? {} : conversation.currentSyncToken(zone)) };
}

function pageOf(conversation: Conversation, zone: Zone, query: Query): Page {
  const { recordType, filterBy = [] } = query.query;
  const reader = conversation.reader(zone, query.desiredKeys);
  const limit = Math.min(query.resultsLimit ?? MOST_RECORDS, MOST_RECORDS);
  switch (recordType) {
    case 'CheckIndexingState':
      return { records: [indexingState(zone, conversation.indexing(zone), conversation.clock.now())] };
    case 'HyperionIndexCountLookup':
      return { records: counts(zone, readCountIds(filterBy), conversation.clock.now()).slice(0, limit) };
    case 'CPLAlbumByPositionLive': {
      const { parentId } = readConditions(filterBy);
      const albums = [...zone.albums.values()]
        .filter((album) => album.parent === parentId)
        .sort((one, other) => one.position - other.position);
      return albumPage(albums, limit, query.continuationMarker, (album) => albumRecord(reader, album));
    }
    case 'CPLContainerRelationLiveByAssetDate':
    case 'CPLContainerRelationLiveByPosition': {
      const conditions = readConditions(filterBy);
      demand(conditions.parentId !== undefined, `${recordType} needs the field 'parentId'`);
      const order = recordType.endsWith('Position') ? 'position' : 'asset date';
      const relations = albumRelations(zone, conditions.parentId, order).filter(({ asset }) =>
        isAsked(asset, conditions),
      );
      const request: PageRequest = { conditions, limit, recordsPerItem: 3, marker: query.continuationMarker };
      return itemPage(
        relations,
        request,
        (relation) => relation.asset.recordName,
        (page) => relationRecords(reader, page),
      );
    }
    default: {
      demand(isListType(recordType), `Unknown record type '${recordType}'`);
      const conditions = readConditions(filterBy);
      const request: PageRequest = { conditions, limit, recordsPerItem: 2, marker: query.continuationMarker };
      return itemPage(
        listed(zone, recordType, conditions),
        request,
        (asset) => asset.recordName,
        (page) => assetRecords(reader, page),
      );
    }
  }
}

function listed(zone: Zone, listType: string, conditions: Conditions): readonly Asset[] {
  try {
    const assets = indexed(zone, listType, conditions.smartAlbum);
    return conditions.recordName === undefined ? assets : assets.filter((asset) => isAsked(asset, conditions));
  } catch (error) {
    demand(!(error instanceof RangeError), `Invalid value for field 'smartAlbum'`);
    throw error;
  }
}

function isAsked(asset: Asset, { recordName }: Conditions): boolean {
  return recordName === undefined || asset.recordName === recordName;
}

/** All masters, then all assets, both in the order of the ranks; a master that several of them share comes once (recorded). */
function assetRecords(reader: Reader, assets: readonly Asset[]): readonly WireRecord[] {
  const masters = new Set<Master>(assets.map((asset) => asset.master));
  return [
    ...[...masters].map((master) => masterRecord(reader, master)),
    ...assets.map((asset) => assetRecord(reader, asset)),
  ];
}

function relationRecords(reader: Reader, relations: readonly Relation[]): readonly WireRecord[] {
  return [
    ...relations.map((relation) => relationRecord(reader, relation)),
    ...assetRecords(
      reader,
      relations.map(({ asset }) => asset),
    ),
  ];
}

function indexingState(zone: Zone, { progress, state }: Indexing, now: number): WireRecord {
  const fields = new Fields(undefined);
  fields.integers({ progress });
  fields.put('state', 'STRING', state);
  return computedRecord('CheckIndexingState', `_${zone.name.toLowerCase()}-indexing`, fields, zone, now);
}

/** An id that names no index is not answered at all (inferred). */
function counts(zone: Zone, countIds: readonly string[], now: number): WireRecord[] {
  return countIds.flatMap((countId) => {
    const fields = new Fields(undefined);
    const count = countOf(zone, countId);
    fields.integers({ itemCount: count });
    return count === undefined ? [] : [computedRecord('IndexCountResult', countId, fields, zone, now)];
  });
}
