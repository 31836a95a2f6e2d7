import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '../../src/core/permissions.ts';
import { addFreeze } from '../../src/freezes/commands.ts';
import { edit } from '../../src/maintenance/commands/edit.ts';
import { hours } from '../world.ts';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
let api: number;
let web: number;
beforeAll(async () => {
  env = await install({ playground: { messageRate: false } });
  const { items } = (await env.api('GET', '/api/v1/services')).body;
  const idOf = (name: string) => items.find((each: { name: string }) => each.name === name).id;
  api = idOf('api');
  web = idOf('web');
});
afterAll(() => env.close());

const ana = () => env.playground.as('ana');
const jonas = () => env.playground.as('jonas');
type Driver = ReturnType<typeof ana>;
const readMaintenance = async (id: number) => (await env.api('GET', `/api/v1/maintenances/${id}`)).body;
const formText = (who: Driver) => JSON.stringify(who.view()?.view.blocks ?? []);

let day = 0;
/** Schedules a two-hour window on a day of its own. */
async function scheduleWindow(name: string, values: Record<string, unknown> = {}) {
  day += 1;
  const start = new Date(env.clock.now().getTime() + hours(24 * day));
  const { status, body } = await env.api('POST', '/api/v1/maintenances', {
    name,
    service: api,
    service_status: 'down',
    scheduled_start_date: start.toISOString(),
    scheduled_end_date: new Date(start.getTime() + hours(2)).toISOString(),
    ...values,
  });
  expect(status).toBe(201);
  return body;
}

async function openForm(who: Driver, line: string, channel = '#ops') {
  await who.command(channel, `/maintenance ${line}`);
  return who.waitFor(`the form of ${line}`, () => who.view());
}
async function runRefused(who: Driver, line: string, channel = '#ops') {
  const before = who.ephemerals(channel).length;
  await who.command(channel, `/maintenance ${line}`);
  return textOf(await who.waitFor('the refusal', () => who.ephemerals(channel).slice(before).at(-1)));
}
const seconds = (instant: string) => Math.floor(Date.parse(instant) / 1000);

describe('the edit form', () => {
  test('shows the current values and saves changes, which the thread shows', async () => {
    const created = await scheduleWindow('Disk swap', { description: 'One by one' });
    await openForm(ana(), `edit ${created.id}`);
    expect(formText(ana())).toContain('One by one');
    await ana().fill({ name: 'Disk swap in room 4', services: ['Production / api', 'Production / web'] });
    await ana().submit();
    expect(ana().view()).toBeUndefined();
    const now = await readMaintenance(created.id);
    expect(now).toMatchObject({ name: 'Disk swap in room 4', description: 'One by one' });
    expect(now.scheduled_start_date).toBe(created.scheduled_start_date);
    const message = await ana().waitFor('the announcement', () =>
      ana()
        .messages('#ops')
        .find((each) => textOf(each).includes('Disk swap in room 4') && !each.broadcast),
    );
    await ana().waitFor('the note', () =>
      ana()
        .thread(message)
        .some((each) => textOf(each).includes('Changed by')),
    );
  });

  test('submitted second shows who changed which fields and both values, and overwrites nothing', async () => {
    const created = await scheduleWindow('Router work');
    await openForm(ana(), `edit ${created.id}`);
    await openForm(jonas(), `edit ${created.id}`);
    await jonas().fill({ name: 'Router firmware', service_status: 'degraded' });
    await jonas().submit();
    await ana().fill({ name: 'Router exchange', external_reference: 'CHG-7' });
    await ana().submit();
    const confirmation = formText(ana());
    expect(confirmation).toContain('Nothing of yours is saved yet');
    expect(confirmation).toContain('name Router firmware, was Router work');
    expect(confirmation).toContain('You had written for *name*: Router exchange');
    expect(await readMaintenance(created.id)).toMatchObject({ name: 'Router firmware', external_reference: null });
    await ana().submit();
    expect(ana().view()).toBeUndefined();
    expect(await readMaintenance(created.id)).toMatchObject({
      name: 'Router firmware',
      service_status: 'degraded',
      external_reference: 'CHG-7',
    });
  });

  test('submitted twice saves once', async () => {
    const created = await scheduleWindow('Cable work');
    await openForm(ana(), `edit ${created.id}`);
    await ana().fill({ description: 'Careful' });
    await Promise.allSettled([ana().submit(), ana().submit()]);
    expect(await readMaintenance(created.id)).toMatchObject({ description: 'Careful' });
    const edits = await env.lull.ctx.database.auditEvent.count({
      where: { maintenanceId: created.id, type: 'maintenance.changed' },
    });
    expect(edits).toBe(1);
  });

  test('of a window in progress shows its start as text, and lets its end be changed', async () => {
    const created = await scheduleWindow('Running work');
    await env.api('GET', '/api/v1/services');
    await ana().command('#ops', `/maintenance start ${created.id}`);
    await ana().waitFor('the start', () =>
      ana()
        .ephemerals('#ops')
        .some((each) => textOf(each).includes('Started')),
    );
    const { ends_at: end } = await readMaintenance(created.id);
    await openForm(ana(), `edit ${created.id}`);
    expect(formText(ana())).toContain('it has begun');
    expect(formText(ana())).not.toContain('window.start');
    await ana().fill({ scheduled_end_date: seconds(end) + 3600 });
    await ana().submit();
    expect(await readMaintenance(created.id)).toMatchObject({ scheduled_end_date: created.scheduled_end_date });
    expect(seconds((await readMaintenance(created.id)).ends_at)).toBe(seconds(end) + 3600);
    await ana().command('#ops', `/maintenance finish ${created.id}`);
  });

  test('is refused with an explanation to guests and for windows that are over', async () => {
    const created = await scheduleWindow('Guarded work');
    expect(await runRefused(env.playground.as('guest'), `edit ${created.id}`)).toContain('may not');
    await ana().command('#ops', `/maintenance cancel ${created.id}`);
    await ana().waitFor('the end', () =>
      ana()
        .ephemerals('#ops')
        .some((each) => textOf(each).includes('Canceled')),
    );
    expect(await runRefused(ana(), `edit ${created.id}`)).toContain('canceled already');
  });

  test('of a window canceled in the meantime says so and changes nothing', async () => {
    const created = await scheduleWindow('Fleeting work');
    await openForm(ana(), `edit ${created.id}`);
    await jonas().command('#ops', `/maintenance cancel ${created.id}`);
    await jonas().waitFor('the end', () =>
      jonas()
        .ephemerals('#ops')
        .some((each) => textOf(each).includes('Fleeting')),
    );
    await ana().fill({ name: 'Too late' });
    await ana().submit();
    expect(formText(ana())).toContain('cannot be changed');
    await ana().close();
  });

  test('keeps values too large for it: 300 services and a description of 10,000 characters', async () => {
    const services: number[] = [];
    for (let i = 0; i < 300; i++) {
      services.push(
        (await env.api('POST', '/api/v1/services', { name: `shard ${String(i).padStart(3, '0')}` })).body.id,
      );
    }
    const description = `${'words and more words, '.repeat(454)}the end.`.slice(-10_000);
    const created = await scheduleWindow('Wide work', { service: undefined, services, description });
    const message = await ana().waitFor('the announcement', () =>
      ana()
        .messages('#ops')
        .find((each) => textOf(each).includes('Wide work')),
    );
    expect(textOf(message)).toContain('more');
    await ana().press(message, 'maintenance.whole');
    await ana().waitFor('the whole', () => formText(ana()).includes('shard 299'));
    expect(formText(ana())).toContain('the end.');
    await ana().close();

    await openForm(ana(), `edit ${created.id}`);
    expect(formText(ana())).toContain('Too many for a form');
    await ana().fill({ external_reference: 'CHG-300' });
    await ana().submit();
    const now = await readMaintenance(created.id);
    expect(now).toMatchObject({ external_reference: 'CHG-300', description });
    expect(now.services).toHaveLength(300);
  });
});

describe('times in a form', () => {
  test('in words are shown as understood, on Enter or before anything is saved', async () => {
    await openForm(jonas(), '');
    await jonas().fill({ words: 'in 40 days 2am for 2h' });
    await jonas().waitFor('what was understood', () => formText(jonas()).includes('Understood'));
    expect(formText(jonas())).toContain('(Europe/Berlin)');
    await jonas().fill({ name: 'Worded work', services: ['Production / postgres'] });
    await jonas().submit();
    await jonas().waitFor('the announcement', () =>
      jonas()
        .messages('#ops')
        .some((each) => textOf(each).includes('Worded work')),
    );

    const view = await openForm(jonas(), '');
    jonas().set(view, 'window.words', 'in 41 days 2am for 90 min');
    await jonas().fill({ name: 'Unseen words', services: ['Production / postgres'] });
    await jonas().submit();
    expect(formText(jonas())).toContain('Understood');
    expect(
      jonas()
        .messages('#ops')
        .some((each) => textOf(each).includes('Unseen words')),
    ).toBe(false);
    await jonas().submit();
    await jonas().waitFor('the announcement', () =>
      jonas()
        .messages('#ops')
        .some((each) => textOf(each).includes('Unseen words') && textOf(each).includes('1 h 30 min')),
    );
  });

  test('that are meaningless or ambiguous are reported at the field', async () => {
    const view = await openForm(jonas(), '');
    await jonas().fill({ name: 'Vague work', services: ['Production / postgres'] });
    jonas().set(view, 'window.words', 'someday maybe');
    expect(await jonas().submit()).toMatchObject({ errors: { words: expect.stringContaining('For example') } });
    jonas().set(view, 'window.words', 'tomorrow 2am for 30');
    expect(await jonas().submit()).toMatchObject({ errors: { words: expect.stringContaining('minutes') } });
    await jonas().close();
  });

  test('show overlaps before the form is submitted', async () => {
    const created = await scheduleWindow('First of two', { service: web });
    await openForm(ana(), '');
    await ana().fill({
      services: ['Production / web'],
      scheduled_start_date: seconds(created.scheduled_start_date),
      scheduled_end_date: seconds(created.scheduled_end_date),
    });
    await ana().waitFor('the overlap', () => formText(ana()).includes('First of two'));
    await ana().fill({
      scheduled_start_date: seconds(created.scheduled_end_date) + 60,
      scheduled_end_date: seconds(created.scheduled_end_date) + 3600,
    });
    await ana().waitFor('no overlap', () => !formText(ana()).includes('First of two'));
    await ana().close();
  });

  test('changed twice keep the later change: the replaced view is not drawn again', async () => {
    const view = await openForm(ana(), '');
    const now = Math.floor(env.clock.now().getTime() / 1000) + 86_400 * 90;
    await ana().fill({ services: ['Production / web'] });
    await Promise.all([ana().choose(view, 'window.start', now), ana().choose(view, 'window.end', now + 3600)]);
    await ana().fill({ name: 'Quick fingers' });
    await ana().submit();
    await ana().waitFor('the announcement', () =>
      ana()
        .messages('#ops')
        .some((each) => textOf(each).includes('Quick fingers') && textOf(each).includes('1 h')),
    );
  });
});

test('a freeze is shown before the form is submitted; an admin overrides it with a reason, others cannot', async () => {
  const start = Math.floor(env.clock.now().getTime() / 1000) + 86_400 * 120;
  const instant = (after: number) => new Date((start + after) * 1000);
  const account = env.lull.workspace?.account.id ?? 0;
  await addFreeze(env.lull.ctx, systemActor(account), {
    scopeId: null,
    reason: 'Year end',
    effect: 'block',
    start: instant(0),
    end: instant(86_400),
  });
  const filled = {
    name: 'Frozen work',
    services: ['Production / web'],
    scheduled_start_date: start + 3600,
    scheduled_end_date: start + 7200,
  };
  const [admin, operator] = [ana(), jonas()];
  await openForm(operator, '');
  await operator.fill(filled);
  await operator.waitFor('the freeze', () => formText(operator).includes('Year end'));
  expect(formText(operator)).not.toContain('override_reason');
  expect(await operator.submit()).toMatchObject({
    errors: { scheduled_start_date: expect.stringContaining('Year end') },
  });
  await operator.close();

  await openForm(admin, '');
  await admin.fill(filled);
  await admin.waitFor('the question', () => formText(admin).includes('override_reason'));
  await admin.fill({ override_reason: 'The certificate runs out' });
  await admin.submit();
  await admin.waitFor('the announcement', () =>
    admin.messages('#ops').some((each) => textOf(each).includes('Scheduled: Frozen work')),
  );
});

describe('the forms to extend, end and cancel', () => {
  test('extend in words, and report words that are not understood at the field', async () => {
    const created = await scheduleWindow('Longer work');
    await openForm(ana(), `extend ${created.id}`);
    await ana().fill({ words: 'banana' });
    expect(await ana().submit()).toMatchObject({ errors: { words: expect.stringContaining('until 5am') } });
    await ana().fill({ words: '1h30m' });
    await ana().waitFor('what was understood', () => formText(ana()).includes('1 h 30 min longer'));
    await ana().submit();
    const { scheduled_end_date: end } = await readMaintenance(created.id);
    expect(seconds(end)).toBe(seconds(created.scheduled_end_date) + 90 * 60);
  });

  test('extend from the end that they show: the second person sees the first change before anything happens', async () => {
    const created = await scheduleWindow('Work of two');
    const end = async () => seconds((await readMaintenance(created.id)).scheduled_end_date);
    const planned = await end();
    await openForm(ana(), `extend ${created.id}`);
    await openForm(jonas(), `extend ${created.id}`);
    await ana().submit();
    expect(ana().view()).toBeUndefined();
    expect(await end()).toBe(planned + 30 * 60);
    expect(await jonas().submit()).toMatchObject({ submitted: 'updated' });
    expect(formText(jonas())).toContain('already ends');
    expect(formText(jonas())).toContain(`<@${ana().id}> changed the end`);
    expect(await end()).toBe(planned + 30 * 60);
    await jonas().submit();
    expect(jonas().view()).toBeUndefined();
    expect(await end()).toBe(planned + 60 * 60);
  });

  test('cancel only what they show: one that started since is shown first', async () => {
    const created = await scheduleWindow('Work that starts');
    const message = await ana().waitFor('the announcement', () =>
      ana()
        .messages('#ops')
        .find((each) => textOf(each).includes('Scheduled: Work that starts')),
    );
    await ana().press(message, 'maintenance.cancel');
    await ana().waitFor('the form', () => ana().view());
    expect(formText(ana())).toContain('It will not take place');
    expect(await runRefused(jonas(), `start ${created.id}`)).toContain('Started');
    expect(await ana().submit()).toMatchObject({ submitted: 'updated' });
    expect(formText(ana())).toContain('It ends now');
    expect(await readMaintenance(created.id)).toMatchObject({ status: 'in-progress' });
    await ana().submit();
    expect(await readMaintenance(created.id)).toMatchObject({ status: 'canceled' });
  });

  test('end as failed with a note, which the thread shows', async () => {
    const created = await scheduleWindow('Failing work');
    await ana().command('#ops', `/maintenance start ${created.id}`);
    const message = await ana().waitFor('the announcement', () =>
      ana()
        .messages('#ops')
        .find((each) => textOf(each).includes('In progress: Failing work')),
    );
    await ana().press(message, 'maintenance.finish');
    await ana().waitFor('the form', () => ana().view());
    await ana().fill({ outcome: 'Failed', note: 'Rolled back to 17' });
    await ana().submit();
    expect(await readMaintenance(created.id)).toMatchObject({ status: 'failed' });
    await ana().waitFor('the note', () =>
      ana()
        .thread(message)
        .some((each) => textOf(each).includes('Rolled back to 17')),
    );
    const guest = env.playground.as('guest');
    guest.join('#ops');
    const other = await scheduleWindow('Other work');
    const announced = await guest.waitFor('the announcement', () =>
      guest.messages('#ops').find((each) => textOf(each).includes('Other work')),
    );
    const before = guest.ephemerals('#ops').length;
    await guest.press(announced, 'maintenance.cancel');
    expect(textOf(await guest.waitFor('the refusal', () => guest.ephemerals('#ops').slice(before).at(-1)))).toContain(
      'may not cancel',
    );
    expect(await readMaintenance(other.id)).toMatchObject({ status: 'scheduled' });
  });
});

test('a maintenance changed over HTTP while its form was open is not overwritten', async () => {
  const created = await scheduleWindow('Shared work');
  await openForm(ana(), `edit ${created.id}`);
  const account = env.lull.workspace?.account.id ?? 0;
  await edit(env.lull.ctx, systemActor(account), created.id, { description: 'from elsewhere' });
  await ana().fill({ description: 'from here' });
  await ana().submit();
  expect(formText(ana())).toContain('You had written for *description*: from here');
  expect(await readMaintenance(created.id)).toMatchObject({ description: 'from elsewhere' });
  await ana().close();
});

test("a series is changed in a form, in words too; a second person's edit overwrites nothing", async () => {
  const { body: created } = await env.api('POST', '/api/v1/series', {
    name: 'Backups',
    services: [api],
    service_status: 'degraded',
    cron: '0 3 * * 0',
    timezone: 'Europe/Berlin',
    duration_minutes: 120,
  });
  const now = async () => (await env.api('GET', `/api/v1/series/${created.id}`)).body;
  await openForm(ana(), `edit ${created.key.toLowerCase()}`);
  await openForm(jonas(), `edit ${created.key}`);
  expect(
    await ana()
      .fill({ cron: 'whenever' })
      .then(() => ana().submit()),
  ).toMatchObject({
    errors: { cron: expect.any(String) },
  });
  await ana().fill({ name: 'Nightly backups', words: 'every monday at 4am for 1h' });
  await ana().waitFor('what was understood', () => formText(ana()).includes('Understood'));
  await ana().submit();
  expect(ana().view()).toBeUndefined();
  expect(await now()).toMatchObject({ name: 'Nightly backups', cron: '0 4 * * 1', duration_minutes: 60 });
  await ana().waitFor('the answer', () =>
    ana()
      .ephemerals('#ops')
      .some((each) => textOf(each).includes('Changed: series')),
  );

  await jonas().fill({ name: 'Weekly backups', description: 'Tape only', checks: ['api health'] });
  expect(await jonas().submit()).toMatchObject({ submitted: 'updated' });
  expect(formText(jonas())).toContain('name Nightly backups, was Backups');
  expect(formText(jonas())).toContain('You had written for *name*: Weekly backups');
  expect(formText(jonas())).toContain('0 4 * * 1');
  expect(await now()).toMatchObject({ name: 'Nightly backups', description: '' });
  await jonas().submit();
  expect(jonas().view()).toBeUndefined();
  const merged = await now();
  expect(merged).toMatchObject({ name: 'Nightly backups', description: 'Tape only', cron: '0 4 * * 1' });
  expect(merged.checks).toHaveLength(1);
  expect(await runRefused(env.playground.as('guest'), `edit ${created.key}`)).toContain('may not');
});

test('a channel is subscribed in a form, opened from its list of subscriptions', async () => {
  await ana().command('#deploys', '/maintenance unsubscribe');
  const answer = await ana().waitFor('what it hears of', () => ana().ephemerals('#deploys').at(-1));
  await ana().press(answer, 'channel.subscribe');
  await ana().waitFor('the form', () => ana().view());
  await ana().fill({ services: ['Production / api', 'Production / web'], scopes: ['Production'], audience: 'public' });
  await Promise.allSettled([ana().submit(), ana().submit()]);
  await ana().waitFor('the answer', () => textOf(ana().again(answer)).includes('Subscribed.'));
  expect(textOf(ana().again(answer))).toContain(
    'the maintenances of everything in Production, api, web, as a public channel',
  );
  expect(await env.lull.ctx.database.subscription.count({ where: { channel: answer.channel } })).toBe(3);
  await ana().command('#deploys', '/maintenance unsubscribe');
});

test('a form whose trigger expired says so, and opens on the next try', async () => {
  const created = await scheduleWindow('Slow work');
  env.playground.faults.method('views.open', { status: 200, error: 'expired_trigger_id' });
  expect(await runRefused(ana(), `edit ${created.id}`)).toContain('try once more');
  await openForm(ana(), `edit ${created.id}`);
  await ana().close();
});

test('the right services are found among 10,000, by name and by scope', async () => {
  const account = env.lull.workspace?.account.id ?? 0;
  const scope = (await env.api('POST', '/api/v1/scopes', { name: 'Fleet' })).body.id;
  await env.lull.ctx.database.$executeRaw`
    insert into services (account_id, scope_id, name)
    select ${account}, ${scope}, 'node ' || lpad(n::text, 5, '0') from generate_series(1, 10000) n`;
  const form = await openForm(ana(), '');
  const found = async (query: string) => {
    const answer = await ana().suggest(form, 'options.services', query);
    return 'options' in answer ? answer.options.map(({ text }) => text.text) : [];
  };
  expect(await found('node 04711')).toEqual(['Fleet / node 04711']);
  expect(await found('fleet / node 0471')).toHaveLength(10);
  expect(await found('fleet')).toHaveLength(100);
  expect(await found('100%')).toEqual([]);
  await ana().close();
  const before = ana().ephemerals('#ops').length;
  await ana().command('#ops', '/maintenance "node 04711" in 50 days 2am for 2h: Replace it');
  const preview = await ana().waitFor('the preview', () => ana().ephemerals('#ops').slice(before).at(-1));
  expect(textOf(preview)).toContain('node 04711');
  expect(textOf(preview)).toContain('draft.schedule');
});
