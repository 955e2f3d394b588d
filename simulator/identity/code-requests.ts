import type { Context } from 'hono';
import type { Switches } from '../control/switches.ts';
import { answer, type IdentityAnswer, malformed, unauthorized, unavailable, verificationError } from './answers.ts';
import { codeFlags, phoneEntry, phoneVerification, securityCode } from './challenge.ts';
import { type PhoneReference, phoneReference } from './phone-reference.ts';
import { jsonBody, verifyHeadersInOrder } from './request-checks.ts';
import type { SecondFactorDeps } from './second-factor-routes.ts';
import type { SignIn } from './sign-in-sessions.ts';

const PRECONDITION_FAILED = { status: 412, json: { hasError: true } } as const;

/** @returns the answer to a request for a code that cannot be had now, if that is so */
function codeRefused(c: Context, deps: SecondFactorDeps, signIn: SignIn): Response | undefined {
  const { account } = signIn;
  if (signIn.step !== 'second-factor') return unauthorized(c, signIn);
  // an account with security keys is offered no codes at all (peers)
  if (account.securityKeys.length > 0) return answer(c, { ...PRECONDITION_FAILED, signIn });
  const flags = codeFlags(account, deps);
  if (flags.every((flag) => flag === 'tooManyCodesValidated')) return undefined;
  return answer(c, { status: 423, ...verificationError('-21670', { securityCode: securityCode(flags) }), signIn });
}

/** `PUT verify/trusteddevice/securitycode`: shows a code on the account's devices. */
export function pushCode(c: Context, deps: SecondFactorDeps, signIn: SignIn): Response {
  const { account } = signIn;
  const refused = codeRefused(c, deps, signIn);
  if (refused) return refused;
  const { pushAnswer, pushAgain } = deps.switches;
  if (pushAnswer === '503') return unavailable(c, { signIn });
  if (pushAnswer === '405') return answer(c, { status: 405, signIn });
  if (pushAnswer === '412' || !account.trustedDevices) return answer(c, { ...PRECONDITION_FAILED, signIn });
  const shown = signIn.code?.channel === 'device';
  if (shown && pushAgain === 'cancels') signIn.code = undefined;
  else if (!shown || pushAgain === 'new-code') signIn.code = deps.outbox.send(account, 'device');
  const json = {
    trustedDeviceCount: 1,
    securityCode: securityCode(),
    phoneNumberVerification: phoneVerification(account),
  };
  return answer(c, { status: 202, json, signIn });
}

/** `PUT verify/phone`: sends a code to one of the account's numbers. */
export async function phoneCode(c: Context, deps: SecondFactorDeps, signIn: SignIn): Promise<Response> {
  const refused = codeRefused(c, deps, signIn);
  if (refused) return refused;
  const body = await jsonBody(c);
  if (!body) return malformed(c, 'the body is not a JSON object');
  const reference = phoneReference(signIn, body);
  const { phoneAnswer, verifyHeaders } = deps.switches;
  if (!reference || !verifyHeadersInOrder(c, verifyHeaders)) return answer(c, { ...PRECONDITION_FAILED, signIn });
  const refusal = phoneRefusal(phoneAnswer, reference, signIn);
  if (refusal) return answer(c, { ...refusal, signIn });
  const { phone, mode } = reference;
  signIn.code = deps.outbox.send(signIn.account, mode, phone);
  const json = {
    ...phoneVerification(signIn.account, [], phone),
    phoneNumber: phoneEntry(phone),
    mode,
    type: 'verification',
  };
  return answer(c, { status: phoneAnswer === '409' ? 409 : 200, json, signIn });
}

function phoneRefusal(
  phoneAnswer: Switches['phoneAnswer'],
  { echoed }: PhoneReference,
  signIn: SignIn,
): IdentityAnswer | undefined {
  switch (phoneAnswer) {
    case '200':
    case '409':
      return undefined;
    case '-28248':
      return { status: 423, ...verificationError('-28248') };
    case '-22421':
      return { status: 400, ...verificationError('-22421') };
    case '423':
      return { status: 423 };
    case '412':
      return PRECONDITION_FAILED;
    case '412-once':
      if (signIn.phoneRequest === 'reread' && echoed) return undefined;
      signIn.phoneRequest = 'refused';
      return PRECONDITION_FAILED;
  }
}
