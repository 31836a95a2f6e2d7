import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Finds a port that nothing listens on, for a program that needs a fixed port. It lies below the system's ephemeral ports,
 * so no other connection takes it before the program does.
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
