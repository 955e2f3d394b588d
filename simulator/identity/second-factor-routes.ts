import { type Context, Hono } from 'hono';
import { isObject, type JsonObject } from '../http/json.ts';
import { randomToken } from '../http/random.ts';
import type { Clock } from '../seams.ts';
import type { TrustedPhone } from './account.ts';
import { answer, CONTENT_LANGUAGE, malformed, unauthorized, verificationError } from './answers.ts';
import { htmlChallenge, jsonChallenge, phoneEntry, phoneVerification, securityCodeFlags } from './challenge.ts';
import type { CodeChannel, SentCode } from './codes.ts';
import type { IdentityDeps } from './password-routes.ts';
import { headerFault, jsonBody, signInOf } from './request-checks.ts';
import type { SignIn } from './sign-in-sessions.ts';

export interface SecondFactorDeps extends IdentityDeps {
  readonly clock: Clock;
}

type Handler = (c: Context, signIn: SignIn) => Response | Promise<Response>;

/** The second half of the identity service: the challenge, codes, and trust. */
export function secondFactorRoutes(deps: SecondFactorDeps): Hono {
  const app = new Hono();
  /** Wraps a call that only the next request of a sign-in may make. */
  const within =
    (handler: Handler) =>
    (c: Context): Response | Promise<Response> => {
      const fault = headerFault(c, 'verify');
      if (fault) return malformed(c, fault);
      const { signIn, current } = signInOf(c, deps);
      return signIn && current ? handler(c, signIn) : unauthorized(c, signIn);
    };
  app.get(
    '/',
    within((c, signIn) => challenge(c, deps, signIn)),
  );
  app.put(
    '/verify/trusteddevice/securitycode',
    within((c, signIn) => pushCode(c, deps, signIn)),
  );
  // the resend call of earlier years is gone (peers)
  app.on(['GET', 'PUT'], '/verify/trusteddevice', (c) => answer(c, { status: 405 }));
  app.put(
    '/verify/phone',
    within((c, signIn) => phoneCode(c, deps, signIn)),
  );
  app.post('/verify/trusteddevice/securitycode', (c) => submit(c, deps, 'device'));
  app.post('/verify/phone/securitycode', (c) => submit(c, deps, 'phone'));
  app.get(
    '/2sv/trust',
    within((c, signIn) => trust(c, deps, signIn)),
  );
  return app;
}

function challenge(c: Context, { clock, switches }: SecondFactorDeps, signIn: SignIn): Response {
  const { account } = signIn;
  const locked = account.codesLocked(clock);
  return /^application\/json\b/.test(c.req.header('Accept') ?? '')
    ? answer(c, { status: 200, json: jsonChallenge(account, locked, switches.challengeForm), signIn })
    : answer(c, { status: 200, html: htmlChallenge(account, locked, switches.challengeForm), signIn });
}

/** @returns the answer to a request for a code that cannot be had now, if that is so */
function codeRefused(c: Context, { clock }: SecondFactorDeps, signIn: SignIn): Response | undefined {
  const { account } = signIn;
  if (signIn.step !== 'second-factor') return unauthorized(c, signIn);
  // an account with security keys is offered no codes at all (peers)
  if (account.securityKeys) return answer(c, { status: 412, json: { hasError: true }, signIn });
  if (!account.codesLocked(clock)) return undefined;
  return answer(c, { status: 423, ...verificationError('-21670', { securityCode: securityCodeFlags(true) }), signIn });
}

function pushCode(c: Context, deps: SecondFactorDeps, signIn: SignIn): Response {
  const { account } = signIn;
  const refused = codeRefused(c, deps, signIn);
  if (refused) return refused;
  if (!account.trustedDevices) return answer(c, { status: 412, json: { hasError: true }, signIn });
  signIn.code = deps.outbox.send(account, 'device');
  const json = {
    trustedDeviceCount: 1,
    securityCode: securityCodeFlags(false),
    phoneNumberVerification: phoneVerification(account, false),
  };
  return answer(c, { status: 202, json, signIn });
}

interface PhoneReference {
  readonly phone: TrustedPhone;
  readonly mode: 'sms' | 'voice';
}

/** @returns the phone and mode a body names; undefined when the account has no such phone */
function phoneReference(signIn: SignIn, body: JsonObject): PhoneReference | undefined {
  const { phoneNumber, mode } = body;
  if (!isObject(phoneNumber) || (mode !== 'sms' && mode !== 'voice')) return undefined;
  const phone = signIn.account.phones.find(({ id }) => id === phoneNumber.id);
  const contradicts = phoneNumber.nonFTEU !== undefined && phoneNumber.nonFTEU !== phone?.nonFTEU;
  return phone && !contradicts ? { phone, mode } : undefined;
}

async function phoneCode(c: Context, deps: SecondFactorDeps, signIn: SignIn): Promise<Response> {
  const refused = codeRefused(c, deps, signIn);
  if (refused) return refused;
  const body = await jsonBody(c);
  if (!body) return malformed(c, 'the body is not a JSON object');
  const reference = phoneReference(signIn, body);
  if (!reference) return answer(c, { status: 412, json: { hasError: true }, signIn });
  const { phone, mode } = reference;
  const { phoneAnswer } = deps.switches;
  if (phoneAnswer === '-28248') return answer(c, { status: 423, ...verificationError('-28248'), signIn });
  signIn.code = deps.outbox.send(signIn.account, mode, phone);
  const json = {
    ...phoneVerification(signIn.account, false, phone),
    phoneNumber: phoneEntry(phone),
    mode,
    type: 'verification',
  };
  return answer(c, { status: phoneAnswer === '409' ? 409 : 200, json, signIn });
}

async function submit(c: Context, deps: SecondFactorDeps, endpoint: 'device' | 'phone'): Promise<Response> {
  const fault = headerFault(c, 'verify');
  if (fault) return malformed(c, fault);
  const { signIn, current } = signInOf(c, deps);
  // a request that does not carry the newest scnt makes a right code wrong (peers)
  if (!signIn || !current) return answer(c, { status: 400, ...verificationError('-21669'), signIn });
  const body = await jsonBody(c);
  if (!body || !isObject(body.securityCode)) return malformed(c, 'securityCode is missing');
  if (signIn.step !== 'second-factor') return unauthorized(c, signIn);
  const { account } = signIn;
  if (account.codesLocked(deps.clock)) {
    const error = verificationError('-21670', { securityCode: securityCodeFlags(true) });
    return answer(c, { status: 400, ...error, signIn });
  }
  const target = endpoint === 'device' ? { channel: 'device' as const } : phoneTarget(signIn, body);
  if (!isRight(signIn.code, body.securityCode.code, target)) {
    account.wrongCode(deps.clock, deps.switches.maxWrongCodes);
    return answer(c, { status: 400, ...verificationError('-21669'), signIn });
  }
  account.rightCode();
  signIn.step = 'code-accepted';
  signIn.code = undefined;
  return codeAccepted(c, deps, signIn, String(body.securityCode.code), endpoint);
}

interface CodeTarget {
  readonly channel: CodeChannel;
  readonly phoneId?: number;
}

function phoneTarget(signIn: SignIn, body: JsonObject): CodeTarget | undefined {
  const reference = phoneReference(signIn, body);
  return reference && { channel: reference.mode, phoneId: reference.phone.id };
}

function isRight(sent: SentCode | undefined, code: unknown, target: CodeTarget | undefined): boolean {
  return (
    sent !== undefined && sent.code === code && sent.channel === target?.channel && sent.phoneId === target.phoneId
  );
}

function codeAccepted(
  c: Context,
  { switches, tokens }: SecondFactorDeps,
  signIn: SignIn,
  code: string,
  endpoint: 'device' | 'phone',
): Response {
  const { account } = signIn;
  const headers: Record<string, string> = { ...grantHeaders(signIn) };
  if (switches.codeAnswer !== '409-without-token') {
    const token = tokens.issueSession(account, 'code');
    signIn.tokens.add(token);
    headers['X-Apple-Session-Token'] = token;
  }
  if (switches.codeAnswer === '204') {
    return endpoint === 'device'
      ? answer(c, { status: 204, headers, signIn })
      : answer(c, { status: 200, json: phoneVerification(account, false), headers, signIn });
  }
  const json = {
    trustedDeviceCount: account.trustedDevices ? 1 : 0,
    securityCode: { ...securityCodeFlags(false), code, valid: true },
    phoneNumberVerification: phoneVerification(account, false),
    authenticationType: 'hsa2',
    hsa2Account: true,
  };
  return answer(c, { status: 409, json, headers: { ...headers, 'X-Apple-Edp': 'true' }, signIn });
}

function grantHeaders(signIn: SignIn): Readonly<Record<string, string>> {
  return {
    'X-Apple-ID-Session-Id': signIn.id,
    'X-Apple-Auth-Attributes': randomToken(64),
    'X-Apple-OAuth-Grant-Code': randomToken(32),
    'X-Apple-ID-Account-Country': 'USA',
    'Content-Language': CONTENT_LANGUAGE,
  };
}

function trust(c: Context, { tokens }: SecondFactorDeps, signIn: SignIn): Response {
  if (signIn.step !== 'code-accepted') return unauthorized(c, signIn);
  signIn.step = 'finished';
  const { token, expiresAt } = tokens.issueTrust(signIn.account);
  const session = tokens.issueSession(signIn.account, 'full', expiresAt);
  signIn.tokens.add(session);
  return answer(c, {
    status: 204,
    contentType: 'text/html;charset=UTF-8',
    headers: { ...grantHeaders(signIn), 'X-Apple-TwoSV-Trust-Token': token, 'X-Apple-Session-Token': session },
    signIn,
  });
}
