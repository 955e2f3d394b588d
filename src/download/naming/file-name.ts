import { splitExtension } from './split-extension.ts';
import { extensionOf, type ItemKind } from './uti.ts';

/** icloudpd's file names, made from nothing but what the records say. */

export interface NamingSettings {
  readonly keepUnicode: boolean;
  readonly policy: 'name-size-dedup-with-suffix' | 'name-id7';
  readonly livePhotoMovFilenamePolicy: 'suffix' | 'original';
}

interface Named {
  /** Decoded; undefined when absent or unreadable. */
  readonly filename: string | undefined;
  /** Record name of the master. */
  readonly masterId: string;
  readonly itemType: string | undefined;
}

/** A name for an item that has none: the beginning of its id, with the extension of its type. */
function nameFromId(masterId: string, itemType: string | undefined): string {
  const id = masterId.replaceAll(/[^0-9a-zA-Z]/g, '_').slice(0, 12);
  return `${id}.${extensionOf(itemType) ?? 'unknown'}`;
}

/** The part of an id that `name-id7` puts into every name. */
function id7(masterId: string): string {
  return Buffer.from(masterId, 'utf8').toString('base64').slice(0, 7);
}

function insertBeforeExtension(name: string, text: string): string {
  const { stem, extension } = splitExtension(name);
  return stem + text + extension;
}

/** The name all files of an item start from. */
export function baseName(item: Named, settings: NamingSettings): string {
  const raw = item.filename ? item.filename : nameFromId(item.masterId, item.itemType);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is one of the characters icloudpd replaces
  const clean = raw.replaceAll(/[<>:"/\\|?*\u0000]/g, '_');
  const plain = settings.keepUnicode ? clean : clean.replaceAll(/[^\p{ASCII}]/gu, '');
  return settings.policy === 'name-id7' ? insertBeforeExtension(plain, `_${id7(item.masterId)}`) : plain;
}

/** A file of an item. */
interface Version {
  readonly part: 'original' | 'live';
  readonly fileType: string | undefined;
  readonly kind: ItemKind;
}

function livePhotoName(base: string, policy: NamingSettings['livePhotoMovFilenamePolicy']): string {
  const { stem, extension } = splitExtension(base);
  if (extension === '') return base;
  return policy === 'suffix' && extension.toLowerCase() === '.heic' ? `${stem}_HEVC.MOV` : `${stem}.MOV`;
}

/** The name of one file of an item. The extension follows the file's type, not the item's name. */
export function versionName(base: string, version: Version, settings: NamingSettings): string {
  const isMotion = version.kind === 'image' && version.fileType === 'com.apple.quicktime-movie';
  if (version.part === 'live' || isMotion) return livePhotoName(base, settings.livePhotoMovFilenamePolicy);
  const { stem, extension } = splitExtension(base);
  return `${stem}.${extensionOf(version.fileType) ?? extension.slice(1)}`;
}

/** `IMG_1.JPG` and 1884695 make `IMG_1-1884695.JPG`: icloudpd's second name for a second file. */
export function withSizeSuffix(name: string, size: number | string): string {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
  const end = `-${size}${extension}`;
  return cut(stem, LONGEST - Buffer.byteLength(end)) + end;
}

/** The name that old versions of icloudpd gave to originals. */
export function legacyOriginalName(name: string): string {
  return withSizeSuffix(name, 'original');
}

/** Bytes of a name that file systems take. */
const LONGEST = 255;
/** Bytes of a name that had to be shortened: a `-<size>` suffix still fits. */
const SHORTENED = 240;
const RESERVED_ON_WINDOWS = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;

function shorten(name: string, masterId: string): string {
  if (Buffer.byteLength(name) <= LONGEST) return name;
  const { stem, extension } = splitExtension(name);
  const mark = `~${id7(masterId)}`;
  const kept = Buffer.byteLength(extension) <= 20 ? extension : '';
  return cut(stem, SHORTENED - Buffer.byteLength(mark + kept)) + mark + kept;
}

/** @returns as many characters from the beginning as there is room for, in bytes */
function cut(text: string, room: number): string {
  if (Buffer.byteLength(text) <= room) return text;
  let left = room;
  let short = '';
  for (const character of text) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    short += character;
  }
  return short;
}

/**
 * Makes a name that can be stored and that leads nowhere else. Ordinary names stay byte for byte as icloudpd has them.
 *
 * @param platform further rules hold on Windows
 */
export function safeFileName(name: string, masterId: string, platform: NodeJS.Platform): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  let safe = name.replaceAll(/[\u0000-\u001f\u007f/]/g, '_');
  // a lone half of a surrogate pair cannot be stored as it is
  safe = safe.toWellFormed();
  if (platform === 'win32') {
    safe = safe.replaceAll(/[<>:"\\|?*]/g, '_').replace(/[. ]+$/, '_');
    if (RESERVED_ON_WINDOWS.test(safe)) safe = `_${safe}`;
  }
  if (/^\.*$/.test(safe)) safe = nameFromId(masterId, undefined);
  return shorten(safe, masterId);
}
