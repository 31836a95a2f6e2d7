import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install({ playground: { messageRate: false } });
});
afterAll(() => env.close());

const ana = () => env.playground.as('ana');
const formText = () => JSON.stringify(ana().view()?.view.blocks);
const series = async () => (await env.api('GET', '/api/v1/series')).body.items;

async function runCommand(line: string) {
  const before = ana().ephemerals('#ops').length;
  await ana().command('#ops', line);
  return ana().waitFor(`an answer to ${line}`, () => ana().ephemerals('#ops').slice(before).at(-1));
}
const form = () => ana().waitFor('the form', () => ana().view());
const confirmed = (text: string) =>
  ana().waitFor('the answer', () =>
    ana()
      .ephemerals('#ops')
      .find((each) => textOf(each).includes(text)),
  );

test('a recurring sentence is changed in a form before it becomes one series', async () => {
  const preview = await runCommand('/maintenance api every sunday at 3am for 2h: Backups');
  await ana().press(preview, 'Edit...');
  await form();
  expect(formText()).toContain('0 3 * * 0');
  expect(formText()).toContain('America/New_York');
  await ana().fill({ name: 'Internal backups', visibility: 'internal', description: 'Tape only' });
  await Promise.allSettled([ana().submit(), ana().submit()]);
  expect(ana().view()).toBeUndefined();
  await ana().waitFor('the confirmation', () => textOf(ana().again(preview)).includes('Scheduled as series'));
  expect(await series()).toMatchObject([
    { name: 'Internal backups', description: 'Tape only', cron: '0 3 * * 0', duration_minutes: 120 },
  ]);
});

test('a series is created in an empty form with times in words, shown before saving', async () => {
  const list = await runCommand('/maintenance series');
  await ana().press(list, 'Add...');
  const view = await form();
  expect(formText()).toContain('America/New_York');
  await ana().fill({ name: 'Log rotation', services: ['Production / web'] });
  expect(await ana().submit()).toMatchObject({
    errors: { cron: expect.stringContaining('in your own words'), duration_minutes: expect.any(String) },
  });
  ana().set(view, 'series.words', 'every day at 4am for 30 min');
  expect(await ana().submit()).toMatchObject({ submitted: 'updated' });
  expect(formText()).toContain('Understood');
  expect(await series()).toHaveLength(1);
  await ana().submit();
  await confirmed('Log rotation');
  expect(await series()).toContainEqual(
    expect.objectContaining({ name: 'Log rotation', cron: '0 4 * * *', duration_minutes: 30 }),
  );
});

test('an invalid cron line and overlapping runs are reported at their fields', async () => {
  await ana().command('#ops', '/maintenance every');
  await form();
  await ana().fill({ name: 'x', services: ['Production / web'], cron: 'whenever', duration_minutes: '30' });
  expect(await ana().submit()).toMatchObject({ errors: { cron: expect.any(String) } });
  await ana().fill({ cron: '0 * * * *', duration_minutes: '90' });
  expect(await ana().submit()).toMatchObject({ errors: { duration_minutes: expect.stringContaining('overlap') } });
  await ana().close();
  expect(await series()).toHaveLength(2);
});

test('series are listed page by page, each of them once', async () => {
  for (let i = 10; i < 20; i++) {
    await env.api('POST', '/api/v1/series', {
      name: `Sweep ${i}`,
      services: [1],
      service_status: 'up',
      cron: `0 ${i} * * 6`,
      timezone: 'UTC',
      duration_minutes: 30,
    });
  }
  const list = await runCommand('/maintenance series');
  expect(textOf(list)).toContain('12 series · page 1 of 2');
  expect(textOf(list)).not.toContain('Sweep 19');
  await ana().press(list, 'page.next');
  await ana().waitFor('the next page', () => textOf(ana().again(list)).includes('Sweep 19'));
  expect(textOf(await runCommand('/maintenance series 2'))).toContain('Sweep 19');
});

test('a person without permission cannot create a series', async () => {
  const guest = env.playground.as('guest');
  const before = guest.ephemerals('#ops').length;
  await guest.command('#ops', '/maintenance every');
  const answer = await guest.waitFor('a refusal', () => guest.ephemerals('#ops').slice(before).at(-1));
  expect(textOf(answer)).toContain('may not');
  expect(guest.view()).toBeUndefined();
});
