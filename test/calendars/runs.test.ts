import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCalendar } from '../../src/calendars/http/feed.ts';
import type { Reader } from '../../src/core/permissions.ts';
import { edit, reschedule } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel } from '../../src/maintenance/commands/transitions.ts';
import { listMaintenances } from '../../src/maintenance/repository/list.ts';
import { pauseSeries, scheduleSeries, skipRun } from '../../src/series/commands.ts';
import { planDueSeries } from '../../src/series/planning.ts';
import type { Series } from '../../src/series/repository.ts';
import { hours, type World, world } from '../world.ts';
import { read, shownIn } from './read-back.ts';

let w: World;
let service: number;
beforeAll(async () => {
  w = await world();
  service = (await w.service('api')).id;
});
afterAll(() => w.close());

const everything = { scopes: [], services: [] };
const calendar = (reader: Reader = 'public') =>
  loadCalendar(
    w.ctx,
    { accountId: w.account.id, name: 'Test', reader },
    everything,
    ({ id }) => `https://lull.example/${id}`,
  );

/** A series of its own, some runs of which are made. */
async function series(name: string, visibility: 'public' | 'internal' = 'public'): Promise<Series> {
  const made = await scheduleSeries(w.ctx, w.ana, {
    name,
    visibility,
    cron: '0 4 * * *',
    timezone: 'Asia/Kolkata',
    durationMinutes: 60,
    services: [service],
    scopeId: null,
    serviceStatus: 'down',
    checks: null,
    description: '',
    risk: null,
    externalReference: null,
    externalLink: null,
    channels: [],
  });
  while ((await planDueSeries(w.ctx)).moved.length > 0);
  return made;
}
const firstRun = async ({ id }: Series) => {
  const [run] = await listMaintenances(w.ctx.database, w.account.id, { series: [id], statuses: ['scheduled'] });
  if (run === undefined) throw new Error('the series has no run');
  return run;
};
/** The next days of one series, in a calendar. */
const days = (text: string, name: string) => {
  const span = { start: w.clock.now(), end: new Date(w.clock.now().getTime() + hours(24 * 5)) };
  return shownIn(text, span).filter(({ summary }) => summary.startsWith(name));
};

test('a run that takes place as planned is told by the rule alone', async () => {
  await series('Plain');
  const text = await calendar();
  const events = read(text).filter(({ summary }) => summary === 'Plain');
  expect(events).toHaveLength(1);
  expect(events[0]?.isRecurring()).toBe(true);
  expect(days(text, 'Plain')).toHaveLength(5);
});

test('a run that is moved is shown where it is, and not where it was', async () => {
  const { id, scheduledStart: start } = await firstRun(await series('Moved'));
  const to = new Date(start.getTime() + hours(2));
  await reschedule(w.ctx, w.ana, id, { start: to });
  const shown = days(await calendar(), 'Moved');
  expect(shown.map((one) => one.start.getTime())).toContain(to.getTime());
  expect(shown.map((one) => one.start.getTime())).not.toContain(start.getTime());
  expect(new Set(shown.map(({ uid }) => uid)).size).toBe(1);
});

test('a run that is skipped is not shown', async () => {
  const made = await series('Skipped');
  const { scheduledStart } = await firstRun(made);
  await skipRun(w.ctx, w.ana, made.id);
  const shown = days(await calendar(), 'Skipped');
  expect(shown.map(({ start }) => start.getTime())).not.toContain(scheduledStart.getTime());
  expect(shown).toHaveLength(4);
});

test('a run that is canceled or has another name is shown so, in its place', async () => {
  const made = await series('Changed');
  const run = await firstRun(made);
  await edit(w.ctx, w.ana, run.id, { name: 'Changed by hand' });
  expect(days(await calendar(), 'Changed').filter(({ summary }) => summary === 'Changed by hand')).toMatchObject([
    { start: run.scheduledStart, status: 'CONFIRMED' },
  ]);
  await cancel(w.ctx, w.ana, run.id, undefined);
  expect(days(await calendar(), 'Changed').filter(({ status }) => status === 'CANCELLED')).toMatchObject([
    { start: run.scheduledStart },
  ]);
});

test('a run that is internal leaves a gap in a public calendar, and none for the people of the account', async () => {
  const made = await series('Hidden');
  const run = await firstRun(made);
  await edit(w.ctx, w.ana, run.id, { visibility: 'internal', name: 'Hidden for reasons' });
  expect(days(await calendar('public'), 'Hidden')).toHaveLength(4);
  expect(await calendar('public')).not.toContain('reasons');
  expect(days(await calendar('internal'), 'Hidden')).toHaveLength(5);
});

test('a series that is internal is in the calendar of its account alone', async () => {
  await series('Private', 'internal');
  expect(await calendar('public')).not.toContain('Private');
  expect(days(await calendar('internal'), 'Private')).toHaveLength(5);
});

test('a series that is paused is shown by the runs it has', async () => {
  const made = await series('Paused');
  await pauseSeries(w.ctx, w.ana, made.id, 'keep');
  const shown = days(await calendar(), 'Paused');
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.length).toBeLessThan(5);
  expect(
    read(await calendar())
      .filter(({ summary }) => summary === 'Paused')
      .some((event) => event.isRecurring()),
  ).toBe(false);
});

describe('a window of its own', () => {
  test('keeps its name, counts its changes, and is canceled in place', async () => {
    const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service], name: 'Alone, once; or "so"' }));
    const event = async () => {
      const [found] = read(await calendar()).filter(({ summary }) => summary === 'Alone, once; or "so"');
      if (found === undefined) throw new Error('the calendar does not have it');
      const property = (name: string) => String(found.component.getFirstPropertyValue(name));
      return {
        uid: found.uid,
        sequence: Number(property('sequence')),
        status: property('status'),
        stamp: property('dtstamp'),
      };
    };
    const before = await event();
    expect(before).toMatchObject({ status: 'CONFIRMED', stamp: expect.stringMatching(/Z$/) });
    await reschedule(w.ctx, w.ana, id, w.soon(hours(5), hours(1)));
    const moved = await event();
    expect(moved.uid).toBe(before.uid);
    expect(moved.sequence).toBeGreaterThan(before.sequence);
    await cancel(w.ctx, w.ana, id, undefined);
    expect(await event()).toMatchObject({ uid: before.uid, status: 'CANCELLED' });
  });
});

test('every line is short, and ends as the format wants', async () => {
  const text = await calendar('internal');
  expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
});
