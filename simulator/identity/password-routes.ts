import type { Context } from 'hono';
import { Hono } from 'hono';
import type { Switches } from '../control/switches.ts';
import { parseCookies } from '../http/cookies.ts';
import { forwardedHost } from '../http/hosts.ts';
import type { Accounts, SimulatedAccount } from './account.ts';
import { answer, HTML_TYPE, malformed, unauthorized, unavailable } from './answers.ts';
import type { CodeOutbox } from './codes.ts';
import { Hashcash } from './hashcash.ts';
import { declineRepair, judgeProof } from './password-verdict.ts';
import { headerFault, jsonBody, WIDGET_KEY } from './request-checks.ts';
import type { SignInSessions } from './sign-in-sessions.ts';
import { SrpServer, secretOfShortValue } from './srp.ts';
import type { Tokens } from './tokens.ts';

export interface IdentityDeps {
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly signIns: SignInSessions;
  readonly outbox: CodeOutbox;
  readonly switches: Switches;
}

/** The password half of the identity service: `authorize/signin`, `federate`, `signin/*`, `repair/complete`. */
export function passwordRoutes(deps: IdentityDeps): Hono {
  const app = new Hono();
  const hashcash = new Hashcash();
  app.get('/authorize/signin', (c) => {
    if (c.req.query('client_id') !== WIDGET_KEY) return malformed(c, 'client_id is not the widget key');
    return beginning(deps, answer(c, { status: 200, html: '<!DOCTYPE html><title>Sign In</title>' }));
  });
  app.post('/federate', async (c) => {
    const body = await jsonBody(c);
    if (typeof body?.accountName !== 'string') return malformed(c, 'accountName is missing');
    return beginning(deps, answer(c, { status: 200, json: { federated: false } }));
  });
  app.post('/signin/init', (c) => {
    const refused = refusedAtOnce(c, deps, hashcash);
    return refused ? beginning(deps, refused) : begin(c, deps);
  });
  app.post('/signin/complete', (c) => complete(c, deps));
  app.post('/repair/complete', (c) => declineRepair(c, deps));
  return app;
}

/** An answer that belongs to no sign-in: a new one may begin with its `scnt`. */
function beginning({ signIns }: Pick<IdentityDeps, 'signIns'>, response: Response): Response {
  signIns.beginsWith(response.headers.get('scnt') ?? '');
  return response;
}

function decodeBase64(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' && value !== '' && /^[A-Za-z0-9+/]+={0,2}$/.test(value)
    ? Buffer.from(value, 'base64')
    : undefined;
}

/** @returns the answer to a `signin/init` that is not looked into, if that is so */
function refusedAtOnce(c: Context, { signIns, switches }: IdentityDeps, hashcash: Hashcash): Response | undefined {
  const { throttle, staleContext } = switches;
  if (throttle) return unavailable(c, throttle);
  const fault = headerFault(c, 'sign-in');
  if (fault) return malformed(c, fault);
  if (switches.hashcash === 'demanded' && !hashcash.accepts(c.req.header('X-APPLE-HC'))) return hashcash.demand(c);
  if (staleContext === 'ignored' || !isStale(c, signIns)) return undefined;
  return answer(c, { status: Number(staleContext), json: { hasError: true } });
}

/** Whether a new sign-in is begun with what an earlier one left behind. */
function isStale(c: Context, signIns: SignInSessions): boolean {
  const scnt = c.req.header('scnt');
  return (
    c.req.header('X-Apple-ID-Session-Id') !== undefined ||
    parseCookies(c.req.header('cookie')).has('aasp') ||
    (scnt !== undefined && !signIns.mayBeginWith(scnt))
  );
}

/** Whether an account of mainland China is looked for at the host that does not serve it. */
function atWrongHost(c: Context, account: SimulatedAccount | undefined, { cnIdentityHost }: Switches): boolean {
  const host = forwardedHost(c);
  const own = cnIdentityHost === 'global' ? 'idmsa.apple.com' : 'idmsa.apple.com.cn';
  return account?.region === 'cn' && host !== undefined && host !== own;
}

async function begin(c: Context, { accounts, signIns, switches }: IdentityDeps): Promise<Response> {
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
    const short = switches.publicValue === 'short-once';
    server = new SrpServer(await verifier, srp.salt, a, short ? secretOfShortValue(await verifier) : undefined);
    if (short) switches.publicValue = 'random';
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
  return beginning({ signIns }, response);
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
  // it is the proof that the wrong host refuses, not its beginning (peers)
  if (atWrongHost(c, proof.account, deps.switches)) return unavailable(c);
  const trustTokens = Array.isArray(body.trustTokens) ? body.trustTokens : [];
  const response = judgeProof(c, deps, proof, { accountName: body.accountName, m1, m2, trustTokens });
  // a sign-in that failed may begin again with the scnt of its refusal
  if (response.status >= 400 && !response.headers.has('X-Apple-ID-Session-Id')) beginning(deps, response);
  return deps.switches.signinStatus === 'in-rscd' ? hidden(response) : response;
}

/** The same answer as 200, with its status in a header. */
function hidden(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set('X-Apple-I-Rscd', String(response.status));
  return new Response(response.body, { status: 200, headers });
}
