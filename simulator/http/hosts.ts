import type { Context } from 'hono';

/** Which paths each of Apple's hosts answers to. The simulator's own address answers to all of them. */
const ROOMS: readonly { readonly host: RegExp; readonly path: string }[] = [
  { host: /^idmsa\.apple\.com(\.cn)?$/, path: '/appleauth/' },
  { host: /^(p\d+-)?setup\.icloud\.com(\.cn)?$/, path: '/setup/' },
  { host: /^p\d+-ckdatabasews\.icloud\.com(\.cn)?$/, path: '/database/' },
  { host: /^cvws(-h2)?\.icloud-content\.com(\.cn)?$/, path: '/B/' },
];

/** The host the client meant, without its port; undefined when it talks to the simulator under its own name. */
export function forwardedHost(c: Context): string | undefined {
  const host = c.req.header('x-forwarded-host');
  return host === undefined || host === '' ? undefined : host.toLowerCase().replace(/:\d+$/, '');
}

/** @returns the number of the partition that the client meant; undefined when it named none */
export function forwardedPartition(c: Context): number | undefined {
  const [, number] = /^p(\d+)-/.exec(forwardedHost(c) ?? '') ?? [];
  return number === undefined ? undefined : Number(number);
}

/** Whether this host would know this path at all. */
export function hostKnowsPath(host: string, path: string): boolean {
  return ROOMS.some((room) => room.host.test(host) && `${path}/`.startsWith(room.path));
}

/**
 * An address to hand out to this client.
 *
 * @param appleHost as Apple names it, with its port if Apple gives one: `p61-ckdatabasews.icloud.com:443`
 * @param ownUrl the simulator's base URL, for a client that did not come through a forwarder
 * @returns a base URL without a trailing slash
 */
export function publicUrl(c: Context, appleHost: string, ownUrl: string): string {
  const host = forwardedHost(c);
  if (host === undefined) return ownUrl;
  const regional = host.endsWith('.cn') ? appleHost.replace(/\.(icloud|icloud-content)\.com/, '.$1.com.cn') : appleHost;
  return `${c.req.header('x-forwarded-proto') ?? 'https'}://${regional}`;
}

/** @returns the `Domain` attribute for this client's cookies, undefined when it came without a forwarded host. */
export function cookieDomain(c: Context, domain: 'icloud.com' | 'apple.com' | 'idmsa.apple.com'): string | undefined {
  const host = forwardedHost(c);
  if (host === undefined) return undefined;
  const regional = host.endsWith('.cn') ? `${domain}.cn` : domain;
  return domain === 'icloud.com' ? `.${regional}` : regional;
}
