import { Hono } from 'hono';
import PQueue from 'p-queue';
import { Secret } from '../apple/secret.ts';
import { isPassword } from '../session/password-hash.ts';
import type { Web, WebEnv } from './context.ts';
import { beginSession, endSession } from './guard.ts';
import { LoginThrottle } from './login-throttle.ts';
import { messagePage } from './pages/layout.ts';
import { linkPage, loginPage } from './pages/login-page.ts';
import { noteOf, waitNote } from './pages/notes.ts';

/** How a browser gets in and out: the page's password, one-time links, signing out. */
export function doorRoutes(web: Web): Hono<WebEnv> {
  const throttle = new LoginThrottle(web.clock);
  // each try takes tens of megabytes
  const oneByOne = new PQueue({ concurrency: 1 });
  const app = new Hono<WebEnv>();

  app.get('/login', (c) => {
    if (!web.password || c.get('session')?.scope.kind === 'everything') return c.redirect('/', 303);
    return c.html(loginPage(noteOf(c.req.query('note'))));
  });

  app.post('/login', async (c) => {
    const { password } = web;
    if (!password) return c.redirect('/', 303);
    const waitMs = throttle.begin();
    if (waitMs > 0) {
      c.header('Retry-After', String(Math.ceil(waitMs / 1000)));
      return c.html(loginPage(waitNote(waitMs)), 429);
    }
    const tried = new Secret(c.get('form').get('password') ?? '');
    if (!(await oneByOne.add(() => isPassword(tried, password)))) {
      web.log.warning('Somebody entered a wrong password at the web page');
      return c.html(loginPage(noteOf('wrong-login')), 401);
    }
    throttle.succeeded();
    beginSession(c, web, { kind: 'everything' });
    return c.redirect('/', 303);
  });

  app.post('/logout', (c) => {
    endSession(c, web);
    return c.redirect(web.password ? '/login?note=signed-out' : '/', 303);
  });

  const over = () =>
    messagePage(
      'This link is over',
      'It works once, for fifteen minutes, and only while its question is open. Perhaps the question was answered already.',
    );

  // looking does not use it up: messengers open links to show a preview
  app.get('/link/:token', (c) => {
    const token = c.req.param('token');
    const target = web.links.peek(token);
    const pending = target && web.desk.pending(target.accountId);
    const account = web.board.snapshot().accounts.find(({ id }) => id === target?.accountId);
    if (!target || !account || pending?.id !== target.challengeId) return c.html(over(), 410);
    return c.html(linkPage(token, account.username));
  });

  app.post('/link/:token', (c) => {
    const target = web.links.use(c.req.param('token'));
    const pending = target && web.desk.pending(target.accountId);
    if (!target || pending?.id !== target.challengeId) return c.html(over(), 410);
    // whoever may do everything keeps that
    if (c.get('session')?.scope.kind === 'everything') return c.redirect('/', 303);
    beginSession(c, web, { kind: 'answer', accountId: target.accountId, thread: pending.thread });
    return c.redirect('/answer', 303);
  });

  return app;
}
