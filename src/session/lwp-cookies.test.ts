import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { CookieJar } from 'tough-cookie';
import { describe, expect, test } from 'vitest';
import { readLwpCookies, writeLwpCookies } from './lwp-cookies.ts';

const RECORDED = new URL('../../../shared/recordings/session/jdoegmailcom', import.meta.url);

/** What Python's http.cookiejar writes: a domain cookie, one that ends with the session, a bare value, a host's own. */
const PYTHON = `#LWP-Cookies-2.0
Set-Cookie3: X-APPLE-WEBAUTH-HSA-TRUST="\\"abc+/=~\\""; path="/"; domain=".icloud.com"; path_spec; domain_dot; secure; expires="2035-01-16 02:07:19Z"; HttpOnly=None; version=0
Set-Cookie3: X-APPLE-UNIQUE-CLIENT-ID="\\"Cw==\\""; path="/"; domain=".icloud.com"; path_spec; domain_dot; secure; discard; version=0
Set-Cookie3: aasp=ABCD; path="/"; domain=".idmsa.apple.com"; path_spec; secure; discard; HttpOnly=None; version=0
Set-Cookie3: hostonly=1; path="/appleauth"; domain="idmsa.apple.com"; path_spec; secure; discard; version=0
`;

function newJar(): CookieJar {
  return new CookieJar(undefined, { looseMode: true, rejectPublicSuffixes: false });
}

describe('cookie files of icloudpd', () => {
  test("Apple's own quotes are part of the value and are sent back", async () => {
    const jar = newJar();
    expect(readLwpCookies(PYTHON, jar)).toBe(true);
    expect(await jar.getCookieString('https://p61-ckdatabasews.icloud.com/database')).toBe(
      'X-APPLE-WEBAUTH-HSA-TRUST="abc+/=~"; X-APPLE-UNIQUE-CLIENT-ID="Cw=="',
    );
  });

  test("a host's own cookie goes to that host and path only", async () => {
    const jar = newJar();
    readLwpCookies(PYTHON, jar);
    expect(await jar.getCookieString('https://idmsa.apple.com/appleauth/auth')).toBe('hostonly=1; aasp=ABCD');
    expect(await jar.getCookieString('https://x.idmsa.apple.com/appleauth/auth')).toBe('aasp=ABCD');
    expect(await jar.getCookieString('https://idmsa.apple.com/')).toBe('aasp=ABCD');
  });

  test('expired cookies are read and not sent', async () => {
    const jar = newJar();
    readLwpCookies(PYTHON.replace('2035-01-16', '2001-01-16'), jar);
    expect(await jar.getCookieString('https://setup.icloud.com/')).toBe('X-APPLE-UNIQUE-CLIENT-ID="Cw=="');
  });

  test('what was read is written so that reading it again gives the same', async () => {
    const [first, second] = [newJar(), newJar()];
    readLwpCookies(PYTHON, first);
    const written = await writeLwpCookies(first);
    expect(written).toContain(
      'X-APPLE-UNIQUE-CLIENT-ID="\\"Cw==\\""; path="/"; domain=".icloud.com"; path_spec; domain_dot; secure; discard; version=0',
    );
    expect(written).toContain('expires="2035-01-16 02:07:19Z"; HttpOnly=None; version=0');
    readLwpCookies(written, second);
    expect(await writeLwpCookies(second)).toBe(written);
  });

  test("Apple's odd dates are understood", async () => {
    const jar = newJar();
    const line =
      'X-APPLE-WEBAUTH-TOKEN="v=2:t=EQ==~~";Expires=Tue,16-Jan-2035 02:07:19 GMT;Path=/;Domain=.icloud.com;Secure;HttpOnly';
    await jar.setCookie(line, 'https://setup.icloud.com/setup/ws/1/validate', { loose: true });
    expect(await writeLwpCookies(jar)).toContain(
      'X-APPLE-WEBAUTH-TOKEN="\\"v=2:t=EQ==~~\\""; path="/"; domain=".icloud.com"; path_spec; domain_dot; secure; expires="2035-01-16 02:07:19Z"; HttpOnly=None; version=0',
    );
  });

  test('any other file is not one', () => {
    expect(readLwpCookies('\u0080\u0003}q\u0000.', newJar())).toBe(false);
    expect(readLwpCookies('', newJar())).toBe(false);
  });

  test('any value survives being written and read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[\x20-\x7e]*$/), async (value) => {
        const jar = newJar();
        const quoted = value.replaceAll(/["\\]/g, '\\$&');
        readLwpCookies(
          `#LWP-Cookies-2.0\nSet-Cookie3: name="${quoted}"; path="/"; domain=".icloud.com"; version=0\n`,
          jar,
        );
        const again = newJar();
        readLwpCookies(await writeLwpCookies(jar), again);
        const [cookie] = await again.getCookies('http://www.icloud.com/');
        expect(cookie?.value).toBe(value);
      }),
    );
  });

  test('broken lines never throw, and never hide the good ones', () => {
    fc.assert(
      fc.property(fc.string(), (noise) => {
        const jar = newJar();
        expect(readLwpCookies(`${PYTHON}Set-Cookie3: ${noise}\n`, jar)).toBe(true);
        expect(jar.getCookieStringSync('https://idmsa.apple.com/')).toContain('aasp=ABCD');
      }),
    );
  });

  test.skipIf(!existsSync(RECORDED))(
    'a session icloudpd stored (waits for shared/recordings where it is missing)',
    async () => {
      const text = readFileSync(RECORDED, 'utf8');
      const jar = newJar();
      readLwpCookies(text, jar);
      const lines = (content: string) => content.trim().split('\n').sort();
      expect(lines(await writeLwpCookies(jar))).toEqual(lines(text));
    },
  );
});
