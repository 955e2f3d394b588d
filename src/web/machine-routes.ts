import { Hono } from 'hono';
import { ICON } from './assets/icon.ts';
import { SCRIPT, SCRIPT_PATH } from './assets/script.ts';
import { STYLE, STYLE_PATH } from './assets/style.ts';
import type { Web, WebEnv } from './context.ts';
import { healthProblems, healthText } from './health.ts';
import { Metrics } from './metrics.ts';
import { statusDocument } from './status-document.ts';

/** What programs ask for, and what is the same for everybody. */
export function machineRoutes(web: Web): Hono<WebEnv> {
  const metrics = new Metrics(web.board, web.desk);
  const app = new Hono<WebEnv>();

  app.get('/healthz', (c) => {
    const problems = healthProblems(web.board.snapshot(), web.desk, web.clock.now());
    if (problems.length === 0) return c.text('ok\n');
    return c.text(`${problems.map(healthText).join('\n')}\n`, 503);
  });

  app.get('/metrics', async (c) => c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType }));

  app.get('/api/status', (c) => {
    // without a password everybody on this machine may look; the name of the host was checked
    if (web.password && c.get('session')?.scope.kind !== 'everything') return c.json({ error: 'Not signed in.' }, 401);
    return c.json(statusDocument(web.board.snapshot(), web.desk, web.clock.now()));
  });

  const forEver = 'public, max-age=31536000, immutable';
  app.get(STYLE_PATH, (c) =>
    c.body(STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': forEver }),
  );
  app.get(SCRIPT_PATH, (c) =>
    c.body(SCRIPT, 200, { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': forEver }),
  );
  app.get('/icon.svg', (c) =>
    c.body(ICON, 200, { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'public, max-age=86400' }),
  );

  return app;
}
