import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import type { Clock } from '../../apple/clock.ts';
import { Redactor } from '../../apple/secret.ts';
import { oneLine } from '../notice.ts';
import type { Notifier } from '../notifier.ts';
import { type NotifyTarget, requestFor, secretsOf } from './notify-url.ts';

const LIMIT_MS = 15_000;
/** So many characters of a refusal are shown. */
const SHOWN = 200;
/** So many bytes of it are read. */
const READ = 64 * 1024;

interface UrlContext {
  readonly clock: Clock;
  /** The way to the net. Left out: a direct one, or the proxy of the environment. */
  readonly dispatcher?: Dispatcher;
}

/** Tells notices to a service by one POST, which is not repeated and follows no redirect. Every 2xx is a success. */
export function createUrlNotifier(target: NotifyTarget, { clock, dispatcher }: UrlContext): Notifier {
  const redactor = new Redactor();
  for (const secret of secretsOf(target)) redactor.add(secret);
  return {
    name: target.kind,
    limitMs: LIMIT_MS,
    notify: async (notice, signal) => {
      const message = requestFor(target, notice, clock.now());
      const way = dispatcher ?? new EnvHttpProxyAgent();
      try {
        const answer = await request(message.url, {
          method: 'POST',
          headers: { 'user-agent': 'icloudpd', ...message.headers },
          body: message.body,
          dispatcher: way,
          signal,
        });
        const good = answer.statusCode >= 200 && answer.statusCode < 300;
        // keys go out before it is cut: half of one must not stay
        const said = good ? '' : redactor.redact(await beginning(answer.body)).slice(0, SHOWN);
        await answer.body.dump();
        if (!good) throw new Error(`HTTP ${answer.statusCode}${said === '' ? '' : `: ${said}`}`);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw new Error(redactor.redact(oneLine(`${message.url.host}: ${wordsOfError(error)}`)));
      } finally {
        if (!dispatcher) await way.destroy();
      }
    },
  };
}

/** @returns the first part of an answer, as one line */
async function beginning(body: AsyncIterable<Buffer>): Promise<string> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of body) {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length >= READ) break;
  }
  return oneLine(bytes.toString('utf8'));
}

function wordsOfError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // several addresses that failed together have no message of their own
  if (error.message === '' && 'code' in error) return String(error.code);
  return error.message;
}
