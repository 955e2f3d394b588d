import { Hono } from 'hono';
import { readAnswer } from './answer-form.ts';
import type { Web, WebContext, WebEnv } from './context.ts';
import { events } from './events.ts';
import { beginSession } from './guard.ts';
import { type AnswerFacts, answerPage, answerParts } from './pages/answer-page.ts';
import { messagePage } from './pages/layout.ts';
import { bouncePage } from './pages/login-page.ts';
import { type Note, noteOf } from './pages/notes.ts';
import { type Facts, type LiveParts, overviewPage, overviewParts } from './pages/overview.ts';
import type { Scope, Session } from './sessions.ts';
import { Thumbnails } from './thumbnails.ts';

function factsOf(web: Web, csrf: string): Facts {
  return { board: web.board.snapshot(), desk: web.desk, controls: web.controls, csrf, now: web.clock.now() };
}

function answerFacts(web: Web, csrf: string, scope: Extract<Scope, { kind: 'answer' }>): AnswerFacts | undefined {
  const account = web.board.snapshot().accounts.find(({ id }) => id === scope.accountId);
  const pending = web.desk.pending(scope.accountId);
  return account && { account, csrf, pending: pending?.thread === scope.thread ? pending : undefined };
}

function partsFor(web: Web, { scope, csrf }: Session): LiveParts | undefined {
  if (scope.kind === 'everything') return overviewParts(factsOf(web, csrf));
  const facts = answerFacts(web, csrf, scope);
  return facts && answerParts(facts);
}

/** Only a page that a person opens: what a foreign page embeds gets no session. */
function isVisit(c: WebContext): boolean {
  const site = c.req.header('sec-fetch-site') ?? 'none';
  return (site === 'none' || site === 'same-origin') && (c.req.header('sec-fetch-dest') ?? 'document') === 'document';
}

/** The pages behind the door, the answers and the buttons. */
export function pageRoutes(web: Web): Hono<WebEnv> {
  const thumbnails = new Thumbnails(web.board);
  const app = new Hono<WebEnv>();

  app.get('/', (c) => {
    const found = c.get('session');
    if (!found) {
      if (!isVisit(c)) return c.html(bouncePage());
      if (web.password) return c.redirect('/login', 303);
      beginSession(c, web, { kind: 'everything' });
    }
    const session = c.get('session');
    if (session?.scope.kind !== 'everything') return c.redirect('/answer', 303);
    return c.html(overviewPage(factsOf(web, session.csrf), noteOf(c.req.query('note')), web.password !== undefined));
  });

  app.get('/answer', (c) => {
    const session = c.get('session');
    if (session?.scope.kind !== 'answer') return c.redirect('/', 303);
    const facts = answerFacts(web, session.csrf, session.scope);
    return facts ? c.html(answerPage(facts, noteOf(c.req.query('note')))) : c.notFound();
  });

  app.get('/events', (c) => {
    const [session, cookie] = [c.get('session'), c.get('cookie')];
    if (!session || cookie === undefined) return c.text('Not signed in.\n', 401);
    return events(c, web, cookie, () => partsFor(web, session));
  });

  app.get('/thumbnails/:id', async (c) => {
    if (c.get('session')?.scope.kind !== 'everything') return c.text('Not signed in.\n', 401);
    const thumbnail = await thumbnails.get(c.req.param('id'));
    if (!thumbnail) return c.notFound();
    return c.body(thumbnail.bytes, 200, {
      'Content-Type': thumbnail.type,
      'Cache-Control': 'private, max-age=86400, immutable',
    });
  });

  app.post('/accounts/:id/answer', (c) => {
    const scope = c.get('session')?.scope;
    const home = scope?.kind === 'answer' ? '/answer' : '/';
    const to = (note: Note): Response => c.redirect(`${home}?note=${note}`, 303);
    const [accountId, form] = [c.req.param('id'), c.get('form')];
    const pending = web.desk.pending(accountId);
    if (scope?.kind === 'answer' && (scope.accountId !== accountId || form.get('kind') === 'start-over')) {
      return c.html(messagePage('That was not done', 'This link is for another question.'), 403);
    }
    const outside = scope?.kind === 'answer' && pending?.thread !== scope.thread;
    if (!pending || outside || pending.id !== form.get('challenge')) return to('gone');
    const read = readAnswer(form, pending.challenge);
    if (read.kind === 'unclear') return to(read.note);
    const outcome = web.desk.submit(accountId, pending.id, read.answer);
    if (outcome === 'taken') web.log.info(`An answer for account ${accountId} came through the web page`);
    return to(outcome);
  });

  const controls: Readonly<Record<string, () => void>> = {
    'sync-now': () => web.controls.syncNow(),
    pause: () => web.controls.pause(),
    resume: () => web.controls.resume(),
    'stop-after-file': () => web.controls.stopAfterFile(),
  };
  app.post('/controls/:name', (c) => {
    if (c.get('session')?.scope.kind !== 'everything') {
      return c.html(messagePage('That was not done', 'This link is for one question only.'), 403);
    }
    const name = c.req.param('name');
    const control = Object.hasOwn(controls, name) ? controls[name] : undefined;
    if (!control || !web.controls.available) return c.notFound();
    web.log.info(`The web page asks for: ${name}`);
    control();
    return c.redirect('/', 303);
  });

  return app;
}
