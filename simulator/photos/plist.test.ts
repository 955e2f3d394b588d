import { expect, test } from 'vitest';
import { keywordsPlist, locationPlist } from './plist.ts';

const location = { latitude: -34.6037, longitude: -58.3816, altitude: 25 };

/** A reading of the binary format from its public description, kept apart from the writer. */
function readBinary(bytes: Uint8Array): unknown {
  const buffer = Buffer.from(bytes);
  const trailer = buffer.subarray(-32);
  const [offsetSize, referenceSize] = [trailer.readUInt8(6), trailer.readUInt8(7)];
  const [count, top, table] = [8, 16, 24].map((at) => Number(trailer.readBigUInt64BE(at)));
  const objectAt = (index: number): unknown => {
    if (index >= (count ?? 0)) throw new RangeError('No such object');
    const offset = buffer.readUIntBE((table ?? 0) + index * offsetSize, offsetSize);
    const mark = buffer.readUInt8(offset);
    if (mark === 0x23) return buffer.readDoubleBE(offset + 1);
    if (mark === 0x33) return new Date(Date.UTC(2001, 0, 1) + buffer.readDoubleBE(offset + 1) * 1000);
    const isLong = (mark & 0x0f) === 0x0f;
    const length = isLong ? buffer.readUInt8(offset + 2) : mark & 0x0f;
    const start = offset + (isLong ? 3 : 1);
    const member = (at: number): unknown => objectAt(buffer.readUIntBE(start + at * referenceSize, referenceSize));
    if (mark >> 4 === 0x5) return buffer.toString('ascii', start, start + length);
    if (mark >> 4 === 0x6)
      return Buffer.from(buffer.subarray(start, start + length * 2))
        .swap16()
        .toString('utf16le');
    if (mark >> 4 === 0xa) return Array.from({ length }, (_, at) => member(at));
    if (mark >> 4 === 0xd) {
      return Object.fromEntries(Array.from({ length }, (_, at) => [String(member(at)), member(length + at)]));
    }
    throw new TypeError(`Mark ${mark}`);
  };
  return buffer.toString('ascii', 0, 8) === 'bplist00' ? objectAt(top ?? 0) : undefined;
}

test('a place as a binary list has the eight recorded keys', () => {
  const takenAt = Date.UTC(1999, 11, 31, 23);
  expect(readBinary(locationPlist({ ...location, plist: 'binary' }, takenAt))).toEqual({
    lat: -34.6037,
    lon: -58.3816,
    alt: 25,
    speed: 0,
    course: 0,
    horzAcc: 0,
    vertAcc: 0,
    timestamp: new Date(takenAt),
  });
});

test('a place as XML says the same', () => {
  const xml = Buffer.from(locationPlist({ ...location, plist: 'xml' }, Date.UTC(2024, 4, 6, 7, 8, 9, 123))).toString();
  expect(xml).toContain('<key>lat</key>\n\t<real>-34.6037</real>');
  expect(xml).toContain('<key>timestamp</key>\n\t<date>2024-05-06T07:08:09Z</date>');
});

test('keywords keep their letters, many of them too', () => {
  const keywords = ['scan', 'Großvater', '中文', 'a keyword longer than fifteen letters', 'scan'];
  expect(readBinary(keywordsPlist(keywords))).toEqual(keywords);
  const many = Array.from({ length: 40 }, (_, at) => `keyword number ${at}`);
  expect(readBinary(keywordsPlist(many))).toEqual(many);
});
