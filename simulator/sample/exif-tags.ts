const NAMES: ReadonlyMap<string, string> = new Map([
  ['main 274', 'Orientation'],
  ['exif 36867', 'DateTimeOriginal'],
  ['exif 36881', 'OffsetTimeOriginal'],
  ['gps 1', 'GPSLatitudeRef'],
  ['gps 2', 'GPSLatitude'],
  ['gps 3', 'GPSLongitudeRef'],
  ['gps 4', 'GPSLongitude'],
]);
const POINTERS: ReadonlyMap<number, string> = new Map([
  [34665, 'exif'],
  [34853, 'gps'],
]);
const TYPE_BYTES: ReadonlyMap<number, number> = new Map([
  [2, 1],
  [3, 2],
  [4, 4],
  [5, 8],
]);

/**
 * Reads back, for tests, the EXIF tags that the sample library writes; written apart from the writer.
 *
 * @param exif the block as it stands in the file, with its `Exif\0\0`
 */
export function exifTags(exif: Buffer | undefined): Readonly<Record<string, unknown>> {
  const tags: Record<string, unknown> = {};
  const tiff = (exif ?? Buffer.alloc(0)).subarray(6);
  if (tiff.length === 0) return tags;
  const isLittle = tiff.toString('ascii', 0, 2) === 'II';
  const u16 = (at: number): number => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number): number => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const readDirectory = (offset: number, kind: string): void => {
    for (let entry = offset + 2; entry < offset + 2 + u16(offset) * 12; entry += 12) {
      const [tag, type, count] = [u16(entry), u16(entry + 2), u32(entry + 4)];
      const pointer = POINTERS.get(tag);
      if (pointer) readDirectory(u32(entry + 8), pointer);
      const name = NAMES.get(`${kind} ${tag}`);
      if (!name) continue;
      const at = count * (TYPE_BYTES.get(type) ?? 1) <= 4 ? entry + 8 : u32(entry + 8);
      if (type === 2) tags[name] = tiff.toString('latin1', at, at + count - 1);
      else if (type === 3) tags[name] = u16(at);
      else tags[name] = Array.from({ length: count }, (_, each) => u32(at + each * 8) / u32(at + each * 8 + 4));
    }
  };
  readDirectory(u32(4), 'main');
  return tags;
}
