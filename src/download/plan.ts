import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Asset, Resource, ResourceName } from '../apple/photos/asset.ts';
import type { DownloadListener } from './events.ts';
import { FileFailure } from './failure.ts';
import type { WantedFile } from './fetch-file.ts';
import { FolderContents } from './folder-contents.ts';
import {
  baseName,
  legacyOriginalName,
  type NamingSettings,
  safeFileName,
  versionName,
  withSizeSuffix,
} from './naming/file-name.ts';
import { safeRelativeFolder } from './naming/folder-structure.ts';
import { kindOf } from './naming/uti.ts';
import type { SkipReason } from './tally.ts';

/** Which items and which files of them are wanted, and where they go. */
export interface PlanSettings {
  /** Absolute. */
  readonly directory: string;
  /** Folder below the directory for a date; empty for none. */
  readonly folderOf: (created: Date) => string;
  readonly naming: NamingSettings;
  readonly skipVideos: boolean;
  readonly skipPhotos: boolean;
  readonly skipLivePhotos: boolean;
  readonly platform: NodeJS.Platform;
}

/** What is to be done for one item. */
export type Plan =
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  | {
      readonly kind: 'files';
      readonly wanted: readonly WantedFile[];
      /** Paths of files that an earlier item of this run wants: the same file belongs to both. */
      readonly shared: readonly string[];
      readonly failures: readonly FileFailure[];
    };

/** `present` is on the disk, `shared` is wanted by an earlier item, `free` is this item's to fetch. */
type Standing = 'present' | 'shared' | 'free';

interface Place {
  readonly kind: Standing;
  readonly path: string;
}

/** Checksum by name by folder: what was given to items of this run. It grows with the library, so it is kept small. */
type Claims = Map<string, Map<string, string>>;

/** Python's dates end here, and so do icloudpd's folders. */
const EARLIEST = Date.parse('0001-01-02T00:00:00Z');
const LATEST = Date.parse('9999-12-30T00:00:00Z');

/**
 * Decides names and places, one item after the other, so that two items never race for one path. What was given to
 * earlier items of the run counts as if it were on disk already.
 */
export class Planner {
  readonly #settings: PlanSettings;
  readonly #emit: DownloadListener;
  readonly #contents = new FolderContents();
  readonly #found: Claims = new Map();
  readonly #wanted: Claims = new Map();

  constructor(settings: PlanSettings, emit: DownloadListener) {
    this.#settings = settings;
    this.#emit = emit;
  }

  /** Looks at the disk, changes nothing there. */
  async plan(asset: Asset): Promise<Plan> {
    const { settings, name } = { settings: this.#settings, name: this.#baseName(asset) };
    const kind = kindOf(asset);
    if (settings.skipVideos && kind === 'movie') return this.#skip(name, 'video', kind);
    if (settings.skipPhotos && kind === 'image') return this.#skip(name, 'photo', kind);

    const modified = this.#created(asset, name);
    const folder = path.join(settings.directory, safeRelativeFolder(settings.folderOf(modified)));
    const wanted: WantedFile[] = [];
    const shared: string[] = [];
    const failures: FileFailure[] = [];
    for (const resourceName of ['original', 'live'] as const) {
      const resource = asset.resources[resourceName];
      if (resourceName === 'live' && (settings.skipLivePhotos || !resource)) continue;
      try {
        if (!resource) throw new FileFailure('no-original');
        const place = await this.#place(
          folder,
          this.#fileName(asset, name, resourceName, resource),
          resourceName,
          resource,
        );
        if (place.kind === 'free') wanted.push({ asset, resourceName, resource, path: place.path, modified });
        else this.#emit({ kind: place.kind, path: place.path });
        if (place.kind === 'shared') shared.push(place.path);
      } catch (error) {
        if (!(error instanceof FileFailure)) throw error;
        this.#emit({ kind: 'item-failed', name, failure: error });
        failures.push(error);
      }
    }
    return { kind: 'files', wanted, shared, failures };
  }

  #skip(name: string, reason: SkipReason, itemKind: 'image' | 'movie'): Plan {
    this.#emit({ kind: 'skipped', name, reason, itemKind });
    return { kind: 'skip', reason };
  }

  #baseName(asset: Asset): string {
    const { filename, masterName, itemType } = asset;
    const text = filename.kind === 'text' ? filename.text : undefined;
    const name = baseName({ filename: text, masterId: masterName, itemType }, this.#settings.naming);
    if (filename.kind === 'unreadable') this.#emit({ kind: 'bad-name', name, reason: filename.reason });
    return name;
  }

  #fileName(asset: Asset, name: string, resourceName: ResourceName, resource: Resource): string {
    const full = versionName(
      name,
      { part: resourceName, fileType: resource.fileType, kind: kindOf(asset) },
      this.#settings.naming,
    );
    return safeFileName(full, asset.masterName, this.#settings.platform);
  }

  #created(asset: Asset, name: string): Date {
    const { assetDate } = asset;
    if (assetDate === undefined) return new Date(0);
    if (assetDate >= EARLIEST && assetDate <= LATEST) return new Date(Math.floor(assetDate / 1000) * 1000);
    this.#emit({ kind: 'bad-date', name, assetDate });
    return new Date(0);
  }

  async #place(folder: string, fileName: string, resourceName: ResourceName, resource: Resource): Promise<Place> {
    const first = path.join(folder, fileName);
    const found = await this.#look(first, resource, resourceName === 'original');
    if (found !== 'other') return this.#settle(first, found, resource);
    // icloudpd's rule for two files of one name: the later one carries its size
    for (const candidate of candidates(fileName, resource)) {
      const next = path.join(folder, candidate);
      this.#emit({ kind: 'deduplicated', path: next });
      const state = await this.#look(next, resource, false);
      if (state !== 'other') return this.#settle(next, state, resource);
    }
    throw new FileFailure('path-taken', first);
  }

  #settle(place: string, kind: Standing, resource: Resource): Place {
    const claims = kind === 'present' ? this.#found : this.#wanted;
    const { dir, base } = path.parse(place);
    const inFolder = claims.get(dir) ?? new Map<string, string>();
    claims.set(dir, inFolder.set(base, resource.fileChecksum));
    return { kind, path: place };
  }

  /** What stands at a path: this file, nothing, or another file. */
  async #look(candidate: string, resource: Resource, legacy: boolean): Promise<Standing | 'other'> {
    const { dir, base } = path.parse(candidate);
    const wanted = this.#wanted.get(dir)?.get(base);
    const claim = wanted ?? this.#found.get(dir)?.get(base);
    if (claim !== undefined && claim !== resource.fileChecksum) return 'other';
    if (claim !== undefined) return wanted === undefined ? 'present' : 'shared';
    let size = await this.#sizeAt(dir, base);
    // early versions of icloudpd wrote IMG_1-original.JPG
    if (size === undefined && legacy) size = await this.#sizeAt(dir, legacyOriginalName(base));
    if (size === undefined) return 'free';
    // with the id in the name, the name alone tells
    const told = size === resource.size || (this.#settings.naming.policy === 'name-id7' && size !== NOT_A_FILE);
    return told ? 'present' : 'other';
  }

  async #sizeAt(folder: string, name: string): Promise<number | undefined> {
    return (await this.#contents.mayHold(folder, name)) ? sizeAt(path.join(folder, name)) : undefined;
  }
}

const NOT_A_FILE = -1;

/** @returns the size of the file at a path, `NOT_A_FILE` for anything else there, undefined for nothing. */
async function sizeAt(candidate: string): Promise<number | undefined> {
  try {
    const found = await stat(candidate);
    return found.isFile() ? found.size : NOT_A_FILE;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new FileFailure('disk', error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Further names when the first is taken: with the size, and with a part of the checksum where even that is taken. */
function candidates(fileName: string, resource: Resource): string[] {
  const digits = Buffer.from(resource.fileChecksum, 'base64').toString('hex').slice(2, 9);
  return [withSizeSuffix(fileName, resource.size), withSizeSuffix(fileName, `${resource.size}-${digits}`)];
}
