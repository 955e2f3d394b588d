import { createReadStream } from 'node:fs';
import type { Resource } from '../apple/photos/asset.ts';
import { ChecksumStream, isVerifiable } from '../apple/photos/checksum.ts';

/** Whether the bytes at a path are those of a file. Reads them all: asked only where two files could be meant. */
export async function holds(file: string, { fileChecksum }: Resource): Promise<boolean> {
  if (!isVerifiable(fileChecksum)) return false;
  const checksum = new ChecksumStream();
  try {
    for await (const chunk of createReadStream(file)) checksum.update(chunk);
  } catch {
    return false;
  }
  return checksum.digest() === fileChecksum;
}
