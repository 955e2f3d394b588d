import { AppleError } from '../errors.ts';

/** Which of Apple's host families an address out of an answer must belong to. */
export type HostFamily = 'service' | 'content';

const FAMILIES: Readonly<Record<HostFamily, readonly string[]>> = {
  service: ['.icloud.com', '.icloud.com.cn'],
  content: ['.icloud-content.com', '.icloud-content.com.cn', '.cdn-apple.com', '.icloud.com', '.icloud.com.cn'],
};

/**
 * Addresses that come out of answers are not believed: session cookies and downloads go to Apple's hosts only.
 *
 * @param allowedOrigin the origin of `ICLOUDPD_ENDPOINT`, when set
 * @throws AppleError `bad-address`
 */
export function appleUrl(text: string, family: HostFamily, allowedOrigin?: string): URL {
  if (!URL.canParse(text)) throw new AppleError('bad-address', { reason: 'not an address' });
  const url = new URL(text);
  if (allowedOrigin !== undefined && url.origin === allowedOrigin) return url;
  const known = FAMILIES[family].some((suffix) => url.hostname.endsWith(suffix));
  if (url.protocol !== 'https:' || !known || url.username !== '' || (url.port !== '' && url.port !== '443')) {
    throw new AppleError('bad-address', { reason: `${url.protocol}//${url.host}` });
  }
  return url;
}
