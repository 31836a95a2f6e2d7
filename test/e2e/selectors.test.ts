import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install({ playground: { messageRate: false } });
  for (const [name, tags] of [
    ['db-1 disk', ['db']],
    ['db-2 disk', ['db', 'canary']],
  ] as const) {
    expect((await env.api('POST', '/api/v1/checks', { name, tags })).status).toBe(201);
  }
});
afterAll(() => env.close());

const ana = () => env.playground.as('ana');
const formText = () => JSON.stringify(ana().view()?.view.blocks ?? []);
const findNewest = async () => (await env.api('GET', '/api/v1/maintenances?order=-id&limit=1')).body.items[0];

test('a sentence with a selector shows the matching checks, and the window mutes them', async () => {
  const before = ana().ephemerals('#ops').length;
  await ana().command('#ops', '/maintenance tag:db -tag:canary tomorrow 2am for 1h: Disk swap');
  const preview = await ana().waitFor('a preview', () => ana().ephemerals('#ops').slice(before).at(-1));
  expect(textOf(preview)).toContain('1: db-1 disk');
  expect(textOf(preview)).toContain('`tag:db -tag:canary`, chosen anew at the start');
  await ana().press(preview, 'draft.schedule');
  const created = await vi.waitFor(async () => (await findNewest()) ?? expect.unreachable(), { timeout: 20_000 });
  expect(created).toMatchObject({ services: [], selector: 'tag:db -tag:canary', selector_follows: false });
});

test('the form shows the checks that a selector matches before saving, and reports an invalid selector', async () => {
  await ana().command('#ops', `/maintenance edit ${(await findNewest()).id}`);
  await ana().waitFor('the form', () => ana().view());
  expect(formText()).toContain('chooses 1 check now: db-1 disk. They are chosen anew at the start.');
  await ana().fill({ selector: '-tag:db' });
  await ana().waitFor('what is wrong', () =>
    formText().includes('only says which checks are not meant') ? true : undefined,
  );
  await ana().fill({ selector: 'db-*', selector_follows: ['Keep up with changes while it runs'] });
  await ana().waitFor('what it chooses', () => (formText().includes('2 checks now') ? true : undefined));
  await ana().submit();
  expect(await findNewest()).toMatchObject({ selector: 'db-*', selector_follows: true });
});

test('POST /parse answers with the selector of a sentence', async () => {
  const { body } = await env.api('POST', '/api/v1/parse', { text: 'api tag:db tomorrow 2am for 1h', timezone: 'UTC' });
  expect(body).toMatchObject({ outcome: 'window', selector: 'tag:db' });
});
