import { setTimeout as wait } from 'node:timers/promises';
import type { MiddlewareHandler } from 'hono';
import type { Clock } from '../seams.ts';
import { forwardedHost } from './hosts.ts';
import type { RequestLog } from './request-log.ts';

interface ObserveDeps {
  readonly log: RequestLog;
  readonly clock: Clock;
  readonly latencyMs: number;
  readonly closing: AbortSignal;
}

/** Writes each request down with the status it got, and makes it wait for the network's way there and back. */
export function observe({ log, clock, latencyMs, closing }: ObserveDeps): MiddlewareHandler {
  return async (c, next) => {
    const at = clock.now();
    if (latencyMs > 0) await wait(latencyMs, undefined, { signal: closing });
    await next();
    const url = new URL(c.req.url);
    log.add({
      method: c.req.method,
      host: forwardedHost(c) ?? url.host,
      path: url.pathname,
      query: url.search.slice(1),
      status: c.res.status,
      at,
    });
  };
}
