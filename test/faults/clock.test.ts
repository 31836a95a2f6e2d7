import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Installation, install } from '../e2e/installation.ts';
import { hours, minutes } from '../world.ts';
import { PATIENCE, stage } from './stage.ts';

let at: Installation;
let on: ReturnType<typeof stage>;
beforeAll(async () => {
  at = await install({ playground: { messageRate: false, tierLimits: false } });
  on = stage(at);
});
afterAll(() => at.close());

/** Sets the system clock, as a time server or an administrator does. */
async function set(instant: Date) {
  at.clock.moveTo(instant);
  await at.lull.timer.wake();
}
const past = (from: Date, time: number) => new Date(from.getTime() + time);
const status = async (id: number) => (await at.api('GET', `/api/v1/maintenances/${id}`)).body.status;

describe('a clock that is set back', { timeout: 3 * PATIENCE }, () => {
  test('to before the start of a window in progress neither starts it twice nor ends it late or early', async () => {
    const start = past(at.clock.now(), hours(5));
    const id = await on.schedule('Back in time', start, 120);
    const live = await on.announced('Back in time');
    await set(start);
    await on.announced('Back in time', 'In progress');
    await set(past(start, -hours(2)));
    expect(await status(id)).toBe('in-progress');
    expect(await on.on()).toEqual([]);
    await set(past(start, minutes(1)));
    await set(past(start, minutes(119)));
    expect(await status(id)).toBe('in-progress');
    await set(past(start, minutes(120)));
    await on.announced('Back in time', 'Done');
    const thread = await on.thread(live, 'Switched on again');
    expect(thread.filter((text) => text.includes('Started'))).toHaveLength(1);
    expect(thread.filter((text) => text.includes('Ended'))).toHaveLength(1);
    expect(await on.on()).toEqual(['api health', 'api latency']);
  });

  test('to before the end of a window that ended leaves it ended, and its checks unmuted', async () => {
    const start = past(at.clock.now(), hours(5));
    const id = await on.schedule('Over', start, 60);
    const live = await on.announced('Over');
    await set(start);
    await set(past(start, hours(1)));
    await on.thread(live, 'Switched on again');
    await set(past(start, minutes(30)));
    await set(past(start, hours(1)));
    expect(await status(id)).toBe('succeed');
    expect(await on.on()).toEqual(['api health', 'api latency']);
    const { length } = await on.thread(live, 'Switched on again');
    await on.answered(`/maintenance comment ${id} last words`);
    expect(await on.thread(live, 'last words')).toHaveLength(length + 1);
  });

  test('does not keep a person from starting, extending and ending a window', async () => {
    const start = past(at.clock.now(), hours(30));
    const id = await on.schedule('By hand', start, 60);
    await on.announced('By hand');
    await on.answered(`/maintenance start ${id}`);
    await set(past(at.clock.now(), -hours(3)));
    expect(await on.answered(`/maintenance extend ${id} 30m`)).toContain('Extended');
    await set(past(at.clock.now(), -hours(3)));
    await on.answered(`/maintenance finish ${id}`);
    await on.announced('By hand', 'Done');
    expect(await status(id)).toBe('succeed');
    await expect.poll(() => on.on(), { timeout: PATIENCE }).toEqual(['api health', 'api latency']);
  });
});

test('a clock that was ahead when a message was claimed does not cause a second post', {
  timeout: 3 * PATIENCE,
}, async () => {
  const id = await on.schedule('Claimed ahead', past(at.clock.now(), hours(40)));
  const live = await on.announced('Claimed ahead');
  // The state after a process was killed between the post and its record, on a clock that was corrected since.
  const { database } = at.lull.ctx;
  await at.settle();
  await database.announcement.updateMany({
    where: { maintenanceId: id },
    data: { messageRef: null, rendered: null, claimedAt: past(at.clock.now(), hours(3)) },
  });
  await on.answered(`/maintenance start ${id}`);
  await on.announced('Claimed ahead', 'In progress');
  expect(on.live('Claimed ahead', '#ops').map((each) => each.ts)).toEqual([live.ts]);
  await on.announced('Claimed ahead', 'In progress', '#status');
  expect(on.live('Claimed ahead', '#status')).toHaveLength(1);
});
