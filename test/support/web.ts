import { request } from 'undici';
import { type Clock, systemClock } from '../../src/apple/clock.ts';
import { Redactor, Secret } from '../../src/apple/secret.ts';
import type { CodeWanted } from '../../src/signin/challenges.ts';
import { createLogger } from '../../src/terminal/logger.ts';
import { Board } from '../../src/web/board.ts';
import type { Controls } from '../../src/web/controls.ts';
import { Desk } from '../../src/web/desk.ts';
import { hashWebPassword } from '../../src/web/password.ts';
import { startWebServer, type WebServer, type WebServerOptions } from '../../src/web/server.ts';

/** A code that was sent to devices, and not typed yet. */
export const CODE_WANTED: CodeWanted = {
  kind: 'code-wanted',
  username: 'jane@example.com',
  factor: {
    phones: [{ id: 1, number: '(***) ***-**81' }],
    hasTrustedDevices: true,
    codeLength: 6,
    securityKeys: [],
    blocked: undefined,
  },
  channel: { kind: 'trusted-devices' },
  problem: undefined,
  triesLeft: 3,
};

export const WEB_PASSWORD = 'a page of my own';

/** A clock whose hands are moved; waiting is real. */
export interface MovedClock extends Clock {
  advance(ms: number): void;
}

export function movedClock(start = Date.UTC(2026, 10, 24, 9, 5)): MovedClock {
  let now = start;
  return { ...systemClock, now: () => now, advance: (ms) => (now += ms) };
}

/** The page on loopback, with what feeds it. */
export interface RunningWeb extends AsyncDisposable {
  readonly server: WebServer;
  readonly board: Board;
  readonly desk: Desk;
  readonly clock: MovedClock;
  /** Names of the controls that were used. */
  readonly used: string[];
  readonly logged: string[];
}

interface Start extends Partial<Omit<WebServerOptions, 'password'>> {
  /** Default: none. */
  readonly password?: string;
  readonly usernames?: readonly string[];
  readonly clock?: MovedClock;
  /** Default: what is used is only noted. */
  readonly controls?: Controls;
}

export async function startWeb(start: Start = {}): Promise<RunningWeb> {
  const clock = start.clock ?? movedClock();
  const board = new Board(start.usernames ?? ['jane@example.com'], clock);
  const desk = new Desk(clock);
  const [used, logged]: [string[], string[]] = [[], []];
  const note = (name: string) => () => void used.push(name);
  const controls: Controls = start.controls ?? {
    available: true,
    syncNow: note('sync-now'),
    pause: note('pause'),
    resume: note('resume'),
    stopAfterFile: note('stop-after-file'),
  };
  const log = createLogger({
    threshold: 'debug',
    redactor: new Redactor(),
    now: clock.now,
    write: (line) => void logged.push(line),
  });
  const server = await startWebServer(
    {
      host: start.host ?? '127.0.0.1',
      port: start.port ?? 0,
      url: start.url,
      allowedHosts: start.allowedHosts ?? [],
      trustProxy: start.trustProxy ?? false,
      password: start.password === undefined ? undefined : await hashWebPassword(new Secret(start.password)),
    },
    { board, desk, controls, clock, log },
  );
  return { server, board, desk, clock, used, logged, [Symbol.asyncDispose]: () => server.close() };
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A browser without a screen: keeps its cookies, sends forms as a browser would. */
export class Visitor {
  readonly url: string;
  /** Sent with every request; undefined takes one away. */
  headers: Record<string, string | undefined> = {};
  cookies = new Map<string, string>();
  /** Everything that was answered, for those who look for what must not be there. */
  readonly seen: string[] = [];

  constructor(url: string) {
    this.url = url;
  }

  get(path: string): Promise<Reply> {
    return this.#send(path, 'GET', undefined);
  }

  /** @param fields with the token of the page seen last, unless they name another */
  post(path: string, fields: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.#send(path, 'POST', new URLSearchParams({ csrf: this.csrf, ...fields }).toString());
  }

  /** The token in the newest page that has one. */
  get csrf(): string {
    return this.field('csrf') ?? '';
  }

  /** The value of a hidden field in the newest page that has it. */
  field(name: string): string | undefined {
    const pattern = new RegExp(`name="${name}" value="([^"]*)"`);
    return this.seen.map((text) => pattern.exec(text)?.[1]).findLast((value) => value !== undefined);
  }

  async signIn(password = WEB_PASSWORD): Promise<Reply> {
    return this.post('/login', { password });
  }

  async #send(path: string, method: 'GET' | 'POST', body: string | undefined): Promise<Reply> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      ...(cookie === '' ? {} : { cookie }),
      ...(method === 'POST' ? { origin: this.url, 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...this.headers,
    };
    const response = await request(this.url + path, { method, headers, body: body ?? null });
    const text = await response.body.text();
    for (const line of [response.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    this.seen.push(`${JSON.stringify(response.headers)}\n${text}`);
    return { status: response.statusCode, headers: response.headers, text };
  }
}
