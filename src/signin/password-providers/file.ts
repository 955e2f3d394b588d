import { open } from 'node:fs/promises';
import { Secret } from '../../apple/secret.ts';
import { onceProvider, type PasswordProvider } from './password-provider.ts';

/** Thrown when a place that was named for the password cannot be used: the person named it, so it is not passed over. */
export class PasswordSourceError extends Error {
  override readonly name = 'PasswordSourceError';
}

const LARGEST = 4096;

/**
 * The first line of a file, whatever its bytes; a line end is not part of it.
 *
 * @param mode `private`: refused when others than the owner can read it
 * @throws PasswordSourceError
 */
export async function readPasswordFile(path: string, mode: 'private' | 'any-mode'): Promise<Secret> {
  let text: string;
  try {
    await using file = await open(path, 'r');
    const stats = await file.stat();
    if (mode === 'private' && process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      throw new PasswordSourceError(
        `The password file ${path} can be read by others. Run "chmod 600 ${path}", then run this again.`,
      );
    }
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LARGEST), 0, LARGEST, 0);
    text = buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if (error instanceof PasswordSourceError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PasswordSourceError(
      `The password file ${path} cannot be read: ${reason}. Correct the path or its rights.`,
    );
  }
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '')
    throw new PasswordSourceError(`The password file ${path} is empty. Put the password into its first line.`);
  return new Secret(line);
}

/** `--password-file`. @throws PasswordSourceError when it is asked */
export function fileProvider(path: string): PasswordProvider {
  return onceProvider('file', () => readPasswordFile(path, 'private'));
}
