import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A request that the peer received. */
export interface Got {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Peer {
  /** Such as `http://127.0.0.1:40123`, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const file = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

/** The self-signed certificate of the https peer, for `localhost`. */
export const readCertificate = () => file('certificate.pem');

/** Starts a server on this machine on a free port. */
export async function startPeer(listener: RequestListener, scheme: 'http' | 'https' = 'http'): Promise<Peer> {
  const server =
    scheme === 'http'
      ? createServer(listener)
      : createTlsServer({ key: file('key.pem'), cert: readCertificate() }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export async function got(request: IncomingMessage): Promise<Got> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url: path = '', headers } = request;
  return { method, path, headers, body: Buffer.concat(chunks).toString() };
}
