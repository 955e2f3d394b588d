import { type AppleSession, refuseTransient, sendSetup } from '../apple-session.ts';
import { CLIENT_BUILD } from '../endpoints.ts';

/**
 * Ends the web session at Apple.
 *
 * @param what `trustBrowser`: this installation stays trusted; `allBrowsers`: every session of the account ends
 * @returns whether there was a session to end
 * @throws AppleError `throttled`, `unreachable`
 */
export async function logout(
  session: AppleSession,
  what: { readonly dsid: string | undefined; readonly trustBrowser: boolean; readonly allBrowsers: boolean },
): Promise<boolean> {
  const { dsid, ...body } = what;
  const query = new URLSearchParams({ ...CLIENT_BUILD, clientId: session.data.client_id, ...(dsid ? { dsid } : {}) });
  const response = await sendSetup(session, `/logout?${query}`, body);
  if (response.status !== 500) refuseTransient(session, response);
  return response.status === 200;
}
