/** One POST to a service. */
export interface PostRequest {
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @returns a POST of JSON */
export function postJson(url: URL, body: unknown, headers: Readonly<Record<string, string>> = {}): PostRequest {
  return { url, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** @returns the header of HTTP's own login */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/**
 * Cuts what a service would refuse for its length.
 *
 * @param most in `unit`; characters are counted as UTF-16 does, which is never less than a service counts
 */
export function shorten(text: string, most: number, unit: 'characters' | 'bytes' = 'characters'): string {
  const sizeOf = (part: string): number => (unit === 'bytes' ? Buffer.byteLength(part) : part.length);
  if (sizeOf(text) <= most) return text;
  let [kept, room] = ['', most - sizeOf('…')];
  for (const character of text) {
    room -= sizeOf(character);
    if (room < 0) break;
    kept += character;
  }
  return `${kept}…`;
}
