import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { PasswordHash } from '../session/password-hash.ts';
import type { Web, WebEnv } from './context.ts';
import { doorRoutes } from './door-routes.ts';
import { changeGuard, findSession, headers, hostGuard, limitBody } from './guard.ts';
import { machineRoutes } from './machine-routes.ts';
import { OneTimeLinks } from './one-time-links.ts';
import { pageRoutes } from './page-routes.ts';
import { messagePage } from './pages/layout.ts';
import { Sessions } from './sessions.ts';
import { checkSite, type Site } from './site.ts';
import { WebStartError } from './web-start-error.ts';

export interface WebServerOptions extends Omit<Site, 'hasPassword'> {
  /** 0 for any free one. */
  readonly port: number;
  /** See `hashWebPassword`. Undefined: only this machine may reach the page. */
  readonly password: PasswordHash | undefined;
}

export interface WebServer {
  /** Where it listens, without a trailing slash. */
  readonly url: string;
  /**
   * A link with which a phone can answer one question at once: good for 15 minutes, once.
   *
   * @returns undefined when no `url` is set: nobody knows under which name a phone would find the page
   */
  oneTimeLink(accountId: string, challengeId: string): string | undefined;
  /** Ends at once, open pages included. */
  close(): Promise<void>;
}

type Parts = Pick<Web, 'board' | 'desk' | 'controls' | 'clock' | 'log'>;

const MOST_CONNECTIONS = 300;

/**
 * Serves the web page.
 *
 * @throws WebStartError when it would be open to others without a password, or the address cannot be listened on
 */
export async function startWebServer(options: WebServerOptions, parts: Parts): Promise<WebServer> {
  const { host, url, allowedHosts, trustProxy, password, port } = options;
  const site: Site = { host, url, allowedHosts, trustProxy, hasPassword: password !== undefined };
  checkSite(site);
  const closing = new AbortController();
  const web: Web = {
    ...parts,
    site,
    password,
    sessions: new Sessions(parts.clock),
    links: new OneTimeLinks(parts.clock),
    closing: closing.signal,
  };
  const server = createServer(
    { requestTimeout: 20_000, headersTimeout: 10_000, keepAliveTimeout: 10_000 },
    getRequestListener(createApp(web).fetch),
  );
  server.maxConnections = MOST_CONNECTIONS;
  const listening = await listen(server, host, port);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening}`,
    oneTimeLink: (accountId, challengeId) =>
      url && new URL(`/link/${web.links.create({ accountId, challengeId })}`, url).href,
    close: async () => {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function createApp(web: Web): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  app.use(headers, hostGuard(web), limitBody, findSession(web), changeGuard(web));
  app.route('/', machineRoutes(web));
  app.route('/', doorRoutes(web));
  app.route('/', pageRoutes(web));
  app.notFound((c) => c.html(messagePage('There is nothing here', 'The address is not one of this page.'), 404));
  app.onError((error, c) => {
    web.log.error(`The web page could not answer ${c.req.method} ${c.req.routePath}: ${error.message}`);
    return c.html(messagePage('Something went wrong', 'The log has more about it.'), 500);
  });
  return app;
}

/** What the system says when an address cannot be had, in words. */
const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses it already. Choose another one with --web-port.',
  EACCES: 'this user may not listen there. Choose a --web-port above 1023.',
  EADDRNOTAVAIL: 'this machine has no such address. Correct --web-host.',
  ENOTFOUND: 'no such host is known. Correct --web-host.',
};

/** @returns the port */
function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = LISTEN_PROBLEMS[error.code ?? ''] ?? error.message;
      reject(new WebStartError(`The web page cannot be served on ${host}, port ${port}: ${why}`, { cause: error }));
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
