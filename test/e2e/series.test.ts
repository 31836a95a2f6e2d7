import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Installation, install, textOf } from './installation.ts';

let env: Installation;
beforeAll(async () => {
  env = await install();
});
afterAll(() => env.close());

const ana = () => env.playground.as('ana');
const now = (message: Parameters<ReturnType<typeof ana>['again']>[0]) => textOf(ana().again(message));

async function runCommand(line: string) {
  const before = ana().ephemerals('#ops').length;
  await ana().command('#ops', line);
  return ana().waitFor(`an answer to ${line}`, () => ana().ephemerals('#ops').slice(before).at(-1));
}

test('a recurring sentence is shown in words with its next five runs, and becomes a series with its first run', async () => {
  const preview = await runCommand('/maintenance api every day at 3am for 2h: Backups');
  const text = textOf(preview);
  expect(text).toContain('At 03:00');
  expect(text).toContain('America/New_York time');
  expect(text.match(/• \w+ \d+ \w+ \d{4} 03:00 – 05:00 \(America\/New_York\)/g)).not.toBeNull();
  expect((text.match(/•/g) ?? []).length).toBeGreaterThanOrEqual(5);
  await ana().press(preview, 'draft.schedule-series');
  await ana().waitFor('the confirmation', () => now(preview).includes('Scheduled as series'));
  await ana().waitFor('the announcement of the first run', () =>
    ana()
      .messages('#ops')
      .find((message) => textOf(message).includes('Scheduled: Backups')),
  );
});

test('a run starts and ends by itself, and the next run exists', async () => {
  await env.jump();
  await ana().waitFor('the start', () =>
    ana()
      .messages('#ops')
      .some((message) => textOf(message).includes('In progress: Backups')),
  );
  while (
    !ana()
      .messages('#ops')
      .some((message) => textOf(message).includes('Done: Backups'))
  )
    await env.jump();
  await ana().waitFor('the next run', () =>
    ana()
      .messages('#ops')
      .some((message) => textOf(message).includes('Scheduled: Backups')),
  );
});

test('the next run is skipped; the series is paused after a question about its runs, and resumed', async () => {
  const key = /\*([A-Z0-9]{6})\*/.exec(textOf(await runCommand('/maintenance series')))?.[1] ?? '';
  expect(key).toMatch(/^[A-Z0-9]{6}$/);
  expect(textOf(await runCommand(`/maintenance skip ${key.toLowerCase()}`))).toContain('Skipped');

  const confirmation = await runCommand(`/maintenance pause ${key}`);
  expect(textOf(confirmation)).toContain('keep or cancel');
  await ana().press(confirmation, 'sentence.choose.1');
  await ana().waitFor('the pause', () => now(confirmation).includes('Paused'));
  expect(textOf(await runCommand('/maintenance series'))).toContain('paused');
  expect(textOf(await runCommand(`/maintenance resume ${key}`))).toContain('goes on');
  expect(textOf(await runCommand('/maintenance skip NOSUCH'))).toContain('There is no series NOSUCH');
});

test('one run is moved alone, and its thread shows both times', async () => {
  const key = /\*([A-Z0-9]{6})\*/.exec(textOf(await runCommand('/maintenance series')))?.[1] ?? '';
  expect(key).not.toBe('');
  const run = await ana().waitFor('a scheduled run', () =>
    ana()
      .messages('#ops')
      .find((message) => textOf(message).includes('Scheduled: Backups') && !message.broadcast),
  );
  const id = Number(/Maintenance (\d+)/.exec(textOf(run))?.[1]);
  expect(textOf(await runCommand(`/maintenance move ${id} in 3 days at 04:30`))).toMatch(/Moved: .* 04:30 – 06:30/);
  await ana().waitFor('the note in the thread', () =>
    ana()
      .thread(run)
      .some((reply) => /moved/i.test(textOf(reply))),
  );
});
