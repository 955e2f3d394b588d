import type { Asset } from '../../apple/photos/asset.ts';
import { splitExtension } from './split-extension.ts';

/**
 * Uniform type identifiers: which are pictures and which films, and the extension icloudpd gives a file of each type.
 * Types without an extension here keep the one of the file's own name.
 */

export type ItemKind = 'image' | 'movie';

/** icloudpd's own table, spelled as it wrote it: `.NRF` is no usual ending, but the one in people's folders. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'public.heic': 'HEIC',
  'public.heif': 'HEIF',
  'public.jpeg': 'JPG',
  'public.png': 'PNG',
  'com.apple.quicktime-movie': 'MOV',
  'com.adobe.raw-image': 'DNG',
  'com.canon.cr2-raw-image': 'CR2',
  'com.canon.crw-raw-image': 'CRW',
  'com.canon.cr3-raw-image': 'CR3',
  'com.sony.arw-raw-image': 'ARW',
  'com.fuji.raw-image': 'RAF',
  'com.panasonic.rw2-raw-image': 'RW2',
  'com.nikon.nrw-raw-image': 'NRF',
  'com.nikon.raw-image': 'NEF',
  'com.pentax.raw-image': 'PEF',
  'com.olympus.raw-image': 'ORF',
  'com.olympus.or-raw-image': 'ORF',
};

const IMAGE_TYPES: ReadonlySet<string> = new Set([
  ...Object.keys(EXTENSIONS).filter((type) => type !== 'com.apple.quicktime-movie'),
  'public.image',
  'public.tiff',
  'public.jpeg-2000',
  'public.jpeg-xl',
  'public.avif',
  'public.pbm',
  'public.mpo-image',
  'org.webmproject.webp',
  'com.compuserve.gif',
  'com.microsoft.bmp',
  'com.truevision.tga-image',
  'com.sgi.sgi-image',
  'com.adobe.photoshop-image',
  'com.adobe.illustrator.ai-image',
  'com.adobe.pdf',
  'com.dji.mimo.pano.jpeg',
]);
const MOVIE_TYPES: ReadonlySet<string> = new Set([
  'com.apple.quicktime-movie',
  'com.apple.m4v-video',
  'public.mpeg-4',
  'public.mpeg',
  'public.mpeg-2-video',
  'public.avchd-mpeg-2-transport-stream',
  'public.avi',
  'public.3gpp',
  'public.movie',
]);
const MOVIE_EXTENSIONS: ReadonlySet<string> = new Set(['mov', 'mp4', 'm4v', 'mpg', 'mpeg', 'mts', 'avi', '3gp']);

/** @returns icloudpd's extension for a type, without the dot. */
export function extensionOf(type: string | undefined): string | undefined {
  return type !== undefined && Object.hasOwn(EXTENSIONS, type) ? EXTENSIONS[type] : undefined;
}

function kindOfType(type: string | undefined): ItemKind | undefined {
  if (type === undefined) return undefined;
  if (IMAGE_TYPES.has(type) || type.endsWith('raw-image')) return 'image';
  return MOVIE_TYPES.has(type) ? 'movie' : undefined;
}

/** Whether an item is a photo or a video: by its type, its file's type, its name, its duration, in this order. */
export function kindOf(asset: Pick<Asset, 'itemType' | 'resources' | 'filename' | 'duration'>): ItemKind {
  const byType = kindOfType(asset.itemType) ?? kindOfType(asset.resources.original?.fileType);
  if (byType) return byType;
  const name = asset.filename.kind === 'text' ? asset.filename.text : '';
  const { extension } = splitExtension(name);
  if (MOVIE_EXTENSIONS.has(extension.slice(1).toLowerCase())) return 'movie';
  return asset.duration > 0 ? 'movie' : 'image';
}
