import * as z from 'zod';
import type { PhotoDatabase } from '../cloudkit/database.ts';
import {
  type CloudRecord,
  numberField,
  recordsAnswer,
  type Scope,
  stringField,
  type ZoneId,
} from '../cloudkit/records.ts';
import { AppleError } from '../errors.ts';
import { type Asset, createAsset, DESIRED_KEYS } from './asset.ts';

/** One photo library: a zone, and whose database it is in. */
export interface PhotoLibrary {
  readonly database: PhotoDatabase;
  readonly scope: Scope;
  readonly zoneID: ZoneId;
}

/** Everybody's own library. */
export function primaryLibrary(database: PhotoDatabase): PhotoLibrary {
  return { database, scope: 'private', zoneID: { zoneName: 'PrimarySync' } };
}

/** The list of everything that is neither hidden nor deleted, by the date it was taken. */
export const WHOLE_LIBRARY = {
  list: 'CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted',
  count: 'CPLAssetByAssetDateWithoutHiddenOrDeleted',
} as const;

/**
 * @throws AppleError `library-indexing` while Apple still prepares the library, `photos-not-set-up`
 */
export async function checkIndexing(library: PhotoLibrary, signal?: AbortSignal): Promise<void> {
  const body = await library.database.post(
    library.scope,
    '/records/query',
    { query: { recordType: 'CheckIndexingState' }, zoneID: library.zoneID },
    signal,
  );
  const parsed = recordsAnswer.safeParse(body);
  const record = parsed.success ? parsed.data.records?.[0] : undefined;
  const state = stringField(record, 'state');
  // an unknown state is no reason to keep somebody from their photos; only a running index hides some of them
  if (state === 'RUNNING') {
    const progress = numberField(record, 'progress');
    throw new AppleError('library-indexing', { reason: progress === undefined ? 'RUNNING' : `${progress} % done` });
  }
}

const countAnswer = z.object({ batch: z.array(z.object({ records: z.array(z.unknown()).optional() })) });
const countRecord = z.object({ fields: z.object({ itemCount: z.object({ value: z.number() }) }) });

/**
 * @returns how many items Apple's index counts: an estimate, good for progress and for nothing else; undefined when
 *   the index gives none
 */
export async function countAssets(library: PhotoLibrary, signal?: AbortSignal): Promise<number | undefined> {
  const body = await library.database.post(
    library.scope,
    '/internal/records/query/batch',
    {
      batch: [
        {
          resultsLimit: 1,
          query: {
            recordType: 'HyperionIndexCountLookup',
            filterBy: {
              fieldName: 'indexCountID',
              fieldValue: { type: 'STRING_LIST', value: [WHOLE_LIBRARY.count] },
              comparator: 'IN',
            },
          },
          zoneWide: true,
          zoneID: library.zoneID,
        },
      ],
    },
    signal,
  );
  const batch = countAnswer.safeParse(body);
  const record = countRecord.safeParse(batch.success ? batch.data.batch[0]?.records?.[0] : undefined);
  return record.success ? record.data.fields.itemCount.value : undefined;
}

/** CloudKit's limit for one look-up. */
const LOOKUP_LIMIT = 200;

/** What a look-up brings. A name that is in neither is not there. */
export interface LookedUp {
  readonly records: ReadonlyMap<string, CloudRecord>;
  /** Apple's code by the name of each record that it could not give, although it may be there. */
  readonly refused: ReadonlyMap<string, string>;
}

/**
 * Source: docs/protocol/photos.md, "Errors".
 *
 * @throws AppleError
 */
export async function lookupRecords(
  library: PhotoLibrary,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<LookedUp> {
  const records = new Map<string, CloudRecord>();
  const refused = new Map<string, string>();
  for (let start = 0; start < names.length; start += LOOKUP_LIMIT) {
    const body = await library.database.post(
      library.scope,
      '/records/lookup',
      {
        records: names.slice(start, start + LOOKUP_LIMIT).map((recordName) => ({ recordName })),
        zoneID: library.zoneID,
        desiredKeys: DESIRED_KEYS,
      },
      signal,
    );
    const parsed = recordsAnswer.safeParse(body);
    if (!parsed.success) throw new AppleError('service-error', { reason: 'records/lookup without records' });
    for (const record of parsed.data.records ?? []) {
      const { recordName, serverErrorCode: code } = record;
      if (code === undefined) records.set(recordName, record);
      else if (code !== 'NOT_FOUND') refused.set(recordName, code);
    }
  }
  return { records, refused };
}

/**
 * Reads an item again, for download addresses that are valid now.
 *
 * @returns undefined when the item is gone from the library
 * @throws AppleError `service-error` when Apple cannot say
 */
export async function refreshAsset(
  library: PhotoLibrary,
  asset: Pick<Asset, 'recordName' | 'masterName'>,
  signal?: AbortSignal,
): Promise<Asset | undefined> {
  const { records, refused } = await lookupRecords(library, [asset.recordName, asset.masterName], signal);
  const [code] = refused.values();
  if (code !== undefined) throw new AppleError('service-error', { reason: code });
  const [assetRecord, masterRecord] = [records.get(asset.recordName), records.get(asset.masterName)];
  return assetRecord && masterRecord ? createAsset(assetRecord, masterRecord) : undefined;
}
