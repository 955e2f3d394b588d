import type { Location } from './model.ts';

/** Seconds from 1970 to 2001, where the dates of property lists begin. */
const APPLE_EPOCH_SECONDS = 978_307_200;
const MARK_DICTIONARY = 0xd0;
const MARK_ARRAY = 0xa0;
const MARK_ASCII = 0x50;
const MARK_UTF16 = 0x60;
const MARK_REAL = 0x23;
const MARK_DATE = 0x33;
/** A mark's low four bits hold a length up to this; longer ones follow as an integer of one byte. */
const INLINE_LENGTH = 0x0f;

type PlistValue = string | number | Date;

/** The property list of `locationEnc`: eight keys (recorded), binary or XML (peers). @param takenAt milliseconds */
export function locationPlist(location: Location, takenAt: number): Uint8Array {
  const dictionary = {
    course: 0,
    speed: 0,
    alt: location.altitude,
    lon: location.longitude,
    vertAcc: 0,
    lat: location.latitude,
    timestamp: new Date(takenAt),
    horzAcc: 0,
  };
  return location.plist === 'binary' ? binaryDictionary(dictionary) : xmlDictionary(dictionary);
}

/** The property list of `keywordsEnc`. */
export function keywordsPlist(keywords: readonly string[]): Uint8Array {
  return binary(MARK_ARRAY, keywords.length, keywords);
}

/** A dictionary as `bplist00`, keys first, equal values stored once (recorded). At most 255 objects. */
export function binaryDictionary(dictionary: Readonly<Record<string, PlistValue>>): Uint8Array {
  const entries = Object.entries(dictionary);
  const members = [...entries.map(([key]) => key), ...entries.map(([, value]) => value)];
  return binary(MARK_DICTIONARY, entries.length, members);
}

function binary(mark: number, count: number, members: readonly PlistValue[]): Uint8Array {
  const objects = new Map<string, Buffer>();
  const references = members.map((member) => {
    const bytes = scalar(member);
    const known = bytes.toString('latin1');
    objects.set(known, bytes);
    return [...objects.keys()].indexOf(known) + 1;
  });
  const container = Buffer.from([...marked(mark, count), ...references]);
  const parts = [Buffer.from('bplist00'), container, ...objects.values()];
  const offsets: number[] = [];
  let at = 0;
  for (const part of parts) {
    offsets.push(at);
    at += part.length;
  }
  const offsetBytes = at > 0xff ? 2 : 1;
  const table = Buffer.concat(offsets.slice(1).map((offset) => integer(offset, offsetBytes)));
  const trailer = Buffer.alloc(32);
  trailer.writeUInt8(offsetBytes, 6);
  trailer.writeUInt8(1, 7);
  trailer.writeBigUInt64BE(BigInt(objects.size + 1), 8);
  trailer.writeBigUInt64BE(BigInt(at), 24);
  return Buffer.concat([...parts, table, trailer]);
}

function scalar(value: PlistValue): Buffer {
  if (typeof value === 'string') {
    const isAscii = /^\p{ASCII}*$/u.test(value);
    const bytes = isAscii ? Buffer.from(value, 'ascii') : Buffer.from(value, 'utf16le').swap16();
    return Buffer.concat([Buffer.from(marked(isAscii ? MARK_ASCII : MARK_UTF16, value.length)), bytes]);
  }
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8(typeof value === 'number' ? MARK_REAL : MARK_DATE);
  bytes.writeDoubleBE(typeof value === 'number' ? value : value.getTime() / 1000 - APPLE_EPOCH_SECONDS, 1);
  return bytes;
}

function marked(mark: number, length: number): number[] {
  return length < INLINE_LENGTH ? [mark | length] : [mark | INLINE_LENGTH, 0x10, length];
}

function integer(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

function xmlDictionary(dictionary: Readonly<Record<string, number | Date>>): Uint8Array {
  const entries = Object.entries(dictionary).map(([key, value]) =>
    typeof value === 'number'
      ? `\t<key>${key}</key>\n\t<real>${value}</real>\n`
      : `\t<key>${key}</key>\n\t<date>${value.toISOString().replace(/\.\d+/, '')}</date>\n`,
  );
  return Buffer.from(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n' +
      `<plist version="1.0">\n<dict>\n${entries.join('')}</dict>\n</plist>\n`,
  );
}
