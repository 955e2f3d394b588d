import { type Notice, wordsOf } from '../notice.ts';
import { type Address, type Parsed, refuse, serverUrl } from './address.ts';
import { basicAuthorization, type PostRequest, postJson, shorten } from './post-request.ts';

/** A topic of ntfy. https://docs.ntfy.sh/publish/ */
export interface NtfyTarget {
  readonly kind: 'ntfy';
  readonly server: URL;
  readonly topic: string;
  readonly login: NtfyLogin;
}

type NtfyLogin =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'password'; readonly user: string; readonly password: string };

/** ntfy makes an attachment of a longer one. https://docs.ntfy.sh/publish/#limitations */
const LONGEST_BYTES = 4096;

/** `ntfy://topic` (ntfy.sh), `ntfy://[user:password@]host/topic`, `ntfy://token@host/topic`; `ntfys://` for HTTPS. */
export function parseNtfy(address: Address): Parsed<NtfyTarget> {
  const { scheme, host, path } = address;
  const [first, ...more] = path;
  const topic = first ?? host;
  const onOwnServer = first !== undefined;
  // ntfy.sh itself is never spoken to in clear text
  const secure = scheme === 'ntfys' || !onOwnServer || host.toLowerCase() === 'ntfy.sh';
  const server = serverUrl(secure ? 'https' : 'http', onOwnServer ? host : 'ntfy.sh');
  const login = loginOf(address);
  if (!server || !login || more.length > 0 || !/^[\w-]{1,64}$/.test(topic))
    return refuse(
      'A URL of ntfy is ntfy://topic, ntfys://host/topic, ntfys://user:password@host/topic or ntfys://token@host/topic; ntfy:// speaks HTTP to a host, ntfys:// HTTPS.',
    );
  return { ok: true, target: { kind: 'ntfy', server, topic, login } };
}

function loginOf({ user, password }: Address): NtfyLogin | undefined {
  if (user === undefined) return { kind: 'none' };
  if (password !== undefined)
    return user === '' ? { kind: 'token', token: password } : { kind: 'password', user, password };
  return user.startsWith('tk_') ? { kind: 'token', token: user } : undefined;
}

export function ntfySecrets({ login }: NtfyTarget): readonly string[] {
  switch (login.kind) {
    case 'none':
      return [];
    case 'token':
      return [login.token];
    case 'password':
      return [login.password];
  }
}

/** As JSON, because a header cannot hold every letter. https://docs.ntfy.sh/publish/#publish-as-json */
export function ntfyRequest({ server, topic, login }: NtfyTarget, notice: Notice): PostRequest {
  const { title, text } = wordsOf(notice);
  return postJson(server, { topic, title, message: shorten(text, LONGEST_BYTES, 'bytes') }, authorization(login));
}

function authorization(login: NtfyLogin): Readonly<Record<string, string>> {
  switch (login.kind) {
    case 'none':
      return {};
    case 'token':
      return { authorization: `Bearer ${login.token}` };
    case 'password':
      return { authorization: basicAuthorization(login.user, login.password) };
  }
}
