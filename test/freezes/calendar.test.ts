import { createServer } from 'node:http';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/core/permissions.ts';
import { CalendarError, readPeriods } from '../../src/freezes/calendar.ts';
import { addFreeze, removeFreeze, sealCalendar } from '../../src/freezes/commands.ts';
import { readCalendar } from '../../src/freezes/read-calendar.ts';
import { findFreeze } from '../../src/freezes/repository.ts';
import { FreezeConflict } from '../../src/freezes/rules.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { Vault } from '../../src/platform/vault.ts';
import { scheduleSeries } from '../../src/series/commands.ts';
import { runsOf, seriesInput, settle } from '../series/a-series.ts';
import { type World, world } from '../world.ts';

const instant = (text: string) => new Date(text);
const calendar = (...events: readonly string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...events.map((each) => `BEGIN:VEVENT\n${each}\nEND:VEVENT`), 'END:VCALENDAR']
    .join('\n')
    .replaceAll('\n', '\r\n');
const read = async (text: string, zone = 'Europe/Berlin') =>
  (await readPeriods(text, zone, { start: instant('2027-03-01T00:00:00Z'), end: instant('2027-05-01T00:00:00Z') })).map(
    ({ start, end }) => `${start.toISOString().slice(5, 16)} ${end.toISOString().slice(5, 16)}`,
  );

describe('the events of a calendar', () => {
  test('that recur keep their time on the wall clock across a clock change; some are left out, moved or canceled', async () => {
    const weekly = 'UID:w\nDTSTART;TZID=Europe/Berlin:20270305T160000\nDURATION:PT2H\nRRULE:FREQ=WEEKLY;COUNT=6';
    const moved = 'UID:w\nRECURRENCE-ID;TZID=Europe/Berlin:20270402T160000\nDTSTART;TZID=Europe/Berlin:20270403T100000';
    const canceled = 'UID:w\nRECURRENCE-ID;TZID=Europe/Berlin:20270409T160000\nSTATUS:CANCELLED';
    const text = calendar(
      `${weekly}\nEXDATE;TZID=Europe/Berlin:20270312T160000`,
      `${moved}\nDURATION:PT1H`,
      `${canceled}\nDTSTART;TZID=Europe/Berlin:20270409T160000\nDURATION:PT2H`,
    );
    expect(await read(text)).toEqual([
      '03-05T15:00 03-05T17:00',
      '03-19T15:00 03-19T17:00',
      '03-26T15:00 03-26T17:00',
      '04-03T08:00 04-03T09:00',
    ]);
  });

  test('that last whole days are in the zone of the account, for however many days', async () => {
    const text = calendar(
      'UID:a\nDTSTART;VALUE=DATE:20270326\nDTEND;VALUE=DATE:20270330',
      'UID:b\nDTSTART;VALUE=DATE:20270410',
    );
    expect(await read(text)).toEqual(['03-25T23:00 03-29T22:00', '04-09T22:00 04-10T22:00']);
    expect(await read(text, 'America/New_York')).toEqual(['03-26T04:00 03-30T04:00', '04-10T04:00 04-11T04:00']);
  });

  test('in a zone that only the calendar describes are read as it says', async () => {
    const zone = [
      'BEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nDTSTART:19700101T000000',
      'TZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\n',
    ].join('\n');
    const text = calendar('UID:o\nDTSTART;TZID=Office:20270310T100000\nDTEND;TZID=Office:20270310T110000');
    expect(await read(text.replace('BEGIN:VEVENT', `${zone.replaceAll('\n', '\r\n')}BEGIN:VEVENT`))).toEqual([
      '03-10T07:00 03-10T08:00',
    ]);
  });

  test('that are canceled, over or too far ahead do not count; those shown as free do, as public holidays are', async () => {
    const on = (day: string) => `UID:${day}\nDTSTART:${day}T100000Z\nDTEND:${day}T110000Z`;
    const text = calendar(
      `${on('20270302')}\nSTATUS:CANCELLED`,
      `${on('20270303')}\nTRANSP:TRANSPARENT`,
      on('20270228'),
      on('20270501'),
      on('20270304'),
    );
    expect(await read(text)).toEqual(['03-03T10:00 03-03T11:00', '03-04T10:00 03-04T11:00']);
  });

  test.each([
    ['what is no calendar', '<html></html>'],
    ['what recurs too often', calendar('UID:s\nDTSTART:20270301T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY')],
  ])('%s is refused', async (_, text) => {
    await expect(read(text)).rejects.toThrow(CalendarError);
  });
});

describe('a freeze of a calendar', () => {
  let w: World;
  let boss: Actor;
  let service: number;
  let feed: { status: number; body: string };
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const etag = `"${feed.body.length}"`;
    asked.push(request.headers['if-none-match']);
    const same = feed.status === 200 && request.headers['if-none-match'] === etag;
    response.writeHead(same ? 304 : feed.status, { etag }).end(same ? undefined : feed.body);
  });
  const vault = new Vault(['x'.repeat(32)]);
  const log = pino({ level: 'silent' });
  const holiday = (day: string) => calendar(`UID:h${day}\nDTSTART:${day}T000000Z\nDTEND:${day}T235900Z`);

  beforeAll(async () => {
    w = await world();
    boss = w.person('admin', 'U0BOSS');
    service = (await w.service('api', ['health'])).id;
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterAll(async () => {
    server.close();
    await w.close();
  });
  beforeEach(async () => {
    w.clock.moveTo(instant('2027-03-19T12:00:00Z'));
    await w.ctx.database.maintenance.deleteMany();
    await w.ctx.database.series.deleteMany();
    await w.ctx.database.freeze.deleteMany();
    feed = { status: 200, body: holiday('20270320') };
  });

  const add = async () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : expect.unreachable();
    const sealed = sealCalendar(boss, `http://127.0.0.1:${port}/holidays.ics?key=secret`, vault);
    return addFreeze(w.ctx, boss, { ...sealed, scopeId: null, reason: 'Holidays', effect: 'block' });
  };
  const readAgain = async (freezeId: number) => {
    w.clock.moveTo(new Date(w.clock.now().getTime() + 15 * 60_000));
    await readCalendar(w.ctx, { fetch, vault }, log, { accountId: w.account.id, freezeId });
  };
  const find = async (id: number) => findFreeze(w.ctx.database, w.account.id, id, w.clock.now());
  const plan = (start: string, end: string) =>
    schedule(w.ctx, w.ana, w.input({ services: [service], start: instant(start), end: instant(end) }));

  test('blocks during its events, and keeps its address secret', async () => {
    const { id } = await add();
    await readAgain(id);
    await expect(plan('2027-03-20T10:00:00Z', '2027-03-20T11:00:00Z')).rejects.toThrow(FreezeConflict);
    await plan('2027-03-21T10:00:00Z', '2027-03-21T11:00:00Z');
    expect(await find(id)).toMatchObject({
      times: { kind: 'calendar', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/holi…$/) },
      next: { start: instant('2027-03-20T00:00:00Z') },
      failing: null,
    });
    const events = await w.ctx.database.auditEvent.findMany({ where: { type: 'freeze.added' } });
    expect(JSON.stringify(events)).not.toContain('secret');
  });

  test('skips runs of series, which come back when the event is gone', async () => {
    const series = await scheduleSeries(w.ctx, w.ana, seriesInput({ services: [service], cron: '0 3 * * *' }));
    const saturday = async () =>
      (await runsOf(w.ctx, series)).findLast((run) => run.startsWith('2027-03-20') && !run.includes('withdrawn'));
    await settle(w.ctx);
    const { id } = await add();
    await readAgain(id);
    await settle(w.ctx);
    expect(await saturday()).toBe('2027-03-20T02:00 canceled frozen');
    feed = { status: 200, body: calendar() };
    await readAgain(id);
    await settle(w.ctx);
    expect(await saturday()).toBe('2027-03-20T02:00 scheduled following');
  });

  test('that fails keeps the events that were read last, and says so until it is read again', async () => {
    const { id } = await add();
    await readAgain(id);
    feed = { status: 503, body: '' };
    await readAgain(id);
    const failed = (await find(id))?.failing;
    expect(failed?.reason).toBe('The calendar answered 503.');
    await readAgain(id);
    expect((await find(id))?.failing).toEqual(failed);
    await expect(plan('2027-03-20T10:00:00Z', '2027-03-20T11:00:00Z')).rejects.toThrow(FreezeConflict);
    feed = { status: 200, body: holiday('20270320') };
    await readAgain(id);
    expect(asked.at(-1)).toBe(`"${feed.body.length}"`);
    expect((await find(id))?.failing).toBeNull();
    await expect(plan('2027-03-20T10:00:00Z', '2027-03-20T11:00:00Z')).rejects.toThrow(FreezeConflict);
    await removeFreeze(w.ctx, boss, id);
    await plan('2027-03-20T10:00:00Z', '2027-03-20T11:00:00Z');
    expect(await w.ctx.database.freezePeriod.count()).toBe(0);
  });

  test('with an address that is none, or holds a password, is refused', () => {
    for (const url of ['holidays.ics', 'ftp://example.com/x.ics', 'https://ana:pw@example.com/x.ics']) {
      expect(() => sealCalendar(boss, url, vault)).toThrow('calendar-url-invalid');
    }
  });
});
