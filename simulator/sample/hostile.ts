import type { Filename, Resource } from '../photos/model.ts';
import type { NewAsset } from '../photos/new-asset.ts';
import { photo } from './photographer.ts';

const SMALL = { width: 320, height: 240 };

/** 300 bytes of UTF-8, more than any common file system takes. */
const LONG_NAME = `${'长'.repeat(98)}ab.JPG`;

const NAMES: readonly (string | Filename)[] = [
  LONG_NAME,
  'CON.JPG',
  'trailing.',
  'a<b>:c"|?*.JPG',
  'nul\0inside.JPG',
  'line\nbreak.JPG',
  '.hidden.JPG',
  '',
  { kind: 'absent' },
  { kind: 'string', name: 'plain text.JPG' },
  // the first has no valid padding, the second decodes to bytes that are not UTF-8
  { kind: 'raw', value: 'aS9uIHY6YQBsKmk/ZFxwPGE+dCJofC5KUE' },
  { kind: 'raw', value: 'abcdefgh' },
];

/** Pictures that some client aborts its whole run on: names it cannot decode or write, and missing types. */
export async function hostile(): Promise<readonly NewAsset[]> {
  const named = NAMES.map((name, at) =>
    photo({
      name,
      title: `Hostile ${at + 1}`,
      taken: `2025-06-19T12:${10 + at}:00`,
      seed: 80 + at,
      ...SMALL,
    }),
  );
  const untyped = photo({
    name: 'untyped.JPG',
    title: 'No type',
    taken: '2025-06-19T13:00:00',
    seed: 95,
    ...SMALL,
    more: { itemType: null },
  });
  return Promise.all([...named, untyped, withholding('fileType', 96)]);
}

/** Records without a link, or without a file at all: nobody can download these two. */
export async function incomplete(): Promise<readonly NewAsset[]> {
  return Promise.all([withholding('downloadURL', 97), withholding('resource', 98)]);
}

async function withholding(withheld: NonNullable<Resource['withheld']>, seed: number): Promise<NewAsset> {
  const taken = `2025-06-19T13:00:${seed - 80}`;
  const asset = await photo({ name: `without ${withheld}.JPG`, title: 'Incomplete', taken, seed, ...SMALL });
  return asset.original ? { ...asset, original: { ...asset.original, withheld } } : asset;
}
