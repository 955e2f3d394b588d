import { type CloudRecord, recordsAnswer } from '../cloudkit/records.ts';
import { AppleError } from '../errors.ts';
import { DESIRED_KEYS } from './asset.ts';
import { type PhotoLibrary, WHOLE_LIBRARY } from './library.ts';

/** Records a page: Apple's maximum. */
const PAGE_RECORDS = 200;
/** Ranks a page covers: an item is two records. */
export const PAGE_ITEMS = PAGE_RECORDS / 2;

/** A stretch of the library as Apple's index has it at this moment. */
export interface Page {
  readonly masters: readonly CloudRecord[];
  readonly assets: readonly CloudRecord[];
  /** Names of records that Apple could not give, with an error in their place. */
  readonly refused: readonly string[];
  /** Whether the index says that it goes on behind the page. */
  readonly hasMore: boolean;
  /** Without any record. */
  readonly empty: boolean;
}

/**
 * Asks for the items from a rank on; rank 0 is the newest.
 *
 * @throws AppleError
 */
export async function fetchPage(
  library: PhotoLibrary,
  startRank: number,
  signal: AbortSignal | undefined,
): Promise<Page> {
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
  const refused = records.filter(({ serverErrorCode: code }) => code !== undefined);
  // no way leads on from a full page without a single item
  if (refused[0] && refused.length === records.length && records.length >= PAGE_RECORDS) {
    throw new AppleError('service-error', { reason: refused[0].serverErrorCode ?? '' });
  }
  return {
    masters: records.filter((record) => record.recordType === 'CPLMaster'),
    assets: records.filter((record) => record.recordType === 'CPLAsset'),
    refused: refused.map(({ recordName }) => recordName),
    hasMore: continuationMarker !== undefined || records.length >= PAGE_RECORDS,
    empty: records.length === 0,
  };
}
