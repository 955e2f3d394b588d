import * as z from 'zod';
import { type AppleSession, sendSetup } from '../apple-session.ts';
import { CLIENT_BUILD } from '../endpoints.ts';
import { AppleError } from '../errors.ts';
import { parseJson } from '../identity/service-errors.ts';

const state = z.object({
  isWebAccessAllowed: z.boolean().optional().catch(undefined),
  isICDRSDisabled: z.boolean().optional().catch(undefined),
  isDeviceConsentedForPCS: z.boolean().optional().catch(undefined),
});

/**
 * Finds out why the photo database refuses access: Advanced Data Protection, or the setting that keeps iCloud data off
 * the web.
 *
 * Source: docs/protocol/sign-in.md, "Access denied".
 */
export async function accessDeniedCause(session: AppleSession, dsid: string): Promise<AppleError> {
  const query = new URLSearchParams({ ...CLIENT_BUILD, clientId: session.data.client_id, dsid });
  const response = await sendSetup(session, `/requestWebAccessState?${query}`, undefined);
  const parsed = state.safeParse(parseJson(response.text));
  if (!parsed.success) return new AppleError('web-access-off', { status: response.status });
  const { isWebAccessAllowed, isICDRSDisabled } = parsed.data;
  // switching the protection on switches web access off, so the setting is looked at first
  if (isWebAccessAllowed === false) return new AppleError('web-access-off');
  return new AppleError(isICDRSDisabled === true ? 'advanced-data-protection' : 'web-access-off');
}
