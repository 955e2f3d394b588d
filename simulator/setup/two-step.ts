import type { Context } from 'hono';
import type { JsonObject } from '../http/json.ts';
import type { SimulatedAccount, TrustedPhone } from '../identity/account.ts';
import { LOGIN_COOKIE, type PendingSession } from './pending-sessions.ts';
import { answer, cookiesOf, jsonOf, namesItself, refuse, type SetupDeps } from './setup-answers.ts';

type Device = Readonly<Record<'deviceType' | 'areaCode' | 'phoneNumber' | 'deviceId', string>>;

function deviceOf({ id, lastTwoDigits }: TrustedPhone): Device {
  return { deviceType: 'SMS', areaCode: '', phoneNumber: `*******${lastTwoDigits}`, deviceId: String(id) };
}

/** Accounts with newer second factors have no devices here (peers). */
function phonesOf({ hsaVersion, phones }: SimulatedAccount): readonly TrustedPhone[] {
  return hsaVersion === 1 ? phones : [];
}

/** @returns the phone whose device object this is, all of it */
function namedPhone(account: SimulatedAccount, body: JsonObject): TrustedPhone | undefined {
  return phonesOf(account).find((phone) =>
    Object.entries(deviceOf(phone)).every(([name, value]) => body[name] === value),
  );
}

type Step = (c: Context, deps: SetupDeps, session: PendingSession) => Response | Promise<Response>;

/** Wraps a call that a log-in without its second factor may make. */
export function inPendingLogin(step: Step, deps: SetupDeps) {
  return (c: Context): Response | Promise<Response> => {
    const session = deps.pending.find(cookiesOf(c), LOGIN_COOKIE);
    if (!session) return refuse(c, deps, 421, 'Failed to validate the credentials from cookie');
    return namesItself(c, session.account) ? step(c, deps, session) : refuse(c, deps, 400, 'Missing parameters');
  };
}

export function listDevices(c: Context, _: SetupDeps, { account }: PendingSession): Response {
  return answer(c, 200, { devices: phonesOf(account).map(deviceOf) });
}

/** What Apple says when it does not send the code is not recorded, only that `success` is then false (peers). */
export async function sendVerificationCode(c: Context, deps: SetupDeps, session: PendingSession): Promise<Response> {
  const { account } = session;
  const phone = namedPhone(account, await jsonOf(c));
  if (!phone || deps.switches.twoStepSending === 'refused') return answer(c, 200, { success: false });
  session.code = deps.outbox.send(account, 'sms', phone);
  return answer(c, 200, { success: true });
}

const REFUSALS = {
  wrong: { errorTitle: 'Invalid Code', errorMessage: 'The code you entered is not valid.', errorCode: -21669 },
  locked: { errorTitle: 'Too Many Codes', errorMessage: 'Too many wrong codes were entered.', errorCode: -21670 },
} as const;

/** A refusal is HTTP 200 as well (recorded). */
export async function validateVerificationCode(
  c: Context,
  deps: SetupDeps,
  session: PendingSession,
): Promise<Response> {
  const { account, code, openedWith } = session;
  const refusal = (why: keyof typeof REFUSALS) => answer(c, 200, { success: false, ...REFUSALS[why] });
  if (account.codesLocked(deps.clock)) return refusal('locked');
  const body = await jsonOf(c);
  const phone = namedPhone(account, body);
  if (!code || !phone || code.phoneId !== phone.id || code.code !== body.verificationCode) {
    account.wrongCode(deps.clock, deps.switches.maxWrongCodes);
    return refusal('wrong');
  }
  account.rightCode();
  session.code = undefined;
  if (body.trustBrowser === true) deps.tokens.upgrade(openedWith, 'full', deps.clock.now() + account.trustLasts);
  else deps.tokens.upgrade(openedWith, 'code');
  return answer(c, 200, { success: true });
}
