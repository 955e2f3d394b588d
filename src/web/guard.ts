import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';
import type { Web, WebContext, WebEnv } from './context.ts';
import { messagePage } from './pages/layout.ts';
import { type Scope, sameToken } from './sessions.ts';
import { arrivalOf, isOwnOrigin } from './site.ts';

/** No form of the page comes near it. */
const LARGEST_BODY = 16 * 1024;

/** The page has no need of anything from elsewhere, and nothing elsewhere has a need of it. */
export const headers: MiddlewareHandler<WebEnv> = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
  // not no-referrer: a form would then be sent with "Origin: null"
  referrerPolicy: 'same-origin',
  // the proxy in front has to decide this
  strictTransportSecurity: false,
  permissionsPolicy: { camera: [], geolocation: [], microphone: [] },
});

/** Refuses a request that was meant for another name: a foreign page may have led one of its own here. */
export function hostGuard({ site }: Web): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    c.header('Cache-Control', 'no-store');
    const arrival = arrivalOf(
      {
        host: c.req.header('host'),
        forwardedHost: c.req.header('x-forwarded-host'),
        forwardedProto: c.req.header('x-forwarded-proto'),
      },
      site,
    );
    if (!arrival) {
      return c.text('This page does not answer to that name. Its own name is set with --web-url.\n', 403);
    }
    c.set('arrival', arrival);
    return next();
  };
}

export const limitBody: MiddlewareHandler<WebEnv> = bodyLimit({
  maxSize: LARGEST_BODY,
  onError: (c) => c.text('That is more than any form of this page sends.\n', 413),
});

/** Cookies know no ports: two of these pages on one machine must not take each other's. */
function cookieName(c: WebContext): string {
  const { secure, origin } = c.get('arrival');
  return secure ? '__Host-icloudpd' : `icloudpd-${new URL(origin).port || '80'}`;
}

/** Lets a browser in. */
export function beginSession(c: WebContext, { sessions }: Web, scope: Scope): void {
  sessions.end(c.get('cookie'));
  const { cookie, session } = sessions.create(scope);
  const { secure } = c.get('arrival');
  setCookie(c, cookieName(c), cookie, { httpOnly: true, sameSite: 'Strict', secure, path: '/' });
  c.set('cookie', cookie);
  c.set('session', session);
}

export function endSession(c: WebContext, { sessions }: Web): void {
  sessions.end(c.get('cookie'));
  setCookie(c, cookieName(c), '', {
    httpOnly: true,
    sameSite: 'Strict',
    secure: c.get('arrival').secure,
    path: '/',
    maxAge: 0,
  });
}

/** Finds the session of the request, if it has one. */
export function findSession({ sessions }: Web): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const cookie = getCookie(c, cookieName(c));
    c.set('cookie', cookie);
    c.set('session', sessions.find(cookie));
    return next();
  };
}

function refuse(c: WebContext, text: string): Response | Promise<Response> {
  return c.html(messagePage('That was not done', text), 403);
}

/** What needs no session: letting somebody in is what it does. The secret itself is the proof. */
function letsIn(path: string): boolean {
  return path === '/login' || path.startsWith('/link/');
}

/** Everything that changes something has to come from a page of ours, out of a session, with its token. */
export function changeGuard({ site }: Web): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    if (!isOwnOrigin(c.req.header('origin'), c.get('arrival'), site)) {
      return refuse(c, 'The request did not come from this page.');
    }
    const form = new URLSearchParams(await c.req.text());
    c.set('form', form);
    if (letsIn(c.req.path)) return next();
    const session = c.get('session');
    if (!session) return refuse(c, 'You are not signed in to this page, or were for too long without doing anything.');
    if (!sameToken(form.get('csrf') ?? '', session.csrf)) {
      return refuse(c, 'The form was out of date. Go back, load the page again, and repeat what you did.');
    }
    return next();
  };
}
