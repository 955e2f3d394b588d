/** A notification URL in its parts. What they mean differs from service to service, so nothing is interpreted here. */
export interface Address {
  /** Lower case, without the colon. */
  readonly scheme: string;
  /** Before the `@`, decoded; undefined where there is none. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Between `//` (or `@`) and the path, as typed: a host with its port, or a service's own key. */
  readonly host: string;
  /** The path, decoded, without empty parts. */
  readonly path: readonly string[];
}

/** What became of reading a URL. A reason never repeats anything of the URL but its scheme: the rest may be secret. */
export type Parsed<Target> =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly reason: string };

export function refuse(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

const PARTS = /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?:(?<userinfo>[^/?#]*)@)?(?<host>[^/?#@]*)(?<path>[^?#]*)$/i;

/**
 * Takes a URL apart by hand: the keys of Telegram, Slack and Pushover stand where a URL has its host, and `new URL`
 * would refuse or change them.
 *
 * @returns undefined when it is no URL of this kind, or has a query or a fragment
 */
export function splitAddress(text: string): Address | undefined {
  const { scheme, userinfo, host, path } = PARTS.exec(text)?.groups ?? {};
  if (scheme === undefined || host === undefined || path === undefined) return undefined;
  const colon = userinfo?.indexOf(':') ?? -1;
  try {
    return {
      scheme: scheme.toLowerCase(),
      user: userinfo === undefined ? undefined : decodeURIComponent(colon < 0 ? userinfo : userinfo.slice(0, colon)),
      password: userinfo === undefined || colon < 0 ? undefined : decodeURIComponent(userinfo.slice(colon + 1)),
      host,
      path: path
        .split('/')
        .filter((part) => part !== '')
        .map(decodeURIComponent),
    };
  } catch {
    // a percent sign that encodes nothing
    return undefined;
  }
}

/** @returns the address of a server; undefined when `host` names none */
export function serverUrl(scheme: 'http' | 'https', host: string): URL | undefined {
  const url = host === '' ? undefined : URL.parse(`${scheme}://${host}/`);
  // a backslash would begin a path
  return url?.pathname === '/' ? url : undefined;
}
