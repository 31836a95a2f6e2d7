import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Playground, startPlayground } from '../../../src/playground/server.ts';
import { type BareApp, client, connectBare, last, outcome } from '../bare-app.ts';

let playground: Playground;
const apps: BareApp[] = [];
const connect = async (...args: Parameters<typeof connectBare>): Promise<BareApp> => {
  const app = await connectBare(...args);
  apps.push(app);
  return app;
};

beforeEach(async () => {
  playground = await startPlayground({ port: 0, redeliveryMs: [0, 40, 80] });
});
afterEach(async () => {
  for (const app of apps.splice(0)) app.close();
  await playground.close();
});

const events = (app: BareApp) => app.received.filter((each) => each.type === 'events_api');

describe('Socket Mode', () => {
  it('sends hello with the number of connections', async () => {
    const first = await connect(playground);
    const second = await connect(playground);
    expect(first.received[0]).toMatchObject({ type: 'hello', num_connections: 1 });
    expect(second.received[0]).toMatchObject({ type: 'hello', num_connections: 2 });
    expect(playground.connections()).toBe(2);
  });

  it('lets a URL be used once', async () => {
    const { url = '' } = await client(playground, playground.appToken).apps.connections.open({});
    const app = await connect(playground);
    const failed = (address: string) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(address);
        socket.on('error', (error) => resolve(error.message));
        socket.on('open', () => {
          socket.terminate();
          resolve('open');
        });
      });
    expect(await failed(url)).toBe('open');
    expect(await failed(url)).toContain('403');
    expect(app.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('accepts ten connections and rejects the eleventh', async () => {
    for (let count = 0; count < 10; count += 1) await connect(playground);
    const extra = await connect(playground);
    expect(extra.received).toEqual([{ type: 'disconnect', reason: 'too_many_websockets' }]);
    expect(playground.connections()).toBe(10);
  });

  it('sends each envelope to one connection', async () => {
    const [one, other] = [await connect(playground), await connect(playground)];
    const ana = playground.as('ana');
    for (const text of ['a', 'b', 'c', 'd']) await ana.command('#ops', `/maintenance ${text}`);
    const commands = [one, other].map((app) => app.received.filter((each) => each.type === 'slash_commands').length);
    expect(commands).toEqual([2, 2]);
  });

  it('times out after three seconds and ignores a later ack', { timeout: 15_000 }, async () => {
    const app = await connect(playground, () => 'silent');
    const ana = playground.as('ana');
    const started = performance.now();
    expect(await ana.command('#ops', '/maintenance slow')).toEqual({ error: 'operation_timeout' });
    expect(performance.now() - started).toBeGreaterThan(2_900);
    expect(ana.ephemerals('#ops').at(-1)?.text).toBe('/maintenance failed with the error "operation_timeout"');
    const late = app.received.at(-1)?.envelope_id;
    app.socket.send(JSON.stringify({ envelope_id: late, payload: { text: 'too late' } }));
    await client(playground).auth.test();
    expect(ana.ephemerals('#ops')).toHaveLength(1);
    expect(playground.log().at(-2)).toMatchObject({ title: 'slash_commands /maintenance', outcome: 'timeout' });
  });

  it('reports when the app is not connected', async () => {
    const ana = playground.as('ana');
    expect(await ana.command('#ops', '/maintenance')).toEqual({ error: 'dispatch_failed' });
    expect(await ana.command('#ops', '/unheard of')).toEqual({ error: 'unknown_command' });
    expect(ana.ephemerals('#ops').map((message) => message.text)).toEqual([
      '/maintenance failed with the error "dispatch_failed"',
      '`/unheard` is not a valid command.',
    ]);
  });

  it('fails immediately when the connection is lost before the ack', async () => {
    const app = await connect(playground, () => {
      app.close();
      return 'silent';
    });
    expect(await playground.as('ana').command('#ops', '/maintenance')).toEqual({ error: 'dispatch_failed' });
  });

  it('redelivers an event without ack over another connection', async () => {
    let lost = false;
    const loseFirst = (index: number) => () => {
      if (lost) return undefined;
      lost = true;
      both[index]?.close();
      return 'silent';
    };
    const both: BareApp[] = [];
    both.push(await connect(playground, loseFirst(0)), await connect(playground, loseFirst(1)));
    const ana = playground.as('ana');
    ana.say('#ops', 'hello');
    const received = () => both.flatMap(events);
    await ana.waitFor('the redelivery', () => received().length === 2);
    expect(new Set(received().map((each) => each.payload?.event_id)).size).toBe(1);
    expect(
      received()
        .map((each) => each.retry_attempt ?? 0)
        .toSorted(),
    ).toEqual([0, 1]);
  });

  it('stops redelivering an event after three attempts', async () => {
    const ana = playground.as('ana');
    ana.say('#ops', 'nobody hears');
    const tries = () => playground.log().filter((each) => each.title === 'message');
    await ana.waitFor('the last try', () => tries().length === 4);
    expect(tries().map((each) => each.retry)).toEqual([0, 1, 2, 3]);
    const app = await connect(playground);
    ana.say('#ops', 'heard');
    await ana.waitFor('the next event', () => events(app).length === 1);
  });

  it('can be made to redeliver an event, drop, refresh and disable connections', async () => {
    const app = await connect(playground);
    const ana = playground.as('ana');
    ana.say('#ops', 'once');
    await ana.waitFor('the event', () => events(app).length === 1);
    playground.faults.redeliverEvent();
    await ana.waitFor('the same event', () => events(app).length === 2);
    const [first, second] = events(app);
    expect(second?.payload?.event_id).toBe(first?.payload?.event_id);
    expect(second?.retry_reason).toBe('timeout');

    playground.faults.disconnect('refresh');
    await ana.waitFor('the request', () => app.received.some((each) => each.reason === 'refresh_requested'));
    await ana.waitFor('no connection', () => playground.connections() === 0);
    const next = await connect(playground);
    playground.faults.disconnect('link_disabled');
    await ana.waitFor('the end', () => next.received.some((each) => each.reason === 'link_disabled'));
  });
});

describe('events', () => {
  it('are sent for channels the app is in and subscriptions it has', async () => {
    const app = await connect(playground);
    const ana = playground.as('ana');
    ana.say('#deploys', 'the app is not here');
    ana.say('#ops', 'hello @lull');
    ana.join('#status');
    ana.leave('#status');
    playground.faults.changePerson('jonas', { timeZone: 'Europe/Paris' });
    playground.faults.archive('#ops');
    playground.faults.kickBot('#status');
    await ana.waitFor('the last event', () => events(app).some((each) => each.payload?.event?.type === 'channel_left'));
    const kinds = events(app).map(({ payload }) => [payload?.event?.type, payload?.event?.subtype].join(' ').trim());
    expect(kinds).toEqual([
      'message',
      'app_mention',
      'message channel_leave',
      'member_left_channel',
      'user_change',
      'channel_archive',
      'message channel_leave',
      'channel_left',
    ]);
  });

  it("depend on the manifest's subscriptions", async () => {
    const quiet = await startPlayground({
      port: 0,
      manifest: {
        display_information: { name: 'Lull' },
        settings: { event_subscriptions: { bot_events: ['app_mention', 'message.im'] } },
      },
    });
    try {
      const app = await connect(quiet);
      const ana = quiet.as('ana');
      ana.say('#ops', 'not for it');
      ana.say(ana.openDm(), 'for it');
      ana.say('#ops', '@lull, and this');
      await ana.waitFor('two events', () => events(app).length === 2);
      expect(events(app).map((each) => each.payload?.event?.type)).toEqual(['message', 'app_mention']);
    } finally {
      await quiet.close();
    }
  });

  it('end with the uninstallation', async () => {
    const app = await connect(playground);
    const ana = playground.as('ana');
    playground.faults.uninstall();
    ana.say('#ops', 'is it gone');
    await ana.waitFor('two events', () => events(app).length === 2);
    expect(events(app).map((each) => each.payload?.event?.type)).toEqual(['tokens_revoked', 'app_uninstalled']);
    expect(await outcome(client(playground).auth.test())).toBe('account_inactive');
  });

  it('of commands have people, channels and URLs marked up if the manifest sets should_escape', async () => {
    const app = await connect(playground);
    await playground
      .as('ana')
      .command('#ops', '/maintenance api, tell @jonas. in #status: a<b & see https://x.io/a?b=1&c');
    expect(last(app, 'slash_commands')).toMatchObject({
      command: '/maintenance',
      channel_name: 'ops',
      user_name: 'ana',
      text: 'api, tell <@U0JONAS001|jonas>. in <#C0STATUS01|status>: a&lt;b &amp; see <https://x.io/a?b=1&amp;c>',
    });
  });
});
