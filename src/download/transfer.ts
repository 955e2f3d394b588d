import type { AppleSession } from '../apple/apple-session.ts';
import { AppleError } from '../apple/errors.ts';
import { appleUrl } from '../apple/http/hosts.ts';
import { isTransient, parseRetryAfter } from '../apple/http/retry.ts';
import type { AppleStream } from '../apple/http/transport.ts';
import type { Resource } from '../apple/photos/asset.ts';
import { isVerifiable } from '../apple/photos/checksum.ts';
import type { PartFile } from './part-file.ts';

/** How one try to fetch a file ended. */
export type TransferResult =
  | { readonly kind: 'complete' }
  /** The link is no longer good: expired, or refused. */
  | { readonly kind: 'stale-link'; readonly status: number }
  /** Nothing came, or not all of it; what came is kept. */
  | { readonly kind: 'broken-off'; readonly cause: unknown; readonly retryAfterMs?: number }
  /**
   * The answer ended as if it were whole. What came is kept where a checksum can tell at the end: it may be the beginning
   * of a file cut at a round size, or an error page.
   */
  | { readonly kind: 'ended-early' }
  /** The server failed by itself. */
  | { readonly kind: 'server'; readonly status: number; readonly retryAfterMs?: number }
  /** The bytes are not those Apple announced; nothing of them is kept. */
  | { readonly kind: 'wrong-bytes'; readonly what: 'wrong-length' | 'wrong-checksum' };

/** Links are renewed this long before they end, so that no request arrives late. */
const EXPIRY_MARGIN_MS = 60_000;

/**
 * @param now milliseconds since the epoch
 * @returns whether the link carries an expiry that has come, or nearly
 */
export function isExpiring(downloadURL: string, now: number): boolean {
  if (!URL.canParse(downloadURL)) return false;
  const expiry = Number(new URL(downloadURL).searchParams.get('e') ?? Number.NaN);
  return Number.isFinite(expiry) && expiry > 0 && expiry * 1000 - now < EXPIRY_MARGIN_MS;
}

interface Hooks {
  /** Bytes kept from an earlier try. */
  onResume(from: number): void;
  onBytes(count: number): void;
  readonly signal: AbortSignal;
}

/** Whether an answer continues exactly where the part ends. */
function continuesAt(stream: AppleStream, offset: number, size: number): boolean {
  return stream.status === 206 && stream.header('content-range') === `bytes ${offset}-${size - 1}/${size}`;
}

/**
 * Fetches a file into its part, going on after what is there. Trusts nothing: a range is believed only when it is the
 * one asked for, and the whole is believed only by its length and Apple's checksum.
 *
 * @throws file system errors; the signal's reason; AppleError `bad-address`
 */
export async function transfer(
  session: AppleSession,
  resource: Resource,
  part: PartFile,
  hooks: Hooks,
): Promise<TransferResult> {
  if (part.length === resource.size) {
    const verdict = await verify(part, resource);
    if (verdict.kind === 'complete') return verdict;
  }
  const offset = part.length;
  let stream: AppleStream;
  try {
    stream = await get(session, resource, offset, hooks.signal);
    if (
      offset > 0 &&
      (stream.status === 416 || (stream.status === 206 && !continuesAt(stream, offset, resource.size)))
    ) {
      await stream.discard();
      await part.restart();
      stream = await get(session, resource, 0, hooks.signal);
    }
  } catch (error) {
    if (error instanceof AppleError && error.kind === 'unreachable') return { kind: 'broken-off', cause: error };
    throw error;
  }
  const refused = await refusal(session, stream);
  if (refused) return refused;

  // the whole file although only its rest was asked for
  if (stream.status === 200 && part.length > 0) await part.restart();
  if (part.length > 0) hooks.onResume(part.length);
  return receive(stream, resource, part, hooks);
}

async function get(
  session: AppleSession,
  resource: Resource,
  offset: number,
  signal: AbortSignal,
): Promise<AppleStream> {
  const { home } = session.endpoints;
  return session.transport.open({
    method: 'GET',
    url: appleUrl(resource.downloadURL, 'content', session.transport.allowedOrigin),
    headers: { origin: home, referer: `${home}/`, ...(offset > 0 ? { range: `bytes=${offset}-` } : {}) },
    signal,
  });
}

async function refusal(session: AppleSession, stream: AppleStream): Promise<TransferResult | undefined> {
  const { status } = stream;
  if (status === 200 || status === 206) return undefined;
  await stream.discard();
  if (!isTransient(status)) return { kind: 'stale-link', status };
  const retryAfterMs = parseRetryAfter(stream.header('retry-after'), session.clock.now());
  return { kind: 'server', status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Tells what the connection does from what the disk does: a connection that is reset carries the marks of a system call. */
class BrokenBody extends Error {
  override readonly name = 'BrokenBody';
}

async function* arriving({ body }: AppleStream): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body;
  } catch (error) {
    throw new BrokenBody('the answer broke off', { cause: error });
  }
}

async function receive(stream: AppleStream, resource: Resource, part: PartFile, hooks: Hooks): Promise<TransferResult> {
  try {
    for await (const chunk of arriving(stream)) {
      if (part.length + chunk.length > resource.size) {
        await part.restart();
        return { kind: 'wrong-bytes', what: 'wrong-length' };
      }
      await part.append(chunk);
      hooks.onBytes(chunk.length);
    }
  } catch (error) {
    if (hooks.signal.aborted) throw hooks.signal.reason;
    if (!(error instanceof BrokenBody)) throw error;
    return { kind: 'broken-off', cause: error.cause };
  }
  if (part.length < resource.size) {
    // no checksum will tell whether that was the beginning of the file
    if (!isVerifiable(resource.fileChecksum)) await part.restart();
    return { kind: 'ended-early' };
  }
  return verify(part, resource);
}

/** A part that fails is thrown away: nothing tells which of its bytes are wrong. */
async function verify(part: PartFile, resource: Resource): Promise<TransferResult> {
  if (!isVerifiable(resource.fileChecksum) || part.digest() === resource.fileChecksum) return { kind: 'complete' };
  await part.restart();
  return { kind: 'wrong-bytes', what: 'wrong-checksum' };
}
