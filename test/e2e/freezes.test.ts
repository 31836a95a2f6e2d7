import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hours } from '../world.ts';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install();
});
afterEach(async () => {
  for (const { id } of (await env.api('GET', '/api/v1/freezes')).body.items)
    await env.api('DELETE', `/api/v1/freezes/${id}`);
});
afterAll(() => env.close());

type Who = 'ana' | 'jonas';
/** Sends a command and returns its ephemeral answer. Ana is an admin of the workspace; Jonas is not. */
async function runCommand(person: Who, line: string) {
  const who = env.playground.as(person);
  const before = who.ephemerals('#ops').length;
  await who.command('#ops', `/maintenance ${line}`);
  return who.waitFor(`an answer to ${line}`, () => who.ephemerals('#ops').slice(before).at(-1));
}
const inHours = (hour: number) => new Date(env.clock.now().getTime() + hours(hour)).toISOString();
/** A freeze that starts now and lasts five days. */
const addFreeze = (values: Record<string, unknown> = {}) =>
  env.api('POST', '/api/v1/freezes', { start: inHours(0), end: inHours(120), reason: 'Black Friday', ...values });
const currentText = (person: Who, message: Parameters<ReturnType<Installation['playground']['as']>['again']>[0]) =>
  textOf(env.playground.as(person).again(message));

describe('a sentence during a freeze', () => {
  test('shows the freeze, and has no Schedule button for people who cannot override it', async () => {
    await addFreeze();
    const preview = await runCommand('jonas', 'api tomorrow 2am for 2h: Frozen work');
    expect(textOf(preview)).toContain('Black Friday');
    expect(textOf(preview)).toContain('ask an admin');
    expect(textOf(preview)).not.toContain('draft.schedule');
    expect(textOf(preview)).not.toContain('draft.override');
  });

  test('is scheduled by an admin with a reason, shown in internal threads only', async () => {
    await addFreeze();
    const ana = env.playground.as('ana');
    const preview = await runCommand('ana', 'api tomorrow 3am for 1h: Urgent work');
    expect(textOf(preview)).toContain('Schedule anyway...');
    await ana.press(preview, 'draft.override');
    const form = await ana.waitFor('the form', () => ana.view());
    expect(JSON.stringify(form)).toContain('Black Friday');
    await ana.fill({ override_reason: '   ' });
    expect(await ana.submit()).toMatchObject({ errors: { override_reason: expect.stringContaining('Give a reason') } });
    await ana.fill({ override_reason: 'The disk is failing' });
    await ana.submit();
    await ana.waitFor('the confirmation', () => currentText('ana', preview).includes('Scheduled as maintenance'));
    const root = (channel: string) =>
      ana
        .messages(channel)
        .find((each) => textOf(each).includes('Urgent work') && [undefined, each.ts].includes(each.threadTs));
    const message = await ana.waitFor('the announcement', () => root('#ops'));
    await ana.waitFor('the reason', () =>
      ana.thread(message).some((each) => textOf(each).includes('The disk is failing')),
    );
    const publicMessage = await ana.waitFor('the public announcement', () => root('#status'));
    await env.settle();
    expect(ana.thread(publicMessage).map(textOf).join()).not.toContain('disk is failing');
  });

  test('is scheduled as usual if the freeze only warns', async () => {
    await addFreeze({ effect: 'warn' });
    const preview = await runCommand('jonas', 'api tomorrow 4am for 1h: Warned work');
    expect(textOf(preview)).toContain('In a freeze: Black Friday');
    await env.playground.as('jonas').press(preview, 'draft.schedule');
    await env.playground
      .as('jonas')
      .waitFor('the confirmation', () => currentText('jonas', preview).includes('Scheduled as'));
  });
});

describe('a move or an extension into a freeze', () => {
  test('is refused with an explanation, and offered to an admin', async () => {
    const services = (await env.api('GET', '/api/v1/services')).body.items;
    const created = await env.api('POST', '/api/v1/maintenances', {
      name: 'Index build',
      service: services[0].id,
      scheduled_start_date: inHours(130),
      scheduled_end_date: inHours(131),
    });
    const { id } = created.body;
    await addFreeze({ start: inHours(132), end: inHours(200) });
    expect(textOf(await runCommand('jonas', `move ${id} in 140 hours`))).toContain('It falls into the freeze');
    expect(textOf(await runCommand('jonas', `extend ${id} 5h`))).toContain('Choose another time');
    const readMaintenance = async () => (await env.api('GET', `/api/v1/maintenances/${id}`)).body.scheduled_end_date;
    const before = await readMaintenance();
    const offer = await runCommand('ana', `extend ${id} 5h`);
    const ana = env.playground.as('ana');
    await ana.press(offer, 'Extend anyway...');
    await ana.waitFor('the form', () => ana.view());
    await ana.fill({ override_reason: 'It takes longer' });
    await ana.submit();
    await ana.waitFor('the answer', () => currentText('ana', offer).includes('Extended'));
    expect(Date.parse(await readMaintenance()) - Date.parse(before)).toBe(hours(5));
  });
});

describe('an early start during a freeze', () => {
  /** Schedules a window after the freeze. */
  async function scheduleAfterFreeze(name: string) {
    const service = (await env.api('GET', '/api/v1/services')).body.items[0].id;
    const times = { scheduled_start_date: inHours(130), scheduled_end_date: inHours(131) };
    const { id } = (await env.api('POST', '/api/v1/maintenances', { name, service, ...times })).body;
    await addFreeze();
    const ana = env.playground.as('ana');
    const message = await ana.waitFor('the announcement', () =>
      ana.messages('#ops').find((each) => textOf(each).includes(name) && [undefined, each.ts].includes(each.threadTs)),
    );
    return { id, message };
  }
  const status = async (id: number) => (await env.api('GET', `/api/v1/maintenances/${id}`)).body.status;

  test('is refused with the button, and asks an admin for a reason', async () => {
    const { id, message } = await scheduleAfterFreeze('Reindex');
    const [ana, jonas] = [env.playground.as('ana'), env.playground.as('jonas')];
    const before = jonas.ephemerals('#ops').length;
    await jonas.press(message, 'Start now');
    const response = await jonas.waitFor('the refusal', () => jonas.ephemerals('#ops').slice(before).at(-1));
    expect(textOf(response)).toContain('Black Friday');
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
    const { id } = await scheduleAfterFreeze('Rebalance');
    expect(textOf(await runCommand('jonas', `start ${id}`))).not.toContain('Start anyway');
    const ana = env.playground.as('ana');
    const offer = await runCommand('ana', `start ${id}`);
    await ana.press(offer, 'Start anyway...');
    await ana.waitFor('the form', () => ana.view());
    await ana.fill({ override_reason: 'A shard is full' });
    await ana.submit();
    await ana.waitFor('the answer', () => currentText('ana', offer).includes('Started: maintenance'));
    expect(await status(id)).toBe('in-progress');
  });

  test('is asked for a reason in the Extend form, if the person is an admin', async () => {
    const { id, message } = await scheduleAfterFreeze('Vacuum');
    await addFreeze({ start: inHours(132), end: inHours(200) });
    const [ana, jonas] = [env.playground.as('ana'), env.playground.as('jonas')];
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
    const { body } = await env.api('GET', `/api/v1/maintenances/${id}`);
    expect(Date.parse(body.scheduled_end_date) - Date.parse(body.scheduled_start_date)).toBe(hours(6));
  });
});

test('over HTTP a freeze is added, listed, removed, and overridden with `override_reason`', async () => {
  const { status, body } = await addFreeze();
  expect(status).toBe(201);
  expect(body).toMatchObject({ scope: null, reason: 'Black Friday', effect: 'block', created_by: 'the admin token' });
  expect((await env.api('GET', '/api/v1/freezes')).body.items).toEqual([body]);
  const services = (await env.api('GET', '/api/v1/services')).body.items;
  const work = {
    name: 'Work',
    service: services[0].id,
    scheduled_start_date: inHours(1),
    scheduled_end_date: inHours(2),
  };
  const response = await env.api('POST', '/api/v1/maintenances', work);
  expect(response).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('override this with a reason') },
  });
  expect(await env.api('POST', '/api/v1/maintenances', { ...work, override_reason: 'Agreed' })).toMatchObject({
    status: 201,
  });
  expect(await env.api('DELETE', `/api/v1/freezes/${body.id}`)).toMatchObject({ status: 200, body });
  expect(await env.api('DELETE', `/api/v1/freezes/${body.id}`)).toMatchObject({ status: 404 });
  expect(await addFreeze({ end: inHours(-1), reason: '' })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'reason' }, { field: 'end' }] },
  });
});
