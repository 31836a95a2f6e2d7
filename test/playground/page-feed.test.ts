import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type {
  Change,
  Message,
  PageRequest,
  RequestResult,
  ServerMessage,
  Snapshot,
} from '../../src/playground/protocol.ts';
import { CHANNELS, PEOPLE, type Playground, startPlayground } from '../../src/playground/server.ts';
import { temporaryFolder } from '../folder.ts';
import { type BareApp, client, connectBare, last } from './bare-app.ts';

/** What a page is, without anything to see. */
class Page {
  readonly received: ServerMessage[] = [];
  readonly #socket: WebSocket;
  #lastId = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const message: ServerMessage = JSON.parse(String(data));
      this.received.push(message);
    });
  }

  async request(request: PageRequest): Promise<RequestResult> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#socket.send(JSON.stringify({ id, request }));
    const reply = await this.waitFor((message) =>
      message.type === 'reply' && message.id === id ? message : undefined,
    );
    if (!reply.ok) throw new Error(reply.error);
    return reply.result;
  }

  async waitFor<T>(look: (message: ServerMessage) => T | undefined): Promise<T> {
    for (let tries = 0; tries < 500; tries += 1) {
      for (const message of this.received) {
        const found = look(message);
        if (found !== undefined) return found;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`It did not come; what came was ${JSON.stringify(this.received).slice(0, 2000)}`);
  }

  change<Type extends Change['type']>(type: Type): Promise<Extract<Change, { type: Type }>> {
    return this.waitFor((message) => {
      if (message.type !== 'change' || message.change.type !== type) return undefined;
      return message.change as Extract<Change, { type: Type }>;
    });
  }

  snapshot(): Snapshot {
    const found = this.received.findLast((message) => message.type === 'snapshot');
    if (found?.type !== 'snapshot') throw new Error('no snapshot came');
    return found.snapshot;
  }

  messages(): Message[] {
    return this.received.flatMap((message) =>
      message.type === 'change' && message.change.type === 'message' ? [message.change.message] : [],
    );
  }

  close(): void {
    this.#socket.terminate();
  }
}

let playground: Playground;
let app: BareApp;
const pages: Page[] = [];

const start = new Date('2026-11-21T12:00:00Z');
let moved: Date;
let planned: Date | undefined;

beforeEach(async () => {
  moved = start;
  planned = undefined;
  playground = await startPlayground({
    port: 0,
    clock: {
      now: () => moved,
      moveTo: async (instant) => {
        moved = instant;
      },
      nextEvent: async () => planned,
    },
  });
  app = await connectBare(playground);
});
afterEach(async () => {
  for (const page of pages.splice(0)) page.close();
  app.close();
  await playground.close();
});

async function open(person?: string): Promise<Page> {
  const socket = new WebSocket(`${playground.url.replace('http', 'ws')}/page/feed`, { origin: playground.url });
  const page = new Page(socket);
  pages.push(page);
  await page.waitFor((message) => (message.type === 'welcome' ? message : undefined));
  if (person !== undefined) await page.request({ type: 'choose_person', person });
  return page;
}

describe('a page', () => {
  it('is welcomed with the people, and gets nothing else before it chooses one', async () => {
    const page = await open();
    const [welcome] = page.received;
    if (welcome?.type !== 'welcome') throw new Error('no welcome');
    expect(welcome.people.map((person) => [person.name, person.timeZone])).toContainEqual(['yuki', 'Asia/Tokyo']);
    playground.as('ana').say('#ops', 'hello');
    await expect(page.request({ type: 'open_home' })).rejects.toThrow('Choose a person first.');
    expect(page.received.filter((message) => message.type === 'change')).toEqual([]);
    await expect(page.request({ type: 'choose_person', person: playground.botUserId })).rejects.toThrow('Nobody');
  });

  it('gets a snapshot of everything its person sees, and nothing else', async () => {
    playground.as('jonas').say('#security', 'between us');
    playground.as('jonas').say('#ops', 'for @yuki');
    await client(playground).chat.postEphemeral({ channel: CHANNELS.ops, user: PEOPLE.ana, text: 'for ana alone' });
    const yuki = (await open(PEOPLE.yuki)).snapshot();
    expect(yuki.channels.map((channel) => channel.name)).toEqual(['ops', 'deploys', 'status']);
    expect(yuki.channels[0]).toMatchObject({ unread: 1, mentions: 1, joined: true });
    expect(yuki.messages.map((message) => message.text)).toEqual([`for <@${PEOPLE.yuki}>`]);
    expect(yuki.app).toMatchObject({ connected: true, commands: [{ command: '/maintenance' }] });
    expect(yuki.clock).toEqual({ now: start.toISOString() });
    const ana = (await open(PEOPLE.ana)).snapshot();
    expect(ana.channels.map((channel) => channel.name)).toContain('security');
    expect(ana.messages.filter((message) => message.ephemeral).map((message) => message.text)).toEqual([
      'for ana alone',
    ]);
    const guest = (await open(PEOPLE.guest)).snapshot();
    expect(guest.channels.map((channel) => channel.name)).toEqual(['ops']);
  });

  it('gets every change its person sees, and no others', async () => {
    const [ana, guest] = [await open(PEOPLE.ana), await open(PEOPLE.guest)];
    const { ts = '' } = await ana.request({ type: 'post', channel: CHANNELS.ops, text: 'hello' });
    await ana.request({ type: 'post', channel: CHANNELS.ops, text: 'reply', threadTs: ts });
    await ana.request({ type: 'react', channel: CHANNELS.ops, ts, name: 'eyes', on: true });
    await ana.request({ type: 'edit_message', channel: CHANNELS.ops, ts, text: 'hello again' });
    await ana.request({ type: 'post', channel: CHANNELS.status, text: 'not for guests' });
    await ana.request({ type: 'delete_message', channel: CHANNELS.ops, ts });
    expect(await guest.change('message_gone')).toEqual({ type: 'message_gone', channel: CHANNELS.ops, ts });
    const edited = guest.messages().findLast((message) => message.ts === ts);
    expect(edited).toMatchObject({
      text: 'hello again',
      edited: { by: PEOPLE.ana, at: start.toISOString() },
      reactions: [{ name: 'eyes', users: [PEOPLE.ana] }],
      thread: { replies: 1, users: [PEOPLE.ana] },
    });
    expect(guest.messages().some((message) => message.channel === CHANNELS.status)).toBe(false);
    await guest.request({ type: 'mark_read', channel: CHANNELS.ops, ts });
    await expect(guest.request({ type: 'post', channel: CHANNELS.status, text: 'x' })).rejects.toThrow('no channel');
    await expect(guest.request({ type: 'delete_message', channel: CHANNELS.ops, ts: '1.1' })).rejects.toThrow('gone');
  });

  it('acts as its person: commands, buttons, modals', async () => {
    const ana = await open(PEOPLE.ana);
    await ana.request({ type: 'command', channel: CHANNELS.ops, command: '/maintenance', text: 'api now' });
    const received = last(app, 'slash_commands');
    expect(received).toMatchObject({ user_id: PEOPLE.ana, text: 'api now' });
    const text = { type: 'plain_text' as const, text: 'x' };
    await client(playground).views.open({
      trigger_id: received.trigger_id ?? '',
      view: {
        type: 'modal',
        title: text,
        submit: text,
        blocks: [
          { type: 'input', block_id: 'b', label: text, element: { type: 'plain_text_input', action_id: 'a' } },
          { type: 'actions', block_id: 'c', elements: [{ type: 'button', action_id: 'd', text }] },
        ],
      },
    });
    const { modal } = await ana.change('modal');
    const view = modal[0]?.id ?? '';
    expect(await ana.request({ type: 'submit', view })).toMatchObject({ submitted: 'errors' });
    const place = { in: 'view' as const, view };
    await ana.request({ type: 'set_value', place, blockId: 'b', actionId: 'a', value: 'typed' });
    await ana.request({ type: 'act', place, blockId: 'c', actionId: 'd', value: null });
    expect(last(app, 'interactive')).toMatchObject({ type: 'block_actions', view: { state: { values: { b: {} } } } });
    expect(await ana.request({ type: 'submit', view })).toEqual({ submitted: 'closed' });
    expect(last(app, 'interactive')).toMatchObject({
      view: { state: { values: { b: { a: { type: 'plain_text_input', value: 'typed' } } } } },
    });
    await expect(ana.request({ type: 'close_view', view, all: false })).rejects.toThrow('no longer open');
  });

  it('gets a change when the app disconnects, and an error for its requests', async () => {
    const ana = await open(PEOPLE.ana);
    app.close();
    expect((await ana.change('app')).app.connected).toBe(false);
    await expect(ana.request({ type: 'shortcut', callbackId: 'schedule_maintenance' })).rejects.toThrow(
      'The app is not connected, so it could not be told.',
    );
  });

  it('gets the requests in both directions, without tokens', async () => {
    const ana = await open(PEOPLE.ana);
    await ana.request({ type: 'command', channel: CHANNELS.ops, command: '/maintenance', text: '' });
    await client(playground).chat.postMessage({ channel: CHANNELS.ops, text: 'hello' });
    const posted = await ana.waitFor((message) =>
      message.type === 'change' &&
      message.change.type === 'exchange' &&
      message.change.exchange.title === 'chat.postMessage' &&
      message.change.exchange.outcome === 'ok'
        ? message.change.exchange
        : undefined,
    );
    expect(posted).toMatchObject({ direction: 'from_app', via: 'web_api', request: { text: 'hello' } });
    const all = JSON.stringify(ana.received);
    expect(all).not.toContain(playground.botToken);
    expect(all).not.toContain(playground.appToken);
    expect(all).toContain('slash_commands /maintenance');
  });

  it('moves the clock for all pages', async () => {
    const [ana, jonas] = [await open(PEOPLE.ana), await open(PEOPLE.jonas)];
    await ana.request({ type: 'move_clock', by: { minutes: 15 } });
    expect((await jonas.change('clock')).clock).toEqual({ now: '2026-11-21T12:15:00.000Z' });
    await expect(ana.request({ type: 'move_clock_to_next_event' })).rejects.toThrow('Nothing is planned');
    planned = new Date('2026-11-22T02:00:00Z');
    await ana.request({ type: 'move_clock_to_next_event' });
    expect(moved).toEqual(planned);
    const { ts = '' } = await ana.request({ type: 'post', channel: CHANNELS.ops, text: 'later' });
    expect(Number(ts)).toBe(planned.getTime() / 1000);
  });

  it.each<[string, unknown]>([
    ['of an unknown type', { id: 1, request: { type: 'shout' } }],
    ['without what it needs', { id: 1, request: { type: 'post', channel: CHANNELS.ops } }],
    ['with more than it takes', { id: 1, request: { type: 'open_home', twice: true } }],
  ])('gets the error of a request %s', async (_what, message) => {
    const page = await open(PEOPLE.ana);
    const { request } = message as { request: PageRequest };
    await expect(page.request(request)).rejects.toThrow('request');
  });
});

describe('the HTTP server', () => {
  it('rejects requests from other sites', async () => {
    const refused = (headers: Record<string, string>) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(`${playground.url.replace('http', 'ws')}/page/feed`, { headers });
        socket.on('error', (error) => resolve(error.message));
        socket.on('open', () => {
          socket.terminate();
          resolve('open');
        });
      });
    expect(await refused({ origin: 'https://evil.example' })).toContain('403');
    expect(await refused({ host: 'evil.example' })).toContain('403');
    expect(await refused({ origin: playground.url })).toBe('open');
    const post = { method: 'POST', body: '{"by_minutes":1}', headers: { origin: 'https://evil.example' } };
    expect((await fetch(`${playground.url}/clock`, post)).status).toBe(403);
    expect(moved).toEqual(start);
  });

  it('reads and moves the clock', async () => {
    planned = new Date('2026-11-22T02:00:00Z');
    const clock = async (body?: object) => {
      const answer = await fetch(
        `${playground.url}/clock`,
        body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
      );
      return [answer.status, await answer.json()];
    };
    const at = (now: string) => [200, { now, next_event: '2026-11-22T02:00:00.000Z' }];
    expect(await clock()).toEqual(at('2026-11-21T12:00:00.000Z'));
    expect(await clock({ by_minutes: 60 })).toEqual(at('2026-11-21T13:00:00.000Z'));
    expect(await clock({ to: '2026-11-21T15:00:00+01:00' })).toEqual(at('2026-11-21T14:00:00.000Z'));
    expect((await clock({ to: '2026-11-21T13:00:00Z' }))[0]).toBe(409);
    expect(await clock({ to_next_event: true })).toEqual(at('2026-11-22T02:00:00.000Z'));
    expect((await clock({ backwards: true }))[0]).toBe(400);
  });

  it('has no clock route without a movable clock', async () => {
    const real = await startPlayground({ port: 0 });
    try {
      expect((await fetch(`${real.url}/clock`)).status).toBe(404);
      expect((await fetch(`${real.url}/clock`, { method: 'POST', body: '{"by_minutes":1}' })).status).toBe(404);
    } finally {
      await real.close();
    }
  });

  it('serves the built page and no other files', async () => {
    const folder = await temporaryFolder('page');
    await mkdir(join(folder, 'page'));
    await writeFile(join(folder, 'page', 'page.js'), 'true');
    await writeFile(join(folder, 'secret.js'), 'secret');
    const served = await startPlayground({ port: 0, pageDir: join(folder, 'page') });
    try {
      const get = async (path: string) => {
        const answer = await fetch(`${served.url}${path}`);
        return [answer.status, answer.headers.get('content-type'), await answer.text()];
      };
      expect(await get('/')).toEqual([200, 'text/html; charset=utf-8', expect.stringContaining('/page.js')]);
      expect(await get('/page.js')).toEqual([200, 'text/javascript; charset=utf-8', 'true']);
      expect((await get('/page.css'))[0]).toBe(404);
      for (const path of ['/..%2fsecret.js', '/%2e%2e/secret.js', '/..\\secret.js', '/.env', '/page']) {
        expect((await get(path))[0]).toBe(404);
      }
    } finally {
      await served.close();
    }
  });

  it('fails if the port is taken', async () => {
    const port = Number(new URL(playground.url).port);
    await expect(startPlayground({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
