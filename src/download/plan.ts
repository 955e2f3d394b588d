import path from 'node:path';
import type { Asset, Resource, ResourceName } from '../apple/photos/asset.ts';
import type { DownloadListener } from './events.ts';
import { FileFailure } from './failure.ts';
import type { WantedFile } from './fetch-file.ts';
import { baseName, type NamingSettings, safeFileName, versionName } from './naming/file-name.ts';
import { safeRelativeFolder } from './naming/folder-structure.ts';
import { kindOf } from './naming/uti.ts';
import { Places } from './places.ts';
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
      /** Checksums of files that are on the disk already. */
      readonly found: readonly string[];
      /** Paths of files that an earlier item of this run wants: the same file belongs to both. */
      readonly shared: readonly string[];
      readonly failures: readonly FileFailure[];
    };

/** Python's dates end here, and so do icloudpd's folders. */
const EARLIEST = Date.parse('0001-01-02T00:00:00Z');
const LATEST = Date.parse('9999-12-30T00:00:00Z');

/**
 * Decides names and places, one item after the other, so that two items never race for one path. What was given to
 * earlier items of the run counts as if it were on disk already.
 */
export class Planner implements Disposable {
  readonly #settings: PlanSettings;
  readonly #emit: DownloadListener;
  readonly #places: Places;

  constructor(settings: PlanSettings, emit: DownloadListener) {
    this.#settings = settings;
    this.#emit = emit;
    const namesTell = settings.naming.policy === 'name-id7';
    this.#places = new Places({ namesTell, platform: settings.platform }, emit);
  }

  [Symbol.dispose](): void {
    this.#places[Symbol.dispose]();
  }

  /** Checksums whose items have to be planned again; see `Places.mistaken`. */
  get mistaken(): ReadonlySet<string> {
    return this.#places.mistaken;
  }

  /** Looks at the disk, changes nothing there. */
  async plan(asset: Asset): Promise<Plan> {
    const { settings, name } = { settings: this.#settings, name: this.#baseName(asset) };
    const kind = kindOf(asset);
    if (settings.skipVideos && kind === 'movie') return this.#skip(name, 'video', kind);
    if (settings.skipPhotos && kind === 'image') return this.#skip(name, 'photo', kind);

    const created = this.#created(asset, name);
    // icloudpd dates files by whole seconds
    const modified = new Date(Math.floor(created.getTime() / 1000) * 1000);
    const folder = path.join(settings.directory, safeRelativeFolder(settings.folderOf(created)));
    const wanted: WantedFile[] = [];
    const found: string[] = [];
    const shared: string[] = [];
    const failures: FileFailure[] = [];
    for (const resourceName of ['original', 'live'] as const) {
      const resource = asset.resources[resourceName];
      if (resourceName === 'live' && (settings.skipLivePhotos || !resource)) continue;
      try {
        if (!resource) throw new FileFailure('no-original');
        const fileName = this.#fileName(asset, name, resourceName, resource);
        const legacy = resourceName === 'original';
        const place = await this.#places.find({ folder, fileName, resource, legacy });
        if (place.kind === 'free') wanted.push({ asset, resourceName, resource, path: place.path, modified });
        else this.#emit({ kind: place.kind, path: place.path });
        if (place.kind === 'shared') shared.push(place.path);
        if (place.kind === 'present') found.push(resource.fileChecksum);
      } catch (error) {
        if (!(error instanceof FileFailure)) throw error;
        this.#emit({ kind: 'item-failed', name, failure: error });
        failures.push(error);
      }
    }
    return { kind: 'files', wanted, found, shared, failures };
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
    if (assetDate >= EARLIEST && assetDate <= LATEST) return new Date(assetDate);
    this.#emit({ kind: 'bad-date', name, assetDate });
    return new Date(0);
  }
}
