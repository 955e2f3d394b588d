import { Cookie, type CookieJar } from 'tough-cookie';

/**
 * The cookie file of icloudpd: the "LWP" format of Python's `http.cookiejar`, read and written so that either program
 * can go on where the other stopped (docs/protocol/session-files.md).
 */
const MAGIC = '#LWP-Cookies-2.0';
const PREFIX = 'Set-Cookie3:';

interface Attribute {
  readonly name: string;
  /** Undefined for a flag that stands alone. */
  readonly value: string | undefined;
}

/** One `name=value` or `name="quoted \" value"` or `flag`, and the `;` after it. */
const ATTRIBUTE = /\s*([^=;\s]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*)))?\s*(?:;|$)/y;

function parseLine(line: string): Attribute[] | undefined {
  const attributes: Attribute[] = [];
  ATTRIBUTE.lastIndex = 0;
  const text = line.trimEnd();
  while (ATTRIBUTE.lastIndex < text.length) {
    const match = ATTRIBUTE.exec(text);
    if (!match) return undefined;
    const [, name = '', quoted, bare] = match;
    attributes.push({ name, value: quoted === undefined ? bare : quoted.replaceAll(/\\(.)/g, '$1') });
  }
  return attributes;
}

function cookieOf(attributes: readonly Attribute[]): Cookie | undefined {
  const [first, ...rest] = attributes;
  if (!first) return undefined;
  const textOf = (name: string) => rest.find((attribute) => attribute.name.toLowerCase() === name)?.value;
  const has = (name: string) => rest.some((attribute) => attribute.name.toLowerCase() === name);
  const domain = textOf('domain');
  if (!domain) return undefined;
  const expires = textOf('expires');
  const date = expires === undefined ? undefined : new Date(expires.replace(' ', 'T'));
  return new Cookie({
    key: first.name,
    value: first.value ?? '',
    domain: domain.replace(/^\./, ''),
    hostOnly: !domain.startsWith('.'),
    path: textOf('path') ?? '/',
    secure: has('secure'),
    httpOnly: has('httponly'),
    expires: date === undefined || Number.isNaN(date.getTime()) ? 'Infinity' : date,
  });
}

/**
 * Puts the cookies of a file into a jar. Lines that cannot be read are left out.
 *
 * @returns false when the text is not a cookie file of this format
 */
export function readLwpCookies(text: string, jar: CookieJar): boolean {
  const lines = text.split(/\r?\n/);
  if (!lines[0]?.startsWith(MAGIC)) return false;
  for (const line of lines.slice(1)) {
    if (!line.startsWith(PREFIX)) continue;
    const cookie = cookieOf(parseLine(line.slice(PREFIX.length)) ?? []);
    // straight into the store: the jar would refuse what it did not see set
    if (cookie) void jar.store.putCookie(cookie);
  }
  return true;
}

function quote(value: string): string {
  return /^\w+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

function expiryText(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

function lineOf(cookie: Cookie): string {
  const domain = `${cookie.hostOnly ? '' : '.'}${cookie.domain ?? ''}`;
  const session = !(cookie.expires instanceof Date);
  const parts = [
    `${cookie.key}=${quote(cookie.value)}`,
    `path="${cookie.path ?? '/'}"`,
    `domain="${domain}"`,
    'path_spec',
  ];
  if (!cookie.hostOnly) parts.push('domain_dot');
  if (cookie.secure) parts.push('secure');
  if (cookie.expires instanceof Date) parts.push(`expires="${expiryText(cookie.expires)}"`);
  if (session) parts.push('discard');
  if (cookie.httpOnly) parts.push('HttpOnly=None');
  return `${PREFIX} ${parts.join('; ')}; version=0`;
}

/** @returns the whole jar as a cookie file. */
export async function writeLwpCookies(jar: CookieJar): Promise<string> {
  const cookies = await new Promise<Cookie[]>((resolve, reject) => {
    jar.store.getAllCookies((error, all) => (error ? reject(error) : resolve(all ?? [])));
  });
  return `${[MAGIC, ...cookies.map(lineOf)].join('\n')}\n`;
}
