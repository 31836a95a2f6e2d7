import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port that nothing listens on, for a program that has to be told one, or that comes back on the same. It lies below those
 * that the system gives to outgoing connections and to servers that take any, so that none of them gets it in between.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue; // in use
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
