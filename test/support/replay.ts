import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { type RecordedExchange, recording } from './recordings.ts';

/** A request that was made, and what was answered; 404 where the recording has none (any more). */
export interface ReplayedRequest {
  /** Such as `POST idmsa.apple.com/appleauth/auth/signin/init`. */
  readonly what: string;
  readonly status: number;
  readonly body: string;
}

/** A server on this machine that answers as Apple once did. */
export interface Replay extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ReplayedRequest[];
}

/** Belong to the connection over which it was recorded, or to a body that was shortened since. */
const OF_THE_CONNECTION = /^(connection|transfer-encoding|content-length|content-encoding|keep-alive)$/i;

/** Apple asks all kinds of questions at one address: what is asked for is part of it, the way it is sorted is not. */
function question(body: string): string {
  const type = /"recordType": ?"(\w+)"/.exec(body)?.[1];
  return type === undefined ? '' : ` ${type.replace(/By\w+$/, '')}`;
}

function keyOf({ request }: RecordedExchange): string {
  const url = new URL(request.url);
  return `${request.method} ${url.hostname}${url.pathname}${question(request.body.text ?? '')}`;
}

/**
 * Answers from a recording: to each method and address, the recorded answers in their order, each once.
 *
 * @param name of the recording, without its ending
 */
export async function startReplay(name: string): Promise<Replay> {
  const left = Map.groupBy(recording(name), keyOf);
  const requests: ReplayedRequest[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const host = String(request.headers['x-forwarded-host'] ?? request.headers.host);
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const what = `${request.method} ${host}${pathname}`;
    const answer = left.get(what + question(body))?.shift()?.response;
    requests.push({ what, status: answer?.status ?? 404, body });
    response.statusCode = answer?.status ?? 404;
    for (const [header, values] of Object.entries(answer?.headers ?? {}))
      if (!OF_THE_CONNECTION.test(header)) response.setHeader(header, [...values]);
    const content = answer?.body.base64;
    response.end(content === undefined ? answer?.body.text : Buffer.from(content, 'base64'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
