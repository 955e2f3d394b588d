import * as z from 'zod';

/** Record shapes of the CloudKit web service (docs/protocol/photos.md, "Records"), lenient about the unknown. */

const field = z.object({ value: z.unknown().optional(), type: z.string().optional() });

const record = z.object({
  recordName: z.string(),
  recordType: z.string().nullish(),
  fields: z.record(z.string(), field).optional().catch(undefined),
  recordChangeTag: z.string().optional().catch(undefined),
  deleted: z.boolean().optional().catch(undefined),
  serverErrorCode: z.string().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
});

/** Anything with a name in `records[]`; entries without one cannot be used for anything. */
const records = z
  .array(record.nullable().catch(null))
  .transform((entries) => entries.filter((entry) => entry !== null))
  .optional()
  .catch(undefined);

/** The answer to a query or a look-up. */
export const recordsAnswer = z.object({
  records,
  continuationMarker: z.string().optional().catch(undefined),
  syncToken: z.string().optional().catch(undefined),
});

export type CloudRecord = z.infer<typeof record>;

/** A zone as CloudKit names it; the personal library needs no owner. */
export interface ZoneId {
  readonly zoneName: string;
  readonly ownerRecordName?: string;
  readonly zoneType?: string;
}

/** Whose database a zone is in: one's own, or one shared by somebody else. */
export type Scope = 'private' | 'shared';

/** A field may be absent or hold `null`: both count as absent. */
function fieldOf(source: CloudRecord | undefined, name: string) {
  const found = source?.fields?.[name];
  return found?.value === null || found?.value === undefined ? undefined : found;
}

/** @returns the value when it is a string. */
export function stringField(source: CloudRecord | undefined, name: string): string | undefined {
  const value = fieldOf(source, name)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** @returns the value when it is a finite number. */
export function numberField(source: CloudRecord | undefined, name: string): number | undefined {
  const value = fieldOf(source, name)?.value;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** @returns value and declared type, for fields whose encoding depends on the type. */
export function typedField(
  source: CloudRecord | undefined,
  name: string,
): { value: unknown; type: string | undefined } | undefined {
  const found = fieldOf(source, name);
  return found && { value: found.value, type: found.type };
}
