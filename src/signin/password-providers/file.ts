import { type FileHandle, open } from 'node:fs/promises';
import { Secret } from '../../apple/secret.ts';
import { firstLine } from './first-line.ts';
import { onceProvider, type PasswordPlace } from './password-provider.ts';

/** Thrown when a place that was named for the password cannot be used: the person named it, so it is not passed over. */
export class PasswordSourceError extends Error {
  override readonly name = 'PasswordSourceError';
}

const LARGEST = 4096;

/** Reads to the end, or a byte more than is allowed; in turns, as a pipe (`<(pass icloud)`) gives it. */
async function readStart(file: FileHandle): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let length = 0; length <= LARGEST; ) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LARGEST + 1 - length), 0, LARGEST + 1 - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
    chunks.push(buffer.subarray(0, bytesRead));
  }
  return Buffer.concat(chunks);
}

/**
 * The first line of a file, in UTF-8; a line end is not part of it, nor is a byte order mark.
 *
 * @param mode `private`: refused when others than the owner can read it
 * @throws PasswordSourceError
 */
export async function readPasswordFile(path: string, mode: 'private' | 'any-mode'): Promise<Secret> {
  let bytes: Buffer;
  try {
    await using file = await open(path, 'r');
    const stats = await file.stat();
    if (mode === 'private' && process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      throw new PasswordSourceError(
        `The password file ${path} can be read by others. Run "chmod 600 ${path}", then run this again.`,
      );
    }
    bytes = await readStart(file);
  } catch (error) {
    if (error instanceof PasswordSourceError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PasswordSourceError(
      `The password file ${path} cannot be read: ${reason}. Correct the path or its rights.`,
    );
  }
  // cut anywhere it would be another password
  if (bytes.length > LARGEST && !bytes.includes('\n'))
    throw new PasswordSourceError(
      `The first line of the password file ${path} is too long. Put only the password there.`,
    );
  const found = firstLine(bytes);
  if (found === 'not-utf-8')
    throw new PasswordSourceError(`The password file ${path} is not UTF-8 text. Save it in that encoding.`);
  if (found.line === '')
    throw new PasswordSourceError(`The password file ${path} is empty. Put the password into its first line.`);
  return new Secret(found.line);
}

/** `--password-file`. @throws PasswordSourceError when it is asked */
export function fileProvider(path: string): PasswordPlace {
  return onceProvider('file', () => readPasswordFile(path, 'private'));
}
