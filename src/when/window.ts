import { LATEST_INSTANT_MS, MAX_WINDOW_MS, offsetMinutes, wallClock } from '../core/time.ts';
import { type Assumption, doubt, EXAMPLE, isStop, refusal, type Stop, type WindowAnswer } from './answer.ts';
import { endOf } from './end.ts';
import { minuteOf, settle } from './halves.ts';
import { type Item, type ItemOf, itemsOf } from './items.ts';
import type { Clock } from './lexemes.ts';
import { clockReadings, dayOf, type Moment, momentOf, type Setting, spoken, todayIn, written } from './moments.ts';
import { sayClock, sayDay, sayMinutes } from './say.ts';
import { isPointed, partOf, type Side, sidesOf } from './sides.ts';
import { startOf } from './start.ts';
import { lengthOf } from './window-length.ts';
import { kept, seasonDoubt, wrongOffset, type Zone, zoneOf } from './zone-choice.ts';

const MINUTE = 60_000;

/** One window from what a sentence says, or why there is none. */
export function windowOf(items: readonly Item[], setting: Setting): WindowAnswer | Stop {
  const idle = items.find((item) => item.is === 'month' || item.is === 'minute mark' || item.is === 'except');
  if (idle !== undefined) {
    const why = idle.is === 'month' ? 'is no day. Say which day of it.' : 'is not understood here. Leave it out.';
    return refusal(`"${spoken(idle, setting)}" ${why}`, idle.is === 'month' ? 'march 5 02:00 for 2h' : EXAMPLE);
  }
  const minutes = lengthOf(items, setting);
  if (typeof minutes === 'object') return minutes;
  const allDay = itemsOf(items, 'all day').at(0);
  const sides = sidesOf(items);
  if (isStop(sides)) return sides;
  const zones = zonesOf(sides.left, sides.right, setting);
  if (isStop(zones)) return zones;
  const { own, first, last } = zones;
  if (allDay !== undefined) return wholeDays(allDay, sides.left, sides.right, minutes, first, setting);
  if (!isPointed(sides.left)) return startless(sides.right, minutes, items, last, setting);

  const shared = sides.right === undefined ? undefined : withSharedDay(sides.left, sides.right, first.id, setting);
  if (shared !== undefined && isStop(shared)) return shared;
  const left = shared?.left ?? sides.left;
  const right = shared?.right;
  const daysOnly =
    right !== undefined &&
    left.clocks.length === 0 &&
    right.clocks.length === 0 &&
    left.days.length > 0 &&
    right.days.length > 0;
  if (daysOnly && partOf(left) === undefined && partOf(right) === undefined)
    return askDays(left, right, first.id, setting);

  const settled = right === undefined ? undefined : settle(left, right, setting);
  if (settled !== undefined && isStop(settled)) return settled;
  const start = startOf(settled?.left ?? left, first.id, setting);
  if (isStop(start)) return start;
  const season = seasonDoubt(first, start.instant);
  if (season !== undefined) return season;
  const wrong = wrongOffset(first, start.instant);
  if (wrong !== undefined) return wrong;
  const end =
    settled === undefined
      ? undefined
      : endOf(settled.right, start, left.now === undefined && left.after === undefined, last.id, setting);
  if (end !== undefined && isStop(end)) return end;
  if (end !== undefined && last.letters !== first.letters) {
    const another = seasonDoubt(last, end.instant);
    if (another !== undefined) return another;
  }
  return finished(start, end, minutes, { own, first, last }, [...(settled?.notices ?? [])], setting);
}

interface Zones {
  readonly own: Zone;
  readonly first: Zone;
  readonly last: Zone;
}

function zonesOf(left: Side, right: Side | undefined, setting: Setting): Zones | Stop {
  const [said, saidLast] = [
    zoneOf(left.zones, setting),
    right === undefined ? undefined : zoneOf(right.zones, setting),
  ];
  if (said !== undefined && isStop(said)) return said;
  if (saidLast !== undefined && isStop(saidLast)) return saidLast;
  const own = { id: setting.own, notices: [] };
  const first = said ?? saidLast ?? own;
  return { own, first, last: saidLast ?? first };
}

function finished(
  start: Moment,
  end: Moment | undefined,
  minutes: number | undefined,
  { first, last }: Zones,
  said: readonly string[],
  setting: Setting,
): WindowAnswer | Stop {
  const length =
    minutes ?? (end === undefined ? setting.usual : (end.instant.getTime() - start.instant.getTime()) / MINUTE);
  const instant = end?.instant ?? new Date(start.instant.getTime() + length * MINUTE);
  if (end !== undefined && minutes !== undefined && instant.getTime() - start.instant.getTime() !== minutes * MINUTE) {
    const elapsed = (instant.getTime() - start.instant.getTime()) / MINUTE;
    return refusal(
      `From start to end it is ${sayMinutes(elapsed)}, and the duration says ${sayMinutes(minutes)}. Say one of the two.`,
    );
  }
  if (!(instant > start.instant)) return refusal('The end is not after the start.', 'tomorrow 22:00 to 23:30');
  if (instant.getTime() > LATEST_INSTANT_MS) return refusal('It would end after the year 9999. Check the year.');
  if (instant.getTime() - start.instant.getTime() > MAX_WINDOW_MS) {
    return refusal(
      `From ${sayDay(start.wall)} to ${sayDay(wallClock(instant, last.id))} it would last ${sayMinutes(Math.round(length))}; at most ${sayMinutes(MAX_WINDOW_MS / MINUTE)} are possible.`,
    );
  }
  const assumed: Assumption[] = minutes === undefined && end === undefined ? ['duration'] : [];
  const notices = [
    ...new Set([
      ...said,
      ...first.notices,
      ...last.notices,
      ...start.notices,
      ...(end?.notices ?? []),
      ...changes(start, instant, end, first, last),
    ]),
  ];
  return {
    outcome: 'window',
    start: start.instant,
    end: instant,
    timezone: kept(first, start.instant, setting.own),
    durationMinutes: Math.max(1, Math.round((instant.getTime() - start.instant.getTime()) / MINUTE)),
    assumed,
    notices,
  };
}

/** What a clock change between start and end does to the window. */
function changes(start: Moment, end: Date, said: Moment | undefined, first: Zone, last: Zone): string[] {
  if (first.id !== last.id) return [];
  const moved = offsetMinutes(end, first.id) - offsetMinutes(start.instant, first.id);
  if (moved === 0) return [];
  const direction = moved > 0 ? 'forward' : 'back';
  const elapsed = (end.getTime() - start.instant.getTime()) / MINUTE;
  if (said === undefined) {
    const wall = wallClock(end, first.id);
    return [
      `The clocks in ${first.id} go ${direction} in between: after ${sayMinutes(elapsed)} they show ${sayClock(wall)}.`,
    ];
  }
  return [`The clocks in ${first.id} go ${direction} in between: it lasts ${sayMinutes(elapsed)}.`];
}

/** No start is said: with an end and a length there is one, else it is asked for. */
function startless(
  right: Side | undefined,
  minutes: number | undefined,
  items: readonly Item[],
  zone: Zone,
  setting: Setting,
): WindowAnswer | Stop {
  if (right !== undefined && minutes !== undefined) {
    const end = startOf(right, zone.id, setting);
    if (isStop(end)) return end;
    const instant = new Date(end.instant.getTime() - minutes * MINUTE);
    if (instant < setting.now)
      return refusal(`${sayMinutes(minutes)} before ${sayClock(end.wall)} is in the past.`, 'now for 2h');
    return finished(
      { instant, wall: wallClock(instant, zone.id), notices: [] },
      end,
      minutes,
      { own: zone, first: zone, last: zone },
      [],
      setting,
    );
  }
  if (right !== undefined) {
    const to = items.find((item) => item.is === 'to');
    const at = to?.start ?? 0;
    return doubt('When does it start?', [{ label: 'Now', edits: [{ start: at, end: at, by: ' now ' }] }]);
  }
  const length = itemsOf(items, 'length').at(0);
  if (length !== undefined) {
    const at = length.end;
    const before = (words: string) => [{ start: at, end: at, by: ` ${words} ` }];
    return doubt('When does it start?', [
      { label: 'Now', edits: before('starting now') },
      { label: 'In 15 minutes', edits: before('in 15 minutes') },
      { label: 'In an hour', edits: before('in 1 hour') },
    ]);
  }
  const zoned = itemsOf(items, 'zone').at(0);
  const what = zoned === undefined ? 'No time is said.' : `"${spoken(zoned, setting)}" is a zone, and no time is said.`;
  return refusal(`${what} Say when it starts and how long it takes.`);
}

/**
 * "10pm to 11pm tomorrow": a day said last belongs to both ends. Where the range runs past midnight it can also be the
 * day of the end alone.
 */
function withSharedDay(left: Side, right: Side, zone: string, setting: Setting): { left: Side; right: Side } | Stop {
  const [from, to] = [left.clocks[0], right.clocks[0]];
  const settled = settle(left, { ...right, days: [] }, setting);
  const pending =
    left.days.length === 0 && left.tonight === undefined && left.now === undefined && left.after === undefined;
  const said = right.days[0] ?? right.tonight;
  const trailing = to !== undefined && said !== undefined && said.start > to.start;
  if (!pending || from === undefined || to === undefined || said === undefined) return { left, right };
  if (!trailing) return { left, right };
  if (isStop(settled)) return settled;
  const moved = {
    left: { ...left, days: right.days, tonight: right.tonight, part: left.part ?? right.part },
    right: { ...right, days: [], tonight: undefined, part: right.part },
  };
  const [starts, ends] = [sure(settled.left.clocks[0]?.clock, setting), sure(settled.right.clocks[0]?.clock, setting)];
  if (starts === undefined || ends === undefined || minuteOf(ends) > minuteOf(starts) || right.tonight !== undefined)
    return moved;
  if (to.clock.midnight === true || (ends.hour === 0 && ends.minute === 0)) return moved;
  const found = dayOf(
    right,
    todayIn(zone, setting.now),
    setting,
    (day) => momentOf(day, ends, zone, setting.now).instant > setting.now,
  );
  if (found === undefined || isStop(found)) return found ?? moved;
  const { day } = found;
  const [one, other] = [day, day.subtract({ days: 1 })];
  const option = (first: typeof day) => ({
    edits: [
      { start: from.start, end: from.end, by: `${first.toString()} ${written(starts, setting)}` },
      { start: to.start, end: to.end, by: `${first.add({ days: 1 }).toString()} ${written(ends, setting)}` },
      { start: said.start, end: said.end, by: '' },
    ],
  });
  if (momentOf(other, starts, zone, setting.now).instant < setting.now) return moved;
  return doubt(`Does it start or end on ${sayDay(day)}?`, [option(other), option(one)]);
}

function sure(clock: Clock | undefined, setting: Setting): Clock | undefined {
  if (clock === undefined) return undefined;
  const readings = clockReadings(clock, undefined, setting.hours24);
  return readings.length === 1 ? readings[0] : undefined;
}

/** Days as both ends, without times. */
function askDays(left: Side, right: Side, zone: string, setting: Setting): Stop {
  const today = todayIn(zone, setting.now);
  const first = dayOf(left, today, setting, (day) => day.until(today).days <= 0);
  if (first === undefined || isStop(first)) return first ?? refusal('No start is said.');
  const last = dayOf(right, first.day, setting, (day) => day.until(first.day).days <= 0);
  if (last === undefined || isStop(last)) return last ?? refusal('No end is said.');
  const [from, to] = [left.days[0], right.days[0]];
  if (from === undefined || to === undefined) return refusal('No day is said.');
  const by = [
    ['00:00', '24:00'],
    ['22:00', '06:00'],
  ] as const;
  return doubt(
    'At what times does it start and end?',
    by.map(([start, end]) => ({
      edits: [
        { start: from.start, end: from.end, by: `${first.day.toString()} ${start}` },
        { start: to.start, end: to.end, by: `${last.day.toString()} ${end}` },
      ],
    })),
  );
}

/** `all day`: from midnight to midnight on the wall. */
function wholeDays(
  item: ItemOf<'all day'>,
  left: Side,
  right: Side | undefined,
  minutes: number | undefined,
  zone: Zone,
  setting: Setting,
): WindowAnswer | Stop {
  const clock = left.clocks[0] ?? right?.clocks[0] ?? left.now ?? left.after;
  if (clock !== undefined || minutes !== undefined) {
    return refusal(
      `"${spoken(item, setting)}" is from midnight to midnight. Leave out the other times, or leave it out.`,
      'saturday all day',
    );
  }
  const today = todayIn(zone.id, setting.now);
  const insert = (words: string) => ({ edits: [{ start: item.end, end: item.end, by: ` ${words} ` }] });
  if (left.days.length === 0 && left.weekdays.length === 0) {
    return doubt('Which day?', [insert(today.add({ days: 1 }).toString()), insert(today.add({ days: 2 }).toString())]);
  }
  if (left.weekdays.length > 0) {
    return refusal(
      `"${spoken(left.weekdays[0] ?? item, setting)}" is more than one day. Say the first and the last.`,
      'saturday 00:00 to sunday 24:00',
    );
  }
  const first = dayOf(left, today, setting, (day) => day.until(today).days < 0);
  if (first === undefined || isStop(first)) return first ?? refusal('No day is said.');
  const midnight: Clock = { hour: 0, minute: 0, second: 0, sure: true };
  const start = momentOf(first.day, midnight, zone.id, setting.now);
  if (start.instant < setting.now) {
    if (!first.day.equals(today)) return refusal(`${sayDay(first.day)} is past.`, 'saturday all day');
    const cut = left.days.map((day) => ({ start: day.start, end: day.end, by: '' }));
    return doubt('Today has begun already. Is the rest of it meant?', [
      { edits: [{ start: item.start, end: item.end, by: 'now until midnight' }, ...cut] },
    ]);
  }
  const last = right === undefined ? first : dayOf(right, first.day, setting, (day) => day.until(first.day).days <= 0);
  if (last === undefined || isStop(last)) return last ?? refusal('No end is said.');
  const end = momentOf(last.day, { ...midnight, hour: 24 }, zone.id, start.instant);
  return finished(
    { ...start, notices: [...first.notices, ...start.notices] },
    end,
    undefined,
    { own: zone, first: zone, last: zone },
    [],
    setting,
  );
}
