import { type Notice, oneLine, wordsOf } from '../notice.ts';
import { type Parsed, refuse } from './address.ts';
import { basicAuthorization, type PostRequest, postJson } from './post-request.ts';

/** Any server that takes JSON. */
export interface WebhookTarget {
  readonly kind: 'webhook';
  /** Without a login. */
  readonly url: URL;
  readonly login: { readonly user: string; readonly password: string } | undefined;
}

/** A shorter part of an address is a word, not a key: taking it out of the log would take out ordinary words. */
const SHORTEST_KEY = 16;

/** `https://[user:password@]host/path?query`, and `http://` alike. */
export function parseWebhook(text: string): Parsed<WebhookTarget> {
  const url = URL.parse(text);
  // what looks like a fragment is more likely the rest of a password, and its beginning would be taken for the host
  if (!url || text.includes('#'))
    return refuse('This is no web address. A webhook is https://host/path, with %23 for # and %20 for a space.');
  const { username, password } = url;
  url.username = '';
  url.password = '';
  try {
    const login = { user: decodeURIComponent(username), password: decodeURIComponent(password) };
    return { ok: true, target: { kind: 'webhook', url, login: username + password === '' ? undefined : login } };
  } catch {
    return refuse('The user or password of this web address cannot be read: write % as %25.');
  }
}

/** Many webhooks are as secret as their address: its long parts count as keys. */
export function webhookSecrets({ url, login }: WebhookTarget): readonly string[] {
  const parts = [...url.pathname.split('/'), ...url.searchParams.values()];
  return [...(login ? [login.password] : []), ...parts.filter((part) => part.length >= SHORTEST_KEY)];
}

/** @param now milliseconds since the epoch */
export function webhookRequest({ url, login }: WebhookTarget, notice: Notice, now: number): PostRequest {
  const { title, text } = wordsOf(notice);
  return postJson(
    url,
    { event: notice.kind, username: oneLine(notice.username), title, text, time: new Date(now).toISOString() },
    login ? { authorization: basicAuthorization(login.user, login.password) } : {},
  );
}
