import { createServer, type Server } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { Control } from './control/control.ts';
import { controlRoutes } from './control/routes.ts';
import { applyFaults } from './http/apply-faults.ts';
import { Connections, refuseStale } from './http/connections.ts';
import type { Faults } from './http/faults.ts';
import { forwardedHost, hostKnowsPath, publicUrl } from './http/hosts.ts';
import { observe } from './http/observe.ts';
import type { RequestLog } from './http/request-log.ts';
import { passwordRoutes } from './identity/password-routes.ts';
import { type SecondFactorDeps, secondFactorRoutes } from './identity/second-factor-routes.ts';
import { photosRoutes } from './photos/routes.ts';
import type { PendingSessions } from './setup/pending-sessions.ts';
import { setupRoutes } from './setup/routes.ts';
import type { WebSessionStore } from './setup/web-sessions.ts';

export interface ServerDeps extends SecondFactorDeps {
  readonly webSessions: WebSessionStore;
  readonly pending: PendingSessions;
  readonly control: Control;
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly latencyMs: number;
}

export interface RunningServer {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** A client's pooled connection must not be closed under its hands between two requests. */
const KEEP_ALIVE_MS = 120_000;
const CONTENT_HOST = 'cvws.icloud-content.com';

/** Starts serving on the loopback interface. @param port 0 for any free one */
export async function serve(deps: ServerDeps, port: number): Promise<RunningServer> {
  const closing = new AbortController();
  const url = { own: '' };
  const connections = new Connections(deps.switches);
  const app = createApp({ ...deps, connections }, url, closing.signal);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, getRequestListener(app.fetch));
  server.on('connection', (socket) => connections.opened(socket));
  await listen(server, port);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  url.own = `http://127.0.0.1:${address.port}`;
  return {
    url: url.own,
    close: async () => {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function createApp(
  deps: ServerDeps & { readonly connections: Connections },
  url: { readonly own: string },
  closing: AbortSignal,
): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const urlOf = (c: Context, appleHost: string) => publicUrl(c, appleHost, url.own);
  app.use('/control/*', async (c, next) => (forwardedHost(c) === undefined ? next() : c.notFound()));
  app.route('/control', controlRoutes(deps.control));
  app.use(observe({ ...deps, closing }));
  const expireLinks = () => {
    for (const { library } of deps.accounts.all()) library.expireLinks();
  };
  app.use(applyFaults({ ...deps, expireLinks, closing }));
  app.use(async (c, next) => {
    const host = forwardedHost(c);
    return host === undefined || hostKnowsPath(host, c.req.path) ? next() : c.notFound();
  });
  app.use('/database/*', refuseStale(deps.connections));
  app.route('/appleauth/auth', passwordRoutes(deps));
  app.route('/appleauth/auth', secondFactorRoutes(deps));
  app.route('/setup/ws/1', setupRoutes({ ...deps, publicUrl: urlOf }));
  app.route(
    '/',
    photosRoutes({
      sessions: deps.webSessions,
      clock: deps.clock,
      switches: deps.switches,
      contentUrl: (c) => urlOf(c, CONTENT_HOST),
    }),
  );
  app.onError((error, c) => {
    // a delay that ends because the server closes is no failure
    if (!closing.aborted) console.error(error);
    return c.text('Internal Server Error', 500);
  });
  return app;
}
