/** Cookies as Apple writes them: quotes inside the value, dates with dashes, no space where others put one. */

/** @returns the cookies of a `Cookie` header; values keep Apple's quotes. */
export function parseCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const part of (header ?? '').split(';')) {
    const pair = part.trim();
    const at = pair.indexOf('=');
    if (at > 0) cookies.set(pair.slice(0, at).trimEnd(), pair.slice(at + 1).trimStart());
  }
  return cookies;
}

/**
 * The two spellings of a date that the recordings show: `Fri, 12-Jan-2024 05:06:31 GMT` and, on the cookies of a
 * trusted session, `Tue,16-Jan-2024 02:07:19 GMT`.
 */
export function cookieDate(milliseconds: number, style: 'spaced' | 'tight'): string {
  const [weekday, day, month, year, time] = new Date(milliseconds).toUTCString().split(/,? /);
  return `${weekday},${style === 'spaced' ? ' ' : ''}${day}-${month}-${year} ${time} GMT`;
}

export interface CookieAttributes {
  /** Left out for a client that came without a forwarded host: its jar would refuse Apple's domain. */
  readonly domain?: string | undefined;
  readonly expires?: string;
  readonly scriptReadable?: boolean;
}

/** A `Set-Cookie` value of the setup service: quoted value, semicolons without spaces (recorded). */
export function setupCookie(name: string, value: string, attributes: CookieAttributes): string {
  return [`${name}="${value}"`, ...attributeList(attributes)].join(';');
}

/** A `Set-Cookie` value of the identity service: bare value, `Domain` before `Path`, spaces (recorded). */
export function identityCookie(name: string, value: string, domain: string | undefined): string {
  return [`${name}=${value}`, ...(domain ? [`Domain=${domain}`] : []), 'Path=/', 'Secure', 'HttpOnly'].join('; ');
}

function attributeList({ domain, expires, scriptReadable }: CookieAttributes): string[] {
  return [
    ...(expires === undefined ? [] : [`Expires=${expires}`]),
    'Path=/',
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    'Secure',
    ...(scriptReadable ? [] : ['HttpOnly']),
  ];
}
