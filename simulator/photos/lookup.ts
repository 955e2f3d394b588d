import { z } from 'zod';
import { demand } from './cloudkit-error.ts';
import { type Conversation, desiredKeysSchema, MOST_RECORDS, zoneIDSchema } from './conversation.ts';
import { type WireRecord, wireRecord } from './records.ts';

const lookupSchema = z.object({
  records: z.array(z.object({ recordName: z.string() })),
  zoneID: zoneIDSchema,
  desiredKeys: desiredKeysSchema,
});

/** `records/lookup`: records by name, with links that hold for another hour. @throws CloudKitError */
export function recordsLookup(conversation: Conversation): { readonly records: readonly WireRecord[] } {
  const { records, zoneID, desiredKeys } = conversation.body(lookupSchema);
  demand(records.length <= MOST_RECORDS, `At most ${MOST_RECORDS} records can be looked up at once`);
  const zone = conversation.zone(zoneID);
  const reader = conversation.reader(zone, desiredKeys);
  return {
    records: records.map(({ recordName }) => {
      const record = zone.find(recordName);
      return record
        ? wireRecord(reader, record)
        : { recordName, reason: 'Record not found', serverErrorCode: 'NOT_FOUND' };
    }),
    ...conversation.currentSyncToken(zone),
  };
}
