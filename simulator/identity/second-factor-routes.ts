import { type Context, Hono } from 'hono';
import type { Clock } from '../seams.ts';
import { answer, malformed, unauthorized, verificationError } from './answers.ts';
import { codeFlags, htmlChallenge, jsonChallenge, twoStepChallenge } from './challenge.ts';
import { phoneCode, pushCode } from './code-requests.ts';
import { submitCode } from './code-submission.ts';
import { grantHeaders } from './grant-headers.ts';
import type { IdentityDeps } from './password-routes.ts';
import { headerFault, signInOf, verifyHeadersInOrder } from './request-checks.ts';
import type { SignIn } from './sign-in-sessions.ts';

export interface SecondFactorDeps extends IdentityDeps {
  readonly clock: Clock;
}

type Handler = (c: Context, signIn: SignIn) => Response | Promise<Response>;

/** The second half of the identity service: the challenge, codes, security keys, and trust. */
export function secondFactorRoutes(deps: SecondFactorDeps): Hono {
  const app = new Hono();
  /** Wraps a call that only the next request of a sign-in may make. */
  const within =
    (handler: Handler) =>
    (c: Context): Response | Promise<Response> => {
      const fault = headerFault(c, 'verify');
      if (fault) return malformed(c, fault);
      const { signIn, current } = signInOf(c, deps);
      return signIn && current ? handler(c, signIn) : unauthorized(c, signIn);
    };
  app.get(
    '/',
    within((c, signIn) => challenge(c, deps, signIn)),
  );
  app.put(
    '/verify/trusteddevice/securitycode',
    within((c, signIn) => pushCode(c, deps, signIn)),
  );
  // the resend call of earlier years is gone (peers)
  app.on(['GET', 'PUT'], '/verify/trusteddevice', (c) => answer(c, { status: 405 }));
  app.put(
    '/verify/phone',
    within((c, signIn) => phoneCode(c, deps, signIn)),
  );
  app.post('/verify/trusteddevice/securitycode', (c) => submitCode(c, deps, 'device'));
  app.post('/verify/phone/securitycode', (c) => submitCode(c, deps, 'phone'));
  // no key of this world is known here, so no assertion is ever right
  app.post(
    '/verify/security/key',
    within((c, signIn) => answer(c, { status: 400, ...verificationError('-27962'), signIn })),
  );
  app.get(
    '/2sv/trust',
    within((c, signIn) => trust(c, deps, signIn)),
  );
  return app;
}

function challenge(c: Context, deps: SecondFactorDeps, signIn: SignIn): Response {
  const { account, step } = signIn;
  if (step === 'finished') return unauthorized(c, signIn);
  if (signIn.phoneRequest === 'refused') signIn.phoneRequest = 'reread';
  const status = Number(deps.switches.challengeStatus);
  const state = { flags: codeFlags(account, deps), form: deps.switches.challengeForm };
  if (step === 'two-step') return answer(c, { status, json: twoStepChallenge(), signIn });
  return /^application\/json\b/.test(c.req.header('Accept') ?? '')
    ? answer(c, { status, json: jsonChallenge(account, state), signIn })
    : answer(c, { status, html: htmlChallenge(account, state), signIn });
}

function trust(c: Context, { tokens, switches }: SecondFactorDeps, signIn: SignIn): Response {
  const { account, step } = signIn;
  // a two-step account is trusted by the setup service (peers)
  if (step === 'two-step') return answer(c, { status: 404, signIn });
  if (step === 'code-repair') return answer(c, { status: 412, json: { hasError: true }, signIn });
  const again = step === 'finished' && account.hsaVersion === 2 && switches.retrust === 'granted';
  const granted = step === 'code-accepted' || again;
  if (!granted || !verifyHeadersInOrder(c, switches.verifyHeaders)) return unauthorized(c, signIn);
  signIn.step = 'finished';
  const { token, expiresAt } = tokens.issueTrust(account, { clientId: c.req.header('X-Apple-OAuth-State') ?? '' });
  signIn.expiresAt = expiresAt;
  const session = tokens.issueSession(account, 'full', expiresAt);
  signIn.tokens.add(session);
  return answer(c, {
    status: 204,
    contentType: 'text/html;charset=UTF-8',
    headers: { ...grantHeaders(signIn), 'X-Apple-TwoSV-Trust-Token': token, 'X-Apple-Session-Token': session },
    signIn,
  });
}
