import { ChangeLog, type Changes } from './change-log.ts';
import { uuidFrom } from './checksum.ts';
import type { Album, Asset, Master, Relation, Revision, Scope, ZoneID } from './model.ts';
import { type AssetPatch, filenameOf, type NewAsset, newAsset, newMaster } from './new-asset.ts';

/** The record whose counters change with every picture; each delta of a zone ends with it (peers). */
export const LIBRARY_INFO = '----Library-Info----';
const ALBUM_POSITION_STEP = 1024;

/** How far the server has got with indexing a zone. */
export interface Indexing {
  readonly state: 'RUNNING' | 'FINISHED';
  /** 0 to 100. */
  readonly progress: number;
}

/** What an album is made of. */
export interface NewAlbum {
  /** Undefined for the root folders. */
  readonly name?: string;
  readonly kind?: 'album' | 'folder';
  /** Record name of the folder it lies in. */
  readonly parent?: string;
  /** Default: a UUID. */
  readonly recordName?: string;
}

/** Any record of a zone. */
export type ZoneRecord =
  | { readonly type: 'CPLMaster'; readonly master: Master }
  | { readonly type: 'CPLAsset'; readonly asset: Asset }
  | { readonly type: 'CPLAlbum'; readonly album: Album }
  | { readonly type: 'CPLContainerRelation'; readonly relation: Relation }
  | { readonly type: 'CPLLibraryInfo' };

/** One photo library: its records and their history. Times are milliseconds since the epoch. */
export class Zone {
  readonly zoneID: ZoneID;
  readonly scope: Scope;
  indexing: Indexing = { state: 'FINISHED', progress: 100 };
  readonly masters = new Map<string, Master>();
  readonly assets = new Map<string, Asset>();
  readonly albums = new Map<string, Album>();
  readonly #relations = new Map<string, Relation>();
  readonly #log = new ChangeLog();
  readonly #onChange: (zone: Zone) => void;

  /** @param onChange is told of each change, so that a database knows which of its zones changed */
  constructor(zoneID: ZoneID, scope: Scope, onChange: (zone: Zone) => void) {
    this.zoneID = zoneID;
    this.scope = scope;
    this.#onChange = onChange;
  }

  get name(): string {
    return this.zoneID.zoneName;
  }

  /** The number of changes so far; a sync token carries it. */
  get sequence(): number {
    return this.#log.sequence;
  }

  changesSince(sequence: number, limit: number): Changes {
    return this.#log.since(sequence, limit);
  }

  /** @returns undefined for a name that is not, or not any more, in the zone */
  find(recordName: string): ZoneRecord | undefined {
    const asset = this.assets.get(recordName);
    if (asset) return { type: 'CPLAsset', asset };
    const master = this.masters.get(recordName);
    if (master) return { type: 'CPLMaster', master };
    const album = this.albums.get(recordName);
    if (album) return { type: 'CPLAlbum', album };
    const relation = this.#relations.get(recordName);
    if (relation) return { type: 'CPLContainerRelation', relation };
    return recordName === LIBRARY_INFO ? { type: 'CPLLibraryInfo' } : undefined;
  }

  /**
   * Adds a picture; one whose original is already here shares its master, as content addressed by its hash must.
   *
   * @throws Error when the asset to duplicate is unknown
   */
  addAsset(spec: NewAsset, now: number): Asset {
    const seed = `${this.name} asset ${this.sequence}`;
    const sibling = spec.duplicateOf === undefined ? undefined : this.#assetNamed(spec.duplicateOf).master;
    const made = sibling ?? newMaster(spec, seed, revisionAt(now));
    const master = this.masters.get(made.recordName) ?? made;
    const asset = newAsset(spec, master, seed, revisionAt(now), now);
    if (master === made && !sibling) {
      this.masters.set(master.recordName, master);
      this.#note(master.recordName, now, master.revision);
    }
    master.assets.add(asset);
    this.assets.set(asset.recordName, asset);
    this.#noteAsset(asset, now);
    return asset;
  }

  /**
   * Changes a picture the way its owner would on another device.
   *
   * @throws Error for an unknown record name
   */
  changeAsset(recordName: string, patch: AssetPatch, now: number): Asset {
    const asset = this.#assetNamed(recordName);
    const { master } = asset;
    if (patch.filename !== undefined) master.filename = filenameOf(patch.filename);
    if (patch.assetDate !== undefined) asset.assetDate = patch.assetDate ?? undefined;
    if (patch.edit !== undefined) asset.edit = patch.edit ?? undefined;
    if (patch.isDeleted !== undefined) asset.deletedAt = patch.isDeleted ? now : undefined;
    asset.isFavorite = patch.isFavorite ?? asset.isFavorite;
    asset.isHidden = patch.isHidden ?? asset.isHidden;
    asset.title = patch.title ?? asset.title;
    asset.description = patch.description ?? asset.description;
    if (patch.filename !== undefined || (patch.isDeleted === true && deletedAt(master) !== undefined)) {
      this.#note(master.recordName, now, master.revision);
    }
    this.#noteAsset(asset, now);
    return asset;
  }

  /**
   * Removes a picture for good; its tombstone stays in the history.
   *
   * @throws Error for an unknown record name
   */
  purgeAsset(recordName: string, now: number): void {
    const asset = this.#assetNamed(recordName);
    for (const relation of this.#relations.values()) if (relation.asset === asset) this.#remove(relation, now);
    this.assets.delete(recordName);
    asset.master.assets.delete(asset);
    if (asset.master.assets.size === 0) {
      this.masters.delete(asset.master.recordName);
      this.#note(asset.master.recordName, now);
    }
    this.#note(recordName, now);
    this.#note(LIBRARY_INFO, now);
  }

  addAlbum(spec: NewAlbum, now: number): Album {
    const album: Album = {
      recordName: spec.recordName ?? uuidFrom(`${this.name} album ${this.sequence}`),
      name: spec.name,
      kind: spec.kind ?? 'album',
      parent: spec.parent,
      position: this.albums.size * ALBUM_POSITION_STEP,
      relations: [],
      revision: revisionAt(now),
    };
    this.albums.set(album.recordName, album);
    this.#note(album.recordName, now, album.revision);
    return album;
  }

  /** @throws Error for an unknown album or asset */
  addToAlbum(albumName: string, assetName: string, now: number): void {
    const album = this.albums.get(albumName);
    if (!album) throw new Error(`There is no album ${albumName} in ${this.name}`);
    const relation: Relation = {
      recordName: `${assetName}-IN-${albumName}`,
      album,
      asset: this.#assetNamed(assetName),
      position: (album.relations.at(-1)?.position ?? 0) + ALBUM_POSITION_STEP,
      revision: revisionAt(now),
    };
    album.relations.push(relation);
    this.#relations.set(relation.recordName, relation);
    this.#note(albumName, now, album.revision);
    this.#note(relation.recordName, now, relation.revision);
  }

  #remove(relation: Relation, now: number): void {
    relation.album.relations.splice(relation.album.relations.indexOf(relation), 1);
    this.#relations.delete(relation.recordName);
    this.#note(relation.recordName, now);
  }

  #assetNamed(recordName: string): Asset {
    const asset = this.assets.get(recordName);
    if (!asset) throw new Error(`There is no asset ${recordName} in ${this.name}`);
    return asset;
  }

  #noteAsset(asset: Asset, now: number): void {
    this.#note(asset.recordName, now, asset.revision);
    this.#note(LIBRARY_INFO, now);
  }

  #note(recordName: string, now: number, revision?: Revision): void {
    this.#log.note(recordName);
    if (revision) {
      revision.modified = now;
      revision.recordChangeTag = this.#log.sequence.toString(36);
    }
    this.#onChange(this);
  }
}

/** When a master went to Recently Deleted: when the last of its assets did. */
export function deletedAt(master: Master): number | undefined {
  let latest: number | undefined;
  for (const asset of master.assets) {
    if (asset.deletedAt === undefined) return undefined;
    latest = Math.max(latest ?? asset.deletedAt, asset.deletedAt);
  }
  return latest;
}

function revisionAt(now: number): Revision {
  return { recordChangeTag: '0', created: now, modified: now };
}
