import { once } from 'node:events';
import net from 'node:net';

/** A server that takes a connection and then says nothing. */
export interface SilentServer extends AsyncDisposable {
  readonly port: number;
  /** Somebody came. */
  readonly connected: Promise<void>;
  /** And went. */
  readonly closed: Promise<void>;
}

export async function silentServer(): Promise<SilentServer> {
  const [connected, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('close', () => closed.resolve());
    socket.resume();
    connected.resolve();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The silent server has no port');
  return {
    port: address.port,
    connected: connected.promise,
    closed: closed.promise,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}
