import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHANNELS } from '../../src/playground/server.ts';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
let service: number;
beforeAll(async () => {
  env = await install({ playground: { messageRate: false } });
  service = (await env.api('GET', '/api/v1/services')).body.items[0].id;
});
afterAll(() => env.close());

type Person = Parameters<Installation['playground']['as']>[0];
const ana = () => env.playground.as('ana');

/** A window and its announcements in the internal #ops and the public #status. */
async function scheduleWindow(name: string) {
  const start = env.clock.now().getTime() + 86_400_000;
  const created = await env.api('POST', '/api/v1/maintenances', {
    name,
    service,
    service_status: 'down',
    scheduled_start_date: new Date(start).toISOString(),
    scheduled_end_date: new Date(start + 7_200_000).toISOString(),
  });
  const waitForMessage = (channel: string) =>
    ana().waitFor(`${name} in ${channel}`, () =>
      ana()
        .messages(channel)
        .find((message) => textOf(message).includes(name) && message.threadTs === undefined),
    );
  const [ops, status] = [await waitForMessage('#ops'), await waitForMessage('#status')];
  return {
    id: Number(created.body.id),
    ops,
    status,
    comments: async (): Promise<{ comment: string; internal: boolean; author: string }[]> =>
      (await env.api('GET', `/api/v1/maintenances/${created.body.id}/comments`)).body.items,
  };
}
type AnnouncedWindow = Awaited<ReturnType<typeof scheduleWindow>>;

const reactionsOf = (message: AnnouncedWindow['ops']) =>
  ana()
    .again(message)
    ?.reactions.map(({ name }) => name) ?? [];
const thread = (message: AnnouncedWindow['ops']) => ana().thread(message).map(textOf).join('\n');

/** Replies in a thread, and waits for the reaction that marks the comment. */
async function replyAndWait(to: AnnouncedWindow['ops'], text: string, who: Person = 'ana') {
  env.playground.as(who).join(to.channel);
  const reply = env.playground.as(who).say(to.channel, text, { thread: to });
  await ana().waitFor(`the mark at ${text}`, () => reactionsOf(reply).includes('speech_balloon'));
  return reply;
}

/** Waits for a later event of the same channel, so all earlier events have been processed. */
async function settled(window: AnnouncedWindow) {
  await replyAndWait(window.ops, `Settled ${window.id} ${Math.random()}`);
}

describe('a reply in the thread of an announcement', () => {
  test('in a public channel is a comment that other threads show and its own does not repeat', async () => {
    const window = await scheduleWindow('Public words');
    await replyAndWait(window.status, 'Checkout works again, says @jonas & https://a.example');
    await ana().waitFor('it in #ops', () => thread(window.ops).includes('Checkout works again'));
    expect(thread(window.ops)).toContain('<@U0ANA00001>');
    expect(await window.comments()).toMatchObject([{ internal: false }]);
    expect((await window.comments())[0]?.comment).toBe('Checkout works again, says @jonas & https://a.example');
    await env.settle();
    expect(ana().thread(window.status)).toHaveLength(1);
  });

  test('in an internal channel is an internal comment that no public channel shows', async () => {
    const window = await scheduleWindow('Quiet words');
    await replyAndWait(window.ops, 'The password vault is next');
    await settled(window);
    expect((await window.comments())[0]).toMatchObject({ comment: 'The password vault is next', internal: true });
    await env.api('POST', `/api/v1/maintenances/${window.id}/comments`, { comment: 'Told later' });
    await ana().waitFor('the later comment', () => thread(window.status).includes('Told later'));
    await env.settle();
    expect(thread(window.status)).not.toContain('vault');
  });

  test('is one comment even if its event is delivered several times', async () => {
    const window = await scheduleWindow('Twice told');
    await replyAndWait(window.ops, 'Said once');
    env.playground.faults.redeliverEvent();
    env.playground.faults.redeliverEvent();
    await settled(window);
    expect((await window.comments()).filter(({ comment }) => comment === 'Said once')).toHaveLength(1);
  });

  test('that is edited, even twice concurrently, changes the comment everywhere', async () => {
    const window = await scheduleWindow('Edited words');
    const reply = await replyAndWait(window.status, 'Back at 3');
    await ana().waitFor('it in #ops', () => thread(window.ops).includes('Back at 3'));
    ana().edit(reply, 'Back at 4');
    ana().edit(reply, 'Back at 5, sorry');
    await ana().waitFor('the last edit in #ops', () => thread(window.ops).includes('Back at 5, sorry'));
    expect(thread(window.ops)).toContain('(edited)');
    expect(ana().thread(window.ops)).toHaveLength(1);
    await settled(window);
    expect((await window.comments())[0]?.comment).toBe('Back at 5, sorry');
  });

  test('that is deleted removes the comment everywhere', async () => {
    const window = await scheduleWindow('Deleted words');
    const reply = await replyAndWait(window.status, 'A secret: hunter2');
    await ana().waitFor('it in #ops', () => thread(window.ops).includes('hunter2'));
    ana().delete(reply);
    await ana().waitFor('the withdrawal', () => thread(window.ops).includes('This comment was withdrawn'));
    expect(thread(window.ops)).not.toContain('hunter2');
    expect(await window.comments()).toEqual([]);
  });

  test('that is deleted before it was posted elsewhere leaves nothing behind', async () => {
    const window = await scheduleWindow('Fleeting words');
    const reply = ana().say('#status', 'Never mind this', { thread: window.status });
    ana().delete(reply);
    await settled(window);
    // Both events are processed concurrently.
    await expect.poll(async () => (await window.comments()).length).toBe(1);
    expect(JSON.stringify(await window.comments())).not.toContain('Never mind');
  });

  test('by a guest, by an app, or in another thread is not a comment', async () => {
    const window = await scheduleWindow('Guarded words');
    const guest = env.playground.as('guest');
    guest.join('#ops');
    const theirs = guest.say('#ops', 'May I', { thread: window.ops });
    guest.edit(theirs, 'May I please');
    const chat = ana().say('#ops', 'Lunch?');
    ana().say('#ops', 'Yes', { thread: chat });
    await settled(window);
    expect(reactionsOf(theirs)).toEqual([]);
    expect(await window.comments()).toHaveLength(1);
    expect(guest.ephemerals('#ops')).toEqual([]);
  });

  test('that is too long to store is reported to its author only', async () => {
    const window = await scheduleWindow('Endless words');
    ana().say('#ops', 'x'.repeat(10_001), { thread: window.ops });
    await ana().waitFor('the answer', () =>
      ana()
        .ephemerals('#ops')
        .some((message) => textOf(message).includes('not kept as a comment')),
    );
    expect(await window.comments()).toEqual([]);
  });

  test('in a channel archived since is stored, and posted elsewhere', async () => {
    const window = await scheduleWindow('Last words');
    ana().say('#status', 'Closing time', { thread: window.status });
    env.playground.faults.archive(CHANNELS.status);
    await ana().waitFor('it in #ops', () => thread(window.ops).includes('Closing time'));
    env.playground.faults.unarchive(CHANNELS.status);
    expect((await window.comments()).map(({ comment }) => comment)).toEqual(['Closing time']);
  });
});

test('Lull is not ready after it was removed from the workspace', async () => {
  const other = await install();
  try {
    expect((await fetch(`${other.url}/readyz`)).status).toBe(200);
    other.playground.faults.uninstall();
    await expect.poll(async () => (await fetch(`${other.url}/readyz`)).status).toBe(503);
  } finally {
    await other.close();
  }
});

test('over HTTP, a reply whose event is delivered twice is one comment', async () => {
  const other = await install({ mode: 'http', playground: { messageRate: false } });
  try {
    const person = other.playground.as('ana');
    const [{ id: api }] = (await other.api('GET', '/api/v1/services')).body.items;
    const start = other.clock.now().getTime() + 86_400_000;
    const { id } = (
      await other.api('POST', '/api/v1/maintenances', {
        name: 'Signed work',
        service: api,
        service_status: 'down',
        scheduled_start_date: new Date(start).toISOString(),
        scheduled_end_date: new Date(start + 7_200_000).toISOString(),
      })
    ).body;
    const live = await person.waitFor('the announcement', () =>
      person.messages('#ops').find((message) => textOf(message).includes('Signed work')),
    );
    const reply = person.say('#ops', 'Said over HTTP', { thread: live });
    await person.waitFor('the mark', () => person.again(reply)?.reactions.length === 1);
    other.playground.faults.redeliverEvent();
    const second = person.say('#ops', 'And once more', { thread: live });
    await person.waitFor('the mark', () => person.again(second)?.reactions.length === 1);
    const { items } = (await other.api('GET', `/api/v1/maintenances/${id}/comments`)).body;
    expect(items.map(({ comment }: { comment: string }) => comment)).toEqual(['Said over HTTP', 'And once more']);
  } finally {
    await other.close();
  }
});
