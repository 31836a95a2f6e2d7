import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lull } from '../../src/app/lull.ts';
import { findNextDueAt } from '../../src/maintenance/repository/changes.ts';
import { type Installation, install, settled, textOf } from '../e2e/installation.ts';
import { hours, minutes } from '../world.ts';
import { createScenario, PATIENCE } from './stage.ts';

let env: Installation;
let other: Lull;
let scenario: ReturnType<typeof createScenario>;
beforeAll(async () => {
  env = await install({ playground: { messageRate: false, tierLimits: false } });
  other = await env.again();
  scenario = createScenario(env);
  await scenario.ana.waitFor('both to be connected', () => env.playground.connections() === 2);
});
afterAll(async () => {
  await other.stop();
  await env.close();
});

const LONG = { timeout: 4 * PATIENCE };
const fromNow = (time: number) => new Date(env.clock.now().getTime() + time);

/** Moves the clock to `instant` step by step; both instances wake at each due event. */
async function advanceTo(instant: Date) {
  const { database } = env.lull.ctx;
  for (let due = await findNextDueAt(database); due !== null && due <= instant; due = await findNextDueAt(database)) {
    if (due > env.clock.now()) env.clock.moveTo(due);
    await Promise.all([env.lull.timer.wake(), other.timer.wake()]);
    await settled(database);
  }
  env.clock.moveTo(instant);
}

describe('two instances of Lull in one workspace, on one database', LONG, () => {
  test('run a day of windows, each of them once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `Window ${String.fromCharCode(65 + index)} of the day`);
    for (const [index, name] of names.entries()) await scenario.schedule(name, fromNow(hours(1 + index * 1.5)), 100);
    for (const name of names) await scenario.waitForAnnouncement(name);
    await advanceTo(fromNow(hours(26)));
    for (const name of names) {
      const announcement = await scenario.waitForAnnouncement(name, 'Done');
      const thread = await scenario.waitForThread(announcement, 'Ended');
      for (const expected of ['Started.', 'Ended as planned']) {
        expect(thread.filter((text) => text.includes(expected))).toHaveLength(1);
      }
      expect(scenario.findAnnouncements(name, '#ops')).toHaveLength(1);
      expect(scenario.findAnnouncements(name, '#status')).toHaveLength(1);
    }
    await expect.poll(() => scenario.listEnabledChecks(), { timeout: PATIENCE }).toEqual(['api health', 'api latency']);
  });

  test('act once if each gets one click of a double click', async () => {
    const id = await scenario.schedule('Clicked twice', fromNow(hours(24)));
    const announcement = await scenario.waitForAnnouncement('Clicked twice');
    await Promise.all([
      scenario.ana.press(announcement, 'maintenance.start'),
      scenario.ana.press(announcement, 'maintenance.start'),
    ]);
    await scenario.waitForAnnouncement('Clicked twice', 'In progress');
    await scenario.waitForThread(announcement, 'Switched off');
    await scenario.ana.press(announcement, 'maintenance.finish');
    await scenario.ana.waitFor('the form', () => scenario.ana.view());
    await Promise.allSettled([scenario.ana.submit(), scenario.ana.submit()]);
    await scenario.waitForAnnouncement('Clicked twice', 'Done');
    await scenario.waitForThread(announcement, 'Switched on again');
    await scenario.runCommand(`/maintenance comment ${id} last words`);
    const thread = await scenario.waitForThread(announcement, 'last words');
    for (const expected of ['Started by', 'Ended by', 'Switched off', 'Switched on again']) {
      expect(thread.filter((text) => text.includes(expected))).toHaveLength(1);
    }
  });

  test('schedule one window if the preview and the form are each sent twice', async () => {
    await scenario.ana.command('#ops', '/maintenance api in 3 days 2am for 2h: Previewed');
    const preview = await scenario.ana.waitFor('a preview', () =>
      scenario.ana.ephemerals('#ops').find((message) => textOf(message).includes('Previewed')),
    );
    await Promise.all([scenario.ana.press(preview, 'draft.schedule'), scenario.ana.press(preview, 'draft.schedule')]);
    await scenario.waitForAnnouncement('Previewed');

    await scenario.ana.command('#ops', '/maintenance');
    await scenario.fillForm('Submitted', fromNow(hours(90)));
    await Promise.allSettled([scenario.ana.submit(), scenario.ana.submit()]);
    await scenario.waitForAnnouncement('Submitted');
    await advanceTo(fromNow(minutes(1)));
    const { items } = (await env.api('GET', '/api/v1/maintenances')).body;
    for (const name of ['Previewed', 'Submitted']) {
      expect(items.filter((each: { name: string }) => each.name === name)).toHaveLength(1);
      expect(scenario.findAnnouncements(name, '#ops')).toHaveLength(1);
    }
  });

  test('carry on when one of them stops during a window', async () => {
    const id = await scenario.schedule('One is left', fromNow(hours(24)));
    const announcement = await scenario.waitForAnnouncement('One is left');
    await scenario.runCommand(`/maintenance start ${id}`);
    await env.lull.stop();
    env.clock.moveTo(fromNow(hours(2)));
    await other.timer.wake();
    await scenario.waitForAnnouncement('One is left', 'Done');
    expect(
      (await scenario.waitForThread(announcement, 'Switched on again')).filter((text) => text.includes('Ended')),
    ).toHaveLength(1);
  });
});
