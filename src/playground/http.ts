import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { type AuthorizeAnswer, askToAllow, decide } from './authorize.ts';
import type { PlaygroundClock } from './clock.ts';
import type { SocketMode } from './delivery/socket-mode.ts';
import type { PageFeed } from './page-feed.ts';
import { FEED_PATH } from './protocol.ts';
import { answerApiCall } from './web-api/web-api.ts';
import type { World } from './world.ts';

const LARGEST_BODY = 2_000_000;

const PAGE_TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Lull playground</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body><div id="app"></div><noscript>The playground needs JavaScript.</noscript></body>
</html>
`;

const moveClock = z.union([
  z.strictObject({ by_minutes: z.number().positive() }),
  z.strictObject({ to: z.iso.datetime({ offset: true }) }),
  z.strictObject({ to_next_event: z.literal(true) }),
]);

interface Doors {
  world: World;
  feed: PageFeed;
  socketMode: SocketMode | undefined;
  clock: PlaygroundClock | undefined;
  pageDir: string | undefined;
}

/** The playground's HTTP server, on the loopback interface alone. */
export class HttpDoor {
  readonly #server: Server;
  #doors: Doors | undefined;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
        response.end(error instanceof Error ? error.message : 'error');
      });
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** @throws when the port is taken. @returns the origin, such as `http://127.0.0.1:3100`. */
  listen(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        const address = this.#server.address() as AddressInfo;
        resolve(`http://127.0.0.1:${address.port}`);
      });
    });
  }

  open(doors: Doors): void {
    this.#doors = doors;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const doors = this.#doors;
    if (doors === undefined || !fromHere(request)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
    } else if (url.pathname === FEED_PATH) doors.feed.upgrade(request, socket, head);
    else if (url.pathname === '/link/' && doors.socketMode !== undefined) {
      doors.socketMode.upgrade(request, socket, head, url.searchParams.get('ticket'));
    } else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const doors = this.#doors;
    if (doors === undefined) return send(response, 503, 'starting');
    if (!fromHere(request))
      return send(response, 403, 'The playground answers only to its own pages and to this machine.');
    if (url.pathname.startsWith('/api/')) return answerApi(request, response, url, doors.world);
    const responseId = /^\/response\/([\w-]+)$/.exec(url.pathname)?.[1];
    if (responseId !== undefined) return answerResponseUrl(request, response, responseId, doors.world);
    if (url.pathname === '/oauth/v2/authorize') return answerAuthorize(request, response, url, doors.world);
    if (url.pathname === '/clock') return answerClock(request, response, doors);
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'method not allowed');
    if (url.pathname === '/' || url.pathname.startsWith('/archives/')) {
      return send(response, 200, PAGE, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy':
          "default-src 'self'; img-src 'self' data: https:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
      });
    }
    return answerFile(response, url.pathname, doors.pageDir);
  }
}

/**
 * Whether a request was made to this machine by name, and not by a page from elsewhere: another site must not reach in
 * through the browser of whoever runs the playground.
 */
function fromHere(request: IncomingMessage): boolean {
  const isLocal = (host: string | undefined): boolean =>
    host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
  if (!isLocal(request.headers.host)) return false;
  const { origin } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === request.headers.host;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > LARGEST_BODY) throw new Error(`The body is larger than ${LARGEST_BODY} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(isText ? body : JSON.stringify(body));
}

async function answerApi(request: IncomingMessage, response: ServerResponse, url: URL, world: World): Promise<void> {
  const answer = await answerApiCall(
    {
      method: url.pathname.slice('/api/'.length),
      contentType: request.headers['content-type'],
      authorization: request.headers.authorization,
      body: await bodyOf(request),
      query: url.searchParams,
    },
    world,
  );
  if (answer.status === 'hang_up') request.socket.destroy();
  else send(response, answer.status, answer.body, answer.headers);
}

async function answerResponseUrl(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  world: World,
): Promise<void> {
  if (request.method !== 'POST') return send(response, 405, 'method not allowed');
  const text = await bodyOf(request);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const owner = world.app.worlds().find(({ responseUrls }) => responseUrls.has(id)) ?? world;
  const answer = owner.responseUrls.use(id, body);
  send(response, answer.status, answer.body);
}

async function answerAuthorize(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { app, workspace }: World,
): Promise<void> {
  let answer: AuthorizeAnswer;
  if (request.method === 'POST') {
    answer = decide(app, workspace.manifest, url.searchParams, new URLSearchParams(await bodyOf(request)));
  } else if (request.method === 'GET') answer = askToAllow(app, workspace.manifest, url.searchParams);
  else return send(response, 405, 'method not allowed');
  send(response, answer.status, answer.body, answer.headers);
}

async function answerClock(request: IncomingMessage, response: ServerResponse, doors: Doors): Promise<void> {
  const { clock } = doors;
  if (clock === undefined) return send(response, 404, 'not found');
  if (request.method === 'POST') {
    let asked: unknown;
    try {
      asked = JSON.parse(await bodyOf(request));
    } catch {
      asked = undefined;
    }
    const move = moveClock.safeParse(asked);
    if (!move.success) {
      return send(response, 400, {
        error: 'Expected {"by_minutes": 15}, {"to": "2026-12-05T22:00:00Z"} or {"to_next_event": true}.',
      });
    }
    const to = await target(move.data, clock);
    if (to === undefined) return send(response, 409, { error: 'Nothing is planned, so there is nothing to jump to.' });
    if (to < clock.now()) return send(response, 409, { error: `The clock is past ${to.toISOString()} already.` });
    await clock.moveTo(to);
    await doors.feed.clockMoved();
  } else if (request.method !== 'GET') return send(response, 405, 'method not allowed');
  const next = await clock.nextEvent();
  send(response, 200, { now: clock.now().toISOString(), next_event: next?.toISOString() ?? null });
}

async function target(move: z.infer<typeof moveClock>, clock: PlaygroundClock): Promise<Date | undefined> {
  if ('by_minutes' in move) return new Date(clock.now().getTime() + move.by_minutes * 60_000);
  if ('to' in move) return new Date(move.to);
  return clock.nextEvent();
}

async function answerFile(response: ServerResponse, path: string, pageDir: string | undefined): Promise<void> {
  const type = PAGE_TYPES[extname(path)];
  const isPlain = /^(\/[\w-][\w.-]*)+$/.test(path);
  if (pageDir === undefined || type === undefined || !isPlain) return send(response, 404, 'not found');
  try {
    const file = await readFile(join(pageDir, path));
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' });
    response.end(file);
  } catch {
    send(response, 404, 'not found');
  }
}
