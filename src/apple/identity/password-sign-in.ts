import * as z from 'zod';
import { type AppleSession, refuseTransient, sendAuth } from '../apple-session.ts';
import { WIDGET_KEY } from '../endpoints.ts';
import { AppleError } from '../errors.ts';
import type { AppleResponse } from '../http/transport.ts';
import type { Secret } from '../secret.ts';
import { hashcash } from './hashcash.ts';
import { parseJson, serviceError } from './service-errors.ts';
import { type Padding, type SrpChallenge, SrpClient, type SrpProof } from './srp.ts';

/** What a right password leads to. `two-step`: the setup service takes the code of the old two-step verification. */
export type PasswordOutcome = 'signed-in' | 'second-factor' | 'two-step' | 'repair';

const ACCEPT = 'application/json, text/javascript';

/** Apple's codes for a wrong Apple ID or password; the second one was seen once (peers). */
const WRONG_PASSWORD: ReadonlySet<string> = new Set(['-20101', '-20283']);

const initSchema = z.object({
  iteration: z.number().int(),
  salt: z.base64(),
  protocol: z.enum(['s2k', 's2k_fo']),
  b: z.base64(),
  c: z.string(),
});

/** Apple's verifier uses the lower-case form of an e-mail address (peers). */
export function accountNameOf(username: string): string {
  const trimmed = username.trim();
  return trimmed.includes('@') ? trimmed.toLowerCase() : trimmed;
}

/** Apple sometimes answers 200 and hides the verdict in a header (recorded). */
function verdictOf(response: AppleResponse): number {
  const hidden = Number(response.header('x-apple-i-rscd'));
  return response.status === 200 && hidden >= 400 ? hidden : response.status;
}

/**
 * What a browser does before it shows the password form. Programs sign in without it, and with it (peers), so nothing
 * depends on its answer but a fresh `scnt`.
 */
async function warmUp(session: AppleSession): Promise<void> {
  const { client_id } = session.data;
  const query = new URLSearchParams({
    frame_id: client_id,
    skVersion: '7',
    iframeid: client_id,
    client_id: WIDGET_KEY,
    redirect_uri: session.endpoints.home,
    response_type: 'code',
    response_mode: 'web_message',
    state: client_id,
    authVersion: 'latest',
  });
  await sendAuth(session, { method: 'GET', path: `/authorize/signin?${query}`, origin: 'widget', accept: '*/*' });
}

async function begin(
  session: AppleSession,
  accountName: string,
  client: SrpClient,
  headers: Readonly<Record<string, string>> = {},
): Promise<AppleResponse> {
  return sendAuth(session, {
    method: 'POST',
    path: '/signin/init',
    origin: 'widget',
    accept: ACCEPT,
    headers,
    body: {
      a: Buffer.from(client.publicValue).toString('base64'),
      accountName,
      protocols: ['s2k', 's2k_fo'],
    },
  });
}

/**
 * 401 and 409 here belong to a half-finished earlier sign-in, never to the password (peers). A 403 may name work to be
 * done first, which no account of icloud.com was asked for yet (peers).
 */
async function beginAfresh(session: AppleSession, accountName: string, client: SrpClient): Promise<AppleResponse> {
  let response = await begin(session, accountName, client);
  if (response.status === 401 || response.status === 409) {
    await forgetSignIn(session);
    response = await begin(session, accountName, client);
  }
  if (response.status !== 403) return response;
  const [bits, challenge] = [response.header('x-apple-hc-bits'), response.header('x-apple-hc-challenge')];
  const stamp = hashcash(bits, challenge, session.clock.now());
  return stamp === undefined ? response : begin(session, accountName, client, { 'x-apple-hc': stamp });
}

/** Everything that would name the sign-in before: its values, and the identity service's cookie for it. */
async function forgetSignIn(session: AppleSession): Promise<void> {
  delete session.data.scnt;
  delete session.data.session_id;
  const { cookies } = session.transport;
  for (const { key, domain, path } of await cookies.getCookies(session.endpoints.auth, { expire: false })) {
    if (key === 'aasp') await cookies.store.removeCookie(domain, path, key);
  }
}

interface Attempt {
  readonly response: AppleResponse;
  readonly proof: SrpProof;
}

async function attempt(
  session: AppleSession,
  accountName: string,
  password: Secret,
  padding: Padding,
): Promise<Attempt> {
  const client = new SrpClient();
  const init = await beginAfresh(session, accountName, client);
  refuseTransient(session, init);
  if (init.status === 403) throw new AppleError('sign-in-refused', answerOf(init));
  const parsed = initSchema.safeParse(parseJson(init.text));
  if (init.status !== 200 || !parsed.success) throw new AppleError('protocol-changed', answerOf(init));

  const { salt, iteration, protocol, b, c } = parsed.data;
  const proof = await prove(client, accountName, password, {
    salt: Buffer.from(salt, 'base64'),
    iterations: iteration,
    protocol,
    b: Buffer.from(b, 'base64'),
    padding,
  });
  const response = await sendAuth(session, {
    method: 'POST',
    path: '/signin/complete?isRememberMeEnabled=true',
    origin: 'widget',
    accept: ACCEPT,
    body: {
      accountName,
      c,
      m1: Buffer.from(proof.m1).toString('base64'),
      m2: Buffer.from(proof.m2).toString('base64'),
      rememberMe: true,
      trustTokens: session.data.trust_token === undefined ? [] : [session.data.trust_token],
    },
  });
  return { response, proof };
}

async function prove(
  ...[client, name, password, challenge]: [SrpClient, string, Secret, SrpChallenge & { readonly padding: Padding }]
) {
  try {
    return await client.prove(name, password.reveal(), challenge, challenge.padding);
  } catch (error) {
    throw new AppleError('protocol-changed', {}, { cause: error });
  }
}

function answerOf(response: AppleResponse): { status: number; code?: string; reason?: string } {
  const error = serviceError(response.text);
  return { status: response.status, ...(error ? { code: error.code, reason: error.message } : {}) };
}

/**
 * Proves the password without sending it. The password is tried once; a second time only when the arithmetic left a
 * doubt (`SrpProof.ambiguous`), and then with the other padding, because every wrong try brings the account nearer to
 * its lock.
 *
 * Source: docs/protocol/sign-in.md, "The password proof".
 *
 * @throws AppleError `wrong-password`, `account-locked`, `sign-in-refused`, `throttled`, `unreachable`, `protocol-changed`
 */
export async function signInWithPassword(
  session: AppleSession,
  username: string,
  password: Secret,
): Promise<PasswordOutcome> {
  const accountName = accountNameOf(username);
  session.redactor.add(password.reveal());
  await warmUp(session);
  let { response, proof } = await attempt(session, accountName, password, 'minimal');
  if (verdictOf(response) === 401 && proof.ambiguous) {
    ({ response } = await attempt(session, accountName, password, 'padded'));
  }
  return judge(session, response);
}

/** `hsa2`, or `hsa` for the old two-step verification (peers). */
function authType(response: AppleResponse): string | undefined {
  const parsed = z.object({ authType: z.string() }).safeParse(parseJson(response.text));
  return parsed.success ? parsed.data.authType : undefined;
}

function judge(session: AppleSession, response: AppleResponse): PasswordOutcome {
  refuseTransient(session, response, { atProof: true });
  const answer = answerOf(response);
  if (answer.code === '-20209') throw new AppleError('account-locked', answer);
  if (answer.code !== undefined && WRONG_PASSWORD.has(answer.code)) throw new AppleError('wrong-password', answer);
  switch (verdictOf(response)) {
    case 200:
      return 'signed-in';
    case 409:
      return authType(response) === 'hsa' ? 'two-step' : 'second-factor';
    case 412:
      return 'repair';
    case 401:
      throw new AppleError('wrong-password', answer);
    case 403:
      throw new AppleError('sign-in-refused', answer);
    default:
      throw new AppleError('protocol-changed', answer);
  }
}

/**
 * Declines the step Apple proposes for accounts without a second factor (recorded in `auth_non_2fa`).
 *
 * @throws AppleError `repair-needed` when Apple insists
 */
export async function declineRepair(session: AppleSession): Promise<void> {
  const response = await sendAuth(session, {
    method: 'POST',
    path: '/repair/complete',
    origin: 'home',
    accept: ACCEPT,
    body: {},
  });
  refuseTransient(session, response);
  if (response.status !== 200) throw new AppleError('repair-needed', answerOf(response));
}
