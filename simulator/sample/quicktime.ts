/** Seconds from 1904, where QuickTime's dates begin, to 1970. */
const QUICKTIME_EPOCH_SECONDS = 2_082_844_800;
const TIMESCALE = 600;
const IDENTITY = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];
const DPI_72 = 0x480000;
const UTF8_TEXT = 1;

/** A film of JPEG pictures. */
export interface Film {
  readonly frames: readonly Uint8Array[];
  readonly framesPerSecond: number;
  readonly width: number;
  readonly height: number;
  /** Milliseconds since the epoch; dates before 1904 are written as none. */
  readonly createdAt: number;
  /** Apple's named notes: `com.apple.quicktime.creationdate` and the like. */
  readonly notes: Readonly<Record<string, string>>;
}

/** Writes a QuickTime file with one Motion-JPEG track, its media data ahead of its index. */
export function quickTimeMovie(film: Film): Uint8Array {
  const head = atom('ftyp', Buffer.from('qt  '), u32(0x2005_0300), Buffer.from('qt  '));
  const media = atom('mdat', ...film.frames);
  return Buffer.concat([head, media, movieAtom(film, head.length + 8)]);
}

function movieAtom(film: Film, mediaOffset: number): Buffer {
  const duration = Math.round((film.frames.length * TIMESCALE) / film.framesPerSecond);
  const created = Math.max(0, Math.round(film.createdAt / 1000) + QUICKTIME_EPOCH_SECONDS) >>> 0;
  return atom(
    'moov',
    atom(
      'mvhd',
      u32(0, created, created, TIMESCALE, duration, 0x10000),
      u16(0x0100, 0, 0, 0, 0, 0),
      u32(...IDENTITY, 0, 0, 0, 0, 0, 0, 2),
    ),
    trackAtom(film, created, duration, mediaOffset),
    metaAtom(film.notes),
  );
}

function trackAtom(film: Film, created: number, duration: number, mediaOffset: number): Buffer {
  const enabledInMovieAndPreview = 7;
  return atom(
    'trak',
    atom(
      'tkhd',
      u32(enabledInMovieAndPreview, created, created, 1, 0, duration, 0, 0),
      u16(0, 0, 0, 0),
      u32(...IDENTITY, film.width * 0x10000, film.height * 0x10000),
    ),
    atom(
      'mdia',
      atom('mdhd', u32(0, created, created, TIMESCALE, duration), u16(0, 0)),
      handlerAtom('mhlr', 'vide'),
      atom(
        'minf',
        atom('vmhd', u32(1), u16(0x40, 0x8000, 0x8000, 0x8000)),
        handlerAtom('dhlr', 'alis'),
        atom('dinf', atom('dref', u32(0, 1), atom('alis', u32(1)))),
        sampleTableAtom(film, mediaOffset),
      ),
    ),
  );
}

function sampleTableAtom({ frames, framesPerSecond, width, height }: Film, mediaOffset: number): Buffer {
  const description = atom(
    'jpeg',
    u16(0, 0, 0, 1, 0, 0),
    Buffer.from('simu'),
    u32(0, 0x200),
    u16(width, height),
    u32(DPI_72, DPI_72, 0),
    u16(1),
    pascalString('Photo - JPEG', 32),
    u16(24, 0xffff),
  );
  return atom(
    'stbl',
    atom('stsd', u32(0, 1), description),
    atom('stts', u32(0, 1, frames.length, Math.round(TIMESCALE / framesPerSecond))),
    atom('stsc', u32(0, 1, 1, frames.length, 1)),
    atom('stsz', u32(0, 0, frames.length, ...frames.map((frame) => frame.length))),
    atom('stco', u32(0, 1, mediaOffset)),
  );
}

/** Named notes: a table of keys, then the values by the number of their key. */
function metaAtom(notes: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(notes);
  const keys = entries.map(([key]) => atom('mdta', Buffer.from(key)));
  const values = entries.map(([, value], at) =>
    Buffer.concat([u32(24 + Buffer.byteLength(value), at + 1), atom('data', u32(UTF8_TEXT, 0), Buffer.from(value))]),
  );
  return atom(
    'meta',
    handlerAtom('\0\0\0\0', 'mdta'),
    atom('keys', u32(0, entries.length), ...keys),
    atom('ilst', ...values),
  );
}

function handlerAtom(component: string, subtype: string): Buffer {
  return atom('hdlr', u32(0), Buffer.from(component), Buffer.from(subtype), u32(0, 0, 0), Buffer.from([0]));
}

function atom(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body]);
}

function u32(...numbers: readonly number[]): Buffer {
  const buffer = Buffer.alloc(numbers.length * 4);
  for (const [at, number] of numbers.entries()) buffer.writeUInt32BE(number, at * 4);
  return buffer;
}

function u16(...numbers: readonly number[]): Buffer {
  const buffer = Buffer.alloc(numbers.length * 2);
  for (const [at, number] of numbers.entries()) buffer.writeUInt16BE(number, at * 2);
  return buffer;
}

function pascalString(text: string, size: number): Buffer {
  const buffer = Buffer.alloc(size);
  buffer.writeUInt8(text.length);
  buffer.write(text, 1, 'latin1');
  return buffer;
}
