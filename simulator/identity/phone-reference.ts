import { isObject, type JsonObject } from '../http/json.ts';
import type { TrustedPhone } from './account.ts';
import type { SignIn } from './sign-in-sessions.ts';

export interface PhoneReference {
  readonly phone: TrustedPhone;
  readonly mode: 'sms' | 'voice';
  /** Whether the body gave the phone's `nonFTEU` back, or the phone has none. */
  readonly echoed: boolean;
}

/** @returns the phone and mode a body names; undefined when the account has no such phone */
export function phoneReference(signIn: SignIn, body: JsonObject): PhoneReference | undefined {
  const { phoneNumber, mode } = body;
  if (!isObject(phoneNumber) || (mode !== 'sms' && mode !== 'voice')) return undefined;
  const phone = signIn.account.phones.find(({ id }) => id === phoneNumber.id);
  if (!phone) return undefined;
  const echoed = phoneNumber.nonFTEU === phone.nonFTEU;
  return echoed || phoneNumber.nonFTEU === undefined ? { phone, mode, echoed } : undefined;
}
