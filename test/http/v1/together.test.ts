import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ADMIN_TOKEN, startTestServer, type TestServer } from '../served.ts';

/** One entry per concurrent request. */
const MANY = Array.from({ length: 20 }, (_, place) => place);

let at: TestServer;
beforeAll(async () => {
  at = await startTestServer();
});
afterAll(() => at.close());

const made = z.looseObject({ id: z.number(), name: z.string() });

async function call(method: string, path: string, body: object | undefined, headers: Record<string, string> = {}) {
  const sent = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json', ...headers };
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  return at.send(method, `/api/v1${path}`, { headers: sent, ...text });
}

const kinds = [
  ['maintenances', { name: 'Upgrade' }],
  ['series', { name: 'Nightly', cron: '0 3 * * *', duration_minutes: 30 }],
  ['scopes', { name: 'Production' }],
] as const;

test.each(kinds)(
  'twenty concurrent requests to create one of the %s with one Idempotency-Key create one',
  async (kind, values) => {
    const { id: service } = await at.service(`for ${kind}`);
    const times = { scheduled_start_date: '2027-07-01T02:00:00Z', scheduled_end_date: '2027-07-01T04:00:00Z' };
    const on = { maintenances: { service, ...times }, series: { services: [service] }, scopes: {} }[kind];
    const asked = () => call('POST', `/${kind}`, { ...values, ...on }, { 'idempotency-key': `together-${kind}` });
    const all = await Promise.all(MANY.map(asked));
    expect(all.map(({ status }) => status).filter((status) => status !== 201 && status !== 409)).toEqual([]);
    // A client that got 409 retries.
    const answers = [...all.filter(({ status }) => status === 201), await asked()];
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const { items } = z
      .object({ items: z.array(made) })
      .parse(JSON.parse((await call('GET', `/${kind}`, undefined)).text));
    expect(items.map(({ id }) => id)).toEqual([made.parse(JSON.parse(answers[0]?.text ?? '')).id]);
  },
);

test.each(kinds)('only one of twenty concurrent changes of %s with the same ETag is made', async (kind) => {
  const listed = z.object({ items: z.array(made) }).parse(JSON.parse((await call('GET', `/${kind}`, undefined)).text));
  const path = `/${kind}/${listed.items[0]?.id}`;
  const tag = (await call('GET', path, undefined)).headers.etag ?? '';
  const all = await Promise.all(
    MANY.map((place) => call('PATCH', path, { name: `Changed by ${place}` }, { 'if-match': tag })),
  );
  expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(all.filter(({ status }) => status === 412)).toHaveLength(MANY.length - 1);
  const one = all.find(({ status }) => status === 200);
  expect(made.parse(JSON.parse((await call('GET', path, undefined)).text)).name).toBe(
    made.parse(JSON.parse(one?.text ?? '')).name,
  );
});

const times = { scheduled_start_date: '2027-08-01T02:00:00Z', scheduled_end_date: '2027-08-01T04:00:00Z' };
const hook = { url: 'https://a.example/hook' };
const name = { name: 'Gone soon' };
type Request = readonly [method: string, path: string, body: object | undefined];

test.each<[string, string, object, (id: number) => Request]>([
  ['a webhook is pinged', 'webhooks', hook, (id) => ['POST', `/webhooks/${id}/ping`, undefined]],
  ['a webhook is changed', 'webhooks', hook, (id) => ['PATCH', `/webhooks/${id}`, { events: [] }]],
  ['a service gets a window', 'services', name, (id) => ['POST', '/maintenances', { ...name, service: id, ...times }]],
  ['a service gets a check', 'services', name, (id) => ['POST', '/checks', { name: 'of it', services: [id] }]],
  ['a scope gets a service', 'scopes', name, (id) => ['POST', '/services', { name: 'in it', scope: id }]],
  ['a scope is changed', 'scopes', name, (id) => ['PATCH', `/scopes/${id}`, { description: 'x' }]],
  [
    'a window gets a comment',
    'maintenances',
    times,
    (id) => ['POST', `/maintenances/${id}/comments`, { comment: 'x' }],
  ],
  ['a window is canceled', 'maintenances', times, (id) => ['POST', `/maintenances/${id}/cancel`, {}]],
])('while it is deleted, %s or not, without an internal error', async (_, kind, values, asking) => {
  const { id: service } = await at.service(crypto.randomUUID());
  const input = kind === 'maintenances' ? { ...name, service, ...values } : values;
  for (const round of [1, 2, 3, 4, 5]) {
    // A scope that got a service first is not deleted and keeps its name.
    const own = 'name' in input ? { name: `${input.name} ${service} ${round}` } : {};
    const answer = await call('POST', `/${kind}`, { ...input, ...own });
    const { id } = z.looseObject({ id: z.number() }).parse(JSON.parse(answer.text));
    const asked = () => call(...asking(id));
    const removed = () => call('DELETE', `/${kind}/${id}`, undefined);
    const all = await Promise.all([asked(), asked(), removed(), asked(), asked(), asked()]);
    expect(all.filter(({ status }) => status >= 500)).toEqual([]);
    await removed();
  }
});
