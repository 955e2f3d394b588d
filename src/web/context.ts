import type { Context, Env } from 'hono';
import type { Clock } from '../apple/clock.ts';
import type { PasswordHash } from '../session/password-hash.ts';
import type { Logger } from '../terminal/logger.ts';
import type { Board } from './board.ts';
import type { Controls } from './controls.ts';
import type { Desk } from './desk.ts';
import type { OneTimeLinks } from './one-time-links.ts';
import type { Session, Sessions } from './sessions.ts';
import type { Arrival, Site } from './site.ts';

/** What the routes work with. */
export interface Web {
  readonly board: Board;
  readonly desk: Desk;
  readonly controls: Controls;
  readonly clock: Clock;
  readonly log: Logger;
  readonly site: Site;
  /** Undefined when no password is needed: only this machine can reach the page. */
  readonly password: PasswordHash | undefined;
  readonly sessions: Sessions;
  readonly links: OneTimeLinks;
  /** Aborted when the server is to end. */
  readonly closing: AbortSignal;
}

/** What the guard finds out about a request, for the routes behind it. */
export interface WebEnv extends Env {
  Variables: {
    arrival: Arrival;
    /** The value of the session's cookie, whether or not it opens anything. */
    cookie: string | undefined;
    session: Session | undefined;
    /** Of a form; read once. */
    form: URLSearchParams;
  };
}

export type WebContext = Context<WebEnv>;
