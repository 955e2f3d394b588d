import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  baseName,
  legacyOriginalName,
  type NamingSettings,
  safeFileName,
  versionName,
  withSizeSuffix,
} from './file-name.ts';
import { splitExtension } from './split-extension.ts';
import { extensionOf, kindOf } from './uti.ts';

const ID = 'AY6c+BsE0jjaXx9tmVGJM1D2VcEO';
const plain: NamingSettings = {
  keepUnicode: false,
  policy: 'name-size-dedup-with-suffix',
  livePhotoMovFilenamePolicy: 'suffix',
};
const withId: NamingSettings = { ...plain, policy: 'name-id7' };
const unicode: NamingSettings = { ...plain, keepUnicode: true };
const base = (filename: string | undefined, settings = plain, itemType = 'public.jpeg'): string =>
  baseName({ filename, masterId: ID, itemType }, settings);

describe('the name an item starts from', () => {
  test.each([
    ['IMG_7409.JPG', plain, 'IMG_7409.JPG'],
    ['IMG_中文_7409.JPG', plain, 'IMG__7409.JPG'],
    ['IMG_中文_7409.JPG', unicode, 'IMG_中文_7409.JPG'],
    ['中文.JPG', plain, '.JPG'],
    ['i/n v:a\0l*i?d\\p<a>t"h|.JPG', plain, 'i_n v_a_l_i_d_p_a_t_h_.JPG'],
    ['IMG_7409.JPG', withId, 'IMG_7409_QVk2Yyt.JPG'],
    ['../../etc/passwd', plain, '.._.._etc_passwd'],
    [undefined, plain, 'AY6c_BsE0jja.JPG'],
    ['', plain, 'AY6c_BsE0jja.JPG'],
  ])('%j', (filename, settings, expected) => {
    expect(base(filename, settings)).toBe(expected);
  });

  test('an unknown type has an unknown ending', () => {
    expect(base(undefined, plain, 'com.example.new')).toBe('AY6c_BsE0jja.unknown');
  });
});

describe('the name of a file', () => {
  const original = (name: string, fileType: string | undefined, kind: 'image' | 'movie' = 'image'): string =>
    versionName(name, { part: 'original', fileType, kind }, plain);

  test.each([
    ['IMG_1.jpeg', 'public.jpeg', 'IMG_1.JPG'],
    ['IMG_1.gif', 'com.compuserve.gif', 'IMG_1.gif'],
    ['noext', 'com.example.new', 'noext.'],
    ['.JPG', 'public.jpeg', '.JPG.JPG'],
    ['DSC_1.NRW', 'com.nikon.nrw-raw-image', 'DSC_1.NRF'],
    ['IMG_1.HEIC', undefined, 'IMG_1.HEIC'],
  ])('%s of type %s', (name, type, expected) => {
    expect(original(name, type)).toBe(expected);
  });

  test('videos', () => {
    expect(original('IMG_1.mov', 'com.apple.quicktime-movie', 'movie')).toBe('IMG_1.MOV');
    expect(original('v.MP4', 'public.mpeg-4', 'movie')).toBe('v.MP4');
  });

  test.each([
    ['IMG_1234.HEIC', 'suffix', 'IMG_1234_HEVC.MOV'],
    ['IMG.1234.heic', 'suffix', 'IMG.1234_HEVC.MOV'],
    ['IMG_1.JPG', 'suffix', 'IMG_1.MOV'],
    ['IMG_1', 'suffix', 'IMG_1'],
    ['IMG_1234.HEIC', 'original', 'IMG_1234.MOV'],
    ['IMG_0514_QVZtSTE.HEIC', 'suffix', 'IMG_0514_QVZtSTE_HEVC.MOV'],
  ] as const)('the motion part of %s, policy %s', (name, livePhotoMovFilenamePolicy, expected) => {
    const version = { part: 'live', fileType: 'com.apple.quicktime-movie', kind: 'image' } as const;
    expect(versionName(name, version, { ...plain, livePhotoMovFilenamePolicy })).toBe(expected);
  });

  test.each([
    ['IMG_1.JPG', 'IMG_1-1884695.JPG'],
    ['a.b.JPG', 'a.b-1884695.JPG'],
    ['noext', 'noext-1884695'],
  ])('%s a second time', (name, expected) => {
    expect(withSizeSuffix(name, 1884695)).toBe(expected);
  });

  test('originals of old versions', () => {
    expect(legacyOriginalName('IMG_7408.JPG')).toBe('IMG_7408-original.JPG');
  });
});

describe('safe names', () => {
  test.each([
    ['IMG_1.JPG', 'linux', 'IMG_1.JPG'],
    ['IMG_中文 é.JPG', 'linux', 'IMG_中文 é.JPG'],
    ['CON.JPG', 'linux', 'CON.JPG'],
    ['CON.JPG', 'win32', '_CON.JPG'],
    ['trailing. ', 'win32', 'trailing_'],
    ['trailing.', 'linux', 'trailing.'],
    ['a\nb\u001b.JPG', 'linux', 'a_b_.JPG'],
    ['..', 'linux', 'AY6c_BsE0jja.unknown'],
    ['', 'linux', 'AY6c_BsE0jja.unknown'],
  ] as const)('%j on %s', (name, platform, expected) => {
    expect(safeFileName(name, ID, platform)).toBe(expected);
  });

  test('a name too long keeps its ending and gets a part of its id', () => {
    const name = safeFileName(`${'ü'.repeat(300)}.JPG`, ID, 'linux');
    expect(name).toMatch(/^ü+~QVk2Yyt\.JPG$/);
    expect(Buffer.byteLength(withSizeSuffix(name, 9_999_999_999))).toBeLessThanOrEqual(255);
  });

  test('a name that a file system takes stays as it is, and its second name fits as well', () => {
    const name = `${'n'.repeat(250)}.JPG`;
    expect(safeFileName(name, ID, 'linux')).toBe(name);
    expect(withSizeSuffix(name, 1000)).toBe(`${'n'.repeat(246)}-1000.JPG`);
    expect(legacyOriginalName(name)).toBe(`${'n'.repeat(242)}-original.JPG`);
  });

  test('any name stays one name in its folder', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.constantFrom('linux', 'win32', 'darwin'),
        (text, platform) => {
          const name = safeFileName(base(text, unicode), ID, platform);
          expect(path.posix.basename(`/x/${name}`)).toBe(name);
          expect(['', '.', '..']).not.toContain(name);
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
          expect(Buffer.from(name).toString()).toBe(name);
          if (platform === 'win32') expect(name).not.toMatch(/[<>:"/\\|?*]|[. ]$/);
        },
      ),
    );
  });
});

test("splitting is Python's splitext, and loses nothing", () => {
  const examples = { 'a.b.JPG': '.JPG', '.JPG': '', '..x': '', noext: '', 'a.': '.' };
  for (const [name, extension] of Object.entries(examples)) expect(splitExtension(name).extension).toBe(extension);
  fc.assert(
    fc.property(fc.string(), (name) => {
      const { stem, extension } = splitExtension(name);
      expect(stem + extension).toBe(name);
    }),
  );
});

describe('kinds and extensions by type', () => {
  const asset = (itemType: string | undefined, name = 'x', fileType?: string, duration = 0) =>
    ({
      itemType,
      duration,
      filename: { kind: 'text', text: name },
      resources: fileType ? { original: { fileType, size: 1, fileChecksum: '', downloadURL: '' } } : {},
    }) as const;

  test.each([
    ['GIF', asset('com.compuserve.gif'), 'image'],
    ['WebP', asset('org.webmproject.webp'), 'image'],
    ['a new RAW', asset('com.example.new-raw-image'), 'image'],
    ['MP4', asset('public.mpeg-4'), 'movie'],
    ['no type, file type', asset(undefined, 'x', 'com.apple.quicktime-movie'), 'movie'],
    ['no type, name', asset(undefined, 'x.MOV'), 'movie'],
    ['no type, name of a picture', asset(undefined, 'x.JPG'), 'image'],
    ['unknown type, duration', asset('com.example.new', 'x', undefined, 3), 'movie'],
    ['nothing at all', asset(undefined), 'image'],
  ] as const)('%s', (_, item, expected) => {
    expect(kindOf(item)).toBe(expected);
  });

  test("extensions are icloudpd's, and no other type gets one", () => {
    expect(extensionOf('com.olympus.or-raw-image')).toBe('ORF');
    expect([extensionOf('constructor'), extensionOf('public.mpeg-4'), extensionOf(undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
