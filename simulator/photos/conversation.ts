import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Switches } from '../control/switches.ts';
import type { Account, Clock, WebSessions } from '../seams.ts';
import { CloudKitError, demand } from './cloudkit-error.ts';
import type { DownloadLinks } from './download-link.ts';
import type { Scope } from './model.ts';
import type { Reader } from './records.ts';
import { syncToken } from './tokens.ts';
import type { Indexing, Zone } from './zone.ts';

/** What the photo service needs from the rest of the simulator. */
export interface PhotosDeps {
  readonly sessions: WebSessions;
  readonly clock: Clock;
  readonly switches: Pick<Switches, 'photos' | 'missingKeys'>;
  /** The base address of the content host as this client knows it. */
  contentUrl(c: Context): string;
}

/** CloudKit gives and takes at most this many records at a time. */
export const MOST_RECORDS = 200;

/** How requests name a zone; the owner may be left out for one's own. */
export const zoneIDSchema = z.object({
  zoneName: z.string(),
  ownerRecordName: z.string().optional(),
  zoneType: z.string().optional(),
});
export const desiredKeysSchema = z.array(z.string()).optional();

/** One authenticated request to one database of an account. */
export class Conversation {
  readonly account: Account;
  readonly scope: Scope;
  readonly clock: Clock;
  /** The id of the answer. */
  readonly requestId = randomUUID();
  readonly #body: string;
  readonly #photos: Switches['photos'];
  readonly #wantsSyncToken: boolean;
  readonly #contentBase: string;
  readonly #links: DownloadLinks;

  /** @param body of the request, not yet parsed */
  constructor(c: Context, deps: PhotosDeps, links: DownloadLinks, account: Account, scope: Scope, body: string) {
    this.account = account;
    this.scope = scope;
    this.clock = deps.clock;
    this.#body = body;
    this.#photos = deps.switches.photos;
    this.#wantsSyncToken = /^true$/i.test(c.req.query('getCurrentSyncToken') ?? '');
    this.#contentBase = deps.contentUrl(c).replace(/\/$/, '');
    this.#links = links;
  }

  /** @throws CloudKitError BAD_REQUEST for a body that is not JSON of this shape */
  body<Body>(schema: z.ZodType<Body>): Body {
    const parsed = schema.safeParse(parseJson(this.#body));
    demand(parsed.success, `Cannot deserialize the request: ${parsed.error && z.prettifyError(parsed.error)}`);
    return parsed.data;
  }

  /** The zones of this database that changed after a point in its history. */
  zonesChangedSince(sequence: number): readonly Zone[] {
    return this.#photos === 'not-set-up' ? [] : this.account.library.zonesChangedSince(this.scope, sequence);
  }

  /** How far a zone's indexes are: as the switch says, or the zone. */
  indexing(zone: Zone): Indexing {
    return typeof this.#photos === 'object' ? { state: 'RUNNING', ...this.#photos.indexing } : zone.indexing;
  }

  /** @throws CloudKitError ZONE_NOT_FOUND */
  zone({ zoneName, ownerRecordName }: z.infer<typeof zoneIDSchema>): Zone {
    const zone = this.account.library.zones.find(({ name, scope }) => name === zoneName && scope === this.scope);
    // without its owner a zone is looked for among one's own, and those of this scope are other people's
    const isOwner = ownerRecordName === zone?.zoneID.ownerRecordName;
    if (
      !zone ||
      this.#photos === 'not-set-up' ||
      !(isOwner || (ownerRecordName === undefined && this.scope === 'private'))
    ) {
      throw new CloudKitError('ZONE_NOT_FOUND', `Zone '${zoneName}' does not exist`);
    }
    return zone;
  }

  /** How the records of an answer are to be written. */
  reader(zone: Zone, desiredKeys: readonly string[] | undefined): Reader {
    const { library } = this.account;
    return {
      zone,
      desiredKeys: desiredKeys && new Set(desiredKeys),
      link: (recordName, variant, resource) =>
        this.#links.url(this.#contentBase, this.requestId, library, { zone, recordName, variant }, resource),
    };
  }

  /** Whose history a zone's tokens belong to. */
  historyOf(zone: Zone): string {
    return `${this.account.dsid} zone ${zone.name}`;
  }

  /** Whose history this database's tokens belong to. */
  get databaseHistory(): string {
    return `${this.account.dsid} database ${this.scope}`;
  }

  zoneToken(zone: Zone, sequence: number = zone.sequence): string {
    return syncToken(this.historyOf(zone), sequence);
  }

  databaseToken(): string {
    return syncToken(this.databaseHistory, this.account.library.sequence);
  }

  /** The `syncToken` of an answer, for the clients that asked for one. */
  currentSyncToken(zone: Zone): { readonly syncToken?: string } {
    return this.#wantsSyncToken ? { syncToken: this.zoneToken(zone) } : {};
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CloudKitError('BAD_REQUEST', 'The request is not JSON');
  }
}
