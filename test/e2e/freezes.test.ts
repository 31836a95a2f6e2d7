import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hours } from '../world.ts';
import { type Installation, install, textOf } from './installation.ts';

let at: Installation;
beforeAll(async () => {
  at = await install();
});
afterEach(async () => {
  for (const { id } of (await at.api('GET', '/api/v1/freezes')).body.items)
    await at.api('DELETE', `/api/v1/freezes/${id}`);
});
afterAll(() => at.close());

type Who = 'ana' | 'jonas';
/** Sends a command and returns its ephemeral answer. Ana is an admin of the workspace; Jonas is not. */
async function answered(person: Who, line: string) {
  const who = at.playground.as(person);
  const before = who.ephemerals('#ops').length;
  await who.command('#ops', `/maintenance ${line}`);
  return who.waitFor(`an answer to ${line}`, () => who.ephemerals('#ops').slice(before).at(-1));
}
const from = (hour: number) => new Date(at.clock.now().getTime() + hours(hour)).toISOString();
/** A freeze that starts now and lasts five days. */
const freeze = (values: Record<string, unknown> = {}) =>
  at.api('POST', '/api/v1/freezes', { start: from(0), end: from(120), reason: 'Black Friday', ...values });
const again = (person: Who, message: Parameters<ReturnType<Installation['playground']['as']>['again']>[0]) =>
  textOf(at.playground.as(person).again(message));

describe('a sentence during a freeze', () => {
  test('shows the freeze, and has no Schedule button for people who cannot override it', async () => {
    await freeze();
    const preview = await answered('jonas', 'api tomorrow 2am for 2h: Frozen work');
    expect(textOf(preview)).toContain('Black Friday');
    expect(textOf(preview)).toContain('ask an admin');
    expect(textOf(preview)).not.toContain('draft.schedule');
    expect(textOf(preview)).not.toContain('draft.override');
  });

  test('is scheduled by an admin with a reason, shown in internal threads only', async () => {
    await freeze();
    const ana = at.playground.as('ana');
    const preview = await answered('ana', 'api tomorrow 3am for 1h: Urgent work');
    expect(textOf(preview)).toContain('Schedule anyway...');
    await ana.press(preview, 'draft.override');
    const form = await ana.waitFor('the form', () => ana.view());
    expect(JSON.stringify(form)).toContain('Black Friday');
    await ana.fill({ override_reason: '   ' });
    expect(await ana.submit()).toMatchObject({ errors: { override_reason: expect.stringContaining('Give a reason') } });
    await ana.fill({ override_reason: 'The disk is failing' });
    await ana.submit();
    await ana.waitFor('the confirmation', () => again('ana', preview).includes('Scheduled as maintenance'));
    const root = (channel: string) =>
      ana
        .messages(channel)
        .find((each) => textOf(each).includes('Urgent work') && [undefined, each.ts].includes(each.threadTs));
    const message = await ana.waitFor('the announcement', () => root('#ops'));
    await ana.waitFor('the reason', () =>
      ana.thread(message).some((each) => textOf(each).includes('The disk is failing')),
    );
    const publicly = await ana.waitFor('the public announcement', () => root('#status'));
    await at.settle();
    expect(ana.thread(publicly).map(textOf).join()).not.toContain('disk is failing');
  });

  test('is scheduled as usual if the freeze only warns', async () => {
    await freeze({ effect: 'warn' });
    const preview = await answered('jonas', 'api tomorrow 4am for 1h: Warned work');
    expect(textOf(preview)).toContain('In a freeze: Black Friday');
    await at.playground.as('jonas').press(preview, 'draft.schedule');
    await at.playground.as('jonas').waitFor('the confirmation', () => again('jonas', preview).includes('Scheduled as'));
  });
});

describe('a move or an extension into a freeze', () => {
  test('is refused with an explanation, and offered to an admin', async () => {
    const services = (await at.api('GET', '/api/v1/services')).body.items;
    const made = await at.api('POST', '/api/v1/maintenances', {
      name: 'Index build',
      service: services[0].id,
      scheduled_start_date: from(130),
      scheduled_end_date: from(131),
    });
    const { id } = made.body;
    await freeze({ start: from(132), end: from(200) });
    expect(textOf(await answered('jonas', `move ${id} in 140 hours`))).toContain('It falls into the freeze');
    expect(textOf(await answered('jonas', `extend ${id} 5h`))).toContain('Choose another time');
    const stored = async () => (await at.api('GET', `/api/v1/maintenances/${id}`)).body.scheduled_end_date;
    const before = await stored();
    const offer = await answered('ana', `extend ${id} 5h`);
    const ana = at.playground.as('ana');
    await ana.press(offer, 'Extend anyway...');
    await ana.waitFor('the form', () => ana.view());
    await ana.fill({ override_reason: 'It takes longer' });
    await ana.submit();
    await ana.waitFor('the answer', () => again('ana', offer).includes('Extended'));
    expect(Date.parse(await stored()) - Date.parse(before)).toBe(hours(5));
  });
});

describe('an early start during a freeze', () => {
  /** Schedules a window after the freeze. */
  async function planned(name: string) {
    const service = (await at.api('GET', '/api/v1/services')).body.items[0].id;
    const times = { scheduled_start_date: from(130), scheduled_end_date: from(131) };
    const { id } = (await at.api('POST', '/api/v1/maintenances', { name, service, ...times })).body;
    await freeze();
    const ana = at.playground.as('ana');
    const message = await ana.waitFor('the announcement', () =>
      ana.messages('#ops').find((each) => textOf(each).includes(name) && [undefined, each.ts].includes(each.threadTs)),
    );
    return { id, message };
  }
  const status = async (id: number) => (await at.api('GET', `/api/v1/maintenances/${id}`)).body.status;

  test('is refused with the button, and asks an admin for a reason', async () => {
    const { id, message } = await planned('Reindex');
    const [ana, jonas] = [at.playground.as('ana'), at.playground.as('jonas')];
    const before = jonas.ephemerals('#ops').length;
    await jonas.press(message, 'Start now');
    const refused = await jonas.waitFor('the refusal', () => jonas.ephemerals('#ops').slice(before).at(-1));
    expect(textOf(refused)).toContain('Black Friday');
    await ana.press(message, 'Start now');
    const form = await ana.waitFor('the form', () => ana.view());
    expect(JSON.stringify(form)).toContain('Black Friday');
    expect(await status(id)).toBe('scheduled');
    await ana.fill({ override_reason: 'The index is broken' });
    expect(await ana.submit()).toEqual({ submitted: 'closed' });
    expect(await status(id)).toBe('in-progress');
    await ana.waitFor('the reason', () => ana.thread(message).some((each) => textOf(each).includes('index is broken')));
  });

  test('is offered to an admin with the command', async () => {
    const { id } = await planned('Rebalance');
    expect(textOf(await answered('jonas', `start ${id}`))).not.toContain('Start anyway');
    const ana = at.playground.as('ana');
    const offer = await answered('ana', `start ${id}`);
    await ana.press(offer, 'Start anyway...');
    await ana.waitFor('the form', () => ana.view());
    await ana.fill({ override_reason: 'A shard is full' });
    await ana.submit();
    await ana.waitFor('the answer', () => again('ana', offer).includes('Started: maintenance'));
    expect(await status(id)).toBe('in-progress');
  });

  test('is asked for a reason in the Extend form, if the person is an admin', async () => {
    const { id, message } = await planned('Vacuum');
    await freeze({ start: from(132), end: from(200) });
    const [ana, jonas] = [at.playground.as('ana'), at.playground.as('jonas')];
    await jonas.press(message, 'Extend');
    await jonas.waitFor('the form', () => jonas.view());
    await jonas.fill({ minutes: '120' });
    expect(await jonas.submit()).toMatchObject({ errors: { minutes: expect.stringContaining('Black Friday') } });
    await jonas.close();
    await ana.press(message, 'Extend');
    await ana.waitFor('the form', () => ana.view());
    await ana.fill({ words: '5h' });
    expect(await ana.submit()).toMatchObject({ submitted: 'updated' });
    expect(JSON.stringify(ana.view())).toContain('say why it cannot wait');
    await ana.fill({ override_reason: 'It takes longer' });
    expect(await ana.submit()).toEqual({ submitted: 'closed' });
    const { body } = await at.api('GET', `/api/v1/maintenances/${id}`);
    expect(Date.parse(body.scheduled_end_date) - Date.parse(body.scheduled_start_date)).toBe(hours(6));
  });
});

test('over HTTP a freeze is added, listed, removed, and overridden with `override_reason`', async () => {
  const { status, body } = await freeze();
  expect(status).toBe(201);
  expect(body).toMatchObject({ scope: null, reason: 'Black Friday', effect: 'block', created_by: 'the admin token' });
  expect((await at.api('GET', '/api/v1/freezes')).body.items).toEqual([body]);
  const services = (await at.api('GET', '/api/v1/services')).body.items;
  const work = {
    name: 'Work',
    service: services[0].id,
    scheduled_start_date: from(1),
    scheduled_end_date: from(2),
  };
  const refused = await at.api('POST', '/api/v1/maintenances', work);
  expect(refused).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('override this with a reason') },
  });
  expect(await at.api('POST', '/api/v1/maintenances', { ...work, override_reason: 'Agreed' })).toMatchObject({
    status: 201,
  });
  expect(await at.api('DELETE', `/api/v1/freezes/${body.id}`)).toMatchObject({ status: 200, body });
  expect(await at.api('DELETE', `/api/v1/freezes/${body.id}`)).toMatchObject({ status: 404 });
  expect(await freeze({ end: from(-1), reason: '' })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'reason' }, { field: 'end' }] },
  });
});
