import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHANNELS, type PersonDriver, type Playground, startPlayground } from '../../src/playground/server.ts';
import { type BareApp, client, connectBare, last } from './bare-app.ts';

let playground: Playground;
let app: BareApp;
let ana: PersonDriver;
let answer: unknown;

beforeEach(async () => {
  playground = await startPlayground({ port: 0 });
  answer = undefined;
  app = await connectBare(playground, () => answer);
  ana = playground.as('ana');
});
afterEach(async () => {
  app.close();
  await playground.close();
});

const text = (words: string) => ({ type: 'plain_text' as const, text: words });
const option = (words: string, value: string) => ({ text: text(words), value });

describe('a person driver', () => {
  it('is found by name, handle or id; the error lists the names', () => {
    expect(playground.as('guest').id).toBe(playground.as('sam').id);
    expect(playground.as(ana.id).id).toBe(ana.id);
    expect(() => playground.as('bob')).toThrow('Nobody here is called bob; there are ana, jonas, yuki, sam');
  });

  it('presses a button by its text', async () => {
    const { channel = '', ts = '' } = await client(playground).chat.postMessage({
      channel: CHANNELS.ops,
      text: 'x',
      blocks: [{ type: 'actions', elements: [{ type: 'button', action_id: 'go', text: text('Start now') }] }],
    });
    await ana.press({ channel, ts }, 'Start now');
    expect(last(app, 'interactive')).toMatchObject({ actions: [{ action_id: 'go' }] });
    await expect(ana.press({ channel, ts }, 'Stop')).rejects.toThrow(
      'There is no button Stop here; the buttons are: go.',
    );
  });

  it('chooses options by their text', async () => {
    await ana.shortcut('schedule_maintenance');
    const input = (id: string, element: object) => ({
      type: 'input',
      block_id: id,
      label: text(id),
      element: { action_id: `${id}_input`, ...element },
    });
    const blocks = [
      input('status', { type: 'static_select', options: [option('Down', 'd'), option('Degraded', 'g')] }),
      input('services', { type: 'multi_external_select', min_query_length: 0 }),
      input('start', { type: 'datetimepicker' }),
    ];
    answer = { options: [option('api', '1'), option('billing', '2')] };
    const view = { type: 'modal', title: text('x'), submit: text('x'), blocks };
    const opened = await fetch(`${playground.apiUrl}views.open`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${playground.botToken}` },
      body: JSON.stringify({ trigger_id: last(app, 'interactive').trigger_id, view }),
    });
    expect(await opened.json()).toMatchObject({ ok: true });
    await ana.fill({ status: 'Degraded', services: ['api', 'billing'], start_input: 1_764_000_000 });
    expect(ana.view()?.values).toEqual({
      status: { status_input: 'g' },
      services: { services_input: ['1', '2'] },
      start: { start_input: 1_764_000_000 },
    });
    await expect(ana.fill({ services: ['search'] })).rejects.toThrow('has no option with the value search');
    await expect(ana.fill({ end: 1 })).rejects.toThrow('The dialog has no field end; its fields are: status_input,');
  });

  it('cannot write in channels without joining, or change messages of others', async () => {
    const sam = playground.as('guest');
    expect(() => sam.say('#status', 'x')).toThrow('There is no channel #status here.');
    expect(() => playground.as('yuki').messages('#security')).toThrow('There is no channel #security here.');
    const said = ana.say('#ops', 'mine');
    expect(() => sam.delete(said)).toThrow('This message is not yours.');
    expect(() => sam.createChannel('x')).toThrow('Guests cannot create channels.');
    ana.leave('#ops');
    expect(() => ana.say('#ops', 'x')).toThrow('Join this channel to write in it.');
    ana.join('#ops');
    expect(ana.say('#ops', 'back').text).toBe('back');
  });

  it('counts unread messages until they are read', () => {
    ana.say('#ops', 'one');
    const jonas = playground.as('jonas');
    expect(jonas.channel('#ops').unread).toBe(1);
    jonas.markRead('#ops');
    expect(jonas.channel('#ops').unread).toBe(0);
    expect(ana.channel('#ops').unread).toBe(0);
  });

  it('reports a timeout with its description and the last requests', async () => {
    await client(playground).auth.test();
    await expect(ana.waitFor('a miracle', () => undefined, 50)).rejects.toThrow(
      /ana waited 50 ms for a miracle\. The last requests were:[\s\S]*from_app auth\.test ok/,
    );
  });
});
