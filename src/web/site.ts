import { isIP } from 'node:net';
import { WebStartError } from './web-start-error.ts';

/** Where the page listens, and under which names it may be asked for. */
export interface Site {
  /** The listening address. */
  readonly host: string;
  /** The address people use, when it is another one: behind a proxy, or a name in the home network. */
  readonly url: URL | undefined;
  /** Further names. */
  readonly allowedHosts: readonly string[];
  /** A reverse proxy stands in front: its `X-Forwarded-Host` and `X-Forwarded-Proto` are believed. */
  readonly trustProxy: boolean;
  readonly hasPassword: boolean;
}

/** Headers that tell where a request was meant to go. */
export interface Destination {
  readonly host: string | undefined;
  readonly forwardedHost: string | undefined;
  readonly forwardedProto: string | undefined;
}

/** Where a request of this page's own must say that it comes from. */
export interface Arrival {
  /** Such as `https://photos.example.com`. */
  readonly origin: string;
  readonly secure: boolean;
}

/** @returns whether only this machine can reach the address */
function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/**
 * Refuses what would lay the page open.
 *
 * @throws WebStartError when others could reach it and no password is set
 */
export function checkSite(site: Site): void {
  if (site.hasPassword) return;
  const cure =
    'Set one with --web-password-file or ICLOUDPD_WEB_PASSWORD, or leave --web-host at 127.0.0.1 and use the page on this machine, or through an SSH tunnel.';
  if (!isLoopback(site.host)) {
    throw new WebStartError(
      `The web page would be open to everybody who can reach ${site.host}: it has no password. ${cure}`,
    );
  }
  const names = [...(site.url ? [site.url.hostname] : []), ...site.allowedHosts];
  const open = names.find((name) => !isLoopback(name));
  if (open !== undefined) {
    throw new WebStartError(
      `The web page would be open to everybody who can reach ${open}: it has no password. ${cure}`,
    );
  }
  if (site.trustProxy) {
    throw new WebStartError(`A web page behind a reverse proxy needs a password: others reach it there. ${cure}`);
  }
}

function parseHost(host: string): URL | undefined {
  const text = `http://${host}`;
  if (!/^[^/?#@\\\s]+$/.test(host) || !URL.canParse(text)) return undefined;
  return new URL(text);
}

function isAllowed(hostname: string, site: Site): boolean {
  const name = hostname.toLowerCase();
  if (isLoopback(name)) return true;
  const names = [site.host, ...(site.url ? [site.url.hostname] : []), ...site.allowedHosts];
  if (names.some((allowed) => allowed.toLowerCase() === name)) return true;
  // a foreign page can lead a name of its own here (DNS rebinding), but not a bare address
  return !isLoopback(site.host) && isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

/**
 * Reads where a request was meant to go.
 *
 * @returns undefined when that is not this page, by any of its names
 */
export function arrivalOf(destination: Destination, site: Site): Arrival | undefined {
  const forwarded = site.trustProxy ? destination.forwardedHost?.split(',')[0]?.trim() : undefined;
  const asked = parseHost(forwarded ?? destination.host ?? '');
  if (!asked || !isAllowed(asked.hostname, site)) return undefined;
  const { url } = site;
  const proto = site.trustProxy ? destination.forwardedProto?.split(',')[0]?.trim() : undefined;
  const isUrl = url !== undefined && url.hostname === asked.hostname;
  const secure = proto === undefined ? isUrl && url.protocol === 'https:' : proto === 'https';
  // parsed again under its own scheme, so that :443 and :80 fall away as they do in a browser's Origin
  return {
    origin: new URL(`${secure ? 'https' : 'http'}://${(forwarded ?? destination.host ?? '').trim()}`).origin,
    secure,
  };
}

/** @returns whether a request with this `Origin` header comes from a page of ours */
export function isOwnOrigin(origin: string | undefined, arrival: Arrival, site: Site): boolean {
  return origin !== undefined && (origin === arrival.origin || origin === site.url?.origin);
}
