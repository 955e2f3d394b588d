import { z } from 'zod';
import { demand } from './cloudkit-error.ts';

/** One condition of a query. */
export const filterSchema = z.object({
  fieldName: z.string(),
  comparator: z.string(),
  fieldValue: z.object({ type: z.string(), value: z.unknown() }),
});

type Filter = z.infer<typeof filterSchema>;

const TYPES = {
  startRank: 'INT64',
  direction: 'STRING',
  smartAlbum: 'STRING',
  parentId: 'STRING',
  recordName: 'STRING',
} as const;

/** What the conditions of a listing say; a condition that was not given is undefined. */
export interface Conditions {
  readonly startRank: number | undefined;
  readonly direction: 'ASCENDING' | 'DESCENDING' | undefined;
  readonly smartAlbum: string | undefined;
  readonly parentId: string | undefined;
  readonly recordName: string | undefined;
}

const conditionsSchema = z.object({
  startRank: z.int().nonnegative().optional(),
  direction: z.enum(['ASCENDING', 'DESCENDING']).optional(),
  smartAlbum: z.string().optional(),
  parentId: z.string().optional(),
  recordName: z.string().optional(),
});

/** @throws CloudKitError BAD_REQUEST for an unknown field, another comparator than EQUALS, or a value of the wrong type */
export function readConditions(filters: readonly Filter[]): Conditions {
  const values: Record<string, unknown> = {};
  for (const { fieldName, comparator, fieldValue } of filters) {
    const type = Object.entries(TYPES).find(([name]) => name === fieldName)?.[1];
    demand(type !== undefined, `Field '${fieldName}' is not queryable`);
    demand(comparator === 'EQUALS', `Comparator ${comparator} is not supported for field '${fieldName}'`);
    demand(fieldValue.type === type, `Field '${fieldName}' must be of type ${type}`);
    values[fieldName] = fieldValue.value;
  }
  const parsed = conditionsSchema.safeParse(values);
  demand(parsed.success, `Invalid filter value: ${parsed.error && z.prettifyError(parsed.error)}`);
  return {
    startRank: undefined,
    direction: undefined,
    smartAlbum: undefined,
    parentId: undefined,
    recordName: undefined,
    ...parsed.data,
  };
}

const indexCountSchema = z.tuple([
  z.object({
    fieldName: z.literal('indexCountID'),
    comparator: z.literal('IN'),
    fieldValue: z.object({ type: z.literal('STRING_LIST'), value: z.array(z.string()) }),
  }),
]);

/** The ids a count was asked for. @throws CloudKitError BAD_REQUEST */
export function readCountIds(filters: readonly Filter[]): readonly string[] {
  const parsed = indexCountSchema.safeParse(filters);
  demand(parsed.success, `Invalid count lookup: ${parsed.error && z.prettifyError(parsed.error)}`);
  return parsed.data[0].fieldValue.value;
}
