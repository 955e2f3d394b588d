import type { Socket } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import type { Switches } from '../control/switches.ts';

/** The connections of all clients, and which of them lead to the wrong servers; see the switch `staleConnection`. */
export class Connections {
  readonly #switches: Switches;
  readonly #open = new Set<Socket>();
  readonly #stale = new WeakSet<Socket>();

  constructor(switches: Switches) {
    this.#switches = switches;
  }

  opened(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }

  /** Whether a request over this connection is misdirected. */
  isStale(socket: Socket): boolean {
    if (this.#switches.staleConnection === 'next') {
      this.#switches.staleConnection = 'none';
      for (const each of this.#open) this.#stale.add(each);
    }
    return this.#stale.has(socket);
  }
}

/** Answers 421 to requests that come over a stale connection, as servers do that a pooled connection no longer fits. */
export function refuseStale(connections: Connections): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async (c, next) => {
    if (connections.isStale(c.env.incoming.socket)) return c.text('Misdirected Request', 421);
    await next();
    return undefined;
  };
}
