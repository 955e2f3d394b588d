import path from 'node:path';
import { strftime } from './strftime.ts';

/** A folder structure that can be used, or why not. */
export type FolderStructure =
  | { readonly ok: true; readonly format: (date: Date) => string }
  | { readonly ok: false; readonly reason: string };

type Part = (date: Date) => string;

const two = (value: number): string => String(value).padStart(2, '0');

/** Attributes of a Python datetime that can be named. */
const ATTRIBUTES: Readonly<Record<string, Part>> = {
  year: (date) => String(date.getFullYear()),
  month: (date) => String(date.getMonth() + 1),
  day: (date) => String(date.getDate()),
  hour: (date) => String(date.getHours()),
  minute: (date) => String(date.getMinutes()),
  second: (date) => String(date.getSeconds()),
  microsecond: (date) => String(date.getMilliseconds() * 1000),
};

/** `str()` of a Python datetime with a zone. */
function plain(date: Date): string {
  const zone = strftime('%z', date);
  const year = String(date.getFullYear()).padStart(4, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${year}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}${zone.slice(0, 3)}:${zone.slice(3)}`;
}

/** Turns the inside of a pair of braces into its part; a text is the reason why it cannot be used. */
function parseField(field: string, position: { automatic: number; manual: boolean }): Part | string {
  const match = /^([^:!.[]*)((?:\.\w+)*)(?::([\s\S]*))?$/.exec(field);
  if (!match) return `{${field}} is not understood`;
  const [, index = '', attributePath = '', spec = ''] = match;
  if (index === '') {
    if (position.manual) return 'numbered and unnumbered fields cannot be mixed';
    position.automatic += 1;
    if (position.automatic > 1) return 'there is only one value, the date';
  } else {
    if (position.automatic > 0) return 'numbered and unnumbered fields cannot be mixed';
    position.manual = true;
    if (!/^0+$/.test(index)) return `{${field}} is not understood: the only value is 0, the date`;
  }
  if (spec.includes('{')) return `{${field}} is not understood`;
  if (attributePath === '') return spec === '' ? plain : (date) => strftime(spec, date);
  const attribute = ATTRIBUTES[attributePath.slice(1)];
  return attribute && spec === '' ? attribute : `{${field}} is not understood`;
}

/**
 * Reads a folder structure in Python's `str.format` notation with the date as its only value: `{:%Y/%m/%d}`,
 * `{0:%Y}/{0:%m}`, `{0.year}`, text around them, `{{` and `}}` for braces. `none`, in any case, means no folders.
 */
export function parseFolderStructure(text: string): FolderStructure {
  if (text.toLowerCase() === 'none') return { ok: true, format: () => '' };
  const parts: Part[] = [];
  const position = { automatic: 0, manual: false };
  const token = /\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[\s\S]/g;
  for (const [whole, field] of text.matchAll(token)) {
    if (field !== undefined) {
      const part = parseField(field, position);
      if (typeof part === 'string') return { ok: false, reason: part };
      parts.push(part);
    } else if (whole === '{{' || whole === '}}') parts.push(() => whole.slice(1));
    else if (whole === '{' || whole === '}') return { ok: false, reason: 'a brace stands alone' };
    else parts.push(() => whole);
  }
  return { ok: true, format: (date) => parts.map((part) => part(date)).join('') };
}

/** @returns a folder that stays below the download directory: no absolute path, no way up. */
export function safeRelativeFolder(formatted: string): string {
  return formatted
    .replaceAll('\0', '_')
    .split(path.sep === '\\' ? /[/\\]/ : '/')
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
    .join('/');
}
