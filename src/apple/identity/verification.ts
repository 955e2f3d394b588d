import * as z from 'zod';
import { type AppleSession, refuseTransient, sendAuth } from '../apple-session.ts';
import { AppleError } from '../errors.ts';
import type { AppleResponse } from '../http/transport.ts';
import type { TrustedPhone } from './challenge.ts';
import { parseJson, type ServiceError, serviceError } from './service-errors.ts';

/** Where a code was sent to. */
export type CodeChannel =
  | { readonly kind: 'trusted-devices' }
  | { readonly kind: 'phone'; readonly phone: TrustedPhone; readonly mode: 'sms' | 'voice' };

/** Apple's verdict on a code. `accepted-repair-pending` wants `declineRepair` before the trust request. */
export type CodeVerdict = 'accepted' | 'accepted-repair-pending' | 'wrong';

const ACCEPT = 'application/json';
const WRONG_CODE = '-21669';
const TOO_MANY_TRIES: ReadonlySet<string> = new Set(['-21670', '-22982', '-21675']);

const codeAnswer = z.object({
  securityCode: z.object({ valid: z.boolean().optional() }).optional().catch(undefined),
});

function phoneReference(phone: TrustedPhone): { id: number; nonFTEU?: boolean } {
  return { id: phone.id, ...(phone.nonFTEU === undefined ? {} : { nonFTEU: phone.nonFTEU }) };
}

function answerOf(response: AppleResponse, error = serviceError(response.text)) {
  return { status: response.status, ...(error ? { code: error.code, reason: error.message } : {}) };
}

/**
 * Has a code shown on the trusted devices, or sent by SMS or call. Asked for once: a second request makes the first
 * code worthless.
 *
 * @throws AppleError `code-not-sent`, `too-many-codes-sent`, `phone-refused`, `throttled`, `session-expired`, `unreachable`
 */
export async function requestCode(session: AppleSession, channel: CodeChannel): Promise<void> {
  const response = await sendAuth(session, {
    method: 'PUT',
    path: channel.kind === 'phone' ? '/verify/phone' : '/verify/trusteddevice/securitycode',
    origin: 'home',
    accept: ACCEPT,
    ...(channel.kind === 'phone' ? { body: { phoneNumber: phoneReference(channel.phone), mode: channel.mode } } : {}),
  });
  refuseTransient(session, response);
  const error = serviceError(response.text);
  if (response.status === 401 || response.status === 421)
    throw new AppleError('session-expired', answerOf(response, error));
  // in 2026 Apple answers 409 and sends the code all the same, unless it also lists an error (peers)
  if (!error && (isSuccess(response) || response.status === 409)) return;
  if (error?.code === '-21670') throw new AppleError('too-many-codes-sent', answerOf(response, error));
  // a precondition nobody knows in full: another number, or none of the extra headers (peers)
  const refused = channel.kind === 'phone' && response.status === 412;
  throw new AppleError(refused ? 'phone-refused' : 'code-not-sent', answerOf(response, error));
}

function isSuccess(response: AppleResponse): boolean {
  return response.status >= 200 && response.status <= 299;
}

/**
 * Hands in a code, as text: its leading zeros count.
 *
 * @throws AppleError `too-many-wrong-codes`, `throttled`, `session-expired`, `protocol-changed`, `unreachable`
 */
export async function submitCode(session: AppleSession, channel: CodeChannel, code: string): Promise<CodeVerdict> {
  session.redactor.add(code);
  const response = await sendAuth(session, {
    method: 'POST',
    path: channel.kind === 'phone' ? '/verify/phone/securitycode' : '/verify/trusteddevice/securitycode',
    origin: 'home',
    accept: ACCEPT,
    body:
      channel.kind === 'phone'
        ? { phoneNumber: phoneReference(channel.phone), securityCode: { code }, mode: channel.mode }
        : { securityCode: { code } },
  });
  refuseTransient(session, response);
  const error = serviceError(response.text);
  if (error) return judgeError(response, error);
  if (isSuccess(response)) return 'accepted';
  const parsed = codeAnswer.safeParse(parseJson(response.text));
  const valid = parsed.success ? parsed.data.securityCode?.valid : undefined;
  // since 2026 a right code is often answered 409, and 412 when something else is pending (peers)
  if (response.status === 409 && valid !== false) return 'accepted';
  if (response.status === 412 && valid === true) return 'accepted-repair-pending';
  if (response.status === 401 || response.status === 421 || response.status === 450) {
    throw new AppleError('session-expired', answerOf(response));
  }
  if (valid === false) return 'wrong';
  throw new AppleError('protocol-changed', answerOf(response));
}

function judgeError(response: AppleResponse, error: ServiceError): CodeVerdict {
  if (error.code === WRONG_CODE) return 'wrong';
  throw new AppleError(
    TOO_MANY_TRIES.has(error.code) ? 'too-many-wrong-codes' : 'wrong-code',
    answerOf(response, error),
  );
}

/**
 * Asks Apple to trust this installation, so that the next sign-ins need no code.
 *
 * @returns whether a trust token came; without one Apple will ask for a code again next time
 */
export async function requestTrust(session: AppleSession): Promise<boolean> {
  const response = await sendAuth(session, { method: 'GET', path: '/2sv/trust', origin: 'home', accept: ACCEPT });
  refuseTransient(session, response);
  return response.header('x-apple-twosv-trust-token') !== undefined;
}
