import { wallClock } from '../core/time.ts';
import { doubt, isStop, refusal, type Stop } from './answer.ts';
import type { Day } from './days.ts';
import type { Clock } from './lexemes.ts';
import {
  between,
  clockReadings,
  contradiction,
  dayOf,
  dependsOnToday,
  type Moment,
  momentOf,
  nextMoment,
  past,
  type Setting,
  spoken,
  timesFor,
  todayIn,
  written,
} from './moments.ts';
import { sayClock, sayDay } from './say.ts';
import { partOf, type Side } from './sides.ts';

/** The instant that a side names, on the clocks of `zone` (an IANA zone or an offset). It is not before now. */
export function startOf(side: Side, zone: string, setting: Setting): Moment | Stop {
  if (side.now !== undefined) return nowOf(side, zone, setting);
  if (side.after !== undefined) return afterOf(side, zone, setting);
  const [clock, another] = side.clocks;
  if (side.weekdays[0] !== undefined) return severalDays(side, setting);
  if (clock !== undefined && another !== undefined) {
    return refusal(
      `Two times are named: "${spoken(clock, setting)}" and "${spoken(another, setting)}". Say one, or "from ... to ...".`,
      'tomorrow 22:00 to 23:30',
    );
  }
  if (clock === undefined) return askTime(side, zone, setting);
  const readings = clockReadings(clock.clock, partOf(side), setting.hours24);
  const tried = readings.map((reading) => ({ reading, found: located(side, reading, zone, setting) }));
  const good = tried.flatMap(({ reading, found }) => (isStop(found) ? [] : [{ reading, found }]));
  const [first, second] = good;
  if (second !== undefined) {
    return between(`Is "${spoken(clock, setting)}" in the morning or in the afternoon?`, [
      { item: clock, by: good.map(({ reading }) => written(reading, setting)) },
    ]);
  }
  if (first === undefined) {
    const stops = tried.map(({ found }) => found).filter(isStop);
    return stops.find((stop) => stop.outcome === 'doubt') ?? stops[0] ?? refusal('No time is said.');
  }
  if (readings.length === 1) return first.found;
  const doubtful = tried.map(({ found }) => found).find((found) => isStop(found) && found.outcome === 'doubt');
  if (doubtful !== undefined && isStop(doubtful)) return doubtful;
  const notice = `"${spoken(clock, setting)}" is read as ${sayClock(first.reading)}, as the other half of the day is past.`;
  return { ...first.found, notices: [notice, ...first.found.notices] };
}

function nowOf(side: Side, zone: string, setting: Setting): Moment | Stop {
  const [clock] = side.clocks;
  const other = side.days.find((item) => item.day.on !== 'relative' || item.day.days !== 0);
  if (clock !== undefined || side.after !== undefined || other !== undefined) {
    const second = clock ?? side.after ?? other;
    return refusal(
      `"now" and "${second === undefined ? '' : spoken(second, setting)}" are two starts. Say one.`,
      'now for 2h',
    );
  }
  return { instant: setting.now, wall: wallClock(setting.now, zone), notices: [] };
}

function afterOf(side: Side, zone: string, setting: Setting): Moment | Stop {
  const [clock] = side.clocks;
  const { after } = side;
  if (after === undefined || clock !== undefined || side.days.length > 0) {
    return refusal(
      `"${after === undefined ? '' : spoken(after, setting)}" and a time of day are two starts. Say one.`,
      'in 2 hours for 1h',
    );
  }
  const instant = new Date(setting.now.getTime() + Math.round(after.length.minutes * 60_000));
  return { instant, wall: wallClock(instant, zone), notices: [] };
}

function severalDays(side: Side, setting: Setting): Stop {
  const list = side.weekdays[0];
  if (list === undefined) return refusal('No day is said.');
  const said = spoken(list, setting);
  const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
  const cut = (by: string) => [{ start: list.start, end: list.end, by }];
  const days = list.weekdays.map((day) => names[day] ?? '');
  const every = { label: `Every week: ${days.join(', ')}`, edits: cut(`every ${days.join(', ')}`) };
  return doubt(`"${said}" is more than one window. Which one?`, [
    every,
    ...days.slice(0, 5).map((day) => ({ edits: cut(day) })),
  ]);
}

/** A side that says a day, or a part of one, and no time. */
function askTime(side: Side, zone: string, setting: Setting): Stop {
  const [item] = side.days;
  if (item === undefined && side.tonight === undefined && side.part === undefined) return refusal('No start is said.');
  if (item?.day.on === 'period' || item?.day.on === 'either') {
    const found = dayOf(side, todayIn(zone, setting.now), setting, () => true);
    if (found !== undefined && isStop(found)) return found;
  }
  // A day that is past, or in no calendar, is no question of time.
  const end = located(side, { hour: 23, minute: 59, second: 59, sure: true }, zone, setting);
  if (isStop(end) && side.part === undefined && side.tonight === undefined) return end;
  const last = Math.max(...[...side.days, side.part, side.tonight].map((each) => each?.end ?? 0));
  const at = (time: string) => [{ start: last, end: last, by: ` ${time} ` }];
  const options = timesFor(partOf(side)).map((time) => ({ edits: at(time) }));
  const allDay = { edits: at('all day') };
  const whole = partOf(side) === undefined && item !== undefined && item.day.on !== 'after' ? [allDay] : [];
  const said = [...side.days, side.part, side.tonight].filter((each) => each !== undefined);
  const first = Math.min(...said.map(({ start }) => start));
  return doubt(`At what time, "${setting.text.slice(first, last)}"?`, [...options, ...whole]);
}

/** One sure reading of a time of day, on the day that the side names. */
function located(side: Side, clock: Clock, zone: string, setting: Setting): Moment | Stop {
  const today = todayIn(zone, setting.now);
  const theirs = locatedFrom(side, clock, zone, today, setting);
  const own = todayIn(setting.own, setting.now);
  if (own.equals(today) || !dependsOnToday(side)) return theirs;
  // It is another day there already, or still: "tomorrow" has two meanings.
  const ours = locatedFrom(side, clock, zone, own, setting);
  if (isStop(theirs)) return isStop(ours) ? theirs : ours;
  if (isStop(ours) || ours.instant.getTime() === theirs.instant.getTime()) return theirs;
  const item = side.days[0] ?? side.tonight;
  if (item === undefined) return theirs;
  return between(
    `It is ${sayDay(today)} in ${zone} and ${sayDay(own)} in ${setting.own}. Which day is "${spoken(item, setting)}"?`,
    [
      {
        item,
        by: [theirs, ours].map(({ wall }) =>
          (clock.hour === 24 ? wall.subtract({ days: 1 }) : wall).toPlainDate().toString(),
        ),
      },
    ],
  );
}

function locatedFrom(side: Side, clock: Clock, zone: string, today: Day, setting: Setting): Moment | Stop {
  const at = (day: Day, time = clock) => momentOf(day, time, zone, setting.now);
  if (side.tonight !== undefined) return tonight(side, clock, zone, today, setting);
  const part = partOf(side);
  if (part !== undefined && !clock.midnight) {
    const wrong = contradiction(clock, part);
    if (wrong !== undefined) return refusal(`${wrong} Leave one of the two out.`);
  }
  const found = dayOf(side, today, setting, (day) => at(day, lastOf(clock)).instant >= setting.now);
  if (found === undefined) {
    const next = nextMoment(clock, zone, setting.now);
    const tomorrow = !next.wall.toPlainDate().equals(today) && clock.midnight !== true && clock.hour !== 24;
    const notice = `${sayClock(clock)} is past today: this is ${sayDay(next.wall)}.`;
    return tomorrow ? { ...next, notices: [notice, ...next.notices] } : next;
  }
  if (isStop(found)) return found;
  const { day, notices } = found;
  const item = side.days[0];
  if (clock.midnight === true && item !== undefined) {
    if (day.equals(today)) return at(day, { ...clock, hour: 24 });
    const time = side.clocks[0];
    return time === undefined
      ? at(day)
      : doubt(`Which midnight is meant: the one that begins ${sayDay(day)}, or the one that ends it?`, [
          { label: `The start of ${sayDay(day)}`, edits: [{ start: time.start, end: time.end, by: '00:00' }] },
          { label: `The end of ${sayDay(day)}`, edits: [{ start: time.start, end: time.end, by: '24:00' }] },
        ]);
  }
  if (part === 'night' && clock.hour < 6 && item !== undefined && side.part !== undefined) {
    return between(`The night of ${sayDay(day)} has ${sayClock(clock)} before it and after it. Which day is it?`, [
      { item, by: [day.toString(), day.add({ days: 1 }).toString()] },
      { item: side.part, by: ['', ''] },
      ...side.clocks.map((each) => ({ item: each, by: [written(clock, setting), written(clock, setting)] })),
    ]);
  }
  const moment = at(day);
  if (moment.instant < setting.now) return past(`"${saidOf(side, setting)}"`, moment, zone, setting);
  return { ...moment, notices: [...notices, ...moment.notices] };
}

/** Midnight of a day can be the one that ends it. */
function lastOf(clock: Clock): Clock {
  return clock.midnight === true ? { ...clock, hour: 24 } : clock;
}

function saidOf(side: Side, setting: Setting): string {
  const pieces = [...side.days, ...side.clocks];
  return setting.text.slice(Math.min(...pieces.map(({ start }) => start)), Math.max(...pieces.map(({ end }) => end)));
}

/** From the evening of today to the morning after. */
function tonight(side: Side, clock: Clock, zone: string, today: Day, setting: Setting): Moment | Stop {
  const item = side.tonight;
  const other = side.days[0];
  if (other !== undefined && !(other.day.on === 'relative' && other.day.days === 0)) {
    return refusal(
      `"${item === undefined ? '' : spoken(item, setting)}" and "${spoken(other, setting)}" are two days. Say one.`,
    );
  }
  const at = (day: Day, time = clock) => momentOf(day, time, zone, setting.now);
  const wrong = clock.midnight === true ? undefined : contradiction(clock, clock.hour >= 16 ? 'evening' : 'night');
  if (wrong !== undefined) return refusal(wrong.replace('in the night', 'tonight'));
  if (clock.midnight === true || clock.hour === 24) return at(today, { ...clock, hour: 24 });
  if (clock.hour >= 16) {
    const moment = at(today);
    return moment.instant < setting.now ? past(`"${sayClock(clock)} tonight"`, moment, zone, setting) : moment;
  }
  const [early, late] = [at(today), at(today.add({ days: 1 }))];
  const nightNow = wallClock(setting.now, zone).hour < 6;
  if (!nightNow || early.instant < setting.now || item === undefined) return late;
  return between(`It is night already. Which ${sayClock(clock)} is meant?`, [
    { item, by: [early.wall.toPlainDate().toString(), late.wall.toPlainDate().toString()] },
  ]);
}
