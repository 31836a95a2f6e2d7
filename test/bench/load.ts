import { Client } from 'undici';

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface Load {
  readonly perSecond: number;
  /** How long each request took, in milliseconds. */
  readonly times: readonly number[];
}

export interface LoadOptions {
  /** Connections, each with one request at a time. */
  readonly concurrency: number;
  readonly seconds: number;
  /** @param index counts the requests */
  readonly request: (index: number) => Request;
}

/** Sends requests to a server as fast as it answers. @throws Error when it answers with another status than 2xx */
export async function load(url: string, { concurrency, seconds, request }: LoadOptions): Promise<Load> {
  const times: number[] = [];
  let sent = 0;
  const begun = performance.now();
  const end = begun + seconds * 1000;
  const connect = async () => {
    const client = new Client(url);
    try {
      while (performance.now() < end) {
        const start = performance.now();
        await send(client, request(sent++));
        times.push(performance.now() - start);
      }
    } finally {
      await client.close();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, connect));
  return { perSecond: (times.length * 1000) / (performance.now() - begun), times };
}

/** Below `request` of undici, which would cost as much as what is measured. */
function send(client: Client, { method = 'GET', path, headers = {}, body }: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    let status = 0;
    const chunks: Buffer[] = [];
    const failed = () =>
      reject(new Error(`${method} ${path} returned ${status}: ${Buffer.concat(chunks).toString().slice(0, 1000)}`));
    client.dispatch(
      { method, path, headers, ...(body === undefined ? {} : { body }) },
      {
        onRequestStart() {},
        onResponseStart(_controller, code) {
          status = code;
        },
        onResponseData(_controller, chunk) {
          if (status >= 300) chunks.push(chunk);
        },
        onResponseEnd() {
          if (status < 300) resolve();
          else failed();
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      },
    );
  });
}
