import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { accountLogin, validate } from './account-login.ts';
import { enableConsent, requestKeys, webAccessState, withKeysOf } from './data-keys.ts';
import { answer, cookiesOf, jsonOf, refuse, type SetupDeps } from './setup-answers.ts';
import { aboutTerms, getTerms, repairDone } from './terms.ts';
import { inPendingLogin, listDevices, sendVerificationCode, validateVerificationCode } from './two-step.ts';

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
  app.post('/requestWebAccessState', withKeysOf(webAccessState, deps));
  app.post('/enableDeviceConsentForPCS', withKeysOf(enableConsent, deps));
  app.post('/requestPCS', withKeysOf(requestKeys, deps));
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
  if (trustBrowser === false) {
    deps.tokens.expireTrust(account);
    deps.signIns.end(account);
  }
  return answer(c, 200, { success: true });
}
