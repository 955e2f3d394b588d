import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cookieDate, identityCookie, parseCookies, setupCookie } from './cookies.ts';

const MOMENT = Date.UTC(2024, 0, 16, 2, 7, 19);

describe('cookies', () => {
  test('dates come in the two spellings of the recordings', () => {
    expect(cookieDate(MOMENT, 'tight')).toBe('Tue,16-Jan-2024 02:07:19 GMT');
    expect(cookieDate(Date.UTC(2024, 0, 5, 5, 6, 31), 'spaced')).toBe('Fri, 05-Jan-2024 05:06:31 GMT');
  });

  test('the setup service quotes, and sets no space', () => {
    expect(setupCookie('X-APPLE-WEBAUTH-TOKEN', 'v=2:t=EQ==x~~', { domain: '.icloud.com', expires: 'E' })).toBe(
      'X-APPLE-WEBAUTH-TOKEN="v=2:t=EQ==x~~";Expires=E;Path=/;Domain=.icloud.com;Secure;HttpOnly',
    );
    expect(setupCookie('X-APPLE-UNIQUE-CLIENT-ID', 'Cw==', { scriptReadable: true })).toBe(
      'X-APPLE-UNIQUE-CLIENT-ID="Cw==";Path=/;Secure',
    );
  });

  test('the identity service does neither', () => {
    expect(identityCookie('dslang', 'US-EN', 'apple.com')).toBe(
      'dslang=US-EN; Domain=apple.com; Path=/; Secure; HttpOnly',
    );
    expect(identityCookie('aasp', 'x', undefined)).toBe('aasp=x; Path=/; Secure; HttpOnly');
  });

  test('a sent cookie keeps its quotes and its equals signs', () => {
    const cookies = parseCookies('a="v=1:t=Cw==";b=; c = d ; =e; f');
    expect([...cookies]).toEqual([
      ['a', '"v=1:t=Cw=="'],
      ['b', ''],
      ['c', 'd'],
    ]);
    expect(parseCookies(undefined).size).toBe(0);
  });

  test('what one side writes the other reads', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
    const value = fc.stringMatching(/^[A-Za-z0-9=~:_-]{0,40}$/);
    fc.assert(
      fc.property(fc.dictionary(name, value), (jar) => {
        const header = Object.entries(jar).map(([key, text]) => `${key}="${text}"`);
        const read = parseCookies(header.join('; '));
        expect(Object.fromEntries(read)).toEqual(
          Object.fromEntries(Object.entries(jar).map(([key, text]) => [key, `"${text}"`])),
        );
      }),
    );
  });
});
