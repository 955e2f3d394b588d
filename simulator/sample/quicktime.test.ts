import { expect, test } from 'vitest';
import { tinyJpeg } from '../photos/tiny-jpeg.ts';
import { quickTimeMovie } from './quicktime.ts';

interface Atom {
  readonly type: string;
  readonly body: Buffer;
  /** Where the body begins in the file. */
  readonly offset: number;
}

/** Cuts a run of atoms; throws when the sizes do not add up to its end. */
function atoms(buffer: Buffer, offset = 0): readonly Atom[] {
  const found: Atom[] = [];
  for (let at = 0; at < buffer.length; ) {
    const size = buffer.readUInt32BE(at);
    if (size < 8 || at + size > buffer.length) throw new RangeError(`An atom of ${size} bytes at ${offset + at}`);
    found.push({
      type: buffer.toString('latin1', at + 4, at + 8),
      body: buffer.subarray(at + 8, at + size),
      offset: offset + at + 8,
    });
    at += size;
  }
  return found;
}

function inside(buffer: Buffer, ...path: readonly string[]): Buffer {
  return path.reduce((body, type) => {
    const atom = atoms(body).find((each) => each.type === type);
    if (!atom) throw new Error(`No ${type} among ${atoms(body).map((each) => each.type)}`);
    return atom.body;
  }, buffer);
}

const FRAMES = [tinyJpeg('a'), tinyJpeg('longer'), tinyJpeg('c')];
const CREATED = Date.UTC(2025, 5, 10, 3, 30);
const film = {
  frames: FRAMES,
  framesPerSecond: 6,
  width: 32,
  height: 24,
  createdAt: CREATED,
  notes: { 'com.example.key': 'Wert é' },
};
const movie = Buffer.from(quickTimeMovie(film));

test('a film is type, media and index, in this order', () => {
  expect(atoms(movie).map(({ type }) => type)).toEqual(['ftyp', 'mdat', 'moov']);
  expect(movie.toString('latin1', 8, 12)).toBe('qt  ');
  expect(atoms(inside(movie, 'moov')).map(({ type }) => type)).toEqual(['mvhd', 'trak', 'meta']);
  expect(inside(movie, 'moov', 'mvhd')).toHaveLength(100);
  expect(inside(movie, 'moov', 'trak', 'tkhd')).toHaveLength(84);
});

test('the sample table leads to each frame', () => {
  const table = (type: string): Buffer => inside(movie, 'moov', 'trak', 'mdia', 'minf', 'stbl', type);
  const sizes = table('stsz');
  expect(sizes.readUInt32BE(8)).toBe(FRAMES.length);
  let at = table('stco').readUInt32BE(8);
  for (const [index, frame] of FRAMES.entries()) {
    const size = sizes.readUInt32BE(12 + index * 4);
    expect(movie.subarray(at, at + size)).toEqual(Buffer.from(frame));
    at += size;
  }
  const [description] = atoms(table('stsd').subarray(8));
  expect(description?.type).toBe('jpeg');
  expect(description?.body).toHaveLength(78);
  expect([description?.body.readUInt16BE(24), description?.body.readUInt16BE(26)]).toEqual([32, 24]);
});

test('its length and its date are right', () => {
  const header = inside(movie, 'moov', 'mvhd');
  expect(header.readUInt32BE(4) - 2_082_844_800).toBe(CREATED / 1000);
  expect(header.readUInt32BE(16) / header.readUInt32BE(12)).toBe(0.5);
});

test('a date before 1904 is written as none', () => {
  const old = Buffer.from(quickTimeMovie({ ...film, createdAt: Date.UTC(1900, 0, 1) }));
  expect(inside(old, 'moov', 'mvhd').readUInt32BE(4)).toBe(0);
});

test('its notes are there by name', () => {
  const meta = inside(movie, 'moov', 'meta');
  const [key] = atoms(inside(meta, 'keys').subarray(8));
  expect(key?.body.toString()).toBe('com.example.key');
  const item = inside(meta, 'ilst');
  expect(item.readUInt32BE(4)).toBe(1);
  expect(inside(item.subarray(8), 'data').subarray(8).toString()).toBe('Wert é');
});
