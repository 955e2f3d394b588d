import { z } from 'zod';
import { CloudKitError } from './cloudkit-error.ts';
import { type Conversation, desiredKeysSchema, MOST_RECORDS, zoneIDSchema } from './conversation.ts';
import type { ZoneID } from './model.ts';
import { type WireRecord, wireRecord } from './records.ts';
import { readSyncToken } from './tokens.ts';
import type { Zone } from './zone.ts';

const databaseSchema = z.object({ syncToken: z.string().optional() });
const zonesSchema = z.object({
  zones: z.array(
    z.object({
      zoneID: zoneIDSchema,
      syncToken: z.string().optional(),
      resultsLimit: z.int().positive().optional(),
      desiredKeys: desiredKeysSchema,
    }),
  ),
});

type ZoneRequest = z.infer<typeof zonesSchema>['zones'][number];

interface DatabaseAnswer {
  readonly syncToken: string;
  readonly moreComing: false;
  readonly zones: readonly { readonly zoneID: ZoneID; readonly syncToken?: string }[];
}

/** `zones/list`: every zone of the database. */
export function zonesList(conversation: Conversation): DatabaseAnswer {
  conversation.body(databaseSchema);
  const zones = conversation.zonesChangedSince(0);
  return { moreComing: false, syncToken: conversation.databaseToken(), zones: zones.map(({ zoneID }) => ({ zoneID })) };
}

/** `changes/database`: the zones that changed, or without a token all of them. @throws CloudKitError BAD_REQUEST */
export function changesDatabase(conversation: Conversation): DatabaseAnswer {
  const { syncToken } = conversation.body(databaseSchema);
  const { library } = conversation.account;
  const since = syncToken === undefined ? 0 : position(syncToken, conversation.databaseHistory, library.sequence);
  const zones = conversation.zonesChangedSince(since);
  return {
    syncToken: conversation.databaseToken(),
    moreComing: false,
    zones: zones.map((zone) => ({ zoneID: zone.zoneID, syncToken: conversation.zoneToken(zone) })),
  };
}

/** `changes/zone`: what changed in some zones; a zone that cannot be answered carries its own error. */
export function changesZone(conversation: Conversation): { readonly zones: readonly unknown[] } {
  const { zones } = conversation.body(zonesSchema);
  return {
    zones: zones.map((request) => {
      try {
        return zoneChanges(conversation, conversation.zone(request.zoneID), request);
      } catch (error) {
        if (!(error instanceof CloudKitError)) throw error;
        return { zoneID: request.zoneID, serverErrorCode: error.code, reason: error.message };
      }
    }),
  };
}

interface ZoneAnswer {
  readonly zoneID: ZoneID;
  readonly syncToken: string;
  readonly moreComing: boolean;
  readonly records: readonly WireRecord[];
}

function zoneChanges(conversation: Conversation, zone: Zone, request: ZoneRequest): ZoneAnswer {
  const answer = (sequence: number, moreComing: boolean, records: readonly WireRecord[]): ZoneAnswer => ({
    zoneID: zone.zoneID,
    syncToken: conversation.zoneToken(zone, sequence),
    moreComing,
    records,
  });
  // a full history begins with an empty page more often than not (peers)
  if (request.syncToken === undefined) return answer(0, zone.sequence > 0, []);
  // an empty token means "caught up" (peers)
  if (request.syncToken === '') return answer(zone.sequence, false, []);
  const since = position(request.syncToken, conversation.historyOf(zone), zone.sequence);
  const limit = Math.min(request.resultsLimit ?? MOST_RECORDS, MOST_RECORDS);
  const changes = zone.changesSince(since, limit);
  const reader = conversation.reader(zone, request.desiredKeys);
  const records = changes.recordNames.map((recordName) => {
    const record = zone.find(recordName);
    return record ? wireRecord(reader, record) : tombstone(recordName);
  });
  return answer(changes.sequence, changes.moreComing, records);
}

/** All that is left of a purged record. */
function tombstone(recordName: string): WireRecord {
  return { recordName, recordType: null, deleted: true, recordChangeTag: '0' };
}

function position(token: string, history: string, latest: number): number {
  const reading = readSyncToken(token, history, latest);
  if (reading.kind === 'invalid') throw new CloudKitError('BAD_REQUEST', reading.reason);
  return reading.sequence;
}
