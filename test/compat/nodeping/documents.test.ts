import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../../http/served.ts';
import { minutes } from '../../world.ts';
import { call, callWith, checksCalled, entryIn } from './calling.ts';

const CHECKS = ['201911191441YC6SJ-4S9OJ78G', '201911191441YC6SJ-XB5HUTG6'] as const;

let at: TestServer;
beforeAll(async () => {
  at = await startTestServer();
  await checksCalled(at, at.lull, ...CHECKS);
});
afterAll(() => at.close());

const basic = { authorization: `Basic ${Buffer.from(`${ADMIN_TOKEN}:`).toString('base64')}` };

describe("the examples of the interface's own documentation", () => {
  let id: string;

  test('an ad-hoc maintenance that waits', async () => {
    // curl -X POST -H "Content-Type: application/json" -d'...' 'https://api.nodeping.com/api/1/maintenance/ad-hoc'
    const body =
      '{"name": "Ad-hoc created via API","enabled":false,"duration": 85,"checklist": ["201911191441YC6SJ-4S9OJ78G","201911191441YC6SJ-XB5HUTG6"]}';
    const headers = { ...basic, 'Content-Type': 'application/json' };
    const answer = await at.send('POST', '/api/1/maintenance/ad-hoc', { headers, body });
    const [key, entry] = entryIn({ body: JSON.parse(answer.text) });
    id = key;
    expect(answer.status).toBe(200);
    expect(id).toMatch(/^[0-9A-Z]{5}$/);
    const nextrun = Number(entry.nextrun);
    expect(Math.abs(nextrun - at.clock.now().getTime())).toBeLessThan(minutes(5));
    // The members in their order, too.
    expect(answer.text).toBe(
      JSON.stringify({
        [id]: {
          name: 'Ad-hoc created via API',
          enabled: false,
          processing: false,
          duration: 85,
          history: {},
          nextrun,
          checklist: CHECKS,
        },
        ok: true,
        message: 'Maintenance settings were successfully saved.',
      }),
    );
  });

  test('its update, which enables it', async () => {
    const body =
      '{"name": "Updated via API","enabled":true,"duration": 24,"checklist": ["201911191441YC6SJ-4S9OJ78G"]}';
    const headers = { ...basic, 'Content-Type': 'application/json' };
    const answer = await at.send('PUT', `/api/1/maintenance/${id}`, { headers, body });
    const [, { nextrun }] = entryIn({ body: JSON.parse(answer.text) });
    expect(answer.status).toBe(200);
    expect(nextrun).toEqual(expect.any(Number));
    expect(answer.text).toBe(
      JSON.stringify({
        [id]: {
          name: 'Updated via API',
          enabled: true,
          processing: false,
          duration: 24,
          history: {},
          nextrun,
          checklist: [CHECKS[0]],
        },
        ok: true,
        message: 'Maintenance settings were successfully saved.',
      }),
    );
  });

  test('a scheduled one, after it has run', async () => {
    const asked = { name: 'Daily at 12:01', enabled: true, cron: '1 12 * * *', duration: 25, checklist: CHECKS };
    const [key, { nextrun }] = entryIn(await callWith(at, 'POST', `/api/1/maintenance?token=${ADMIN_TOKEN}`, asked));
    const made = new Date(Number(nextrun));
    // The cron line is in UTC.
    expect(made.toISOString()).toMatch(/T12:01:00\.000Z$/);

    at.clock.moveTo(made);
    await at.settle();
    at.clock.moveTo(new Date(made.getTime() + minutes(25)));
    await at.settle();

    // curl -X GET 'https://api.nodeping.com/api/1/maintenance/NZT101'
    const { status, body } = await call(at, 'GET', `/api/1/maintenance/${key}`, { headers: basic });
    expect(status).toBe(200);
    const [, entry] = entryIn({ body });
    expect(Object.keys(entry)).toEqual([
      'name',
      'enabled',
      'processing',
      'cron',
      'duration',
      'history',
      'nextrun',
      'checklist',
      'update',
    ]);
    const [began = ''] = Object.keys(entry.history as object);
    expect(Number(began)).toBeGreaterThanOrEqual(made.getTime());
    expect(body).toEqual({
      [key]: {
        name: 'Daily at 12:01',
        enabled: true,
        processing: false,
        cron: '1 12 * * *',
        duration: 25,
        history: { [began]: { disabledchecklist: CHECKS, skippedchecklist: [] } },
        nextrun: made.getTime() + minutes(24 * 60),
        checklist: CHECKS,
        update: { timestamp: expect.any(Number), user: 'the admin token' },
      },
    });
  });

  test('its removal', async () => {
    const [key] = entryIn(
      await callWith(at, 'POST', `/api/1/maintenance?token=${ADMIN_TOKEN}`, {
        ...{ enabled: true, cron: '0 3 * * 0', duration: 60, checklist: CHECKS },
      }),
    );
    // curl -X DELETE 'https://api.nodeping.com/api/1/maintenance/9VKOB'
    const answer = await at.send('DELETE', `/api/1/maintenance/${key}`, { headers: basic });
    expect(answer).toMatchObject({ status: 200, text: '{"ok":true,"message":"Maintenance removed successfully."}' });
    expect(await call(at, 'GET', `/api/1/maintenance/${key}`, { headers: basic })).toMatchObject({
      status: 200,
      body: { error: expect.stringContaining(key) },
    });
  });
});
