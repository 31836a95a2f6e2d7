import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hours } from '../world.ts';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install();
});
afterAll(() => env.close());

type Inputs = Record<string, string | number | boolean>;
const STEPS = { schedule: 'schedule_maintenance', comment: 'comment_on_maintenance' } as const;

/** Runs a workflow of one step, and waits until Lull completes the step. */
async function runStep(person: 'ana' | 'jonas' | 'guest', step: keyof typeof STEPS, inputs: Inputs) {
  const who = env.playground.as(person);
  const run = who.runStep('#ops', STEPS[step], inputs);
  return who.waitFor(`the end of ${step}`, () => (run.outcome.state === 'running' ? undefined : run.outcome));
}
const runSchedule = (inputs: Inputs) =>
  runStep('jonas', 'schedule', {
    services: 'api',
    maintenance_name: 'By workflow',
    when: 'tomorrow 2am for 2h',
    ...inputs,
  });
const readMaintenance = async (id: unknown) => (await env.api('GET', `/api/v1/maintenances/${id}`)).body;
const count = async () => (await env.api('GET', '/api/v1/maintenances')).body.items.length;

describe('the step "Schedule a maintenance"', () => {
  test('schedules for the person who started the workflow, in their time zone, and announces it', async () => {
    const outcome = await runSchedule({ services: 'api, web', description: 'From a form', service_status: 'Degraded' });
    if (outcome.state !== 'completed') throw new Error(`it ended as ${JSON.stringify(outcome)}`);
    const { maintenance, starts_at, ends_at, summary } = outcome.outputs;
    expect(summary).toMatch(/^Maintenance \d+, By workflow: .* 02:00 – 04:00 \(Europe\/Berlin\)\.$/);
    expect(Number(ends_at) - Number(starts_at)).toBe(7200);
    expect(await readMaintenance(maintenance)).toMatchObject({
      name: 'By workflow',
      description: 'From a form',
      service_status: 'degraded',
      scheduled_start_date: new Date(Number(starts_at) * 1000).toISOString().replace('.000Z', 'Z'),
    });
    const ana = env.playground.as('ana');
    const message = await ana.waitFor('the announcement', () =>
      ana.messages('#ops').find((each) => textOf(each).includes('By workflow')),
    );
    expect(textOf(message)).toContain('by <@U0JONAS001>');
  });

  test('takes a start and an end from pickers instead of words', async () => {
    const start = Math.floor(env.clock.now().getTime() / 1000) + 7200;
    const outcome = await runSchedule({ when: '', starts_at: start, ends_at: start + 3600, internal: true });
    expect(outcome).toMatchObject({ state: 'completed', outputs: { starts_at: start, ends_at: start + 3600 } });
    const { maintenance } = outcome.state === 'completed' ? outcome.outputs : {};
    expect(await readMaintenance(maintenance)).toMatchObject({ visibility: 'internal' });
  });

  test.each<[string, Inputs, RegExp]>([
    ['no time', { when: '' }, /does not say when: give words such as "tomorrow 2am for 2h"/],
    ['a time said twice', { starts_at: 1_900_000_000 }, /says when twice/],
    ['no length', { when: 'tomorrow 2am' }, /does not say everything/],
    ['a recurring window', { when: 'every sunday 2am for 2h' }, /recurring window/],
    ['words without a time', { when: 'when it suits' }, /For example: /],
    ['an unknown service', { services: 'apj' }, /There is no service named apj\. Did you mean api\?/],
    ['an unknown status', { service_status: 'broken' }, /expected down, degraded or up/],
    ['a time that is over', { when: '', starts_at: 1_500_000_000, ends_at: 1_500_003_600 }, /is in the past/],
  ])('says what is wrong with %s, and schedules nothing', async (_, inputs, error) => {
    const before = await count();
    expect(await runSchedule(inputs)).toMatchObject({ state: 'failed', error: expect.stringMatching(error) });
    expect(await count()).toBe(before);
  });

  test('does not guess if the words are ambiguous', async () => {
    const inputs = { services: 'api', maintenance_name: 'When', when: 'tomorrow 2:00 for 2h' };
    expect(await runStep('ana', 'schedule', inputs)).toMatchObject({
      error: expect.stringMatching(/can mean two things\. .*Write ".*" or "/),
    });
  });

  test('does nothing for a guest', async () => {
    const inputs = { services: 'api', maintenance_name: 'By a guest', when: 'tomorrow 2am for 2h' };
    expect(await runStep('guest', 'schedule', inputs)).toMatchObject({
      error: expect.stringContaining('guests never have one'),
    });
    const guest = env.playground.as('guest');
    const notice = guest.ephemerals('#ops').at(-1);
    expect(textOf(notice)).toContain('The workflow stopped at *Schedule a maintenance*');
  });

  test('schedules once if its event is delivered twice', async () => {
    await runSchedule({ maintenance_name: 'Only once' });
    const before = await count();
    env.playground.faults.redeliverEvent('function_executed');
    const answers = () => env.playground.log().filter(({ title }) => title.startsWith('functions.complete'));
    await env.playground.as('ana').waitFor('the second answer', () => answers().at(-1)?.error);
    expect(answers().at(-1)).toMatchObject({
      title: 'functions.completeSuccess',
      error: 'execution_not_in_running_state',
    });
    expect(await count()).toBe(before);
  });
});

test('over signed HTTP a step works the same way', async () => {
  const signed = await install({ mode: 'http' });
  try {
    const jonas = signed.playground.as('jonas');
    const inputs = { services: 'api', maintenance_name: 'Over HTTP', when: 'tomorrow 2am for 2h' };
    const run = jonas.runStep('#ops', STEPS.schedule, inputs);
    await jonas.waitFor('its end', () => run.outcome.state !== 'running');
    expect(run.outcome).toMatchObject({ state: 'completed', outputs: { maintenance: expect.any(String) } });
  } finally {
    await signed.close();
  }
});

describe('the step "Comment on a maintenance"', () => {
  test('adds a comment by the person who started the workflow, by number or key', async () => {
    const start = new Date(env.clock.now().getTime() + hours(3));
    const { body } = await env.api('POST', '/api/v1/maintenances', {
      name: 'Talked about',
      service: 1,
      scheduled_start_date: start.toISOString(),
      scheduled_end_date: new Date(start.getTime() + hours(1)).toISOString(),
    });
    for (const [maintenance, comment] of [
      [`#${body.id}`, 'By its number'],
      [body.key, 'By its key'],
    ]) {
      expect(await runStep('jonas', 'comment', { maintenance, comment })).toEqual({
        state: 'completed',
        outputs: { maintenance: String(body.id) },
      });
    }
    await runStep('ana', 'comment', { maintenance: String(body.id), comment: 'Within', internal: true });
    const { items } = (await env.api('GET', `/api/v1/maintenances/${body.id}/comments`)).body;
    expect(items).toMatchObject([
      { comment: 'By its number', internal: false },
      { comment: 'By its key', internal: false },
      { comment: 'Within', internal: true },
    ]);
  });

  test('reports an unknown maintenance', async () => {
    expect(await runStep('jonas', 'comment', { maintenance: '99999', comment: 'x' })).toMatchObject({
      error: expect.stringContaining('There is no maintenance 99999'),
    });
    expect(await runStep('jonas', 'comment', { maintenance: 'the big one', comment: 'x' })).toMatchObject({
      error: expect.stringContaining('its number such as 12 is expected'),
    });
  });
});
