import { uuidFrom } from './checksum.ts';
import { heldContent, producedContent } from './content.ts';
import type {
  Asset,
  Burst,
  Edit,
  Filename,
  Location,
  Master,
  Resource,
  Resources,
  Revision,
  Subtype,
} from './model.ts';
import { TINY_HEIGHT, TINY_WIDTH, tinyJpeg } from './tiny-jpeg.ts';

/** A picture to add to a library; all but its name has a default. */
export interface NewAsset {
  readonly filename: string | Filename;
  /** The bytes as imported. Default: a tiny JPEG unlike all others. */
  readonly original?: Resource;
  /** Whatever else hangs on the master: renditions, a Live Photo's film, a second original. */
  readonly resources?: Resources;
  /** Default: the type of the original; null for a record without the field. */
  readonly itemType?: string | null;
  /** Milliseconds since the epoch, any value; null for a record without the field. Default: now. */
  readonly assetDate?: number | null;
  /** Default: now. */
  readonly addedDate?: number;
  /** Seconds east of UTC. Default 0. */
  readonly timeZoneOffset?: number;
  readonly timeZoneName?: string;
  /** Milliseconds. Default 0. */
  readonly duration?: number;
  /** 1 to 8 as in EXIF. Default 1. */
  readonly orientation?: number;
  /** Default: `live` with a Live Photo's film, `plain` otherwise. */
  readonly subtype?: Subtype;
  readonly isFavorite?: boolean;
  readonly isHidden?: boolean;
  /** Already in Recently Deleted. */
  readonly isDeleted?: boolean;
  readonly edit?: Edit;
  readonly title?: string;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly location?: Location;
  readonly burst?: Burst;
  /** The record name of an asset whose master this one shares, as the "Duplicate" of iOS does. */
  readonly duplicateOf?: string;
}

/** What may change about an asset later; undefined leaves a property as it is. */
export interface AssetPatch {
  readonly filename?: string | Filename | undefined;
  readonly assetDate?: number | null | undefined;
  readonly isFavorite?: boolean | undefined;
  readonly isHidden?: boolean | undefined;
  /** False restores from Recently Deleted. */
  readonly isDeleted?: boolean | undefined;
  /** Null reverts to the original. */
  readonly edit?: Edit | null | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
}

const TINY_RENDITION: Resource = tinyResource(heldContent(tinyJpeg('rendition')));

/** The master of a new asset. @param seed makes the default original distinct */
export function newMaster(spec: NewAsset, seed: string, revision: Revision): Master {
  const original = spec.original ?? tinyResource(producedContent(() => tinyJpeg(seed)));
  const renditions = spec.original ? {} : { resJPEGMed: TINY_RENDITION, resJPEGThumb: TINY_RENDITION };
  return {
    recordName: original.content.fileChecksum,
    filename: filenameOf(spec.filename),
    itemType: spec.itemType === null ? undefined : (spec.itemType ?? original.fileType),
    originalOrientation: spec.orientation ?? 1,
    resources: { resOriginal: original, ...renditions, ...spec.resources },
    revision,
    assets: new Set(),
  };
}

/** A new asset of this master. @param now milliseconds since the epoch */
export function newAsset(spec: NewAsset, master: Master, seed: string, revision: Revision, now: number): Asset {
  return {
    recordName: uuidFrom(seed),
    master,
    assetDate: spec.assetDate === null ? undefined : (spec.assetDate ?? now),
    addedDate: spec.addedDate ?? now,
    timeZoneOffset: spec.timeZoneOffset ?? 0,
    timeZoneName: spec.timeZoneName,
    duration: spec.duration ?? 0,
    orientation: spec.orientation ?? 1,
    subtype: spec.subtype ?? (master.resources.resOriginalVidCompl ? 'live' : 'plain'),
    isFavorite: spec.isFavorite ?? false,
    isHidden: spec.isHidden ?? false,
    deletedAt: spec.isDeleted ? now : undefined,
    edit: spec.edit,
    title: spec.title,
    description: spec.description,
    keywords: spec.keywords ?? [],
    location: spec.location,
    burst: spec.burst,
    revision,
  };
}

/** @returns the spelling of a name given as text: base64, as nearly all are */
export function filenameOf(filename: string | Filename): Filename {
  return typeof filename === 'string' ? { kind: 'encrypted', name: filename } : filename;
}

function tinyResource(content: Resource['content']): Resource {
  return { content, fileType: 'public.jpeg', width: TINY_WIDTH, height: TINY_HEIGHT };
}
