import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { Web, WebContext } from './context.ts';
import type { LiveParts } from './pages/overview.ts';

/** A run of thousands of files changes something thousands of times a second; eyes want less. */
const PAUSE_MS = 300;
/** Proxies close what says nothing for a minute. */
const HEARTBEAT_MS = 20_000;
const MOST_STREAMS = 60;

let open = 0;

/** What one browser has got already. */
class Sent {
  readonly #hashes = new Map<string, string>();
  #title: string | undefined;
  #announcements: ReadonlyMap<string, string> | undefined;

  /** Sends what is new since the last time. */
  async update(stream: SSEStreamingApi, parts: LiveParts): Promise<void> {
    for (const { id, hash, content } of parts.regions) {
      if (this.#hashes.get(id) === hash) continue;
      this.#hashes.set(id, hash);
      await stream.writeSSE({ event: 'region', data: JSON.stringify({ id, hash, html: String(content) }) });
    }
    if (parts.title !== this.#title) await stream.writeSSE({ event: 'title', data: JSON.stringify(parts.title) });
    // nothing is read out when the page has just been opened: the page itself is
    const before = this.#announcements ?? parts.announcements;
    for (const [account, text] of parts.announcements) {
      if (before.get(account) !== text) await stream.writeSSE({ event: 'announce', data: JSON.stringify(text) });
    }
    this.#title = parts.title;
    this.#announcements = parts.announcements;
  }
}

/** Waits for the next of many pokes; those that come while nobody waits are not lost. */
class Doorbell {
  #rung = false;
  #answer: (() => void) | undefined;

  readonly ring = (): void => {
    this.#rung = true;
    this.#answer?.();
  };

  async wait(): Promise<void> {
    if (!this.#rung) await new Promise<void>((resolve) => (this.#answer = resolve));
    this.#rung = false;
  }
}

/** Keeps one browser up to date until it leaves, its session ends, or the server does. */
export function events(c: WebContext, web: Web, cookie: string, parts: () => LiveParts | undefined): Response {
  // nobody reads the answer to a HEAD, so a stream for it would never learn that it is over
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
  if (open >= MOST_STREAMS) return c.text('Too many pages are open.\n', 503);
  open += 1;
  // proxies that gather an answer before they pass it on
  c.header('X-Accel-Buffering', 'no');
  return streamSSE(c, async (stream) => {
    const bell = new Doorbell();
    const ending = new AbortController();
    const leave = (): void => {
      ending.abort();
      bell.ring();
    };
    const unsubscribe = [web.board.subscribe(bell.ring), web.desk.subscribe(bell.ring)];
    stream.onAbort(leave);
    web.closing.addEventListener('abort', leave, { once: true });
    const beat = heartbeat(web, stream, ending.signal);
    try {
      const sent = new Sent();
      while (!ending.signal.aborted && !web.closing.aborted) {
        const now = web.sessions.isOpen(cookie) ? parts() : undefined;
        if (!now) {
          await stream.writeSSE({ event: 'over', data: '' });
          break;
        }
        await sent.update(stream, now);
        await bell.wait();
        await web.clock.sleep(PAUSE_MS, ending.signal).catch(() => undefined);
      }
    } finally {
      open -= 1;
      leave();
      web.closing.removeEventListener('abort', leave);
      for (const stop of unsubscribe) stop();
      await beat;
    }
  });
}

async function heartbeat(web: Web, stream: SSEStreamingApi, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await web.clock.sleep(HEARTBEAT_MS, signal);
      await stream.writeSSE({ event: 'beat', data: '' });
    }
  } catch {
    // the browser has left
  }
}
