import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHANNELS, PEOPLE } from '../../src/playground/server.ts';
import { hours, minutes } from '../world.ts';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  // Many messages are due within one second here, so Slack's rate limit is off.
  env = await install({ playground: { messageRate: false } });
});
afterAll(() => env.close());

const ana = () => env.playground.as('ana');
const channel = (name = '#ops') => ana().messages(name).map(textOf);
const fromNow = (milliseconds: number) => new Date(env.clock.now().getTime() + milliseconds).toISOString();
const service = async (name: string): Promise<number> =>
  (await env.api('GET', '/api/v1/services')).body.items.find((each: { name: string }) => each.name === name).id;

/** Schedules over HTTP. */
async function scheduleOverHttp(name: string, from: number, length = hours(1)) {
  const { body } = await env.api('POST', '/api/v1/maintenances', {
    name,
    service: await service('api'),
    scheduled_start_date: fromNow(from),
    scheduled_end_date: fromNow(from + length),
  });
  const announcement = await ana().waitFor(`the announcement of ${name}`, () =>
    ana()
      .messages('#ops')
      .find((message) => textOf(message).includes(`Scheduled: ${name}`)),
  );
  return { id: body.id as number, start: new Date(body.scheduled_start_date), announcement };
}
/** Schedules a window of Ana with a sentence; it starts in three hours. */
async function scheduleAsAna(name: string, words = 'api') {
  const before = ana().ephemerals('#ops').length;
  await ana().command('#ops', `/maintenance ${words} in 3 hours for 2h: ${name}`);
  const preview = await ana().waitFor('the preview', () => ana().ephemerals('#ops').slice(before).at(-1));
  await ana().press(preview, 'draft.schedule');
  await ana().waitFor('the confirmation', () => textOf(ana().again(preview)).includes('Scheduled as'));
}
/** Moves the clock past due events, as if Lull had been down. */
async function jumpTo(instant: Date) {
  env.clock.moveTo(instant);
  await env.lull.timer.wake();
}
const waitForDm = (what: string) =>
  ana().waitFor(`a direct message with ${what}`, () =>
    ana()
      .dms()
      .find((message) => textOf(message).includes(what)),
  );

describe('a reminder', () => {
  test('is posted in thread and channel, once if several are late, and again after a reschedule', async () => {
    const { id, start, announcement } = await scheduleOverHttp('Router firmware', hours(30));
    await jumpTo(new Date(start.getTime() - minutes(50)));
    await ana().waitFor('the reminder', () =>
      channel().some((text) => text.includes('*Router firmware* starts')) ? true : undefined,
    );
    const reminders = () =>
      ana()
        .thread(announcement)
        .filter((reply) => textOf(reply).includes('*Router firmware* starts'));
    expect(reminders()).toHaveLength(1);
    await ana().waitFor('the public one', () =>
      channel('#status').some((text) => text.includes('*Router firmware* starts')) ? true : undefined,
    );

    const newStart = new Date(env.clock.now().getTime() + hours(26));
    await env.api('POST', `/api/v1/maintenances/${id}/move`, { scheduled_start_date: newStart.toISOString() });
    await jumpTo(new Date(newStart.getTime() - hours(24)));
    await ana().waitFor('the new reminder', () => reminders().length === 2);
    await jumpTo(new Date(newStart.getTime() - minutes(15)));
    await ana().waitFor('the last reminder', () => reminders().length === 3);

    await jumpTo(newStart);
    await jumpTo(new Date(newStart.getTime() + minutes(51)));
    const end = await ana().waitFor('the reminder of the end', () =>
      ana()
        .messages('#ops')
        .find((message) => textOf(message).includes('*Router firmware* ends')),
    );
    await ana().press(end, 'maintenance.extend');
    await ana().waitFor('the form', () => ana().view());
    await ana().submit();
    await ana().waitFor('the extension', () =>
      ana()
        .thread(announcement)
        .some((reply) => textOf(reply).includes('Extended by')),
    );
    await env.settle();
    expect(channel('#status').join()).not.toContain('*Router firmware* ends');
    await jumpTo(new Date(newStart.getTime() + hours(3)));
  });

  test('is posted at the times of its scope, set over HTTP', async () => {
    const { body: scopes } = await env.api('GET', '/api/v1/scopes');
    const [{ id, reminders }] = scopes.items;
    expect(reminders).toEqual([1440, 60, 15]);
    expect(await env.api('PATCH', `/api/v1/scopes/${id}`, { reminders: [5, 90] })).toMatchObject({
      status: 200,
      body: { id, name: 'Production', reminders: [90, 5] },
    });
    expect(await env.api('PATCH', `/api/v1/scopes/${id}`, { reminders: [0.5] })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'reminders' }] },
    });
    expect(await env.api('PATCH', '/api/v1/scopes/99999', { reminders: [5] })).toMatchObject({ status: 404 });
    const { start } = await scheduleOverHttp('Cable work', hours(2));
    await jumpTo(new Date(start.getTime() - minutes(90)));
    await ana().waitFor('the reminder', () =>
      channel().some((text) => text.includes('*Cable work* starts')) ? true : undefined,
    );
    await env.api('PATCH', `/api/v1/scopes/${id}`, { reminders });
    await jumpTo(new Date(start.getTime() + hours(2)));
  });

  test('is posted on the way when the playground clock jumps to the next start or end', async () => {
    const { announcement } = await scheduleOverHttp('Jumped over', hours(5));
    await env.jump();
    await ana().waitFor('the start', () => textOf(ana().again(announcement)).includes('In progress'));
    const thread = ana().thread(announcement).map(textOf).join('\n');
    expect(thread.match(/\*Jumped over\* starts/g)?.length).toBeGreaterThan(0);
    await env.jump();
    await ana().waitFor('the end', () => textOf(ana().again(announcement)).includes('Done'));
  });
});

describe('the owner gets a direct message', () => {
  test('about a check that its provider refuses, with a button that shows the maintenance', async () => {
    const { database } = env.lull.ctx;
    const check = await database.check.findFirstOrThrow({ where: { name: 'api health' } });
    await database.check.update({ where: { id: check.id }, data: { provider: 'gone' } });
    await scheduleAsAna('Disk swap');
    await env.jump();
    const notice = await waitForDm('A check of *Disk swap* could not be switched off');
    expect(textOf(notice)).toContain('api health: its provider is not configured');
    await ana().press(notice, 'maintenance.show');
    await ana().waitFor('the maintenance', () =>
      ana()
        .ephemerals(notice.channel)
        .find((message) => textOf(message).includes('In progress: Disk swap')),
    );
    await env.jump();
    await env.settle();
    await database.check.update({ where: { id: check.id }, data: { provider: 'builtin' } });
    expect(
      ana()
        .dms()
        .filter((message) => textOf(message).includes('could not be switched off')),
    ).toHaveLength(1);
  });

  test('about an archived channel, which the other threads mention too', async () => {
    env.playground.faults.archive(CHANNELS.deploys);
    await scheduleAsAna('Archived work', 'api #deploys');
    const notice = await waitForDm('*Archived work* could not be announced');
    expect(textOf(notice)).toContain(`<#${CHANNELS.deploys}> (is_archived). The channel is archived.`);
    await ana().waitFor('the note in #ops', () =>
      ana()
        .messages('#ops')
        .filter((message) => textOf(message).includes('Scheduled: Archived work'))
        .some((message) =>
          ana()
            .thread(message)
            .some((reply) => textOf(reply).includes('could not be announced')),
        ),
    );
    env.playground.faults.unarchive(CHANNELS.deploys);
  });

  test('once, although Slack answered with an error after it took the message', async () => {
    env.playground.faults.method('chat.postMessage', { status: 502, afterWork: true, channel: PEOPLE.ana });
    await scheduleAsAna('Answered wrongly');
    const before = env.playground.log().length;
    await jumpTo(new Date(env.clock.now().getTime() + hours(3.5)));
    await waitForDm('*Answered wrongly* started 30 min late');
    const { notice } = env.lull.ctx.database;
    await expect.poll(() => notice.count({ where: { messageRef: null } }), { timeout: 20_000 }).toBe(0);
    const notices = ana()
      .dms()
      .filter((message) => textOf(message).includes('Answered wrongly'));
    expect(notices).toHaveLength(1);
    // Lull found the message in the conversation and did not send it again. It may have read other conversations before.
    const calls = env.playground
      .log()
      .slice(before)
      .map(({ title }) => title);
    const lookup = calls.lastIndexOf('conversations.history');
    expect(lookup).toBeGreaterThan(calls.indexOf('chat.postMessage'));
    await env.jump();
  });

  test('about a missed window, and nobody else does', async () => {
    await scheduleAsAna('Slept through');
    await jumpTo(new Date(env.clock.now().getTime() + hours(6)));
    await waitForDm('*Slept through* was missed');
    await env.settle();
    for (const other of ['jonas', 'yuki', 'guest']) {
      expect(env.playground.as(other).dms().map(textOf).join()).not.toContain('Slept through');
    }
  });
});
