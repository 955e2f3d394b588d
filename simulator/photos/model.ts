import type { Content } from './content.ts';

/** The two databases of a container that hold photo libraries: one's own zones, and zones others share. */
export type Scope = 'private' | 'shared';

/** CloudKit's name of a zone. */
export interface ZoneID {
  /** `PrimarySync` or `SharedSync-<UUID>`. */
  readonly zoneName: string;
  readonly ownerRecordName: string;
  readonly zoneType: 'REGULAR_CUSTOM_ZONE';
}

/** Every place in a record where a file may hang; the order is that of a download link's variant number. */
export const VARIANTS = [
  'resOriginal',
  'resOriginalAlt',
  'resOriginalVidCompl',
  'resJPEGFull',
  'resJPEGLarge',
  'resJPEGMed',
  'resJPEGThumb',
  'resVidFull',
  'resVidMed',
  'resVidSmall',
  'resSidecar',
] as const;

/** The prefix of a resource's five fields: `resOriginal` stands for `resOriginalRes`, `resOriginalFileType` and so on. */
export type Variant = (typeof VARIANTS)[number];

/** One downloadable file of a record. */
export interface Resource {
  readonly content: Content;
  /** A uniform type identifier: `public.jpeg`. */
  readonly fileType: string;
  /** In pixels, as stored: before the orientation is applied. */
  readonly width: number;
  readonly height: number;
  /** What a record of this resource leaves out, as a few real records do (recorded). */
  readonly withheld?: 'downloadURL' | 'fileType' | 'resource';
}

export type Resources = Readonly<Partial<Record<Variant, Resource>>>;

/** How `filenameEnc` is spelled; all but the first are rare, and real. */
export type Filename =
  /** ENCRYPTED_BYTES: base64 of UTF-8. */
  | { readonly kind: 'encrypted'; readonly name: string }
  /** STRING: the plain text. */
  | { readonly kind: 'string'; readonly name: string }
  /** ENCRYPTED_BYTES whose value is sent as given, valid or not. */
  | { readonly kind: 'raw'; readonly value: string }
  | { readonly kind: 'absent' };

/** What kind of picture an asset is beyond being a photo or a video. */
export type Subtype = 'plain' | 'panorama' | 'live' | 'screenshot' | 'slomo' | 'timelapse';

/** What an edit adds to an asset; the master keeps the original. */
export interface Edit {
  /** The program that edited: `com.apple.photo`. */
  readonly adjustmentType: string;
  /** The rendered results: `resJPEGFull` and the smaller ones, or `resVidFull`. */
  readonly resources: Resources;
}

/** One frame of a burst; only the key frame shows in the whole library. */
export interface Burst {
  readonly id: string;
  readonly key: boolean;
}

/** Where a picture was taken, and how the property list that tells it is spelled: both forms occur (peers). */
export interface Location {
  readonly latitude: number;
  readonly longitude: number;
  /** Metres. */
  readonly altitude: number;
  readonly plist: 'binary' | 'xml';
}

/** What changed a record, and when: the tag and the dates of its envelope. */
export interface Revision {
  recordChangeTag: string;
  /** Milliseconds since the epoch. */
  created: number;
  modified: number;
}

/** The bytes as imported. */
export interface Master {
  /** The checksum of the original. */
  readonly recordName: string;
  filename: Filename;
  /** Absent in some old libraries. */
  readonly itemType: string | undefined;
  readonly originalOrientation: number;
  readonly resources: Resources;
  readonly revision: Revision;
  /** The assets that show this master. */
  readonly assets: Set<Asset>;
}

/** What its owner sees as one picture. */
export interface Asset {
  /** An upper-case UUID. */
  readonly recordName: string;
  readonly master: Master;
  /** Milliseconds since the epoch; undefined when the record has no such field. */
  assetDate: number | undefined;
  readonly addedDate: number;
  /** Seconds east of UTC. */
  readonly timeZoneOffset: number;
  readonly timeZoneName: string | undefined;
  /** Milliseconds (recorded), 0 for a photo. */
  readonly duration: number;
  readonly orientation: number;
  readonly subtype: Subtype;
  isFavorite: boolean;
  isHidden: boolean;
  /** When it went to Recently Deleted. */
  deletedAt: number | undefined;
  edit: Edit | undefined;
  title: string | undefined;
  description: string | undefined;
  readonly keywords: readonly string[];
  readonly location: Location | undefined;
  readonly burst: Burst | undefined;
  readonly revision: Revision;
}

/** An album, or a folder that holds albums. */
export interface Album {
  readonly recordName: string;
  /** Undefined for the two root folders. */
  readonly name: string | undefined;
  readonly kind: 'album' | 'folder';
  readonly parent: string | undefined;
  readonly position: number;
  /** What it holds, in the owner's order. */
  readonly relations: Relation[];
  readonly revision: Revision;
}

/** One asset's place in one album. */
export interface Relation {
  /** `<asset>-IN-<album>`. */
  readonly recordName: string;
  readonly album: Album;
  readonly asset: Asset;
  readonly position: number;
  readonly revision: Revision;
}

/** @returns whether a type identifier names a film */
export function isMovie(fileType: string | undefined): boolean {
  return fileType === 'com.apple.quicktime-movie' || fileType === 'public.mpeg-4';
}
