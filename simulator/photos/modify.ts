import { z } from 'zod';
import { demand } from './cloudkit-error.ts';
import { type Conversation, desiredKeysSchema, MOST_RECORDS, zoneIDSchema } from './conversation.ts';
import { modifiedRecord, type WireRecord } from './records.ts';
import type { Zone } from './zone.ts';

const flagSchema = z
  .object({ value: z.union([z.literal(0), z.literal(1)]), type: z.literal('INT64').optional() })
  .transform(({ value }) => value === 1)
  .optional();
const operationSchema = z.object({
  operationType: z.literal('update'),
  record: z.object({
    recordName: z.string(),
    recordType: z.literal('CPLAsset'),
    recordChangeTag: z.string(),
    fields: z.strictObject({ isDeleted: flagSchema, isFavorite: flagSchema, isHidden: flagSchema }),
  }),
});
const modifySchema = z.object({
  atomic: z.boolean().optional(),
  desiredKeys: desiredKeysSchema,
  operations: z.array(operationSchema).min(1),
  zoneID: zoneIDSchema,
});

type Operation = z.infer<typeof operationSchema>;

/** Why one operation cannot be done. */
interface Refusal {
  readonly serverErrorCode: 'ATOMIC_ERROR' | 'CONFLICT' | 'NOT_FOUND';
  readonly reason: string;
}

const ATOMIC_FAILURE: Refusal = { serverErrorCode: 'ATOMIC_ERROR', reason: 'Another operation of this request failed' };

/**
 * `records/modify`: deletes and restores pictures, changes whether they are favourites or hidden. Each operation must
 * carry the present change tag of its record.
 *
 * @throws CloudKitError BAD_REQUEST for any other operation
 */
export function recordsModify(conversation: Conversation): { readonly records: readonly WireRecord[] } {
  const { atomic, desiredKeys, operations, zoneID } = conversation.body(modifySchema);
  demand(operations.length <= MOST_RECORDS, `At most ${MOST_RECORDS} records can be changed at once`);
  const zone = conversation.zone(zoneID);
  const reader = conversation.reader(zone, desiredKeys);
  const refusals = operations.map((operation) => refusalOf(zone, operation));
  const isAllRefused = (atomic ?? false) && refusals.some((refusal) => refusal !== undefined);
  const records = operations.map(({ record: { recordName, fields } }, at): WireRecord => {
    const refusal = refusals[at] ?? (isAllRefused ? ATOMIC_FAILURE : undefined);
    if (refusal) return { recordName, ...refusal };
    return modifiedRecord(reader, zone.changeAsset(recordName, fields, conversation.clock.now()));
  });
  return { records, ...conversation.currentSyncToken(zone) };
}

function refusalOf(zone: Zone, { record }: Operation): Refusal | undefined {
  const asset = zone.assets.get(record.recordName);
  if (!asset) return { serverErrorCode: 'NOT_FOUND', reason: 'Record not found' };
  if (asset.revision.recordChangeTag !== record.recordChangeTag) {
    return {
      serverErrorCode: 'CONFLICT',
      reason: `The record changed: it has the tag ${asset.revision.recordChangeTag}`,
    };
  }
  return undefined;
}
