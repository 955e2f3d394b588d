/**
 * `strftime` as Python and glibc have it, in English, for dates in the local zone. There is no package that knows all of
 * it and the zones.
 */

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAY_MS = 86_400_000;

/** A directive's value: a number with its usual padding, or a text. */
type Piece = { readonly number: number; readonly width: number; readonly pad: '0' | ' ' } | { readonly text: string };

const zeros = (number: number, width: number): Piece => ({ number, width, pad: '0' });
const blanks = (number: number, width: number): Piece => ({ number, width, pad: ' ' });

/** Calendar arithmetic without the zone: the local date as if it were UTC. */
function calendar(date: Date): number {
  const at = new Date(0);
  at.setUTCFullYear(date.getFullYear(), date.getMonth(), date.getDate());
  return at.getTime();
}

function dayOfYear(date: Date): number {
  const first = new Date(0);
  first.setUTCFullYear(date.getFullYear(), 0, 1);
  return Math.round((calendar(date) - first.getTime()) / DAY_MS) + 1;
}

/** ISO 8601: the week belongs to the year of its Thursday. */
function isoWeek(date: Date): { year: number; week: number } {
  const weekday = (date.getDay() + 6) % 7;
  const thursday = new Date(calendar(date) + (3 - weekday) * DAY_MS);
  const first = new Date(0);
  first.setUTCFullYear(thursday.getUTCFullYear(), 0, 1);
  return { year: thursday.getUTCFullYear(), week: Math.floor((thursday.getTime() - first.getTime()) / DAY_MS / 7) + 1 };
}

function offset(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const absolute = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}${two(Math.floor(absolute % 60))}`;
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

function hour12(date: Date): number {
  return date.getHours() % 12 || 12;
}

/** Directives that stand for several others. */
const COMPOSED: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y',
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  F: '%Y-%m-%d',
  r: '%I:%M:%S %p',
  R: '%H:%M',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
};

const DIRECTIVES: Readonly<Record<string, (date: Date) => Piece>> = {
  a: (date) => ({ text: (DAYS[date.getDay()] ?? '').slice(0, 3) }),
  A: (date) => ({ text: DAYS[date.getDay()] ?? '' }),
  b: (date) => ({ text: (MONTHS[date.getMonth()] ?? '').slice(0, 3) }),
  h: (date) => ({ text: (MONTHS[date.getMonth()] ?? '').slice(0, 3) }),
  B: (date) => ({ text: MONTHS[date.getMonth()] ?? '' }),
  C: (date) => zeros(Math.floor(date.getFullYear() / 100), 2),
  d: (date) => zeros(date.getDate(), 2),
  e: (date) => blanks(date.getDate(), 2),
  f: (date) => zeros(date.getMilliseconds() * 1000, 6),
  g: (date) => zeros(isoWeek(date).year % 100, 2),
  G: (date) => zeros(isoWeek(date).year, 1),
  H: (date) => zeros(date.getHours(), 2),
  I: (date) => zeros(hour12(date), 2),
  j: (date) => zeros(dayOfYear(date), 3),
  k: (date) => blanks(date.getHours(), 2),
  l: (date) => blanks(hour12(date), 2),
  m: (date) => zeros(date.getMonth() + 1, 2),
  M: (date) => zeros(date.getMinutes(), 2),
  n: () => ({ text: '\n' }),
  p: (date) => ({ text: date.getHours() < 12 ? 'AM' : 'PM' }),
  P: (date) => ({ text: date.getHours() < 12 ? 'am' : 'pm' }),
  s: (date) => zeros(Math.floor(date.getTime() / 1000), 1),
  S: (date) => zeros(date.getSeconds(), 2),
  t: () => ({ text: '\t' }),
  u: (date) => zeros(date.getDay() || 7, 1),
  U: (date) => zeros(Math.floor((dayOfYear(date) + 6 - date.getDay()) / 7), 2),
  V: (date) => zeros(isoWeek(date).week, 2),
  w: (date) => zeros(date.getDay(), 1),
  W: (date) => zeros(Math.floor((dayOfYear(date) + 6 - ((date.getDay() + 6) % 7)) / 7), 2),
  y: (date) => zeros(((date.getFullYear() % 100) + 100) % 100, 2),
  // glibc does not pad years: the year 5 is "5"
  Y: (date) => zeros(date.getFullYear(), 1),
  z: (date) => ({ text: offset(date) }),
  Z: (date) => ({ text: zoneName(date) }),
  '%': () => ({ text: '%' }),
};

function render(piece: Piece, flag: string): string {
  if ('text' in piece) return flag === '^' ? piece.text.toUpperCase() : piece.text;
  const pad = flag === '0' ? '0' : flag === '_' ? ' ' : piece.pad;
  return flag === '-' ? String(piece.number) : String(piece.number).padStart(piece.width, pad);
}

/**
 * @param format with glibc's flags `-`, `_`, `0` and `^`; unknown directives stay as they are
 * @param date in the local zone
 */
export function strftime(format: string, date: Date): string {
  return format.replaceAll(/%([-_0^]?)([a-zA-Z%])/g, (whole, flag: string, letter: string) => {
    const composed = Object.hasOwn(COMPOSED, letter) ? COMPOSED[letter] : undefined;
    if (composed !== undefined) return render({ text: strftime(composed, date) }, flag);
    const directive = Object.hasOwn(DIRECTIVES, letter) ? DIRECTIVES[letter] : undefined;
    return directive ? render(directive(date), flag) : whole;
  });
}
