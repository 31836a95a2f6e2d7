import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Installation, install } from '../e2e/installation.ts';
import { hours, minutes } from '../world.ts';
import { createScenario, PATIENCE } from './stage.ts';

let env: Installation;
let scenario: ReturnType<typeof createScenario>;
beforeAll(async () => {
  env = await install({ playground: { messageRate: false, tierLimits: false } });
  scenario = createScenario(env);
});
afterAll(() => env.close());

/** Sets the system clock, as a time server or an administrator does. */
async function setClock(instant: Date) {
  env.clock.moveTo(instant);
  await env.lull.timer.wake();
}
const later = (from: Date, time: number) => new Date(from.getTime() + time);
const status = async (id: number) => (await env.api('GET', `/api/v1/maintenances/${id}`)).body.status;

describe('a clock that is set back', { timeout: 3 * PATIENCE }, () => {
  test('to before the start of a window in progress neither starts it twice nor ends it late or early', async () => {
    const start = later(env.clock.now(), hours(5));
    const id = await scenario.schedule('Back in time', start, 120);
    const announcement = await scenario.waitForAnnouncement('Back in time');
    await setClock(start);
    await scenario.waitForAnnouncement('Back in time', 'In progress');
    await setClock(later(start, -hours(2)));
    expect(await status(id)).toBe('in-progress');
    expect(await scenario.listEnabledChecks()).toEqual([]);
    await setClock(later(start, minutes(1)));
    await setClock(later(start, minutes(119)));
    expect(await status(id)).toBe('in-progress');
    await setClock(later(start, minutes(120)));
    await scenario.waitForAnnouncement('Back in time', 'Done');
    const thread = await scenario.waitForThread(announcement, 'Switched on again');
    expect(thread.filter((text) => text.includes('Started'))).toHaveLength(1);
    expect(thread.filter((text) => text.includes('Ended'))).toHaveLength(1);
    expect(await scenario.listEnabledChecks()).toEqual(['api health', 'api latency']);
  });

  test('to before the end of a window that ended leaves it ended, and its checks unmuted', async () => {
    const start = later(env.clock.now(), hours(5));
    const id = await scenario.schedule('Over', start, 60);
    const announcement = await scenario.waitForAnnouncement('Over');
    await setClock(start);
    // A window that ends before its checks are muted mutes none.
    await scenario.waitForThread(announcement, 'Switched off');
    await setClock(later(start, hours(1)));
    await scenario.waitForThread(announcement, 'Switched on again');
    await setClock(later(start, minutes(30)));
    await setClock(later(start, hours(1)));
    expect(await status(id)).toBe('succeed');
    expect(await scenario.listEnabledChecks()).toEqual(['api health', 'api latency']);
    const { length } = await scenario.waitForThread(announcement, 'Switched on again');
    await scenario.runCommand(`/maintenance comment ${id} last words`);
    expect(await scenario.waitForThread(announcement, 'last words')).toHaveLength(length + 1);
  });

  test('does not keep a person from starting, extending and ending a window', async () => {
    const start = later(env.clock.now(), hours(30));
    const id = await scenario.schedule('By hand', start, 60);
    await scenario.waitForAnnouncement('By hand');
    await scenario.runCommand(`/maintenance start ${id}`);
    await setClock(later(env.clock.now(), -hours(3)));
    expect(await scenario.runCommand(`/maintenance extend ${id} 30m`)).toContain('Extended');
    await setClock(later(env.clock.now(), -hours(3)));
    await scenario.runCommand(`/maintenance finish ${id}`);
    await scenario.waitForAnnouncement('By hand', 'Done');
    expect(await status(id)).toBe('succeed');
    await expect.poll(() => scenario.listEnabledChecks(), { timeout: PATIENCE }).toEqual(['api health', 'api latency']);
  });
});

test('a clock that was ahead when a message was claimed does not cause a second post', {
  timeout: 3 * PATIENCE,
}, async () => {
  const id = await scenario.schedule('Claimed ahead', later(env.clock.now(), hours(40)));
  const announcement = await scenario.waitForAnnouncement('Claimed ahead');
  // The state after a process was killed between the post and its record, on a clock that was corrected since.
  const { database } = env.lull.ctx;
  await env.settle();
  await database.announcement.updateMany({
    where: { maintenanceId: id },
    data: { messageRef: null, rendered: null, claimedAt: later(env.clock.now(), hours(3)) },
  });
  await scenario.runCommand(`/maintenance start ${id}`);
  await scenario.waitForAnnouncement('Claimed ahead', 'In progress');
  expect(scenario.findAnnouncements('Claimed ahead', '#ops').map((each) => each.ts)).toEqual([announcement.ts]);
  await scenario.waitForAnnouncement('Claimed ahead', 'In progress', '#status');
  expect(scenario.findAnnouncements('Claimed ahead', '#status')).toHaveLength(1);
});
