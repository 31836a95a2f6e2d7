import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PersonDriver, type Playground, startPlayground } from '../../../src/playground/server.ts';
import { type BareApp, client, connectBare, last } from '../bare-app.ts';

let playground: Playground;
let app: BareApp;
let ana: PersonDriver;

beforeEach(async () => {
  playground = await startPlayground({ port: 0 });
  app = await connectBare(playground);
  ana = playground.as('ana');
});
afterEach(async () => {
  app.close();
  await playground.close();
});

async function respond(url: string | undefined, body: unknown) {
  const answer = await fetch(url ?? '', { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.text() };
}
const button = {
  type: 'actions',
  elements: [{ type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } }],
};

describe('a response_url', () => {
  it('can be used five times, also in channels without the app', async () => {
    await ana.command('#deploys', '/maintenance');
    const { response_url } = last(app, 'slash_commands');
    for (const count of [1, 2, 3, 4, 5])
      expect(await respond(response_url, { text: `${count}` })).toEqual({ status: 200, body: 'ok' });
    expect(await respond(response_url, { text: '6' })).toEqual({
      status: 404,
      body: '{"ok":false,"error":"used_url"}',
    });
    expect(ana.ephemerals('#deploys').map((message) => message.text)).toEqual(['1', '2', '3', '4', '5']);
    expect(playground.as('jonas').ephemerals('#deploys')).toEqual([]);
  });

  it('expires', async () => {
    await ana.command('#ops', '/maintenance');
    playground.faults.expireResponseUrls();
    const answer = await respond(last(app, 'slash_commands').response_url, { text: 'x' });
    expect(answer).toEqual({ status: 404, body: '{"ok":false,"error":"expired_url"}' });
  });

  it('rejects invalid messages', async () => {
    await ana.command('#ops', '/maintenance');
    const { response_url } = last(app, 'slash_commands');
    expect(await respond(response_url, { text: '' })).toEqual({ status: 400, body: '{"ok":false,"error":"no_text"}' });
    expect((await respond(response_url, { blocks: [{ type: 'nonsense' }] })).body).toContain(
      '"error":"invalid_blocks"',
    );
    expect((await respond(response_url, { response_type: 'loud', text: 'x' })).body).toContain('invalid_payload');
    expect((await respond(`${playground.url}/response/invented`, { text: 'x' })).status).toBe(404);
  });

  it('posts in the channel, replaces and deletes the original message', async () => {
    const { channel = '', ts = '' } = await client(playground).chat.postMessage({
      channel: '#ops',
      text: 'x',
      blocks: [button],
    });
    await ana.press({ channel, ts }, 'go');
    const { response_url } = last(app, 'interactive');
    await respond(response_url, { response_type: 'in_channel', text: 'for all' });
    expect(playground.as('jonas').messages('#ops').at(-1)?.text).toBe('for all');
    await respond(response_url, { replace_original: true, text: 'instead' });
    expect(ana.again({ channel, ts })).toMatchObject({ text: 'instead', blocks: [] });
    await respond(response_url, { delete_original: true });
    expect(ana.again({ channel, ts })).toBeUndefined();
  });

  it('replaces an ephemeral message, which no method of the Web API can', async () => {
    await ana.command('#ops', '/maintenance');
    await respond(last(app, 'slash_commands').response_url, { text: 'first', blocks: [button] });
    const preview = ana.ephemerals('#ops').at(-1);
    if (preview === undefined) throw new Error('no preview came');
    await ana.press(preview, 'go');
    const pressed = last(app, 'interactive');
    expect(pressed).toMatchObject({ container: { is_ephemeral: true } });
    expect(pressed.message).toBeUndefined();
    await respond(pressed.response_url, { replace_original: true, text: 'second' });
    expect(ana.ephemerals('#ops').map((message) => message.text)).toEqual(['second']);
    const update = client(playground).chat.update({ channel: preview.channel, ts: preview.ts, text: 'third' });
    await expect(update).rejects.toThrow('message_not_found');
  });
});
