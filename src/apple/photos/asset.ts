import * as z from 'zod';
import { type CloudRecord, numberField, stringField, typedField } from '../cloudkit/records.ts';
import { type DecodedText, decodeText } from './decode-text.ts';

/** One file of an asset as Apple stores it. */
export interface Resource {
  /** Uniform type identifier, such as `public.jpeg`; absent for some records. */
  readonly fileType: string | undefined;
  /** Bytes. */
  readonly size: number;
  /** Apple's checksum in base64; see checksum.ts. */
  readonly fileChecksum: string;
  /** A secret while it is valid, which is about an hour. */
  readonly downloadURL: string;
}

/** The files of an asset that are used so far: the original, and the motion part of a Live Photo. */
export type ResourceName = 'original' | 'live';

/** One item of the library: what a person sees as a photo or a video. */
export interface Asset {
  /** Identity of the item. Several items may share one master (a duplicate made on a device). */
  readonly recordName: string;
  /** Identity of the original's content. */
  readonly masterName: string;
  readonly filename: DecodedText;
  readonly itemType: string | undefined;
  /** When it was taken; milliseconds since the epoch, may be negative. */
  readonly assetDate: number | undefined;
  /** Seconds; 0 for photos. */
  readonly duration: number;
  readonly resources: Readonly<Partial<Record<ResourceName, Resource>>>;
}

const PREFIXES: Readonly<Record<ResourceName, string>> = { original: 'resOriginal', live: 'resOriginalVidCompl' };

/** The fields that listing asks for: a fraction of what Apple would send otherwise. */
export const DESIRED_KEYS: readonly string[] = [
  ...Object.values(PREFIXES).flatMap((prefix) => [`${prefix}Res`, `${prefix}FileType`]),
  'itemType',
  'filenameEnc',
  'masterRef',
  'assetDate',
  'duration',
  'isDeleted',
  'isHidden',
  'recordName',
  'recordType',
  'recordChangeTag',
];

const resourceValue = z.object({
  fileChecksum: z.string(),
  size: z.number().int().nonnegative(),
  downloadURL: z.string(),
});
const reference = z.object({ recordName: z.string() });

function resourceOf(name: ResourceName, asset: CloudRecord, master: CloudRecord): Resource | undefined {
  const prefix = PREFIXES[name];
  for (const source of [asset, master]) {
    const value = resourceValue.safeParse(typedField(source, `${prefix}Res`)?.value);
    if (value.success) return { ...value.data, fileType: stringField(source, `${prefix}FileType`) };
  }
  return undefined;
}

/** @returns the name of the master an asset belongs to. */
export function masterRefOf(asset: CloudRecord): string | undefined {
  const parsed = reference.safeParse(typedField(asset, 'masterRef')?.value);
  return parsed.success ? parsed.data.recordName : undefined;
}

/** Joins the two records of an item (docs/protocol/photos.md, "Assets and masters"). */
export function createAsset(asset: CloudRecord, master: CloudRecord): Asset {
  const original = resourceOf('original', asset, master);
  const live = resourceOf('live', asset, master);
  return {
    recordName: asset.recordName,
    masterName: master.recordName,
    filename: decodeText(typedField(master, 'filenameEnc')),
    itemType: stringField(master, 'itemType'),
    assetDate: numberField(asset, 'assetDate'),
    duration: numberField(asset, 'duration') ?? 0,
    resources: { ...(original ? { original } : {}), ...(live ? { live } : {}) },
  };
}
