import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../seams.ts';
import { referenceChecksum, urlSafe, wrappingKey } from './checksum.ts';
import type { Library } from './library.ts';
import { type Resource, VARIANTS, type Variant } from './model.ts';
import type { Zone } from './zone.ts';

/** How long Apple's links hold (measured: 3597 to 3600 s). */
export const LINK_LIFE_SECONDS = 3600;
const PARTITION = 10;

/** The file a link was made for. */
export interface LinkTarget {
  readonly zone: Zone;
  /** The asset or master it hangs on. */
  readonly recordName: string;
  readonly variant: Variant;
}

/** What following a link comes to. */
export type LinkReading =
  | { readonly kind: 'valid'; readonly resource: Resource }
  /** Not made here, or altered since. */
  | { readonly kind: 'forged' }
  | { readonly kind: 'expired' }
  /** The file is not there any more. */
  | { readonly kind: 'missing' };

/**
 * Makes and reads the signed addresses of files. The content host gets no cookies, so a link says all there is to
 * know: whose library, which file of which record, until when. Nothing is kept for each link handed out.
 */
export class DownloadLinks {
  readonly #clock: Clock;
  readonly #key = createSecretKey(randomBytes(32));
  readonly #libraries: Library[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param base of the content host, without a trailing slash
   * @param request the id of the answer that carries the link
   * @returns an address with Apple's literal `${f}` where a file name belongs
   */
  url(base: string, request: string, library: Library, target: LinkTarget, { content }: Resource): string {
    const { fileChecksum } = content;
    const path = `/B/${urlSafe(fileChecksum)}${urlSafe(referenceChecksum(fileChecksum))}`;
    const expires = Math.floor(this.#clock.now() / 1000) + LINK_LIFE_SECONDS;
    const query = [
      `o=${encode(target.variant, target.recordName)}`,
      'v=1',
      'x=3',
      `a=${encodeNumbers(this.#numberOf(library), library.linkGeneration)}`,
      `e=${expires}`,
      `k=${urlSafe(wrappingKey(fileChecksum))}`,
      'fl=',
      `r=${request}-1`,
      'ckc=com.apple.photos.cloud',
      `ckz=${encodeURIComponent(target.zone.name)}`,
      'y=1',
      `p=${PARTITION}`,
    ].join('&');
    return `${base}${path}/\${f}?${query}&s=${this.#signature(path, query)}`;
  }

  /** @param url as requested; the file name at the end of its path is the client's own business */
  read(url: URL): LinkReading {
    const signed = /^\?(.*)&s=([\w-]+)$/.exec(url.search);
    const path = /^\/B\/[\w-]+/.exec(url.pathname)?.[0];
    if (!signed || path === undefined || !same(signed[2] ?? '', this.#signature(path, signed[1] ?? ''))) {
      return { kind: 'forged' };
    }
    const [number, generation] = decodeNumbers(url.searchParams.get('a') ?? '');
    const library = this.#libraries[number];
    if (Number(url.searchParams.get('e')) * 1000 <= this.#clock.now() || generation !== library?.linkGeneration) {
      return { kind: 'expired' };
    }
    const { variant, recordName } = decode(url.searchParams.get('o') ?? '');
    const record = library?.zone(url.searchParams.get('ckz') ?? '').find(recordName);
    const resources = record?.type === 'CPLMaster' ? record.master.resources : undefined;
    const edited = record?.type === 'CPLAsset' ? record.asset.edit?.resources : undefined;
    const resource = variant && (resources ?? edited)?.[variant];
    // an edit made since replaced the file: the address names the bytes, not the place
    if (!resource || !path.startsWith(`/B/${urlSafe(resource.content.fileChecksum)}`)) return { kind: 'missing' };
    return { kind: 'valid', resource };
  }

  #numberOf(library: Library): number {
    const known = this.#libraries.indexOf(library);
    return known >= 0 ? known : this.#libraries.push(library) - 1;
  }

  #signature(path: string, query: string): string {
    return createHmac('sha1', this.#key).update(`${path}?${query}`).digest('base64url');
  }
}

function encode(variant: Variant, recordName: string): string {
  return Buffer.from([VARIANTS.indexOf(variant), ...Buffer.from(recordName)]).toString('base64url');
}

function decode(text: string): { readonly variant: Variant | undefined; readonly recordName: string } {
  const [variant, ...recordName] = Buffer.from(text, 'base64url');
  return { variant: VARIANTS[variant ?? -1], recordName: Buffer.from(recordName).toString() };
}

function encodeNumbers(...numbers: readonly [number, number]): string {
  return Buffer.from(Uint32Array.from(numbers).buffer).toString('base64url');
}

function decodeNumbers(text: string): readonly [number, number] {
  const bytes = Buffer.from(text, 'base64url');
  const numbers = new Uint32Array(bytes.length >> 2).map((_, at) => bytes.readUInt32LE(at * 4));
  return [numbers[0] ?? 0, numbers[1] ?? 0];
}

function same(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
