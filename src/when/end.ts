import { wallClock } from '../core/time.ts';
import { doubt, isStop, refusal, type Stop } from './answer.ts';
import type { Clock } from './lexemes.ts';
import {
  between,
  clockReadings,
  dayOf,
  type Moment,
  momentOf,
  type Setting,
  spoken,
  timesFor,
  todayIn,
  written,
} from './moments.ts';
import { sayClock, sayDay, sayMinutes } from './say.ts';
import { partOf, type Side } from './sides.ts';
import { startOf } from './start.ts';

/** "friday 22:00 to friday 20:00": more days than that are a slip, or worth a question. */
const ALMOST_A_WEEK = 5.5;

/** The instant that a side names as the end of a window that starts at `start`; `plain` when the start is a time of day. */
export function endOf(side: Side, start: Moment, plain: boolean, zone: string, setting: Setting): Moment | Stop {
  if (side.now !== undefined) return refusal('"now" cannot be the end: nothing starts before it.', 'now for 2h');
  if (side.after !== undefined) return after(startOf(side, zone, setting), start);
  const [clock, another] = side.clocks;
  if (another !== undefined || side.weekdays.length > 0) {
    return refusal('More than one end is named. Say one.', 'tomorrow 22:00 to 23:30');
  }
  if (clock === undefined) return askTime(side, zone, setting);
  const readings = clockReadings(clock.clock, partOf(side), setting.hours24);
  const [reading, second] = readings;
  if (reading === undefined) return refusal('No end is said.');
  if (second !== undefined) {
    return between(`Is the end, "${spoken(clock, setting)}", in the morning or in the afternoon?`, [
      { item: clock, by: readings.map((each) => written(each, setting)) },
    ]);
  }
  if (side.tonight !== undefined) return after(startOf(side, zone, setting), start);
  return side.days.length === 0
    ? undated(side, reading, start, plain, zone)
    : dated(side, reading, start, zone, setting);
}

function after(end: Moment | Stop, start: Moment): Moment | Stop {
  if (isStop(end)) return end;
  return end.instant <= start.instant ? tooEarly(end, start) : end;
}

function tooEarly(end: Moment, start: Moment): Stop {
  const say = (wall: Moment['wall']) => `${sayDay(wall)}, ${sayClock(wall)}`;
  return refusal(`The end, ${say(end.wall)}, is not after the start, ${say(start.wall)}.`, 'tomorrow 22:00 to 23:30');
}

/** A time of day alone: the next one after the start. */
function undated(side: Side, clock: Clock, start: Moment, plain: boolean, zone: string): Moment | Stop {
  const floor = new Date(start.instant.getTime() + 1);
  const day = wallClock(start.instant, zone).toPlainDate();
  const same = momentOf(day, clock, zone, floor);
  if (same.instant > start.instant) return same;
  const next = momentOf(day.add({ days: 1 }), clock, zone, floor);
  const asked = wallClock(start.instant, zone);
  const overnight = asked.hour >= 12 && clock.hour <= 12;
  if (!plain || overnight || (clock.hour === 0 && clock.minute === 0)) {
    // A gap can swallow a window: 02:00 to 03:00 where the clocks go from 02:00 to 03:00.
    if (start.notices.length > 0 && same.instant.getTime() === start.instant.getTime()) {
      return refusal(`${start.notices.join(' ')} Nothing is left until ${sayClock(same.wall)}. Say a later end.`);
    }
    return next;
  }
  if (same.instant.getTime() === start.instant.getTime() && start.notices.length > 0) {
    return refusal(`${start.notices.join(' ')} Nothing is left until ${sayClock(same.wall)}. Say a later end.`);
  }
  const [item] = side.clocks;
  if (item === undefined) return next;
  const minutes = (next.instant.getTime() - start.instant.getTime()) / 60_000;
  return between(
    `${sayClock(clock)} is not after ${sayClock(start.wall)}. Is ${sayDay(next.wall)} meant, ${sayMinutes(minutes)} later?`,
    [{ item, by: [`${next.wall.toPlainDate().toString()} ${sayClock(next.wall)}`] }],
  );
}

function dated(side: Side, clock: Clock, start: Moment, zone: string, setting: Setting): Moment | Stop {
  const startDay = wallClock(start.instant, zone).toPlainDate();
  const fromNow = side.days.some(({ day }) => day.on === 'relative' || day.on === 'after');
  const today = fromNow ? todayIn(zone, setting.now) : startDay;
  const at = (day: typeof today, time = clock) => momentOf(day, time, zone, new Date(start.instant.getTime() + 1));
  const late = clock.midnight === true ? { ...clock, hour: 24 } : clock;
  const found = dayOf(side, today, setting, (day) => at(day, late).instant > start.instant);
  if (found === undefined || isStop(found)) return found ?? refusal('No end is said.');
  const { day } = found;
  const [item] = side.clocks;
  if (clock.midnight === true && item !== undefined) {
    if (at(day).instant <= start.instant) return at(day, late);
    return doubt(`Which midnight is the end: the one that begins ${sayDay(day)}, or the one that ends it?`, [
      { label: `The start of ${sayDay(day)}`, edits: [{ start: item.start, end: item.end, by: '00:00' }] },
      { label: `The end of ${sayDay(day)}`, edits: [{ start: item.start, end: item.end, by: '24:00' }] },
    ]);
  }
  const end = at(day);
  const [named] = side.days;
  const days = (end.instant.getTime() - start.instant.getTime()) / 86_400_000;
  if (named?.day.on === 'weekday' && days > ALMOST_A_WEEK) {
    return between(`The end is ${sayDay(end.wall)}, ${Math.round(days)} days after the start. Is that meant?`, [
      { item: named, by: [day.toString()] },
    ]);
  }
  return after(end, start);
}

/** A day without a time, as the end. */
function askTime(side: Side, zone: string, setting: Setting): Stop {
  const said = side.days[0] ?? side.tonight ?? side.part;
  if (said === undefined) return refusal('No end is said.');
  const found = dayOf(side, todayIn(zone, setting.now), setting, () => true);
  if (found !== undefined && isStop(found)) return found;
  const last = Math.max(...[...side.days, side.part, side.tonight].map((each) => each?.end ?? 0));
  const times = partOf(side) === undefined ? ['06:00', '12:00', '24:00'] : timesFor(partOf(side));
  return doubt(
    `At what time does it end, "${spoken(said, setting)}"?`,
    times.map((time) => ({ edits: [{ start: last, end: last, by: ` ${time} ` }] })),
  );
}
