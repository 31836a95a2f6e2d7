import { afterAll, beforeAll, expect, test } from 'vitest';
import { minutes } from '../world.ts';
import { type Installation, install, SENTENCE, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install({ playground: { messageRate: false } });
});
afterAll(() => env.close());

test('a check that still fails after its window is reported internally and to its owner; pressing Reopen twice opens one window', async () => {
  const ana = env.playground.as('ana');
  await ana.command('#deploys', SENTENCE);
  const preview = await ana.waitFor('the preview', () => ana.ephemerals('#deploys').at(-1));
  await ana.press(preview, 'draft.schedule');
  const announcement = await ana.waitFor('the announcement', () => ana.messages('#ops')[0]);
  const thread = () => ana.thread(announcement).map(textOf).join('\n');
  await env.jump();
  await ana.waitFor('the checks off', () => thread().includes('Switched off'));
  await env.jump();
  await ana.waitFor('the checks on', () => thread().includes('Switched on again'));

  const { body: checks } = await env.api('GET', '/api/v1/checks');
  const health = checks.items.find(({ name }: { name: string }) => name === 'api health');
  await env.api('PATCH', `/api/v1/checks/${health.id}`, { enabled: false });
  env.clock.moveTo(new Date(env.clock.now().getTime() + minutes(5)));
  await env.lull.timer.wake();

  const notice = await ana.waitFor('what is off', () =>
    ana.thread(announcement).find((message) => textOf(message).includes('is over, but')),
  );
  expect(textOf(notice)).toContain(health.name);
  await ana.waitFor('the owner to be told', () =>
    ana.dms().some((message) => textOf(message).includes('is over, but')),
  );
  await env.settle();
  expect(ana.messages('#status').map(textOf).join()).not.toContain('is over, but');

  await Promise.allSettled([ana.press(notice, 'maintenance.reopen'), ana.press(notice, 'maintenance.reopen')]);
  await ana.waitFor('the reopened window', () => thread().includes('as maintenance 2'));
  const { body } = await env.api('GET', '/api/v1/maintenances');
  expect(body.items.map(({ id, status }: { id: number; status: string }) => [id, status])).toEqual(
    expect.arrayContaining([
      [1, 'succeed'],
      [2, 'in-progress'],
    ]),
  );
  expect(body.items).toHaveLength(2);
  // HTTP and the command answer like the second press.
  expect(await env.api('POST', '/api/v1/maintenances/1/reopen', {})).toMatchObject({ status: 200, body: { id: 2 } });
  await ana.command('#deploys', '/maintenance reopen 1');
  await ana.waitFor('the answer', () => textOf(ana.ephemerals('#deploys').at(-1)).includes('goes on as maintenance 2'));
});
