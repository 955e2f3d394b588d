import type { Context } from 'hono';
import type { SimulatedAccount } from '../identity/account.ts';
import { answer, cookiesOf, jsonOf, momentOf, refuse, type SetupDeps } from './setup-answers.ts';
import { pcsCookie } from './setup-cookies.ts';
import { TOKEN_COOKIE, type WebSession } from './web-sessions.ts';

type Step = (c: Context, deps: SetupDeps, account: SimulatedAccount) => Response | Promise<Response>;

/** The keys that open photos. */
const PHOTO_KEYS = ['Photos', 'Sharing'] as const;
/** The messages that ask a client to come again (peers). */
const ASKED = 'Requested the device to upload cookies.';
const NOT_YET = 'Cookies not available yet on server.';

/** Wraps a call about data keys, which takes a web session. */
export function withKeysOf(step: Step, deps: SetupDeps) {
  return (c: Context): Response | Promise<Response> => {
    const session: WebSession | undefined = deps.webSessions.find(cookiesOf(c));
    // with these words and this status (peers)
    return session ? step(c, deps, session.account) : refuse(c, deps, 500, `Missing ${TOKEN_COOKIE} cookie`);
  };
}

/** What `requestWebAccessState` and `enableDeviceConsentForPCS` have in common (peers). */
function consentState({ dsid, isWebAccessAllowed, protection }: SimulatedAccount, now: number) {
  const state = { dsid: Number(dsid), isWebAccessAllowed };
  if (!protection) return state;
  return {
    ...state,
    isDeviceConsentedForPCS: protection.consented(now),
    isICDRSDisabled: true,
    deviceConsentForPCSExpiry: protection.consentedUntil(now),
  };
}

/** `requestWebAccessState`: is the data for the web, and must a device consent first? */
export function webAccessState(c: Context, { clock }: SetupDeps, account: SimulatedAccount): Response {
  return answer(c, 200, consentState(account, clock.now()));
}

/** `enableDeviceConsentForPCS`: the devices show a prompt. */
export function enableConsent(c: Context, { clock }: SetupDeps, account: SimulatedAccount): Response {
  account.protection?.prompt();
  const isDeviceConsentNotificationSent = account.protection !== undefined;
  return answer(c, 200, { isDeviceConsentNotificationSent, ...consentState(account, clock.now()) });
}

/** `requestPCS`: the keys, at once for accounts without Advanced Data Protection (peers). */
export async function requestKeys(c: Context, deps: SetupDeps, account: SimulatedAccount): Promise<Response> {
  const { isWebAccessAllowed, protection } = account;
  const failure = (message: string) => answer(c, 200, { isWebAccessAllowed, status: 'failure', message });
  if ((await jsonOf(c)).appName !== 'photos') return failure('Unknown app.');
  // what Apple says to an account whose data is not for the web is not known
  if (!isWebAccessAllowed) return failure('Web access is off.');
  const moment = momentOf(c, deps);
  if (protection && !protection.consented(moment.now)) {
    if (deps.switches.requestPcs === 'prompts') protection.prompt();
    return failure(ASKED);
  }
  if (protection && !protection.uploaded()) return failure(NOT_YET);
  const until = protection?.consentedUntil(moment.now);
  const cookies = PHOTO_KEYS.map((service) =>
    pcsCookie(service, deps.webSessions.issueKey(account, until), moment, until),
  );
  return answer(c, 200, { isWebAccessAllowed, status: 'success', message: 'Cookies are ready.' }, { cookies });
}
