import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advanceDueMaintenances } from '../../../src/scheduler/advance.ts';
import { minutes, type World, world } from '../../world.ts';
import { type Calling, calling } from './calling.ts';

let w: World;
let at: Calling;
let service: number;
beforeAll(async () => {
  w = await world();
  at = calling(w);
});
beforeEach(async () => {
  service = (await w.service(`api ${Math.random()}`)).id;
});
afterAll(() => w.close());

/** The instant in so many minutes. */
const inMinutes = (count: number) => at.in(count);
/** The clock advances while a request is processed, in milliseconds. */
const SLACK = 20_000;
/** Matches an instant within SLACK of this one. */
const near = (expected: string) =>
  expect.toSatisfy((text: string) => Math.abs(Date.parse(text) - Date.parse(expected)) < SLACK, `near ${expected}`);

/** Schedules a window that starts in an hour and lasts two hours. */
const scheduled = async (values: object = {}) => {
  const times = { scheduled_start_date: inMinutes(60), scheduled_end_date: inMinutes(180) };
  return (await at.post('/maintenances', { name: 'Reindex', service, ...times, ...values })).body;
};
const read = async (id: number) => (await at.get(`/maintenances/${id}`)).body;

async function advance(by: number) {
  w.clock.moveTo(new Date(w.clock.now().getTime() + minutes(by)));
  for (;;) {
    const step = await advanceDueMaintenances(w.ctx);
    if (step.failed[0] !== undefined) throw step.failed[0].error;
    if (step.moved.length === 0) return;
  }
}

describe('a window that starts early', () => {
  test('keeps its plan, and ends automatically after its planned length', async () => {
    const { id, ends_at, scheduled_start_date, scheduled_end_date } = await scheduled();
    expect(ends_at).toBeNull();
    const plan = { scheduled_start_date, scheduled_end_date };
    const [now, end] = [inMinutes(0), inMinutes(120)];
    const started = await at.post(`/maintenances/${id}/start`);
    expect(started.body).toMatchObject({ ...plan, status: 'in-progress', start_date: near(now), ends_at: near(end) });
    await advance(119);
    expect(await read(id)).toMatchObject({ ...plan, status: 'in-progress', ends_at: near(end) });
    await advance(1.5);
    expect(await read(id)).toMatchObject({ ...plan, status: 'succeed', start_date: near(now), ends_at: null });
  });

  test('is extended from its actual end, and keeps its plan', async () => {
    const { id, scheduled_end_date } = await scheduled();
    const end = inMinutes(150);
    await at.post(`/maintenances/${id}/start`);
    const extended = await at.post(`/maintenances/${id}/extend`, { minutes: 30 });
    expect(extended.body).toMatchObject({ ends_at: near(end), scheduled_end_date });
  });

  test('is filtered by its plan, and shown with its actual end', async () => {
    const { id } = await scheduled();
    const end = inMinutes(120);
    await at.post(`/maintenances/${id}/start`);
    const found = async (query: string) => (await at.get(`/maintenances?service=${service}&${query}`)).body.items;
    expect(await found(`start_after=${inMinutes(30)}&end_after=${inMinutes(150)}`)).toMatchObject([{ id }]);
    expect(await found(`start_before=${inMinutes(30)}`)).toEqual([]);
    expect((await at.get(`/now?service=${service}`)).body).toMatchObject({ in_maintenance: true, until: near(end) });
  });

  test('can have its actual end edited, which is when the checks are unmuted', async () => {
    const { id, scheduled_end_date } = await scheduled();
    await at.post(`/maintenances/${id}/start`);
    const end = inMinutes(45);
    const edited = await at.call('PATCH', `/maintenances/${id}`, { ends_at: end });
    expect(edited).toMatchObject({ status: 200, body: { ends_at: near(end), scheduled_end_date } });
    await advance(45);
    expect(await read(id)).toMatchObject({ status: 'succeed', end_date: near(end) });
  });

  test('is unchanged by PUT with its own response', async () => {
    const { id } = await scheduled();
    const { version, ...whole } = (await at.post(`/maintenances/${id}/start`)).body;
    const sent = await at.call('PUT', `/maintenances/${id}`, whole);
    expect(sent).toMatchObject({ status: 200, body: { version, ends_at: whole.ends_at } });
  });

  test('cannot be extended into a blocking freeze, measured from its actual end', async () => {
    const { id } = await scheduled();
    await at.post(`/maintenances/${id}/start`);
    const freeze = { start: inMinutes(130), end: inMinutes(150), reason: 'Quiet week', effect: 'block' };
    const { body: added } = await at.post('/freezes', freeze);
    expect(await at.post(`/maintenances/${id}/extend`, { minutes: 5 })).toMatchObject({ status: 200 });
    const write = { token: await at.token('write') };
    const refused = await at.call('POST', `/maintenances/${id}/extend`, { minutes: 30 }, write);
    await at.call('DELETE', `/freezes/${added.id}`);
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('Quiet week') } });
  });
});

describe('a window that starts on time', () => {
  test('moves its plan with its end when it is extended', async () => {
    const { id } = await scheduled();
    const [planned, end] = [inMinutes(180), inMinutes(210)];
    await advance(60);
    expect(await read(id)).toMatchObject({ status: 'in-progress', ends_at: near(planned) });
    const extended = await at.post(`/maintenances/${id}/extend`, { minutes: 30 });
    expect(extended.body).toMatchObject({ ends_at: near(end), scheduled_end_date: near(end) });
  });

  test('has no actual end before it starts', async () => {
    const { id } = await scheduled();
    const refused = await at.call('PATCH', `/maintenances/${id}`, { ends_at: inMinutes(90) });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'ends_at' }] } });
  });
});
