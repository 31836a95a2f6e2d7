import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHANNELS, PEOPLE } from '../../src/playground/server.ts';
import { hours, minutes } from '../world.ts';
import { type Installation, install, textOf } from './installation.ts';

let at: Installation;
beforeAll(async () => {
  // Many messages are due within one second here, so Slack's rate limit is off.
  at = await install({ playground: { messageRate: false } });
});
afterAll(() => at.close());

const ana = () => at.playground.as('ana');
const channel = (name = '#ops') => ana().messages(name).map(textOf);
const fromNow = (milliseconds: number) => new Date(at.clock.now().getTime() + milliseconds).toISOString();
const service = async (name: string): Promise<number> =>
  (await at.api('GET', '/api/v1/services')).body.items.find((each: { name: string }) => each.name === name).id;

/** Schedules over HTTP. */
async function planned(name: string, from: number, length = hours(1)) {
  const { body } = await at.api('POST', '/api/v1/maintenances', {
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
async function plannedByAna(name: string, words = 'api') {
  const before = ana().ephemerals('#ops').length;
  await ana().command('#ops', `/maintenance ${words} in 3 hours for 2h: ${name}`);
  const preview = await ana().waitFor('the preview', () => ana().ephemerals('#ops').slice(before).at(-1));
  await ana().press(preview, 'draft.schedule');
  await ana().waitFor('the confirmation', () => textOf(ana().again(preview)).includes('Scheduled as'));
}
/** Moves the clock past due events, as if Lull had been down. */
async function wakeAt(instant: Date) {
  at.clock.moveTo(instant);
  await at.lull.timer.wake();
}
const dm = (what: string) =>
  ana().waitFor(`a direct message with ${what}`, () =>
    ana()
      .dms()
      .find((message) => textOf(message).includes(what)),
  );

describe('a reminder', () => {
  test('is posted in thread and channel, once if several are late, and again after a reschedule', async () => {
    const { id, start, announcement } = await planned('Router firmware', hours(30));
    await wakeAt(new Date(start.getTime() - minutes(50)));
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

    const moved = new Date(at.clock.now().getTime() + hours(26));
    await at.api('POST', `/api/v1/maintenances/${id}/move`, { scheduled_start_date: moved.toISOString() });
    await wakeAt(new Date(moved.getTime() - hours(24)));
    await ana().waitFor('the new reminder', () => reminders().length === 2);
    await wakeAt(new Date(moved.getTime() - minutes(15)));
    await ana().waitFor('the last reminder', () => reminders().length === 3);

    await wakeAt(moved);
    await wakeAt(new Date(moved.getTime() + minutes(51)));
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
    await at.settle();
    expect(channel('#status').join()).not.toContain('*Router firmware* ends');
    await wakeAt(new Date(moved.getTime() + hours(3)));
  });

  test('is posted at the times of its scope, set over HTTP', async () => {
    const { body: scopes } = await at.api('GET', '/api/v1/scopes');
    const [{ id, reminders }] = scopes.items;
    expect(reminders).toEqual([1440, 60, 15]);
    expect(await at.api('PATCH', `/api/v1/scopes/${id}`, { reminders: [5, 90] })).toMatchObject({
      status: 200,
      body: { id, name: 'Production', reminders: [90, 5] },
    });
    expect(await at.api('PATCH', `/api/v1/scopes/${id}`, { reminders: [0.5] })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'reminders' }] },
    });
    expect(await at.api('PATCH', '/api/v1/scopes/99999', { reminders: [5] })).toMatchObject({ status: 404 });
    const { start } = await planned('Cable work', hours(2));
    await wakeAt(new Date(start.getTime() - minutes(90)));
    await ana().waitFor('the reminder', () =>
      channel().some((text) => text.includes('*Cable work* starts')) ? true : undefined,
    );
    await at.api('PATCH', `/api/v1/scopes/${id}`, { reminders });
    await wakeAt(new Date(start.getTime() + hours(2)));
  });

  test('is posted on the way when the playground clock jumps to the next start or end', async () => {
    const { announcement } = await planned('Jumped over', hours(5));
    await at.jump();
    await ana().waitFor('the start', () => textOf(ana().again(announcement)).includes('In progress'));
    const thread = ana().thread(announcement).map(textOf).join('\n');
    expect(thread.match(/\*Jumped over\* starts/g)?.length).toBeGreaterThan(0);
    await at.jump();
    await ana().waitFor('the end', () => textOf(ana().again(announcement)).includes('Done'));
  });
});

describe('the owner gets a direct message', () => {
  test('about a check that its provider refuses, with a button that shows the maintenance', async () => {
    const { database } = at.lull.ctx;
    const check = await database.check.findFirstOrThrow({ where: { name: 'api health' } });
    await database.check.update({ where: { id: check.id }, data: { provider: 'gone' } });
    await plannedByAna('Disk swap');
    await at.jump();
    const told = await dm('A check of *Disk swap* could not be switched off');
    expect(textOf(told)).toContain('api health: its provider is not configured');
    await ana().press(told, 'maintenance.show');
    await ana().waitFor('the maintenance', () =>
      ana()
        .ephemerals(told.channel)
        .find((message) => textOf(message).includes('In progress: Disk swap')),
    );
    await at.jump();
    await at.settle();
    await database.check.update({ where: { id: check.id }, data: { provider: 'builtin' } });
    expect(
      ana()
        .dms()
        .filter((message) => textOf(message).includes('could not be switched off')),
    ).toHaveLength(1);
  });

  test('about an archived channel, which the other threads mention too', async () => {
    at.playground.faults.archive(CHANNELS.deploys);
    await plannedByAna('Archived work', 'api #deploys');
    const told = await dm('*Archived work* could not be announced');
    expect(textOf(told)).toContain(`<#${CHANNELS.deploys}> (is_archived). The channel is archived.`);
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
    at.playground.faults.unarchive(CHANNELS.deploys);
  });

  test('once, although Slack answered with an error after it took the message', async () => {
    at.playground.faults.method('chat.postMessage', { status: 502, afterWork: true, channel: PEOPLE.ana });
    await plannedByAna('Answered wrongly');
    const before = at.playground.log().length;
    await wakeAt(new Date(at.clock.now().getTime() + hours(3.5)));
    await dm('*Answered wrongly* started 30 min late');
    const { notice } = at.lull.ctx.database;
    await expect.poll(() => notice.count({ where: { messageRef: null } }), { timeout: 20_000 }).toBe(0);
    const told = ana()
      .dms()
      .filter((message) => textOf(message).includes('Answered wrongly'));
    expect(told).toHaveLength(1);
    // Lull found the message in the conversation and did not send it again. It may have read other conversations before.
    const calls = at.playground
      .log()
      .slice(before)
      .map(({ title }) => title);
    const lookedUp = calls.lastIndexOf('conversations.history');
    expect(lookedUp).toBeGreaterThan(calls.indexOf('chat.postMessage'));
    await at.jump();
  });

  test('about a missed window, and nobody else does', async () => {
    await plannedByAna('Slept through');
    await wakeAt(new Date(at.clock.now().getTime() + hours(6)));
    await dm('*Slept through* was missed');
    await at.settle();
    for (const other of ['jonas', 'yuki', 'guest']) {
      expect(at.playground.as(other).dms().map(textOf).join()).not.toContain('Slept through');
    }
  });
});
