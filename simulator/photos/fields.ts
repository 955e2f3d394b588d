/** The types of CloudKit fields that photo records use. */
export type FieldType =
  | 'ASSETID'
  | 'ENCRYPTED_BYTES'
  | 'INT64'
  | 'REFERENCE'
  | 'REFERENCE_LIST'
  | 'STRING'
  | 'TIMESTAMP';

export interface Field {
  readonly value: unknown;
  readonly type: FieldType;
}

/** Collects the fields of one record, leaving out those that are absent and those the client did not ask for. */
export class Fields {
  readonly values: Record<string, Field> = {};
  readonly #wanted: ReadonlySet<string> | undefined;

  /** @param wanted the query's `desiredKeys`; undefined asks for all */
  constructor(wanted: ReadonlySet<string> | undefined) {
    this.#wanted = wanted;
  }

  wants(name: string): boolean {
    return this.#wanted?.has(name) ?? true;
  }

  /** An undefined value is an absent field. */
  put(name: string, type: FieldType, value: unknown): void {
    if (value !== undefined && this.wants(name)) this.values[name] = { value, type };
  }

  /** Booleans travel as 0 and 1. */
  flag(name: string, value: boolean): void {
    this.put(name, 'INT64', value ? 1 : 0);
  }

  integers(values: Readonly<Record<string, number | undefined>>): void {
    for (const [name, value] of Object.entries(values)) this.put(name, 'INT64', value);
  }

  /** Text that Apple keeps encrypted and hands out as base64 of UTF-8. */
  encrypted(name: string, text: string | undefined): void {
    if (text !== undefined && this.wants(name)) this.put(name, 'ENCRYPTED_BYTES', Buffer.from(text).toString('base64'));
  }

  encryptedBytes(name: string, bytes: Uint8Array | undefined): void {
    if (bytes && this.wants(name)) this.put(name, 'ENCRYPTED_BYTES', Buffer.from(bytes).toString('base64'));
  }
}
