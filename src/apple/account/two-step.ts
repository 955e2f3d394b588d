import * as z from 'zod';
import { type AppleSession, refuseTransient, sendSetup } from '../apple-session.ts';
import { CLIENT_BUILD } from '../endpoints.ts';
import { AppleError } from '../errors.ts';
import { parseJson } from '../identity/service-errors.ts';

/** A device or number of a two-step account, with everything Apple wants back of it. */
export interface TwoStepDevice {
  /** Such as `SMS to *******03`, or the device's name. */
  readonly label: string;
  readonly raw: Readonly<Record<string, unknown>>;
}

const device = z.looseObject({
  deviceName: z.string().optional().catch(undefined),
  phoneNumber: z.string().optional().catch(undefined),
});
const devices = z.object({ devices: z.array(device) });
const success = z.object({ success: z.boolean() });

function withParameters(session: AppleSession, path: string, dsid: string): string {
  const query = new URLSearchParams({ ...CLIENT_BUILD, clientId: session.data.client_id, dsid });
  return `${path}?${query}`;
}

/**
 * The devices of an account with the old two-step verification (docs/protocol/sign-in.md, "Two-step verification").
 *
 * @throws AppleError `two-step-no-device` when Apple names none
 */
export async function listTwoStepDevices(session: AppleSession, dsid: string): Promise<readonly TwoStepDevice[]> {
  const response = await sendSetup(session, withParameters(session, '/listDevices', dsid), undefined, 'GET');
  refuseTransient(session, response);
  const parsed = devices.safeParse(parseJson(response.text));
  const found = parsed.success ? parsed.data.devices : [];
  if (found.length === 0) throw new AppleError('two-step-no-device', { status: response.status });
  return found.map((raw) => ({ label: raw.deviceName ?? `SMS to ${raw.phoneNumber ?? '?'}`, raw }));
}

/** Has a code sent there. @throws AppleError `two-step-not-sent` */
export async function sendTwoStepCode(session: AppleSession, dsid: string, to: TwoStepDevice): Promise<void> {
  const response = await sendSetup(session, withParameters(session, '/sendVerificationCode', dsid), to.raw);
  refuseTransient(session, response);
  const parsed = success.safeParse(parseJson(response.text));
  if (!parsed.success || !parsed.data.success) throw new AppleError('two-step-not-sent', { status: response.status });
}

/** @returns whether the code was right; a wrong one is answered with HTTP 200 (recorded). */
export async function checkTwoStepCode(
  session: AppleSession,
  dsid: string,
  from: TwoStepDevice,
  code: string,
): Promise<boolean> {
  session.redactor.add(code);
  const body = { ...from.raw, verificationCode: code, trustBrowser: true };
  const response = await sendSetup(session, withParameters(session, '/validateVerificationCode', dsid), body);
  refuseTransient(session, response);
  const parsed = success.safeParse(parseJson(response.text));
  return parsed.success && parsed.data.success;
}
