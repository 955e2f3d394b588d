import type { Context } from 'hono';
import type { Switches } from '../control/switches.ts';
import { identityCookie } from '../http/cookies.ts';
import { cookieDomain } from '../http/hosts.ts';
import { randomToken } from '../http/random.ts';
import type { SimulatedAccount } from './account.ts';
import { answer, malformed, signInError, unauthorized } from './answers.ts';
import { securityKeyChallenge } from './challenge.ts';
import type { CodeOutbox } from './codes.ts';
import type { IdentityDeps } from './password-routes.ts';
import { headerFault, signInOf } from './request-checks.ts';
import type { PendingProof, SignIn } from './sign-in-sessions.ts';
import type { AcceptedProofs } from './srp.ts';
import type { SignInGrade } from './tokens.ts';

const WRONG_PASSWORD = signInError('-20101', 'Enter the email or phone number and password for your Apple Account.');
const LOCKED = signInError('-20209', 'This Apple Account has been locked for security reasons.');
const CHECK_INFORMATION = signInError('-20283', 'Check the account information you entered and try again.');

/** What a client sends to `signin/complete`. */
interface Attempt {
  readonly accountName: string;
  readonly m1: Uint8Array;
  readonly m2: Uint8Array;
  readonly trustTokens: readonly unknown[];
}

/** The answer to a password proof. */
export function judgeProof(c: Context, deps: IdentityDeps, proof: PendingProof, attempt: Attempt): Response {
  const { accounts, switches } = deps;
  const refused = refusedAnyway(c, switches);
  if (refused) return refused;
  const { account, srp } = proof;
  if (account?.locked) return answer(c, { status: 403, json: LOCKED });
  const known = account !== undefined && account === accounts.find(attempt.accountName);
  if (!known || !srp.accepts(acceptedProofs(account, attempt, switches), attempt.m1, attempt.m2)) {
    account?.wrongPassword(switches.lockAfterWrongPasswords);
    return account?.locked
      ? answer(c, { status: 403, json: LOCKED })
      : answer(c, { status: 401, json: WRONG_PASSWORD });
  }
  account.rightPassword();
  return passwordAccepted(c, deps, account, attempt.trustTokens);
}

function refusedAnyway(c: Context, { signinRefusal }: Switches): Response | undefined {
  switch (signinRefusal) {
    case false:
      return undefined;
    case '400':
      return malformed(c, 'The request could not be understood.');
    case '403':
      return answer(c, { status: 403 });
    case '-20283':
      return answer(c, { status: 401, json: CHECK_INFORMATION });
  }
}

function acceptedProofs(
  account: SimulatedAccount,
  { accountName }: Attempt,
  { proofName, proofPadding }: Switches,
): AcceptedProofs {
  const names = { 'lower-case': [account.accountName], 'as-typed': [accountName] };
  return {
    accountNames: proofName === 'either' ? [account.accountName, accountName] : names[proofName],
    paddings: proofPadding === 'either' ? ['minimal', 'padded'] : [proofPadding],
  };
}

function passwordAccepted(
  c: Context,
  deps: IdentityDeps,
  account: SimulatedAccount,
  trustTokens: readonly unknown[],
): Response {
  if (account.hsaVersion === 0) {
    const headers = { Location: '/auth', 'X-Apple-Repair-Session-Token': randomToken(48) };
    const signIn = deps.signIns.open(account, 'repair');
    return accepted(c, deps, signIn, { status: 412, grade: 'unfinished', json: { authType: 'sa' }, headers });
  }
  if (account.hsaVersion === 1) {
    const signIn = deps.signIns.open(account, 'two-step');
    const status = Number(deps.switches.twoStepAnswer);
    return accepted(c, deps, signIn, { status, grade: 'password', json: { authType: 'hsa' } });
  }
  const trustedUntil = trustOf(c, deps, account, trustTokens);
  if (trustedUntil !== undefined) {
    const signIn = deps.signIns.open(account, 'finished');
    signIn.expiresAt = trustedUntil;
    return accepted(c, deps, signIn, { status: 200, grade: 'full', trustedUntil, json: { authType: 'hsa2' } });
  }
  const signIn = deps.signIns.open(account, 'second-factor');
  if (deps.switches.pushOnSignin) pushUnasked(deps.outbox, signIn);
  const headers = { Location: '/auth', 'X-Apple-I-Rscd': '409' };
  const json = { authType: 'hsa2', ...securityKeyChallenge(account) };
  return accepted(c, deps, signIn, { status: 409, grade: 'password', json, headers });
}

/** @returns when the trust ends that one of these tokens gives this client */
function trustOf(
  c: Context,
  { switches, tokens }: IdentityDeps,
  account: SimulatedAccount,
  trustTokens: readonly unknown[],
): number | undefined {
  const clientId = switches.trustBinding === 'client-id' ? (c.req.header('X-Apple-OAuth-State') ?? '') : undefined;
  return trustTokens
    .map((token) => (typeof token === 'string' ? tokens.trustedUntil(token, account, clientId) : undefined))
    .find((until) => until !== undefined);
}

/** Before iOS 26.4 the password alone sent a code; without devices and with one phone, by SMS (peers). */
function pushUnasked(outbox: CodeOutbox, signIn: SignIn): void {
  const { account } = signIn;
  const [phone, ...others] = account.phones;
  if (account.securityKeys.length > 0) return;
  if (account.trustedDevices) signIn.code = outbox.send(account, 'device');
  else if (phone && others.length === 0) signIn.code = outbox.send(account, 'sms', phone);
}

/** `repair/complete`: declines the repair step of a sign-in, where its owner may. */
export function declineRepair(c: Context, deps: IdentityDeps): Response {
  const fault = headerFault(c, 'sign-in');
  if (fault) return malformed(c, fault);
  const { signIn, current } = signInOf(c, deps);
  if (!signIn || !current) return unauthorized(c, signIn);
  if (signIn.step !== 'repair' && signIn.step !== 'code-repair') return unauthorized(c, signIn);
  // what Apple says to a step that cannot be declined is not known
  if (deps.switches.repair === 'required') return answer(c, { status: 412, json: { hasError: true }, signIn });
  const afterCode = signIn.step === 'code-repair';
  signIn.step = afterCode ? 'code-accepted' : 'finished';
  return accepted(c, deps, signIn, { status: 200, grade: afterCode ? 'code' : 'full' });
}

interface Accepted {
  readonly status: number;
  readonly grade: SignInGrade;
  readonly trustedUntil?: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

function accepted(c: Context, { tokens }: IdentityDeps, signIn: SignIn, outcome: Accepted): Response {
  const { status, json, grade, trustedUntil } = outcome;
  const token = tokens.issueSession(signIn.account, grade, trustedUntil);
  signIn.tokens.add(token);
  const domain = cookieDomain(c, 'apple.com');
  return answer(c, {
    status,
    json,
    signIn,
    headers: {
      'X-Apple-Auth-Attributes': randomToken(64),
      'X-Apple-ID-Account-Country': signIn.account.country,
      'X-Apple-ID-Session-Id': signIn.id,
      'X-Apple-Session-Token': token,
      'X-Apple-TwoSV-Trust-Eligible': 'true',
      ...outcome.headers,
    },
    cookies: [
      identityCookie('acn01', `${randomToken(24)}=`, domain),
      identityCookie('aasp', randomToken(64), cookieDomain(c, 'idmsa.apple.com')),
    ],
  });
}
