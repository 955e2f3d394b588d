import { defaultSwitches } from '../control/switches.ts';
import type { Account } from '../seams.ts';
import { Library } from './library.ts';
import { photosRoutes } from './routes.ts';

/** When the tests of this folder take place. */
export const TEST_NOW = Date.UTC(2025, 6, 20, 12);
const DSID = '12345678901';
const COOKIE = 'X-APPLE-WEBAUTH-USER="v=1:s=0:d=12345678901"; X-APPLE-WEBAUTH-TOKEN="v=2:t=good"';

export interface WireField {
  readonly value: unknown;
  readonly type: string;
}

/** A record as it came over the wire; an error in its place has the last two. */
export interface ReceivedRecord {
  readonly recordName: string;
  readonly recordType: string | null;
  readonly fields: Readonly<Record<string, WireField>>;
  readonly recordChangeTag: string;
  readonly created: { readonly timestamp: number };
  readonly modified: { readonly timestamp: number };
  readonly deleted: boolean;
  readonly zoneID?: { readonly zoneName: string };
  readonly expirationTime?: number;
  readonly serverErrorCode?: string;
}

/** Any answer of the service. */
export interface Answer {
  readonly status: number;
  readonly records: readonly ReceivedRecord[];
  readonly batch: readonly Answer[];
  readonly zones: readonly (Answer & {
    readonly zoneID: { readonly zoneName: string; readonly ownerRecordName: string };
  })[];
  readonly syncToken?: string;
  readonly moreComing?: boolean;
  readonly continuationMarker?: string;
  readonly serverErrorCode?: string;
  readonly reason?: string;
}

/** A signed-in client of one library, with time in its hand. */
export class TestClient {
  readonly clock = { time: TEST_NOW, now: (): number => this.clock.time };
  readonly switches = defaultSwitches();
  readonly library: Library;
  readonly account: Account;
  readonly app: ReturnType<typeof photosRoutes>;

  constructor(library?: Library) {
    this.library = library ?? new Library(this.clock);
    const account: Account = {
      appleId: 'jdoe@example.com',
      dsid: DSID,
      partition: 61,
      library: this.library,
    };
    this.account = account;
    this.app = photosRoutes({
      sessions: {
        accountOf: (cookies) => (cookies.get('X-APPLE-WEBAUTH-TOKEN') === '"v=2:t=good"' ? account : undefined),
        accessOf: () => 'open',
      },
      clock: this.clock,
      switches: this.switches,
      contentUrl: () => 'https://cvws.icloud-content.com',
    });
  }

  /** @param path from the scope on: `private/records/query?getCurrentSyncToken=true` */
  async post(path: string, body: unknown, cookie: string = COOKIE): Promise<Answer> {
    const response = await this.app.request(`/database/1/com.apple.photos.cloud/production/${path}`, {
      method: 'POST',
      headers: { Cookie: cookie, 'Content-Type': 'text/plain' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { ...((await response.json()) as Answer), status: response.status };
  }

  /** A page of a listing of `PrimarySync`. */
  list(recordType: string, options: ListOptions = {}): Promise<Answer> {
    const { startRank = 0, direction = 'ASCENDING', filters = {}, ...rest } = options;
    const filterBy = [
      { fieldName: 'startRank', comparator: 'EQUALS', fieldValue: { type: 'INT64', value: startRank } },
      { fieldName: 'direction', comparator: 'EQUALS', fieldValue: { type: 'STRING', value: direction } },
      ...Object.entries(filters).map(([fieldName, value]) => ({
        fieldName,
        comparator: 'EQUALS',
        fieldValue: { type: 'STRING', value },
      })),
    ];
    const zoneID = { zoneName: 'PrimarySync' };
    return this.post('private/records/query', { query: { recordType, filterBy }, zoneID, ...rest });
  }

  /** Follows a download link, cookies left at home. */
  async download(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.app.request(url, { headers });
  }
}

interface ListOptions {
  readonly startRank?: number;
  readonly direction?: 'ASCENDING' | 'DESCENDING';
  /** Further conditions, all of type STRING. */
  readonly filters?: Readonly<Record<string, string>>;
  readonly resultsLimit?: number;
  readonly desiredKeys?: readonly string[];
  readonly continuationMarker?: string;
}

/** The whole library, newest first. */
export const ALL = 'CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted';

export function ofType(answer: Pick<Answer, 'records'>, recordType: string): readonly ReceivedRecord[] {
  return answer.records.filter((record) => record.recordType === recordType);
}

export function names(records: readonly ReceivedRecord[]): readonly string[] {
  return records.map(({ recordName }) => recordName);
}

/** @throws Error when the record has no such resource, or no link to it */
export function downloadURL(record: ReceivedRecord | undefined, variant = 'resOriginal'): string {
  const resource = record?.fields[`${variant}Res`]?.value as { readonly downloadURL?: string } | undefined;
  if (resource?.downloadURL === undefined) throw new Error(`No ${variant} in ${record?.recordName}`);
  return resource.downloadURL;
}
