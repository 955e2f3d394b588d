import * as z from 'zod';
import { type AppleSession, sendSetup } from '../apple-session.ts';
import { CLIENT_BUILD } from '../endpoints.ts';
import { AppleError } from '../errors.ts';
import type { AppleResponse } from '../http/transport.ts';
import { parseJson } from '../identity/service-errors.ts';
import type { TermsPendingError } from './account-info.ts';

const terms = z.object({ iCloudTerms: z.object({ version: z.union([z.string(), z.number()]) }) });

/** Old captures of browsers have POST where programs send GET with a body (peers): whichever Apple takes. */
async function ask(session: AppleSession, path: string, dsid: string, body: unknown): Promise<AppleResponse> {
  const query = new URLSearchParams({ ...CLIENT_BUILD, clientId: session.data.client_id, dsid });
  const response = await sendSetup(session, `${path}?${query}`, body, 'GET');
  if (response.status >= 200 && response.status < 300) return response;
  return sendSetup(session, `${path}?${query}`, body, 'POST');
}

/**
 * Accepts the iCloud terms that Apple shows this account. Only ever called when the person asked for it.
 *
 * Source: docs/protocol/sign-in.md, "Terms".
 *
 * @throws AppleError `terms-not-accepted`, `unreachable`
 */
export async function acceptTerms(session: AppleSession, pending: TermsPendingError): Promise<void> {
  const shown = await ask(session, '/getTerms', pending.dsid, { locale: pending.languageCode });
  const parsed = terms.safeParse(parseJson(shown.text));
  if (!parsed.success) throw new AppleError('terms-not-accepted', { status: shown.status });
  const accepted = { acceptedICloudTerms: parsed.data.iCloudTerms.version };
  const done = await ask(session, '/repairDone', pending.dsid, accepted);
  if (done.status >= 300) throw new AppleError('terms-not-accepted', { status: done.status });
}
