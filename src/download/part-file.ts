import { constants } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import path from 'node:path';
import { ChecksumStream } from '../apple/photos/checksum.ts';
import { hasCode } from '../session/has-code.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 base32 with padding. */
function base32(bytes: Uint8Array): string {
  let result = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      result += BASE32[(value >>> bits) & 31];
    }
    value &= 31;
  }
  if (bits > 0) result += BASE32[(value << (5 - bits)) & 31];
  return result.padEnd(Math.ceil(result.length / 8) * 8, '=');
}

/**
 * icloudpd's name for a file that is not complete yet, so that what it left behind is resumed here.
 *
 * @param fileChecksum base64, from Apple
 */
export function partPath(folder: string, fileChecksum: string): string {
  return path.join(folder, `${base32(Buffer.from(fileChecksum, 'base64'))}.part`);
}

const READ_SIZE = 256 * 1024;

/** @returns undefined when something of that name is there. @throws file system errors */
async function createNew(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'wx+', 0o666);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return undefined;
    throw error;
  }
}

/** Opens what an earlier run left. A link is none of ours: it is removed. @returns undefined when nothing is left there */
async function openExisting(file: string): Promise<FileHandle | undefined> {
  try {
    // Windows has no such flag
    return await open(file, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (hasCode(error, 'ELOOP')) await unlink(file);
    else if (!hasCode(error, 'ENOENT')) throw error;
    return undefined;
  }
}

/**
 * A file on its way: bytes are appended and hashed as they come. What an earlier run left is hashed first, never
 * believed.
 *
 * Invariant: the hash covers exactly the first `length` bytes, and those are what the file holds once the write under
 * way has ended.
 */
export class PartFile implements AsyncDisposable {
  readonly #file: FileHandle;
  #checksum = new ChecksumStream();
  #length = 0;
  /** Never rejects: what went wrong is thrown by whoever waits for it. */
  #writing: Promise<{ readonly error: unknown } | undefined> = Promise.resolve(undefined);

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * Opens or creates the part file.
   *
   * @param limit an older part longer than this cannot be the beginning of the file and is thrown away
   */
  static async open(partFilePath: string, limit: number): Promise<PartFile> {
    // most parts are new, and of those nothing has to be asked
    const created = await createNew(partFilePath);
    if (created) return new PartFile(created);
    const file = await openExisting(partFilePath);
    if (!file) return PartFile.open(partFilePath, limit);
    const part = new PartFile(file);
    try {
      const { size } = await file.stat();
      if (size > limit) await part.restart();
      else if (size > 0) await part.#readExisting(size);
      return part;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Hands bytes to the disk. Returns while they are still on their way there, so that the network is not kept waiting;
   * no more than one such write is under way.
   *
   * @throws what an earlier write met
   */
  async append(bytes: Uint8Array): Promise<void> {
    await this.#written();
    const position = this.#length;
    this.#checksum.update(bytes);
    this.#length += bytes.length;
    this.#writing = this.#write(bytes, position).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
  }

  /** Throws away what is there. */
  async restart(): Promise<void> {
    await this.#written();
    await this.#file.truncate(0);
    this.#checksum = new ChecksumStream();
    this.#length = 0;
  }

  /** @returns the checksum of everything so far, as Apple writes it. Nothing can be appended afterwards. */
  digest(): string {
    return this.#checksum.digest();
  }

  /** Has the bytes on the disk, and the file dated. @throws what a write met */
  async finish(modified: Date): Promise<void> {
    await this.#written();
    await this.#file.utimes(modified, modified).catch(() => this.#file.utimes(0, 0));
    await this.#file.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #written(): Promise<void> {
    const failed = await this.#writing;
    if (failed) throw failed.error;
  }

  /** Never at the end, always at its place: should another process write the same file, the same bytes come to lie there. */
  async #write(bytes: Uint8Array, position: number): Promise<void> {
    // one write call may take less than it was given
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }

  async #readExisting(size: number): Promise<void> {
    const buffer = Buffer.alloc(Math.min(READ_SIZE, size));
    while (this.#length < size) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#length);
      if (bytesRead === 0) break;
      this.#checksum.update(buffer.subarray(0, bytesRead));
      this.#length += bytesRead;
    }
  }
}
