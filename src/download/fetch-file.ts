import { lstat, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { AppleSession } from '../apple/apple-session.ts';
import { AppleError } from '../apple/errors.ts';
import { retryDelay } from '../apple/http/retry.ts';
import type { Asset, Resource, ResourceName } from '../apple/photos/asset.ts';
import { isVerifiable } from '../apple/photos/checksum.ts';
import { hasCode } from '../session/has-code.ts';
import { makeFolder } from '../session/make-folder.ts';
import { diskFailure, type FailureReason, FileFailure } from './failure.ts';
import { holds } from './holds.ts';
import { PartFile, partPath } from './part-file.ts';
import { isExpiring, type TransferResult, transfer } from './transfer.ts';

/** One file that is wanted and not there. */
export interface WantedFile {
  readonly asset: Asset;
  readonly resourceName: ResourceName;
  readonly resource: Resource;
  /** Absolute. */
  readonly path: string;
  /** The date the file gets. */
  readonly modified: Date;
}

/** What fetching needs of the rest of the run. */
export interface FetchContext {
  readonly session: AppleSession;
  /** Reads an asset again, for links that are valid now; undefined when it is gone. */
  refresh(asset: Asset): Promise<Asset | undefined>;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Waits for one of the transfers that may run at once. What happens on the disk before and after needs none. */
  transferring(work: () => Promise<void>): Promise<void>;
  onResume(from: number): void;
  onRetry(why: string, waitMs: number): void;
  onBytes(count: number): void;
}

/** Tries without progress before a file is given up. */
const MAX_TRIES = 5;
/** A try that brought this much starts the count anew: very large files may break off many times. */
const PROGRESS_BYTES = 1024 * 1024;
/** A file whose bytes were wrong is fetched from its beginning this often. */
const MAX_WRONG_BYTES = 2;
/** Times a fresh link is asked for before Apple is taken to have none. */
const MAX_LINK_TRIES = 3;
/** Fresh links tried in a row. */
const MAX_FRESH_LINKS = 2;

/**
 * Brings one file into its place: folder, part, bytes, proof, date, disk, name. Until the last step nothing stands
 * under the file's own name; a run that is killed leaves a part that the next run goes on with.
 *
 * @throws FileFailure when this file is given up; AppleError when nothing more can be had from Apple; the signal's reason
 */
export async function fetchFile(file: WantedFile, context: FetchContext): Promise<void> {
  const folder = path.dirname(file.path);
  const partial = partPath(folder, file.resource.fileChecksum);
  let part: PartFile | undefined;
  try {
    part = await openPart(folder, partial, file.resource.size);
    await complete(file, part, context);
    await putInPlace(partial, file);
  } catch (error) {
    const failure = error instanceof FileFailure ? error : diskFailure(error);
    // what does not fit is not left to fill the disk, and what nobody will ask for again helps no later run
    if (part?.length === 0 || (failure && USELESS.has(failure.reason))) await unlink(partial).catch(() => undefined);
    throw failure ?? error;
  }
}

const USELESS: ReadonlySet<FailureReason> = new Set(['disk-full', 'gone', 'changed']);

/** @throws FileFailure `path-taken`; file system errors */
async function putInPlace(partial: string, { path: place, resource }: WantedFile): Promise<void> {
  if (await exists(place)) {
    // another run may have brought it meanwhile
    if (!(await holds(place, resource))) throw new FileFailure('path-taken', place);
    await unlink(partial).catch(() => undefined);
    return;
  }
  try {
    await rename(partial, place);
  } catch (error) {
    if (!(await holds(place, resource))) throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

/** Most files go into a folder that is there, so it is made only when it is missed. @throws FileFailure `folder` */
async function openPart(folder: string, partial: string, size: number): Promise<PartFile> {
  try {
    return await PartFile.open(partial, size);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
  }
  try {
    await makeFolder(folder);
  } catch (error) {
    throw new FileFailure('folder', error instanceof Error ? error.message : folder, { cause: error });
  }
  return PartFile.open(partial, size);
}

/** Closes the part in any case. */
async function complete(file: WantedFile, opened: PartFile, context: FetchContext): Promise<void> {
  await using part = opened;
  await context.transferring(() => fillPart(file, part, context));
  await part.finish(file.modified);
}

/** Fetches until the part holds the proven file. */
async function fillPart(file: WantedFile, part: PartFile, context: FetchContext): Promise<void> {
  const { session, signal } = context;
  let { resource } = file;
  // without a checksum nothing could prove what an earlier run left
  if (!isVerifiable(resource.fileChecksum)) await part.restart();
  let best = part.length;
  let [tries, wrongBytes, freshLinks] = [0, 0, 0];
  const freshLink = async (): Promise<void> => {
    resource = await patiently(() => refreshResource(file, context), context);
  };
  if (isExpiring(resource.downloadURL, session.clock.now())) await freshLink();

  for (;;) {
    const result = await transfer(session, resource, part, {
      onResume: context.onResume,
      onBytes: context.onBytes,
      signal,
    });
    if (result.kind === 'complete') return;

    if (part.length - best >= PROGRESS_BYTES) tries = 0;
    best = Math.max(best, part.length);
    tries += 1;
    if (result.kind === 'stale-link') {
      freshLinks += 1;
      if (freshLinks > MAX_FRESH_LINKS) throw new FileFailure('link-refused', `HTTP ${result.status}`);
      await freshLink();
      continue;
    }
    freshLinks = 0;
    if (result.kind === 'wrong-bytes') {
      wrongBytes += 1;
      if (wrongBytes > MAX_WRONG_BYTES) throw new FileFailure(result.what);
    }
    if (tries >= MAX_TRIES) throw givenUp(result);
    const wait = retryDelay(tries, 'retryAfterMs' in result ? result.retryAfterMs : undefined, context.random());
    context.onRetry(givenUp(result).once, wait);
    await session.clock.sleep(wait, signal);
    if (result.kind === 'ended-early' || isExpiring(resource.downloadURL, session.clock.now())) await freshLink();
  }
}

/** Apple may be unable to give a single record for a moment. */
async function patiently<T>(ask: () => Promise<T>, { random, session, signal, onRetry }: FetchContext): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof AppleError) || error.kind !== 'service-error' || attempt >= MAX_LINK_TRIES) throw error;
      const wait = retryDelay(attempt, undefined, random());
      onRetry(new FileFailure('server', error.detail).once, wait);
      await session.clock.sleep(wait, signal);
    }
  }
}

type Retried = Exclude<TransferResult, { kind: 'complete' } | { kind: 'stale-link' }>;

function givenUp(result: Retried): FileFailure {
  switch (result.kind) {
    case 'broken-off':
      return new FileFailure(
        'network',
        result.cause instanceof AppleError ? result.cause.detail : String(result.cause),
      );
    case 'ended-early':
      return new FileFailure('wrong-length');
    case 'server':
      return new FileFailure('server', `HTTP ${result.status}`);
    case 'wrong-bytes':
      return new FileFailure(result.what);
  }
}

/** Reads the record again. The file must still be the one that was planned: same checksum, same name, same place. */
async function refreshResource(file: WantedFile, context: FetchContext): Promise<Resource> {
  const asset = await context.refresh(file.asset);
  const resource = asset?.resources[file.resourceName];
  if (!resource) throw new FileFailure('gone');
  if (resource.fileChecksum !== file.resource.fileChecksum || resource.size !== file.resource.size) {
    throw new FileFailure('changed');
  }
  return resource;
}
