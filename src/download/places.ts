import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { CompactMap } from '../apple/compact-map.ts';
import type { Resource } from '../apple/photos/asset.ts';
import { isVerifiable } from '../apple/photos/checksum.ts';
import { hasCode } from '../session/has-code.ts';
import type { DownloadListener } from './events.ts';
import { FileFailure } from './failure.ts';
import { FolderContents, folded } from './folder-contents.ts';
import { holds } from './holds.ts';
import { legacyOriginalName, withSizeSuffix } from './naming/file-name.ts';

/** `present` is on the disk, `shared` is wanted by an earlier item, `free` is this item's to fetch. */
type Standing = 'present' | 'shared' | 'free';

/** Where a file goes, or is. */
export interface Place {
  readonly kind: Standing;
  /** Absolute. */
  readonly path: string;
}

export interface PlaceSettings {
  /** A name belongs to one file only, whatever its size: it holds the file's identity. */
  readonly namesTell: boolean;
  readonly platform: NodeJS.Platform;
}

/** A file that looks for its place. */
export interface Seeker {
  /** Absolute. */
  readonly folder: string;
  readonly fileName: string;
  readonly resource: Resource;
  /** Early versions of icloudpd wrote IMG_1-original.JPG. */
  readonly legacy: boolean;
}

const NOT_A_FILE = -1;

/** Which path belongs to which file: what is on the disk, and what was given to earlier items of the run. */
export class Places implements Disposable {
  readonly #settings: PlaceSettings;
  readonly #emit: DownloadListener;
  readonly #contents = new FolderContents();
  /** Checksum by path: what items of this run were given that is on the disk. */
  readonly #found = new CompactMap();
  /** Size and checksum by path: what items of this run are to bring. */
  readonly #wanted = new CompactMap();
  readonly #mistaken = new Set<string>();

  constructor(settings: PlaceSettings, emit: DownloadListener) {
    this.#settings = settings;
    this.#emit = emit;
  }

  /**
   * Checksums of files that were taken to be on the disk, until another file turned out to be the one there. They have
   * to look for their places again.
   */
  get mistaken(): ReadonlySet<string> {
    return this.#mistaken;
  }

  [Symbol.dispose](): void {
    this.#found[Symbol.dispose]();
    this.#wanted[Symbol.dispose]();
  }

  /** Looks at the disk, changes nothing there. @throws FileFailure when every name is taken, or the disk cannot be read */
  async find(seeker: Seeker): Promise<Place> {
    const { folder, resource } = seeker;
    let rival = false;
    for (const [index, name] of namesOf(seeker.fileName, resource.size, resource.fileChecksum).entries()) {
      // icloudpd's rule for two files of one name: the later one carries its size
      if (index > 0) this.#emit({ kind: 'deduplicated', path: path.join(folder, name) });
      const legacy = seeker.legacy && index === 0;
      const standing = await this.#look(name, seeker, { legacy, rival });
      rival ||= standing === 'rival';
      if (standing === 'other' || standing === 'rival') continue;
      const key = this.#key(folder, name);
      if (standing === 'present') this.#found.set(key, resource.fileChecksum);
      else this.#wanted.set(key, `${resource.size} ${resource.fileChecksum}`);
      return { kind: standing, path: path.join(folder, name) };
    }
    throw new FileFailure('path-taken', path.join(folder, seeker.fileName));
  }

  /**
   * What stands under a name: this file, nothing, or another file. A `rival` is another item of this run, of this one's
   * size: what stands under the next name may be either's, and only its bytes can tell.
   */
  async #look(
    name: string,
    seeker: Seeker,
    { legacy, rival }: { readonly legacy: boolean; readonly rival: boolean },
  ): Promise<Standing | 'other' | 'rival'> {
    const { folder, resource } = seeker;
    const key = this.#key(folder, name);
    const wanted = this.#wanted.get(key);
    if (wanted === `${resource.size} ${resource.fileChecksum}`) return 'shared';
    if (wanted !== undefined) return wanted.startsWith(`${resource.size} `) ? 'rival' : 'other';
    const found = this.#found.get(key);
    if (found === resource.fileChecksum) return 'present';
    let size = await this.#sizeAt(folder, name);
    if (found !== undefined) {
      if (size !== resource.size) return 'other';
      if (!(await holds(path.join(folder, name), resource))) return 'rival';
      await this.#displace(found, name, seeker);
      return 'present';
    }
    if (size === undefined && legacy) size = await this.#sizeAt(folder, legacyOriginalName(name));
    if (size === undefined) return 'free';
    const mustProve = rival && !this.#settings.namesTell && isVerifiable(resource.fileChecksum);
    if (mustProve && !(await holds(path.join(folder, name), resource))) return 'other';
    return size === resource.size || (this.#settings.namesTell && size !== NOT_A_FILE) ? 'present' : 'other';
  }

  /**
   * An earlier item was given a name by its size alone, and the file there is this one's. The earlier one may stand under
   * its next name; if it does not, it is missing.
   */
  async #displace(checksum: string, name: string, { folder, fileName, resource: { size } }: Seeker): Promise<void> {
    for (const other of namesOf(fileName, size, checksum)) {
      if (other === name) continue;
      const key = this.#key(folder, other);
      const claim = this.#found.get(key) ?? this.#wanted.get(key)?.split(' ')[1];
      if (claim === undefined && (await this.#sizeAt(folder, other)) === size) {
        this.#found.set(key, checksum);
        return;
      }
      if (claim === checksum) return;
    }
    this.#mistaken.add(checksum);
  }

  /** Where the file system takes two spellings for one name, so does this. */
  #key(folder: string, name: string): string {
    const oneForAll = this.#settings.platform === 'darwin' || this.#settings.platform === 'win32';
    return path.join(folder, oneForAll ? folded(name) : name);
  }

  async #sizeAt(folder: string, name: string): Promise<number | undefined> {
    return (await this.#contents.mayHold(folder, name)) ? sizeAt(path.join(folder, name)) : undefined;
  }
}

/** A file's names in the order they are tried: as it is, with the size, and with a part of the checksum. */
function namesOf(fileName: string, size: number, fileChecksum: string): readonly string[] {
  const digits = Buffer.from(fileChecksum, 'base64').toString('hex').slice(2, 9);
  return [fileName, withSizeSuffix(fileName, size), withSizeSuffix(fileName, `${size}-${digits}`)];
}

/** @returns the size of the file at a path, `NOT_A_FILE` for anything else there, undefined for nothing. */
async function sizeAt(candidate: string): Promise<number | undefined> {
  try {
    const found = await stat(candidate);
    return found.isFile() ? found.size : NOT_A_FILE;
  } catch (error) {
    // nothing can stand under such a name
    if (hasCode(error, 'ENOTDIR', 'ENAMETOOLONG')) return undefined;
    // a link to nothing is something
    if (hasCode(error, 'ENOENT'))
      return lstat(candidate).then(
        () => NOT_A_FILE,
        () => undefined,
      );
    throw new FileFailure('unreadable', error instanceof Error ? error.message : String(error), { cause: error });
  }
}
