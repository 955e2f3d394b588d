import { once } from 'node:events';
import { createServer } from 'node:http';
import * as z from 'zod';

const posted = z.object({ event: z.string(), username: z.string(), title: z.string(), text: z.string() });

/** A notice as a webhook gets it. */
export type PostedNotice = z.infer<typeof posted>;

/** A server of somebody who is notified by webhook. */
export interface Webhook extends AsyncDisposable {
  /** For `--notify`. */
  readonly url: string;
  /** Oldest first. */
  readonly notices: readonly PostedNotice[];
  /** The events alone. */
  events(): readonly string[];
  /** Waits for so many notices in all. */
  received(count: number): Promise<void>;
}

/** @param status what every POST is answered with @param path of the address, which may be a secret */
export async function startWebhook({ status = 204, path = '' } = {}): Promise<Webhook> {
  const notices: PostedNotice[] = [];
  let wake = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      notices.push(posted.parse(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
      if (status < 300) response.writeHead(status).end();
      else response.writeHead(status).end(`refused: ${request.url}`);
      wake.resolve();
      wake = Promise.withResolvers();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The webhook has no port');
  return {
    url: `http://127.0.0.1:${address.port}/${path}`,
    notices,
    events: () => notices.map(({ event }) => event),
    async received(count) {
      while (notices.length < count) await wake.promise;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
