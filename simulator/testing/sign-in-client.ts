/** For tests: the steps of a sign-in as raw requests. It echoes scnt and session id, and decides nothing. */
import { cookieHeader, type RawAnswer, type RawRequest, send } from './raw-client.ts';
import { proofsOf, publicValue } from './srp-client.ts';

export const WIDGET_KEY = 'd39ba9916b7251055b22c7f910e2ea796ee65e98b2ddecea8f5dde8d9d1a815d';
export const OAUTH = {
  'X-Apple-Widget-Key': WIDGET_KEY,
  'X-Apple-OAuth-Client-Id': WIDGET_KEY,
  'X-Apple-OAuth-Client-Type': 'firstPartyAuth',
  'X-Apple-OAuth-Redirect-URI': 'https://www.icloud.com',
  'X-Apple-OAuth-Require-Grant-Code': 'true',
  'X-Apple-OAuth-Response-Mode': 'web_message',
  'X-Apple-OAuth-Response-Type': 'code',
  'X-Apple-OAuth-State': 'auth-00000000-0000-4000-8000-000000000000',
};
const USER_AGENT = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36';

export interface PasswordAttempt {
  readonly appleId?: string;
  readonly password?: string;
  readonly trustTokens?: readonly unknown[];
  /** What to change about the body of `signin/complete`. */
  readonly change?: Readonly<Record<string, unknown>>;
  /** What to send in place of the newest scnt; undefined for none at all. */
  readonly scnt?: { readonly value: string | undefined };
}

export class SignInClient {
  readonly #url: string;
  readonly #secret: bigint;
  readonly #clientId: string;
  identityHost = 'idmsa.apple.com';
  scnt: string | undefined;
  sessionId: string | undefined;
  sessionToken = '';
  trustToken = '';
  cookies = '';

  constructor(url: string, secret = 0x1234_5678_9abc_def0n ** 4n, clientId = OAUTH['X-Apple-OAuth-State']) {
    this.#url = url;
    this.#clientId = clientId;
    this.#secret = secret;
  }

  /** A call to the identity service, with the session so far. */
  async auth(call: Omit<RawRequest, 'host'>): Promise<RawAnswer> {
    const headers = {
      ...OAUTH,
      'X-Apple-OAuth-State': this.#clientId,
      scnt: this.scnt,
      'X-Apple-ID-Session-Id': this.sessionId,
      ...call.headers,
    };
    const answer = await send(this.#url, {
      ...call,
      host: this.identityHost,
      path: `/appleauth/auth${call.path}`,
      headers,
    });
    this.scnt = answer.header('scnt') ?? this.scnt;
    this.sessionId = answer.header('x-apple-id-session-id') ?? this.sessionId;
    this.sessionToken = answer.header('x-apple-session-token') ?? this.sessionToken;
    this.trustToken = answer.header('x-apple-twosv-trust-token') ?? this.trustToken;
    return answer;
  }

  init(accountName = 'jane@example.com', a = publicValue(this.#secret).toString('base64')): Promise<RawAnswer> {
    const body = { a, accountName, protocols: ['s2k', 's2k_fo'] };
    return this.auth({ method: 'POST', path: '/signin/init', body });
  }

  /** `signin/init` and `signin/complete`. @returns the answer to the second */
  async password(attempt: PasswordAttempt = {}): Promise<RawAnswer> {
    const { appleId = 'jane@example.com', password = 'correct horse', trustTokens = [] } = attempt;
    const { json } = await this.init(appleId);
    const { m1, m2 } = proofsOf(this.#secret, {
      accountName: appleId.toLowerCase(),
      password,
      protocol: json.protocol === 's2k' ? 's2k' : 's2k_fo',
      salt: Buffer.from(String(json.salt), 'base64'),
      iteration: Number(json.iteration),
      b: Buffer.from(String(json.b), 'base64'),
    });
    const body = {
      accountName: appleId,
      c: json.c,
      m1: m1.toString('base64'),
      m2: m2.toString('base64'),
      rememberMe: true,
      trustTokens,
      ...attempt.change,
    };
    const headers = attempt.scnt ? { scnt: attempt.scnt.value } : {};
    return this.auth({ method: 'POST', path: '/signin/complete?isRememberMeEnabled=true', body, headers });
  }

  push(): Promise<RawAnswer> {
    return this.auth({ method: 'PUT', path: '/verify/trusteddevice/securitycode' });
  }

  phone(id: number, mode: string): Promise<RawAnswer> {
    return this.auth({ method: 'PUT', path: '/verify/phone', body: { phoneNumber: { id }, mode } });
  }

  deviceCode(code: string): Promise<RawAnswer> {
    return this.auth({
      method: 'POST',
      path: '/verify/trusteddevice/securitycode',
      body: { securityCode: { code } },
    });
  }

  phoneCode(code: string, id: number, mode: string): Promise<RawAnswer> {
    return this.auth({
      method: 'POST',
      path: '/verify/phone/securitycode',
      body: { phoneNumber: { id }, securityCode: { code }, mode },
    });
  }

  trust(): Promise<RawAnswer> {
    return this.auth({ path: '/2sv/trust' });
  }

  /** A call to the setup service, with the cookies so far. */
  async setup(path: string, body: string | object, headers: RawRequest['headers'] = {}): Promise<RawAnswer> {
    return send(this.#url, {
      method: 'POST',
      host: 'setup.icloud.com',
      path: `/setup/ws/1/${path}`,
      headers: { 'user-agent': USER_AGENT, ...(this.cookies === '' ? {} : { cookie: this.cookies }), ...headers },
      body,
    });
  }

  async accountLogin(body: Readonly<Record<string, unknown>> = {}): Promise<RawAnswer> {
    const answer = await this.setup('accountLogin', {
      accountCountryCode: 'USA',
      dsWebAuthToken: this.sessionToken,
      extended_login: true,
      trustToken: this.trustToken,
      ...body,
    });
    this.cookies = cookieHeader(answer);
    return answer;
  }

  /** From nothing to a trusted web session. @param lastCode what the trusted device shows */
  async signIn(lastCode: () => { readonly code: string } | undefined): Promise<RawAnswer> {
    await this.password();
    await this.push();
    await this.deviceCode(lastCode()?.code ?? '');
    await this.trust();
    return this.accountLogin();
  }
}
