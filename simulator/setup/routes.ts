import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { SimulatedAccount } from '../identity/account.ts';
import { accountLogin, validate } from './account-login.ts';
import { answer, cookiesOf, jsonOf, momentOf, refuse, type SetupDeps } from './setup-answers.ts';
import { pcsCookie } from './setup-cookies.ts';
import { aboutTerms, getTerms, repairDone } from './terms.ts';
import { inPendingLogin, listDevices, sendVerificationCode, validateVerificationCode } from './two-step.ts';
import { TOKEN_COOKIE, type WebSession } from './web-sessions.ts';

/** The setup service: exchanges the identity service's tokens for web cookies, and looks after those. */
export function setupRoutes(deps: SetupDeps): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.post('/validate', (c) => validate(c, deps));
  app.post('/accountLogin', (c) => accountLogin(c, deps));
  app.post('/logout', (c) => logout(c, deps));
  app.get('/listDevices', inPendingLogin(listDevices, deps));
  app.post('/sendVerificationCode', inPendingLogin(sendVerificationCode, deps));
  app.post('/validateVerificationCode', inPendingLogin(validateVerificationCode, deps));
  app.on(['GET', 'POST'], '/getTerms', aboutTerms(getTerms, deps));
  app.on(['GET', 'POST'], '/repairDone', aboutTerms(repairDone, deps));
  app.post('/requestWebAccessState', (c) => withSession(c, deps, ({ account }) => webAccess(c, account)));
  app.post('/requestPCS', (c) => withSession(c, deps, ({ account }) => photosKeys(c, deps, account)));
  return app;
}

async function logout(c: Context, deps: SetupDeps): Promise<Response> {
  const session = deps.webSessions.find(cookiesOf(c));
  if (!session) return refuse(c, deps, 421, 'Failed to validate the credentials from cookie');
  const { account } = session;
  const { trustBrowser, allBrowsers } = await jsonOf(c);
  if (allBrowsers === true) {
    deps.tokens.expireSessions(account);
    deps.webSessions.end({ account });
  } else {
    deps.tokens.drop(session.openedWith);
    deps.webSessions.end({ session });
  }
  if (trustBrowser === false) deps.tokens.expireTrust(account);
  return answer(c, 200, { success: true });
}

function withSession(c: Context, deps: SetupDeps, respond: (session: WebSession) => Response): Response {
  const session = deps.webSessions.find(cookiesOf(c));
  return session ? respond(session) : refuse(c, deps, 500, `Missing ${TOKEN_COOKIE} cookie`);
}

function webAccess(c: Context, { dsid, isWebAccessAllowed }: SimulatedAccount): Response {
  return answer(c, 200, { dsid: Number(dsid), isWebAccessAllowed });
}

/** Accounts without Advanced Data Protection get the photo keys for the asking (peers). */
function photosKeys(c: Context, deps: SetupDeps, { isWebAccessAllowed }: SimulatedAccount): Response {
  // what Apple says to an account whose data is not for the web is not known
  if (!isWebAccessAllowed)
    return answer(c, 200, { isWebAccessAllowed, status: 'failure', message: 'Web access is off.' });
  const moment = momentOf(c, deps);
  const cookies = [pcsCookie('Photos', moment), pcsCookie('Sharing', moment)];
  return answer(c, 200, { isWebAccessAllowed, status: 'success', message: 'Cookies are ready.' }, { cookies });
}
