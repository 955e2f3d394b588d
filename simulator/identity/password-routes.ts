import type { Context } from 'hono';
import { Hono } from 'hono';
import type { Switches } from '../control/switches.ts';
import { identityCookie } from '../http/cookies.ts';
import { cookieDomain } from '../http/hosts.ts';
import { randomToken } from '../http/random.ts';
import type { Accounts, SimulatedAccount } from './account.ts';
import { answer, HTML_TYPE, malformed, signInError, unauthorized } from './answers.ts';
import type { CodeOutbox } from './codes.ts';
import { headerFault, jsonBody, signInOf, WIDGET_KEY } from './request-checks.ts';
import type { SignIn, SignInSessions } from './sign-in-sessions.ts';
import { SrpServer } from './srp.ts';
import type { SignInGrade, Tokens } from './tokens.ts';

export interface IdentityDeps {
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly signIns: SignInSessions;
  readonly outbox: CodeOutbox;
  readonly switches: Switches;
}

const WRONG_PASSWORD = signInError('-20101', 'Enter the email or phone number and password for your Apple Account.');
const LOCKED = signInError('-20209', 'This Apple Account has been locked for security reasons.');

/** The password half of the identity service: `authorize/signin`, `federate`, `signin/*`, `repair/complete`. */
export function passwordRoutes(deps: IdentityDeps): Hono {
  const app = new Hono();
  app.get('/authorize/signin', (c) => {
    if (c.req.query('client_id') !== WIDGET_KEY) return malformed(c, 'client_id is not the widget key');
    return answer(c, { status: 200, html: '<!DOCTYPE html><title>Sign In</title>' });
  });
  app.post('/federate', async (c) => {
    const body = await jsonBody(c);
    if (typeof body?.accountName !== 'string') return malformed(c, 'accountName is missing');
    return answer(c, { status: 200, json: { federated: false } });
  });
  app.post('/signin/init', (c) => begin(c, deps));
  app.post('/signin/complete', (c) => complete(c, deps));
  app.post('/repair/complete', (c) => {
    const fault = headerFault(c, 'sign-in');
    if (fault) return malformed(c, fault);
    const { signIn, current } = signInOf(c, deps);
    if (!signIn || !current || signIn.step !== 'repair') return unauthorized(c, signIn);
    signIn.step = 'finished';
    return accepted(c, deps, signIn, { status: 200, grade: 'full' });
  });
  return app;
}

function decodeBase64(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' && value !== '' && /^[A-Za-z0-9+/]+={0,2}$/.test(value)
    ? Buffer.from(value, 'base64')
    : undefined;
}

async function begin(c: Context, { accounts, signIns, switches }: IdentityDeps): Promise<Response> {
  const { throttle } = switches;
  if (throttle) {
    const headers = throttle.retryAfter === undefined ? {} : { 'Retry-After': String(throttle.retryAfter) };
    return answer(c, { status: throttle.status, html: 'Service Temporarily Unavailable', headers });
  }
  const fault = headerFault(c, 'sign-in');
  if (fault) return malformed(c, fault);
  const body = await jsonBody(c);
  const a = decodeBase64(body?.a);
  const name = body?.accountName;
  const protocols = body?.protocols;
  if (!a || typeof name !== 'string' || name === '' || !Array.isArray(protocols)) {
    return malformed(c, 'a, accountName or protocols is missing');
  }
  const account = accounts.find(name);
  const { srp, verifier } = account ?? accounts.decoy(name);
  if (!protocols.includes(srp.protocol)) return malformed(c, `the account wants ${srp.protocol}`);
  let server: SrpServer;
  try {
    server = new SrpServer(await verifier, srp.salt, a);
  } catch {
    return malformed(c, 'a is out of range');
  }
  const scnts = new Set([c.req.header('scnt') ?? '']);
  const challenge = signIns.begin({ account, srp: server, scnts });
  const response = answer(c, {
    status: 200,
    contentType: HTML_TYPE,
    json: {
      iteration: srp.iterations,
      salt: Buffer.from(srp.salt).toString('base64'),
      protocol: srp.protocol,
      version: 1,
      b: server.publicValue.toString('base64'),
      c: challenge,
    },
  });
  scnts.add(response.headers.get('scnt') ?? '');
  return response;
}

async function complete(c: Context, deps: IdentityDeps): Promise<Response> {
  const fault = headerFault(c, 'sign-in');
  if (fault) return malformed(c, fault);
  const body = await jsonBody(c);
  const m1 = decodeBase64(body?.m1);
  const m2 = decodeBase64(body?.m2);
  if (!m1 || !m2 || typeof body?.c !== 'string' || typeof body.accountName !== 'string') {
    return malformed(c, 'accountName, c, m1 or m2 is missing');
  }
  const proof = deps.signIns.take(body.c);
  const scnt = c.req.header('scnt');
  if (!proof || (scnt !== undefined && !proof.scnts.has(scnt))) return unauthorized(c);
  const { account } = proof;
  if (account?.locked) return answer(c, { status: 403, json: LOCKED });
  if (!account || account !== deps.accounts.find(body.accountName) || !proof.srp.accepts(account.accountName, m1, m2)) {
    return answer(c, { status: 401, json: WRONG_PASSWORD });
  }
  return passwordAccepted(c, deps, account, Array.isArray(body.trustTokens) ? body.trustTokens : []);
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
    return accepted(c, deps, signIn, { status: 412, grade: 'unfinished', authType: 'sa', headers });
  }
  const trust = trustTokens
    .map((token) => (typeof token === 'string' ? deps.tokens.trustedUntil(token, account) : undefined))
    .find((until) => until !== undefined);
  if (trust !== undefined) {
    const signIn = deps.signIns.open(account, 'finished');
    return accepted(c, deps, signIn, { status: 200, grade: 'full', trustedUntil: trust, authType: 'hsa2' });
  }
  const signIn = deps.signIns.open(account, 'second-factor');
  if (deps.switches.pushOnSignin) pushUnasked(deps.outbox, signIn);
  const headers = { Location: '/auth', 'X-Apple-I-Rscd': '409' };
  return accepted(c, deps, signIn, { status: 409, grade: 'password', authType: 'hsa2', headers });
}

/** Before iOS 26.4 the password alone sent a code; without devices and with one phone, by SMS (peers). */
function pushUnasked(outbox: CodeOutbox, signIn: SignIn): void {
  const { account } = signIn;
  const [phone, ...others] = account.phones;
  if (account.securityKeys) return;
  if (account.trustedDevices) signIn.code = outbox.send(account, 'device');
  else if (phone && others.length === 0) signIn.code = outbox.send(account, 'sms', phone);
}

interface Accepted {
  readonly status: number;
  readonly grade: SignInGrade;
  readonly trustedUntil?: number;
  readonly authType?: 'hsa2' | 'sa';
  readonly headers?: Readonly<Record<string, string>>;
}

function accepted(c: Context, { tokens }: IdentityDeps, signIn: SignIn, outcome: Accepted): Response {
  const token = tokens.issueSession(signIn.account, outcome.grade, outcome.trustedUntil);
  signIn.tokens.add(token);
  const domain = cookieDomain(c, 'apple.com');
  return answer(c, {
    status: outcome.status,
    signIn,
    ...(outcome.authType === undefined ? {} : { json: { authType: outcome.authType } }),
    headers: {
      'X-Apple-Auth-Attributes': randomToken(64),
      'X-Apple-ID-Account-Country': 'USA',
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
