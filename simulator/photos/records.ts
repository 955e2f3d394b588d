import { hash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { referenceChecksum, wrappingKey } from './checksum.ts';
import { Fields } from './fields.ts';
import {
  type Album,
  type Asset,
  isMovie,
  type Master,
  type Relation,
  type Resource,
  type Resources,
  type Revision,
  type Subtype,
  VARIANTS,
  type Variant,
  type ZoneID,
} from './model.ts';
import { keywordsPlist, locationPlist } from './plist.ts';
import { deletedAt, LIBRARY_INFO, type Zone, type ZoneRecord } from './zone.ts';

const DAY_MS = 86_400_000;
/** Recently Deleted keeps a picture this long (measured). */
const EXPUNGED_AFTER_MS = 30 * DAY_MS;
/** And its records go this long after the deletion (measured). */
const EXPIRES_AFTER_MS = 40 * DAY_MS;
const NANOSECONDS_PER_SECOND = 1_000_000_000;
const LIVE_SECONDS = 1.5;
/** Of the telephone that took all pictures: 64 hexadecimal digits (recorded). */
const DEVICE_ID = hash('sha256', 'the telephone', 'hex').toUpperCase();

/** `assetSubtypeV2`: 0, 2 and 3 as recorded, the rest inferred from the same enumeration in Photos' own database. */
const SUBTYPES: Readonly<Record<Subtype, number>> = {
  plain: 0,
  panorama: 1,
  live: 2,
  screenshot: 3,
  slomo: 101,
  timelapse: 102,
};

/** A record as CloudKit writes it. */
export type WireRecord = Readonly<Record<string, unknown>> & { readonly recordName: string };

/** What the records of one answer are written for. */
export interface Reader {
  readonly zone: Zone;
  /** Undefined asks for all fields. */
  readonly desiredKeys: ReadonlySet<string> | undefined;
  /** The address a file may be fetched from for the next hour. */
  link(recordName: string, variant: Variant, resource: Resource): string;
}

/** Writes any record of the reader's zone. */
export function wireRecord(reader: Reader, record: ZoneRecord): WireRecord {
  switch (record.type) {
    case 'CPLMaster':
      return masterRecord(reader, record.master);
    case 'CPLAsset':
      return assetRecord(reader, record.asset);
    case 'CPLAlbum':
      return albumRecord(reader, record.album);
    case 'CPLContainerRelation':
      return relationRecord(reader, record.relation);
    case 'CPLLibraryInfo':
      return libraryInfoRecord(reader);
  }
}

export function masterRecord(reader: Reader, master: Master): WireRecord {
  const fields = new Fields(reader.desiredKeys);
  const { filename, itemType } = master;
  if (filename.kind === 'string') fields.put('filenameEnc', 'STRING', filename.name);
  else if (filename.kind === 'raw') fields.put('filenameEnc', 'ENCRYPTED_BYTES', filename.value);
  else if (filename.kind === 'encrypted') fields.encrypted('filenameEnc', filename.name);
  fields.put('itemType', 'STRING', itemType);
  fields.integers({ originalOrientation: master.originalOrientation, dataClassType: isMovie(itemType) ? 2 : 1 });
  putResources(fields, reader, master.recordName, master.resources);
  putContributors(fields, reader.zone);
  const gone = deletedAt(master);
  putDeletion(fields, gone);
  return envelope('CPLMaster', master.recordName, fields, master.revision, reader.zone.zoneID, gone);
}

export function assetRecord(reader: Reader, asset: Asset): WireRecord {
  const { zone, desiredKeys } = reader;
  const fields = new Fields(desiredKeys);
  fields.put('masterRef', 'REFERENCE', {
    recordName: asset.master.recordName,
    action: 'DELETE_SELF',
    zoneID: zone.zoneID,
  });
  fields.put('assetDate', 'TIMESTAMP', asset.assetDate);
  fields.put('addedDate', 'TIMESTAMP', asset.addedDate);
  const isLive = asset.subtype === 'live';
  fields.integers({
    timeZoneOffset: asset.timeZoneOffset,
    duration: asset.duration,
    orientation: asset.orientation,
    assetSubtype: 0,
    assetSubtypeV2: SUBTYPES[asset.subtype],
    assetHDRType: 0,
    adjustmentRenderType: 0,
    customRenderedValue: 0,
    burstFlags: asset.burst ? (asset.burst.key ? 6 : 2) : 0,
    vidComplDurValue: isLive ? LIVE_SECONDS * NANOSECONDS_PER_SECOND : 0,
    vidComplDurScale: isLive ? NANOSECONDS_PER_SECOND : 0,
    vidComplDispValue: isLive ? (LIVE_SECONDS / 2) * NANOSECONDS_PER_SECOND : 0,
    vidComplDispScale: isLive ? NANOSECONDS_PER_SECOND : 0,
    vidComplVisibilityState: 0,
  });
  fields.put('burstId', 'STRING', asset.burst?.id);
  fields.flag('isFavorite', asset.isFavorite);
  fields.flag('isHidden', asset.isHidden);
  fields.encrypted('timeZoneNameEnc', asset.timeZoneName);
  fields.encrypted('captionEnc', asset.title);
  fields.encrypted('extendedDescEnc', asset.description);
  if (asset.keywords.length > 0) fields.encryptedBytes('keywordsEnc', keywordsPlist(asset.keywords));
  if (asset.location) fields.encryptedBytes('locationEnc', locationPlist(asset.location, asset.assetDate ?? 0));
  if (asset.edit) {
    fields.put('adjustmentType', 'STRING', asset.edit.adjustmentType);
    fields.encryptedBytes('adjustmentSimpleDataEnc', adjustment(asset));
    putResources(fields, reader, asset.recordName, asset.edit.resources);
  }
  putContributors(fields, zone);
  if (zone.scope === 'shared') fields.integers({ trashReason: asset.deletedAt === undefined ? 0 : 1 });
  putDeletion(fields, asset.deletedAt);
  return envelope('CPLAsset', asset.recordName, fields, asset.revision, zone.zoneID, asset.deletedAt);
}

export function albumRecord({ zone, desiredKeys }: Reader, album: Album): WireRecord {
  const fields = new Fields(desiredKeys);
  fields.encrypted('albumNameEnc', album.name);
  fields.put('parentId', 'STRING', album.parent);
  fields.put('recordModificationDate', 'TIMESTAMP', album.revision.modified);
  fields.integers({
    albumType: album.kind === 'folder' ? 3 : 0,
    position: album.position,
    sortType: 0,
    sortTypeExt: 0,
    sortAscending: 1,
  });
  return envelope('CPLAlbum', album.recordName, fields, album.revision, zone.zoneID);
}

export function relationRecord({ zone, desiredKeys }: Reader, relation: Relation): WireRecord {
  const fields = new Fields(desiredKeys);
  fields.put('containerId', 'STRING', relation.album.recordName);
  fields.put('itemId', 'STRING', relation.asset.recordName);
  fields.integers({ position: relation.position, isKeyAsset: 0 });
  return envelope('CPLContainerRelation', relation.recordName, fields, relation.revision, zone.zoneID);
}

/** A record that the server makes up for one answer, such as a count. @param now milliseconds */
export function computedRecord(type: string, recordName: string, fields: Fields, zone: Zone, now: number): WireRecord {
  const revision = { recordChangeTag: '0', created: now, modified: now };
  const made = { timestamp: now, userRecordName: '_10', deviceID: '1' };
  return { ...envelope(type, recordName, fields, revision, zone.zoneID), created: made, modified: made };
}

/** The answer to a change: like a listing, but made by a web browser, and without its zone (recorded). */
export function modifiedRecord(reader: Reader, asset: Asset): WireRecord {
  const { zoneID: _, ...record } = assetRecord(reader, asset);
  const author = { userRecordName: reader.zone.zoneID.ownerRecordName, deviceID: '2' };
  return { ...record, modified: { timestamp: asset.revision.modified, ...author } };
}

function libraryInfoRecord({ zone, desiredKeys }: Reader): WireRecord {
  const fields = new Fields(desiredKeys);
  const live = [...zone.assets.values()].filter((asset) => asset.deletedAt === undefined);
  const videos = live.filter((asset) => isMovie(asset.master.itemType)).length;
  fields.integers({
    photosCount: live.length - videos,
    videosCount: videos,
    hiddenPhotosCount: live.filter((asset) => asset.isHidden).length,
    albumsCount: zone.albums.size,
  });
  const revision = { recordChangeTag: zone.sequence.toString(36), created: 0, modified: 0 };
  return envelope('CPLLibraryInfo', LIBRARY_INFO, fields, revision, zone.zoneID);
}

function putResources(fields: Fields, reader: Reader, recordName: string, resources: Resources): void {
  for (const variant of VARIANTS) {
    const resource = resources[variant];
    if (!resource) continue;
    const { content, fileType, width, height, withheld } = resource;
    if (withheld !== 'fileType') fields.put(`${variant}FileType`, 'STRING', fileType);
    fields.integers({ [`${variant}Width`]: width, [`${variant}Height`]: height });
    if (fields.wants(`${variant}Fingerprint`)) fields.put(`${variant}Fingerprint`, 'STRING', content.fileChecksum);
    if (withheld !== 'resource' && fields.wants(`${variant}Res`)) {
      fields.put(`${variant}Res`, 'ASSETID', {
        fileChecksum: content.fileChecksum,
        size: content.size,
        wrappingKey: wrappingKey(content.fileChecksum),
        referenceChecksum: referenceChecksum(content.fileChecksum),
        ...(withheld !== 'downloadURL' && { downloadURL: reader.link(recordName, variant, resource) }),
      });
    }
  }
}

/** In a shared library every record names who added it (recorded). */
function putContributors(fields: Fields, { scope, zoneID }: Zone): void {
  if (scope !== 'shared') return;
  fields.put('contributors', 'REFERENCE_LIST', [{ recordName: zoneID.ownerRecordName, action: 'NONE', zoneID }]);
}

/** A picture that is not deleted lacks these fields (peers). */
function putDeletion(fields: Fields, gone: number | undefined): void {
  if (gone === undefined) return;
  fields.integers({ isDeleted: 1, isExpunged: 0 });
  fields.put('dateExpunged', 'TIMESTAMP', gone + EXPUNGED_AFTER_MS);
}

/** What an edit consists of, as JSON in a raw deflate stream (measured). */
function adjustment({ master, orientation }: Asset): Uint8Array {
  const { width, height } = master.resources.resOriginal ?? { width: 0, height: 0 };
  const metadata = { masterHeight: height, masterWidth: width, orientation };
  return deflateRawSync(JSON.stringify({ metadata, formatVersion: 1, versionInfo: {}, adjustments: [] }));
}

function envelope(
  recordType: string,
  recordName: string,
  fields: Fields,
  { recordChangeTag, created, modified }: Revision,
  zoneID: ZoneID,
  gone?: number,
): WireRecord {
  const author = { userRecordName: zoneID.ownerRecordName, deviceID: DEVICE_ID };
  return {
    recordName,
    recordType,
    fields: fields.values,
    pluginFields: {},
    recordChangeTag,
    created: { timestamp: created, ...author },
    modified: { timestamp: modified, ...author },
    deleted: false,
    zoneID,
    ...(gone === undefined ? {} : { expirationTime: Math.floor((gone + EXPIRES_AFTER_MS) / 1000) }),
  };
}
