import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lull } from '../../src/app/lull.ts';
import { findNextDueAt } from '../../src/maintenance/repository/changes.ts';
import { type Installation, install, settled, textOf } from '../e2e/installation.ts';
import { hours, minutes } from '../world.ts';
import { PATIENCE, stage } from './stage.ts';

let at: Installation;
let other: Lull;
let on: ReturnType<typeof stage>;
beforeAll(async () => {
  at = await install({ playground: { messageRate: false, tierLimits: false } });
  other = await at.again();
  on = stage(at);
  await on.ana.waitFor('both to be connected', () => at.playground.connections() === 2);
});
afterAll(async () => {
  await other.stop();
  await at.close();
});

const LONG = { timeout: 4 * PATIENCE };
const past = (time: number) => new Date(at.clock.now().getTime() + time);

/** Moves the clock to `instant` step by step; both instances wake at each due event. */
async function passUntil(instant: Date) {
  const { database } = at.lull.ctx;
  for (let due = await findNextDueAt(database); due !== null && due <= instant; due = await findNextDueAt(database)) {
    if (due > at.clock.now()) at.clock.moveTo(due);
    await Promise.all([at.lull.timer.wake(), other.timer.wake()]);
    await settled(database);
  }
  at.clock.moveTo(instant);
}

describe('two instances of Lull in one workspace, on one database', LONG, () => {
  test('run a day of windows, each of them once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `Window ${String.fromCharCode(65 + index)} of the day`);
    for (const [index, name] of names.entries()) await on.schedule(name, past(hours(1 + index * 1.5)), 100);
    for (const name of names) await on.announced(name);
    await passUntil(past(hours(26)));
    for (const name of names) {
      const live = await on.announced(name, 'Done');
      const thread = await on.thread(live, 'Ended');
      for (const said of ['Started.', 'Ended as planned']) {
        expect(thread.filter((text) => text.includes(said))).toHaveLength(1);
      }
      expect(on.live(name, '#ops')).toHaveLength(1);
      expect(on.live(name, '#status')).toHaveLength(1);
    }
    await expect.poll(() => on.on(), { timeout: PATIENCE }).toEqual(['api health', 'api latency']);
  });

  test('act once if each gets one click of a double click', async () => {
    const id = await on.schedule('Clicked twice', past(hours(24)));
    const live = await on.announced('Clicked twice');
    await Promise.all([on.ana.press(live, 'maintenance.start'), on.ana.press(live, 'maintenance.start')]);
    await on.announced('Clicked twice', 'In progress');
    await on.thread(live, 'Switched off');
    await on.ana.press(live, 'maintenance.finish');
    await on.ana.waitFor('the form', () => on.ana.view());
    await Promise.allSettled([on.ana.submit(), on.ana.submit()]);
    await on.announced('Clicked twice', 'Done');
    await on.thread(live, 'Switched on again');
    await on.answered(`/maintenance comment ${id} last words`);
    const thread = await on.thread(live, 'last words');
    for (const said of ['Started by', 'Ended by', 'Switched off', 'Switched on again']) {
      expect(thread.filter((text) => text.includes(said))).toHaveLength(1);
    }
  });

  test('schedule one window if the preview and the form are each sent twice', async () => {
    await on.ana.command('#ops', '/maintenance api in 3 days 2am for 2h: Previewed');
    const preview = await on.ana.waitFor('a preview', () =>
      on.ana.ephemerals('#ops').find((message) => textOf(message).includes('Previewed')),
    );
    await Promise.all([on.ana.press(preview, 'draft.schedule'), on.ana.press(preview, 'draft.schedule')]);
    await on.announced('Previewed');

    await on.ana.command('#ops', '/maintenance');
    await on.fill('Submitted', past(hours(90)));
    await Promise.allSettled([on.ana.submit(), on.ana.submit()]);
    await on.announced('Submitted');
    await passUntil(past(minutes(1)));
    const { items } = (await at.api('GET', '/api/v1/maintenances')).body;
    for (const name of ['Previewed', 'Submitted']) {
      expect(items.filter((each: { name: string }) => each.name === name)).toHaveLength(1);
      expect(on.live(name, '#ops')).toHaveLength(1);
    }
  });

  test('carry on when one of them stops during a window', async () => {
    const id = await on.schedule('One is left', past(hours(24)));
    const live = await on.announced('One is left');
    await on.answered(`/maintenance start ${id}`);
    await at.lull.stop();
    at.clock.moveTo(past(hours(2)));
    await other.timer.wake();
    await on.announced('One is left', 'Done');
    expect((await on.thread(live, 'Switched on again')).filter((text) => text.includes('Ended'))).toHaveLength(1);
  });
});
