import { type Notice, wordsOf } from '../notice.ts';
import { type Address, type Parsed, refuse, serverUrl } from './address.ts';
import { type PostRequest, postJson } from './post-request.ts';

/** An application of a Gotify server. https://gotify.net/docs/pushmsg */
export interface GotifyTarget {
  readonly kind: 'gotify';
  /** With a slash at its end. */
  readonly server: URL;
  readonly token: string;
}

/** Gotify's apps make a sound from 4 on, and stay silent below. */
const PRIORITY = 5;

/** `gotify://host[/path]/TOKEN`, `gotifys://` alike, and `gotify+http://` for a server without TLS. */
export function parseGotify({ scheme, user, host, path }: Address): Parsed<GotifyTarget> {
  const server = serverUrl(scheme === 'gotify+http' ? 'http' : 'https', host);
  const token = path.at(-1) ?? '';
  if (!server || !/^[\w.-]{8,}$/.test(token) || user !== undefined)
    return refuse('A URL of Gotify is gotify://host/TOKEN, or gotify+http://host/TOKEN for a server without TLS.');
  for (const part of path.slice(0, -1)) server.pathname += `${encodeURIComponent(part)}/`;
  return { ok: true, target: { kind: 'gotify', server, token } };
}

export function gotifySecrets({ token }: GotifyTarget): readonly string[] {
  return [token];
}

export function gotifyRequest({ server, token }: GotifyTarget, notice: Notice): PostRequest {
  const { title, text } = wordsOf(notice);
  return postJson(new URL('message', server), { title, message: text, priority: PRIORITY }, { 'x-gotify-key': token });
}
