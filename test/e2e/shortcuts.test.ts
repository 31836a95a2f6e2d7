import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
let service: number;
beforeAll(async () => {
  env = await install({ playground: { messageRate: false } });
  service = (await env.api('GET', '/api/v1/services')).body.items[0].id;
});
afterAll(() => env.close());

const ana = () => env.playground.as('ana');
const jonas = () => env.playground.as('jonas');

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
  return {
    id: Number(created.body.id),
    ops: await waitForMessage('#ops'),
    status: await waitForMessage('#status'),
    comments: async (): Promise<{ comment: string; internal: boolean }[]> =>
      (await env.api('GET', `/api/v1/maintenances/${created.body.id}/comments`)).body.items,
  };
}
const threadOf = (message: Parameters<ReturnType<typeof ana>['thread']>[0]) =>
  ana().thread(message).map(textOf).join('\n');

describe('"Add as comment"', () => {
  test('makes any message a comment on a maintenance found by name, public if chosen', async () => {
    const window = await scheduleWindow('Router firmware');
    const message = jonas().say('#ops', 'Half of the routers & all switches are done');
    await ana().messageShortcut(message, 'add_as_comment');
    const form = await ana().waitFor('the form', () => ana().view());
    expect(JSON.stringify(form.view)).toContain('jonas: Half of the routers & all switches are done');
    const suggested = await ana().suggest(form, 'options.maintenances', 'ROUTER');
    expect(JSON.stringify(suggested)).toContain('Router firmware');
    await ana().fill({ maintenance: String(window.id), audience: 'public' });
    await Promise.allSettled([ana().submit(), ana().submit()]);
    await ana().waitFor('it in #status', () => threadOf(window.status).includes('all switches are done'));
    expect(await window.comments()).toHaveLength(1);
  });

  test('is internal by default, and finds the maintenance by its thread', async () => {
    const window = await scheduleWindow('Cable work');
    const guest = env.playground.as('guest');
    guest.join('#ops');
    const reply = guest.say('#ops', 'The lift is blocked', { thread: window.ops });
    await ana().messageShortcut(reply, 'add_as_comment');
    await ana().waitFor('the form', () => ana().view());
    await ana().submit();
    await ana().waitFor('it in #ops', () => threadOf(window.ops).includes('(internal): '));
    expect((await window.comments())[0]?.internal).toBe(true);
    await env.settle();
    expect(ana().thread(window.status)).toHaveLength(0);
  });

  test('on an announcement starts an empty comment on its maintenance', async () => {
    const window = await scheduleWindow('Lift repair');
    await ana().messageShortcut(window.ops, 'add_as_comment');
    const form = await ana().waitFor('the form', () => ana().view());
    expect(JSON.stringify(form.view)).toContain('Lift repair');
    expect(JSON.stringify(form.view)).not.toContain('initial_value');
    await ana().fill({ comment: 'The key is at the desk' });
    await ana().submit();
    await ana().waitFor('it in #ops', () => threadOf(window.ops).includes('The key is at the desk'));
  });

  test('lets the author of a reply make it public, and internal again', async () => {
    const window = await scheduleWindow('Vault rotation');
    const reply = jonas().say('#ops', 'Rotation is done', { thread: window.ops });
    await jonas().waitFor('the mark', () => jonas().again(reply)?.reactions.length === 1);
    await jonas().messageShortcut(reply, 'add_as_comment');
    await jonas().waitFor('the form', () => jonas().view());
    await jonas().fill({ audience: 'public' });
    await jonas().submit();
    await ana().waitFor('it in #status', () => threadOf(window.status).includes('Rotation is done'));

    jonas().edit(reply, 'Rotation is done on both sites');
    await ana().waitFor('the edit in #status', () => threadOf(window.status).includes('both sites'));
    await jonas().messageShortcut(reply, 'add_as_comment');
    await jonas().waitFor('the form', () => jonas().view());
    await jonas().fill({ audience: 'internal' });
    await jonas().submit();
    await ana().waitFor('the withdrawal', () => threadOf(window.status).includes('This comment was withdrawn'));
    expect(threadOf(window.status)).not.toContain('Rotation');
    expect((await window.comments())[0]).toMatchObject({ internal: true, comment: 'Rotation is done on both sites' });
  });

  test('does not let anybody else make it public', async () => {
    const window = await scheduleWindow('Quiet rotation');
    const reply = ana().say('#ops', 'Keep this here', { thread: window.ops });
    await ana().waitFor('the mark', () => ana().again(reply)?.reactions.length === 1);
    await jonas().messageShortcut(reply, 'add_as_comment');
    await jonas().waitFor('the form', () => jonas().view());
    await jonas().fill({ audience: 'public' });
    await jonas().submit();
    const dialog = await jonas().waitFor('the refusal', () =>
      JSON.stringify(jonas().view()?.view ?? '').includes('comments of others') ? jonas().view() : undefined,
    );
    expect(dialog).toBeDefined();
    expect((await window.comments())[0]?.internal).toBe(true);
    await jonas().close();
  });

  test('is not available to guests', async () => {
    const guest = env.playground.as('guest');
    guest.join('#ops');
    const message = ana().say('#ops', 'Anything');
    await guest.messageShortcut(message, 'add_as_comment');
    const answer = await guest.waitFor('the refusal', () => guest.ephemerals('#ops').at(-1));
    expect(textOf(answer)).toContain('may not comment');
    expect(guest.view()).toBeUndefined();
  });
});

describe('"Schedule maintenance"', () => {
  test('opens the form from anywhere, and the result is announced', async () => {
    await ana().shortcut('schedule_maintenance');
    const form = await ana().waitFor('the form', () => ana().view());
    await ana().suggest(form, 'options.services', '');
    const start = Math.floor(env.clock.now().getTime() / 1000) + 3600;
    await ana().fill({
      name: 'By shortcut',
      services: [String(service)],
      scheduled_start_date: start,
      scheduled_end_date: start + 3600,
    });
    await ana().submit();
    await ana().waitFor('the announcement', () =>
      ana()
        .messages('#ops')
        .some((message) => textOf(message).includes('By shortcut')),
    );
  });

  test('tells a guest in a dialog that it is for members', async () => {
    const guest = env.playground.as('guest');
    await guest.shortcut('schedule_maintenance');
    const dialog = await guest.waitFor('the refusal', () => guest.view());
    expect(JSON.stringify(dialog.view)).toContain('may not schedule');
    await guest.close();
  });
});
