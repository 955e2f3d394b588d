import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { type JsonObject, parseObject } from '../http/json.ts';
import type { SimulatedAccount } from '../identity/account.ts';
import { REPAIR_COOKIE } from './pending-sessions.ts';
import { answer, cookiesOf, namesItself, refuse, type SetupDeps } from './setup-answers.ts';

type TermsContext = Context<{ Bindings: HttpBindings }>;
type Step = (c: TermsContext, deps: SetupDeps, account: SimulatedAccount, body: JsonObject) => Response;

/** The terms that wait to be accepted; what their answer holds besides is not known. */
const TERMS_VERSION = 140;

/** Wraps a call about new terms: by the method of the switch, with a JSON body even where that is GET (peers). */
export function aboutTerms(step: Step, deps: SetupDeps) {
  return async (c: TermsContext): Promise<Response> => {
    const { termsMethod } = deps.switches;
    if (termsMethod !== 'either' && termsMethod.toUpperCase() !== c.req.method) {
      return answer(c, 405, { success: false, error: 'Method Not Allowed' });
    }
    const cookies = cookiesOf(c);
    const session = deps.pending.find(cookies, REPAIR_COOKIE) ?? deps.webSessions.find(cookies);
    if (!session) return refuse(c, deps, 421, 'Failed to validate the credentials from cookie');
    if (!namesItself(c, session.account)) return refuse(c, deps, 400, 'Missing parameters');
    return step(c, deps, session.account, parseObject(await bodyOf(c)) ?? {});
  };
}

/** A web request has no body when it is a GET, so it is read from the connection itself. */
async function bodyOf(c: TermsContext): Promise<string> {
  if (c.req.method !== 'GET') return c.req.text();
  const chunks: Buffer[] = [];
  for await (const chunk of c.env.incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

export function getTerms(c: TermsContext, deps: SetupDeps, _: SimulatedAccount, { locale }: JsonObject): Response {
  if (typeof locale !== 'string') return refuse(c, deps, 400, 'Missing locale');
  return answer(c, 200, { iCloudTerms: { version: TERMS_VERSION } });
}

/** The terms named are accepted; the next `accountLogin` is complete. */
export function repairDone(c: TermsContext, deps: SetupDeps, account: SimulatedAccount, body: JsonObject): Response {
  if (body.acceptedICloudTerms !== TERMS_VERSION) return refuse(c, deps, 400, 'Unknown version of the terms');
  account.change({ termsUpdateNeeded: false });
  return answer(c, 200, { success: true });
}
