import { execFileSync } from 'node:child_process';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFolderStructure, safeRelativeFolder } from './folder-structure.ts';
import { strftime } from './strftime.ts';

const date = new Date(2018, 6, 31, 9, 5, 7, 123);
const folder = (text: string, at = date): string | undefined => {
  const parsed = parseFolderStructure(text);
  return parsed.ok ? parsed.format(at) : undefined;
};
const year = (value: number): Date => {
  const at = new Date(2000, 0, 1);
  at.setFullYear(value);
  return at;
};

describe('folder structures', () => {
  test.each([
    ['{:%Y/%m/%d}', '2018/07/31'],
    ['{0:%Y}/{0:%m}', '2018/07'],
    ['{0:%Y}/{0:%m}/{0:%H}h', '2018/07/09h'],
    ['Photos {:%Y}', 'Photos 2018'],
    ['abc', 'abc'],
    ['{0.year}/{0.month}', '2018/7'],
    ['{{{:%Y}}}', '{2018}'],
    ['none', ''],
    ['None', ''],
    ['{:%B}', 'July'],
  ])('%s', (text, expected) => {
    expect(folder(text)).toBe(expected);
  });

  test.each([
    '{%Y}',
    '{:%Y}/{:%m}',
    '{%Y}{%Y}',
    '{1:%Y}',
    '{',
    '}',
    '{:%Y',
    '{0:%Y}/{:%m}',
    '{0.nothing}',
    '{name}',
    '{:{0}}',
    '{0!r}',
  ])('%s is refused', (text) => {
    expect(parseFolderStructure(text).ok).toBe(false);
  });

  test('odd years', () => {
    expect([folder('{:%Y/%m/%d}', year(5)), folder('{:%Y/%m/%d}', year(1965))]).toEqual(['5/01/01', '1965/01/01']);
  });

  test('any text is understood or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', '%', ':', '0', 'Y', '/', '.', '!', 'x') }), (text) => {
        expect(['string', 'undefined']).toContain(typeof folder(text));
      }),
    );
  });

  test('no folder leaves the download directory', () => {
    expect(safeRelativeFolder('2018/07/31')).toBe('2018/07/31');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('.', '/', 'a', ' ', '\0', '\\') }), (text) => {
        const inside = path.posix.join('/photos', safeRelativeFolder(text));
        expect(inside === '/photos' || inside.startsWith('/photos/')).toBe(true);
        expect(inside).not.toContain('\0');
      }),
    );
  });
});

describe('strftime', () => {
  const directives = 'aAbhBCdDeFgGHIjklmMpPrRsSTuUVwWyYzcxX'.split('');

  test('glibc says the same, for many dates', () => {
    const dates = [0, 86_400 * 3, 1_533_021_744, 1_483_228_799, 1_230_768_000, -1, -86_400 * 365 * 30, 4_102_444_800];
    const format = [...directives, ...'CdeHIjklmMSUVWy'.split('').map((letter) => `-${letter}`)]
      .map((text) => `%${text}`)
      .join('|');
    for (const seconds of dates) {
      const expected = execFileSync('date', ['-d', `@${seconds}`, `+${format}`], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C', TZ: Intl.DateTimeFormat().resolvedOptions().timeZone },
      });
      expect(strftime(format, new Date(seconds * 1000))).toBe(expected.replace(/\n$/, ''));
    }
  });

  test.each([
    ['%f', '123000'],
    ['%%Y', '%Y'],
    ['%_m', ' 7'],
    ['%^b', 'JUL'],
    ['%Q', '%Q'],
    ['%', '%'],
    ['100%', '100%'],
  ])('%s', (format, expected) => {
    expect(strftime(format, date)).toBe(expected);
  });

  test('no date and no format throws', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), fc.string(), (at, noise) => {
        expect(typeof strftime(`%c %V %U ${noise}`, at)).toBe('string');
      }),
    );
  });
});
