import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApiToken } from '../../../src/access/token-commands.ts';
import { editSeries } from '../../../src/series/commands.ts';
import { hours, minutes } from '../../world.ts';
import {
  type Answer,
  call,
  callWith,
  checksCalled,
  entryIn,
  renameTo,
  reset,
  SAVED,
  startWithCustomer,
} from './calling.ts';

const CHECKS = ['201911191441YC6SJ-4S9OJ78G', '201911191441YC6SJ-XB5HUTG6'] as const;
const [FIRST, SECOND] = CHECKS;

let at: Awaited<ReturnType<typeof startWithCustomer>>;
beforeAll(async () => {
  at = await startWithCustomer(...CHECKS);
});
afterAll(() => at.close());
beforeEach(async () => {
  await reset(at);
  // At the start of a minute, as instants are compared to the minute.
  at.clock.moveTo(new Date(toMinute(at.clock.now()) + minutes(1)));
});

const ask = (method: string, path: string, body: Answer = {}) =>
  callWith(at, method, `/api/1${path}`, { ...body, token: 'TOK' });
const entry = async (id: string) => entryIn(await ask('GET', `/maintenance/${id}`))[1];
const listed = async () => (await ask('GET', '/maintenance')).body.schedules as Answer;
const isActive = async (id: string) => (await ask('GET', `/checks/${id}`)).body.enable === 'active';

async function moveTo(instant: number) {
  at.clock.moveTo(new Date(instant));
  await at.settle();
}
const later = (milliseconds: number) => moveTo(at.clock.now().getTime() + milliseconds);

const daily = { name: 'Daily at 12:01', enabled: true, cron: '1 12 * * *', duration: 25, checklist: CHECKS };
async function schedule(values: Answer = {}): Promise<string> {
  const [key] = entryIn(await ask('POST', '/maintenance', { ...daily, ...values }));
  await renameTo(at, key, 'NZT101');
  return 'NZT101';
}

/** An instant to the minute, as the clock goes on during a test. */
const toMinute = (instant: unknown) => Math.floor(Number(instant) / minutes(1)) * minutes(1);
/** The runs of an entry, by the minute of their start. */
const history = async (id: string) =>
  Object.entries((await entry(id)).history as Answer).map(([start, run]) => [toMinute(start), run]);
const update = async (id: string) => {
  const { timestamp, user } = (await entry(id)).update as Answer;
  return [toMinute(timestamp), user];
};

/** Runs it as often; each run ends at the latest when the next one starts. @returns the starts of the runs */
async function run(id: string, times = 1): Promise<number[]> {
  const starts = [];
  for (let count = 0; count < times; count++) {
    const start = Number((await entry(id)).nextrun);
    await moveTo(start);
    starts.push(start);
  }
  await later(minutes(25));
  return starts;
}

describe("the examples of NodePing's document", () => {
  const headers = { authorization: `Basic ${btoa('TOK:')}`, 'Content-Type': 'application/json' };
  const saved = (id: string, shown: Answer) => JSON.stringify({ [id]: shown, ...SAVED });

  test('of GET: a scheduled maintenance that has run', async () => {
    const [start] = await run(await schedule());
    // curl -X GET 'https://api.nodeping.com/api/1/maintenance/NZT101'
    const { status, text } = await at.send('GET', '/api/1/maintenance/NZT101', { headers });
    const { history, update } = entryIn({ body: JSON.parse(text) })[1];
    const [began] = Object.keys(history as Answer);
    const { timestamp } = update as Answer;
    expect([toMinute(began), toMinute(timestamp)]).toEqual([start, expect.any(Number)]);
    expect(new Date(start ?? 0).toISOString()).toMatch(/T12:01:00\.000Z$/);
    expect(status).toBe(200);
    expect(text).toBe(
      JSON.stringify({
        NZT101: {
          name: 'Daily at 12:01',
          enabled: true,
          processing: false,
          cron: '1 12 * * *',
          duration: 25,
          history: { [`${began}`]: { disabledchecklist: CHECKS, skippedchecklist: [] } },
          nextrun: Number(start) + hours(24),
          checklist: CHECKS,
          update: { timestamp, user: 'a client' },
        },
      }),
    );
  });

  test('of POST, PUT and DELETE: an ad-hoc maintenance that waits, is enabled, and is removed', async () => {
    const now = at.clock.now().getTime();
    // curl -X POST -H "Content-Type: application/json" -d'...' 'https://api.nodeping.com/api/1/maintenance/ad-hoc'
    const created = await at.send('POST', '/api/1/maintenance/ad-hoc', {
      headers,
      body: '{"name": "Ad-hoc created via API","enabled":false,"duration": 85,"checklist": ["201911191441YC6SJ-4S9OJ78G","201911191441YC6SJ-XB5HUTG6"]}',
    });
    const [id, { nextrun }] = entryIn({ body: JSON.parse(created.text) });
    expect(id).toMatch(/^[0-9A-Z]{5}$/);
    expect(Math.abs(Number(nextrun) - now)).toBeLessThan(minutes(1));
    const waiting = { name: 'Ad-hoc created via API', enabled: false, processing: false, duration: 85, history: {} };
    expect(created.status).toBe(200);
    expect(created.text).toBe(saved(id, { ...waiting, nextrun, checklist: CHECKS }));

    // curl -X PUT -H "Content-Type: application/json" -d'...' 'https://api.nodeping.com/api/1/maintenance/9VKOB'
    const updated = await at.send('PUT', `/api/1/maintenance/${id}`, {
      headers,
      body: '{"name": "Updated via API","enabled":true,"duration": 24,"checklist": ["201911191441YC6SJ-4S9OJ78G"]}',
    });
    const enabled = { name: 'Updated via API', enabled: true, processing: false, duration: 24, history: {} };
    expect(updated.status).toBe(200);
    expect(updated.text).toBe(saved(id, { ...enabled, nextrun, checklist: [FIRST] }));

    // curl -X DELETE 'https://api.nodeping.com/api/1/maintenance/9VKOB'
    const removed = await at.send('DELETE', `/api/1/maintenance/${id}`, { headers });
    expect([removed.status, removed.text]).toEqual([200, '{"ok":true,"message":"Maintenance removed successfully."}']);
    expect(await listed()).toEqual({});
  });
});

describe('history', () => {
  test('has the last ten runs, each by its start, with the checks that were disabled in the order of the list', async () => {
    const id = await schedule({ checklist: [SECOND, FIRST] });
    const starts = await run(id, 11);
    const whole = { disabledchecklist: [SECOND, FIRST], skippedchecklist: [] };
    const runs = (await history(id)).toSorted(([a], [b]) => Number(a) - Number(b));
    expect(runs).toEqual(starts.slice(1).map((start) => [start, whole]));
  });

  test('tells the checks that were off before, which stay off', async () => {
    const id = await schedule();
    await ask('PUT', `/checks/${FIRST}`, { enabled: false });
    const [start] = await run(id);
    const skipped = { disabledchecklist: [SECOND], skippedchecklist: [FIRST] };
    expect(await history(id)).toEqual([[start, skipped]]);
    expect([await isActive(FIRST), await isActive(SECOND)]).toEqual([false, true]);
    await ask('PUT', `/checks/${FIRST}`, { enabled: true });
  });

  test('shows the run in progress, which is processing', async () => {
    const id = await schedule();
    const start = Number((await entry(id)).nextrun);
    await moveTo(start);
    expect(await entry(id)).toMatchObject({ processing: true, nextrun: start + hours(24) });
    expect(await history(id)).toEqual([[start, { disabledchecklist: CHECKS, skippedchecklist: [] }]]);
    expect([await isActive(FIRST), await isActive(SECOND)]).toEqual([false, false]);
    await later(minutes(25));
    expect(await entry(id)).toMatchObject({ processing: false });
    expect([await isActive(FIRST), await isActive(SECOND)]).toEqual([true, true]);
  });

  test('of an empty checklist has runs without checks', async () => {
    const id = await schedule({ checklist: [] });
    const [start] = await run(id);
    expect(await history(id)).toEqual([[start, { disabledchecklist: [], skippedchecklist: [] }]]);
  });
});

describe('update', () => {
  test('shows who created a maintenance and when, and then who changed it last', async () => {
    const id = await schedule();
    expect(await update(id)).toEqual([toMinute(at.clock.now()), 'a client']);

    await later(hours(1));
    const input = { name: 'ops@example.com', rights: 'write', scopes: null } as const;
    const { text: token } = await createApiToken(at.ctx, at.lull, input);
    await callWith(at, 'PUT', `/api/1/maintenance/${id}`, { duration: 30, token });
    const changed = [toMinute(at.clock.now()), 'ops@example.com'];
    expect(await update(id)).toEqual(changed);

    // What is sent back as it is changes nothing.
    await later(hours(1));
    await ask('PUT', `/maintenance/${id}`, { ...daily, duration: 30 });
    expect(await update(id)).toEqual(changed);
    await run(id);
    expect(await update(id)).toEqual(changed);

    const series = await at.ctx.database.series.findFirstOrThrow({ where: { key: id } });
    await editSeries(at.ctx, at.ana, series.id, { name: 'Renamed in Slack' });
    expect(await update(id)).toEqual([toMinute(at.clock.now()), 'Ana']);
  });

  test('shows the same of an ad-hoc maintenance, while it waits and when it runs', async () => {
    const [id] = entryIn(await ask('POST', '/maintenance/ad-hoc', { duration: 85, checklist: CHECKS }));
    for (const change of [{ name: 'Waits' }, { enabled: true }, { name: 'Runs' }]) {
      await later(minutes(1));
      await ask('PUT', `/maintenance/${id}`, change);
      expect(await entry(id)).toMatchObject(change);
      expect(await update(id)).toEqual([toMinute(at.clock.now()), 'a client']);
    }
  });

  test('is not in the answers to changes', async () => {
    const answers = [await ask('POST', '/maintenance', daily), await ask('PUT', `/maintenance/${await schedule()}`)];
    for (const answer of answers) expect(entryIn(answer)[1]).not.toHaveProperty('update');
  });
});

describe('checklist', () => {
  test('can have the ids that Lull gave to its checks', async () => {
    const where = { accountId: at.account.id, externalId: FIRST };
    const { id } = await at.ctx.database.check.findFirstOrThrow({ where });
    const [, entry] = entryIn(await ask('POST', '/maintenance', { ...daily, checklist: [SECOND, id, FIRST] }));
    expect(entry.checklist).toEqual([SECOND, FIRST]);
  });

  test('has no check that was deleted, and can become empty this way', async () => {
    const [id, adHoc] = [
      await schedule(),
      entryIn(await ask('POST', '/maintenance/ad-hoc', { ...daily, enabled: false }))[0],
    ];
    for (const left of [[SECOND], []]) {
      const { body: check } = await ask('GET', `/checks/${left.length === 0 ? SECOND : FIRST}`);
      expect((await ask('DELETE', `/checks/${check._id}`)).body).toEqual({ ok: true, id: check._id });
      expect(await listed()).toMatchObject({ [id]: { checklist: left }, [adHoc]: { checklist: left } });
    }
    for (const key of [id, adHoc]) {
      const { body } = await ask('PUT', `/maintenance/${key}`, { duration: 30, checklist: [] });
      expect(body).toMatchObject({ [key]: { duration: 30, checklist: [] }, ok: true });
    }
    expect((await ask('PUT', `/maintenance/${adHoc}`, { enabled: true })).body).toMatchObject({ ok: true });
    await checksCalled(at, at.lull, ...CHECKS);
    const { body } = await ask('PUT', `/maintenance/${id}`, { duration: 30, checklist: [SECOND, FIRST] });
    expect(body).toMatchObject({ [id]: { checklist: [SECOND, FIRST] }, ok: true });
  });
});

describe('an ad-hoc maintenance', () => {
  test('is removed when its run is completed', async () => {
    const members = { duration: 85, checklist: [SECOND, FIRST], enabled: true };
    const [id, { nextrun }] = entryIn(await ask('POST', '/maintenance/ad-hoc', members));
    await at.settle();
    expect(await entry(id)).toMatchObject({ processing: true, checklist: [SECOND, FIRST] });
    const whole = { disabledchecklist: [SECOND, FIRST], skippedchecklist: [] };
    expect(await history(id)).toEqual([[toMinute(nextrun), whole]]);
    await later(minutes(84));
    expect(Object.keys(await listed())).toEqual([id]);
    await later(minutes(1));
    expect(await listed()).toEqual({});
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const { status, body } = await ask(method, `/maintenance/${id}`);
      expect([method, status, body]).toEqual([method, 200, { error: expect.stringContaining(id) }]);
    }
    expect([await isActive(FIRST), await isActive(SECOND)]).toEqual([true, true]);
  });

  test('that has an empty checklist can be enabled, and is removed after its duration', async () => {
    const [id] = entryIn(await ask('POST', '/maintenance/ad-hoc', { duration: 10, checklist: [] }));
    const { body } = await ask('PUT', `/maintenance/${id}`, { enabled: true });
    expect(body).toMatchObject({ [id]: { enabled: true, checklist: [] }, ok: true });
    await at.settle();
    expect(await entry(id)).toMatchObject({ processing: true, checklist: [] });
    await later(minutes(10));
    expect(await listed()).toEqual({});
  });
});

describe('customerid', () => {
  test.each([
    ['GET', '/checks'],
    ['GET', `/checks/${FIRST}`],
    ['POST', '/checks'],
    ['PUT', `/checks/${FIRST}`],
    ['PUT', '/checks?disableall=true'],
    ['DELETE', `/checks/${FIRST}`],
    ['GET', '/accounts'],
    ['POST', '/accounts'],
  ])('that does not exist is refused: %s %s', async (method, path) => {
    const before = await call(at, 'GET', '/api/1/checks?token=TOK');
    const members = { type: 'PING', label: 'x', name: 'x', enabled: false, customerid: 'NOSUCH' };
    const error = expect.stringContaining('customerid is "NOSUCH"');
    expect(await ask(method, path, members)).toEqual({ status: 403, body: { error } });
    expect(await call(at, 'GET', '/api/1/checks?token=TOK')).toEqual(before);
  });
});
