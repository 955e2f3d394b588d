import type { Context } from 'hono';
import { isObject, type JsonObject } from '../http/json.ts';
import { answer, malformed, unauthorized, verificationError } from './answers.ts';
import { codeFlags, phoneVerification, securityCode } from './challenge.ts';
import type { CodeChannel, SentCode } from './codes.ts';
import { grantHeaders } from './grant-headers.ts';
import { phoneReference } from './phone-reference.ts';
import { headerFault, jsonBody, signInOf, verifyHeadersInOrder } from './request-checks.ts';
import type { SecondFactorDeps } from './second-factor-routes.ts';
import type { SignIn, SignInStep } from './sign-in-sessions.ts';

/** Where a code is handed in: that of the devices, or that of a phone. */
type Endpoint = 'device' | 'phone';

/** `POST verify/trusteddevice/securitycode` and `POST verify/phone/securitycode`. */
export async function submitCode(c: Context, deps: SecondFactorDeps, endpoint: Endpoint): Promise<Response> {
  const fault = headerFault(c, 'verify');
  if (fault) return malformed(c, fault);
  const { signIn, current } = signInOf(c, deps);
  // a request that does not carry the newest scnt makes a right code wrong (peers)
  if (!signIn || !current) return answer(c, { status: 400, ...verificationError('-21669'), signIn });
  const body = await jsonBody(c);
  if (!body || !isObject(body.securityCode)) return malformed(c, 'securityCode is missing');
  if (signIn.step !== 'second-factor') return unauthorized(c, signIn);
  const { account } = signIn;
  const { codeRefusal, maxWrongCodes } = deps.switches;
  if (codeRefusal) return answer(c, { status: 400, ...verificationError(codeRefusal), signIn });
  const flags = codeFlags(account, deps);
  if (flags.some((flag) => flag !== 'tooManyCodesSent')) {
    return answer(c, { status: 400, ...verificationError('-21670', { securityCode: securityCode(flags) }), signIn });
  }
  const target = endpoint === 'device' ? { channel: 'device' as const } : phoneTarget(signIn, body);
  // an account whose keys were enrolled after the code was sent takes it no more
  if (account.securityKeys.length > 0 || !isRight(signIn.code, body.securityCode.code, target)) {
    account.wrongCode(deps.clock, maxWrongCodes);
    return answer(c, { status: 400, ...verificationError('-21669'), signIn });
  }
  account.rightCode();
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

/** How a right code is answered: the switch's way, or the way of a request that was not in order. */
type Outcome = SecondFactorDeps['switches']['codeAnswer'] | 'out-of-order';

function codeAccepted(
  c: Context,
  { switches, tokens }: SecondFactorDeps,
  signIn: SignIn,
  code: string,
  endpoint: Endpoint,
): Response {
  const { account } = signIn;
  const outcome: Outcome = verifyHeadersInOrder(c, switches.verifyHeaders) ? switches.codeAnswer : 'out-of-order';
  signIn.step = stepAfter(outcome, switches.trustWithoutToken);
  const headers: Record<string, string> = { ...grantHeaders(signIn) };
  if (outcome !== '409-without-token' && outcome !== 'out-of-order') {
    const token = tokens.issueSession(account, 'code');
    signIn.tokens.add(token);
    headers['X-Apple-Session-Token'] = token;
  }
  if (outcome === '204') {
    return endpoint === 'device'
      ? answer(c, { status: 204, headers, signIn })
      : answer(c, { status: 200, json: phoneVerification(account), headers, signIn });
  }
  const json = {
    trustedDeviceCount: account.trustedDevices ? 1 : 0,
    securityCode: { ...securityCode(), code, valid: true },
    phoneNumberVerification: phoneVerification(account),
    authenticationType: 'hsa2',
    hsa2Account: true,
  };
  const status = outcome === '412' ? 412 : 409;
  return answer(c, { status, json, headers: { ...headers, 'X-Apple-Edp': 'true' }, signIn });
}

function stepAfter(outcome: Outcome, trustWithoutToken: 'granted' | 'refused'): SignInStep {
  switch (outcome) {
    case '204':
    case '409':
      return 'code-accepted';
    case '412':
      return 'code-repair';
    case '409-without-token':
      return trustWithoutToken === 'granted' ? 'code-accepted' : 'code-untrusted';
    case 'out-of-order':
      return 'code-untrusted';
  }
}
