import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import type { PlaygroundClock } from './clock.ts';
import type { SocketMode } from './delivery/socket-mode.ts';
import type { PageFeed } from './page-feed.ts';
import { FEED_PATH } from './protocol.ts';
import type { Team } from './team.ts';
import { answerConsent, type ConsentResponse, renderConsentPage } from './web-api/oauth.ts';
import { answerApiCall } from './web-api/web-api.ts';

const MAX_BODY_BYTES = 2_000_000;

const CONTENT_TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const PAGE_HTML = `<!doctype html>
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

const clockMove = z.union([
  z.strictObject({ by_minutes: z.number().positive() }),
  z.strictObject({ to: z.iso.datetime({ offset: true }) }),
  z.strictObject({ to_next_event: z.literal(true) }),
]);

interface HttpDependencies {
  team: Team;
  feed: PageFeed;
  socketMode: SocketMode | undefined;
  clock: PlaygroundClock | undefined;
  pageDir: string | undefined;
}

/** The playground's HTTP server. It listens on 127.0.0.1 only. */
export class HttpServer {
  readonly #server: Server;
  #dependencies: HttpDependencies | undefined;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
        response.end(error instanceof Error ? error.message : 'error');
      });
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** @returns the origin, such as `http://127.0.0.1:3100`. @throws when the port is taken. */
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

  /** Starts answering; until then every request gets 503. */
  attach(dependencies: HttpDependencies): void {
    this.#dependencies = dependencies;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const dependencies = this.#dependencies;
    if (dependencies === undefined || !isLocalRequest(request)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
    } else if (url.pathname === FEED_PATH) dependencies.feed.upgrade(request, socket, head);
    else if (url.pathname === '/link/' && dependencies.socketMode !== undefined) {
      dependencies.socketMode.upgrade(request, socket, head, url.searchParams.get('ticket'));
    } else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const dependencies = this.#dependencies;
    if (dependencies === undefined) return send(response, 503, 'starting');
    if (!isLocalRequest(request))
      return send(response, 403, 'The playground answers only to its own pages and to this machine.');
    if (url.pathname.startsWith('/api/')) return answerApi(request, response, url, dependencies.team);
    const responseId = /^\/response\/([\w-]+)$/.exec(url.pathname)?.[1];
    if (responseId !== undefined) return answerResponseUrl(request, response, responseId, dependencies.team);
    if (url.pathname === '/oauth/v2/authorize') return answerAuthorize(request, response, url, dependencies.team);
    if (url.pathname === '/clock') return answerClock(request, response, dependencies);
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'method not allowed');
    if (url.pathname === '/' || url.pathname.startsWith('/archives/')) {
      return send(response, 200, PAGE_HTML, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy':
          "default-src 'self'; img-src 'self' data: https:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
      });
    }
    return answerFile(response, url.pathname, dependencies.pageDir);
  }
}

/**
 * Whether a request is for this machine and comes from the playground's own page or from no page. Other sites must not
 * reach the playground through the browser of the person who runs it.
 */
function isLocalRequest(request: IncomingMessage): boolean {
  const isLocal = (host: string | undefined): boolean =>
    host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
  if (!isLocal(request.headers.host)) return false;
  const { origin } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === request.headers.host;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new Error(`The body is larger than ${MAX_BODY_BYTES} bytes.`);
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

async function answerApi(request: IncomingMessage, response: ServerResponse, url: URL, team: Team): Promise<void> {
  const answer = await answerApiCall(
    {
      method: url.pathname.slice('/api/'.length),
      contentType: request.headers['content-type'],
      authorization: request.headers.authorization,
      body: await readBody(request),
      query: url.searchParams,
    },
    team,
  );
  if (answer.status === 'hang_up') request.socket.destroy();
  else send(response, answer.status, answer.body, answer.headers);
}

async function answerResponseUrl(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  team: Team,
): Promise<void> {
  if (request.method !== 'POST') return send(response, 405, 'method not allowed');
  const text = await readBody(request);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const owner = team.app.teams().find(({ responseUrls }) => responseUrls.has(id)) ?? team;
  const answer = owner.responseUrls.use(id, body);
  send(response, answer.status, answer.body);
}

async function answerAuthorize(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { app, workspace }: Team,
): Promise<void> {
  let answer: ConsentResponse;
  if (request.method === 'POST') {
    answer = answerConsent(app, workspace.manifest, url.searchParams, new URLSearchParams(await readBody(request)));
  } else if (request.method === 'GET') answer = renderConsentPage(app, workspace.manifest, url.searchParams);
  else return send(response, 405, 'method not allowed');
  send(response, answer.status, answer.body, answer.headers);
}

async function answerClock(
  request: IncomingMessage,
  response: ServerResponse,
  dependencies: HttpDependencies,
): Promise<void> {
  const { clock } = dependencies;
  if (clock === undefined) return send(response, 404, 'not found');
  if (request.method === 'POST') {
    let body: unknown;
    try {
      body = JSON.parse(await readBody(request));
    } catch {
      body = undefined;
    }
    const move = clockMove.safeParse(body);
    if (!move.success) {
      return send(response, 400, {
        error: 'Expected {"by_minutes": 15}, {"to": "2026-12-05T22:00:00Z"} or {"to_next_event": true}.',
      });
    }
    const to = await resolveTarget(move.data, clock);
    if (to === undefined) return send(response, 409, { error: 'Nothing is planned, so there is nothing to jump to.' });
    if (to < clock.now()) return send(response, 409, { error: `The clock is past ${to.toISOString()} already.` });
    await clock.moveTo(to);
    await dependencies.feed.publishClock();
  } else if (request.method !== 'GET') return send(response, 405, 'method not allowed');
  const next = await clock.nextEvent();
  send(response, 200, { now: clock.now().toISOString(), next_event: next?.toISOString() ?? null });
}

async function resolveTarget(move: z.infer<typeof clockMove>, clock: PlaygroundClock): Promise<Date | undefined> {
  if ('by_minutes' in move) return new Date(clock.now().getTime() + move.by_minutes * 60_000);
  if ('to' in move) return new Date(move.to);
  return clock.nextEvent();
}

async function answerFile(response: ServerResponse, path: string, pageDir: string | undefined): Promise<void> {
  const type = CONTENT_TYPES[extname(path)];
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
