/** A landscape to look at, the same every time it is drawn. */
export interface Scene {
  readonly title: string;
  readonly caption?: string;
  /** Chooses colours and shapes. */
  readonly seed: number;
  /** In pixels, upright. */
  readonly width: number;
  readonly height: number;
  /** 0 to 1: how far the sun has moved, for the frames of a film. */
  readonly moment?: number;
}

/** Sky above, sky at the horizon, sun, three ranges of hills from far to near. */
type Palette = readonly [string, string, string, string, string, string];

const PALETTES: readonly Palette[] = [
  ['#2b5c8a', '#f7d9a8', '#fff4d6', '#7f9bb3', '#4f7191', '#27425c'],
  ['#f2994a', '#fbe3c2', '#fffbe8', '#d98c5f', '#a85b47', '#5c2e35'],
  ['#1d2b53', '#7e4a7c', '#fdf6e3', '#54447b', '#39305f', '#1b1838'],
  ['#7fd1e8', '#eefcff', '#fff7b0', '#8cc79b', '#4f9d6b', '#226447'],
  ['#c94b6b', '#ffd3b5', '#fff1dd', '#a3526f', '#6e3459', '#361a3a'],
  ['#8aa0b4', '#e9eef2', '#ffffff', '#9fb0bd', '#6b7f8e', '#3c4c59'],
  ['#0f3d3e', '#e2a65a', '#ffe9bd', '#4a6a55', '#2b4a42', '#12282a'],
];
const POINTS = 24;

/** Where a point of the upright picture lies in the stored one, for each EXIF orientation, as an SVG matrix. */
const STORED: readonly ((width: number, height: number) => string)[] = [
  () => '1 0 0 1 0 0',
  (width) => `-1 0 0 1 ${width} 0`,
  (width, height) => `-1 0 0 -1 ${width} ${height}`,
  (_, height) => `1 0 0 -1 0 ${height}`,
  () => '0 1 1 0 0 0',
  (width) => `0 -1 1 0 0 ${width}`,
  (width, height) => `0 -1 -1 0 ${height} ${width}`,
  (_, height) => `0 1 -1 0 ${height} 0`,
];

/** The size a picture has in its file. @param orientation 1 to 8 as in EXIF */
export function storedSize({ width, height }: Scene, orientation: number): { width: number; height: number } {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

/** Draws a scene as SVG, turned so that the orientation sets it upright. */
export function sceneSvg(scene: Scene, orientation = 1): Buffer {
  const { width, height, seed, moment = 0 } = scene;
  const stored = storedSize(scene, orientation);
  const matrix = (STORED[orientation - 1] ?? STORED[0])?.(width, height);
  const [high, low, sun, ...hills] = PALETTES[seed % PALETTES.length] ?? PALETTES[0] ?? [];
  const random = randomFrom(seed);
  const sunX = width * (0.2 + 0.6 * random()) + moment * width * 0.2;
  const sunY = height * (0.18 + 0.22 * random()) - moment * height * 0.08;
  const ranges = hills.map((colour, at) => hillPath(width, height, 0.5 + at * 0.14, random, colour));
  const birds = Array.from({ length: 3 + Math.floor(random() * 4) }, () => birdPath(width, height, random, moment));
  const text = Math.round(height / 14);
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${stored.width}" height="${stored.height}">
<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="${high}"/><stop offset="0.75" stop-color="${low}"/></linearGradient>
<radialGradient id="glow"><stop stop-color="${sun}" stop-opacity="0.9"/><stop offset="1" stop-color="${sun}" stop-opacity="0"/></radialGradient></defs>
<g transform="matrix(${matrix})"><rect width="${width}" height="${height}" fill="url(#sky)"/>
<circle cx="${sunX}" cy="${sunY}" r="${height * 0.28}" fill="url(#glow)"/><circle cx="${sunX}" cy="${sunY}" r="${height * 0.07}" fill="${sun}"/>
${birds.join('')}${ranges.join('')}
<text x="${text}" y="${height - text * 1.6}" font-family="serif" font-size="${text}" fill="#fff">${escaped(scene.title)}</text>
<text x="${text}" y="${height - text * 0.7}" font-family="sans-serif" font-size="${text / 2}" fill="#fff" opacity="0.8">${escaped(scene.caption ?? '')}</text></g></svg>`,
  );
}

function hillPath(width: number, height: number, top: number, random: () => number, colour: string): string {
  const [phase, swing, ripple] = [random() * 6, 0.03 + random() * 0.06, 2 + random() * 4];
  const points = Array.from({ length: POINTS + 1 }, (_, at) => {
    const x = at / POINTS;
    const y = top + swing * Math.sin(phase + ripple * x * 2) + (swing / 3) * Math.sin(phase * 3 + ripple * x * 7);
    return `${Math.round(x * width)} ${Math.round(y * height)}`;
  });
  return `<path d="M0 ${height} L${points.join(' L')} L${width} ${height} Z" fill="${colour}"/>`;
}

function birdPath(width: number, height: number, random: () => number, moment: number): string {
  const x = Math.round(width * (random() + moment / 4));
  const y = Math.round(height * (0.12 + random() * 0.25));
  const wing = Math.round(height * 0.02);
  return `<path d="M${x - wing} ${y} q${wing / 2} ${-wing} ${wing} 0 q${wing / 2} ${-wing} ${wing} 0" fill="none" stroke="#fff" stroke-opacity="0.6" stroke-width="2"/>`;
}

/** Numbers from 0 to 1 that follow from the seed alone (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = (seed * 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
