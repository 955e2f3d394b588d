import { type Notice, wordsOf } from '../notice.ts';
import { type Address, type Parsed, refuse } from './address.ts';
import { type PostRequest, shorten } from './post-request.ts';

/** A user of Pushover. https://pushover.net/api */
export interface PushoverTarget {
  readonly kind: 'pushover';
  /** The key of the user or group. */
  readonly user: string;
  /** The token of the application. */
  readonly token: string;
}

/** https://pushover.net/api#limits */
const LONGEST_TITLE = 250;
const LONGEST = 1024;

/** `pover://USER_KEY@APP_TOKEN` */
export function parsePushover({ user = '', password, host, path }: Address): Parsed<PushoverTarget> {
  const key = /^[a-z0-9]{30}$/i;
  if (!key.test(user) || !key.test(host) || password !== undefined || path.length > 0)
    return refuse('A URL of Pushover is pover://USER_KEY@APP_TOKEN; both keys have 30 letters and digits.');
  return { ok: true, target: { kind: 'pushover', user, token: host } };
}

export function pushoverSecrets({ user, token }: PushoverTarget): readonly string[] {
  return [user, token];
}

export function pushoverRequest({ user, token }: PushoverTarget, notice: Notice): PostRequest {
  const { title, text } = wordsOf(notice);
  const form = { token, user, title: shorten(title, LONGEST_TITLE), message: shorten(text, LONGEST) };
  return {
    url: new URL('https://api.pushover.net/1/messages.json'),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  };
}
