import { findSelfOverlap, parseCron } from '../core/recurrence/index.ts';
import { findZone, offsetMinutes } from '../core/time.ts';
import { type Bound, getPartOfDay, splitBounds, toBound } from './bounds.ts';
import { askBetween, quote, type ReaderContext } from './context.ts';
import { resolveDuration } from './durations.ts';
import { type Phrase, type PhraseOf, selectPhrases } from './phrases.ts';
import {
  type Assumption,
  ambiguity,
  isUnresolved,
  refuse,
  SERIES_EXAMPLE,
  type SeriesAnswer,
  type Unresolved,
} from './results.ts';
import { refuseIrregular, refuseSingleDay, resolveSeriesDays, type SeriesDays, writeDayFields } from './series-days.ts';
import { fromTimesOfDay, type SeriesDraft } from './series-times.ts';
import { insertAt } from './source-text.ts';
import { formatDuration } from './texts.ts';
import { clockCandidates, writeClockFor } from './times.ts';
import { findFixedZone, resolveZone } from './zones.ts';

/** Whether a sentence speaks of more than one window. */
export function isRecurring(items: readonly Phrase[]): boolean {
  return items.some((item) => {
    switch (item.is) {
      case 'every':
      case 'repeat':
      case 'cron':
      case 'irregular':
        return true;
      case 'weekdays':
        return item.every;
      case 'day':
        // "the last day of the month" is one in every month; "the end of the month" is the coming one.
        return (
          'month' in item.day &&
          typeof item.day.month === 'object' &&
          namesEveryMonth(item.day.month.is, item.day.on === 'last day' && item.day.said === 'end')
        );
      default:
        return false;
    }
  });
}

function namesEveryMonth(month: string, end: boolean): boolean {
  return month === 'every' || (month === 'the' && !end);
}

/** A series from what a sentence says, or why there is none. */
export function resolveSeries(items: readonly Phrase[], setting: ReaderContext): SeriesAnswer | Unresolved {
  const said = quoteRecurrence(items, setting);
  const uneven = selectPhrases(items, 'irregular').at(0);
  if (uneven !== undefined) {
    const why = uneven.why ?? 'it knows days of the week and of the month, and not which week it is.';
    return refuseIrregular(quote(uneven, setting), why, 'every friday at 02:00 for 1h');
  }
  const zone = resolveSeriesZone(items, setting);
  if (isUnresolved(zone)) return zone;
  const minutes = resolveDuration(items, setting);
  if (typeof minutes === 'object') return minutes;
  const cron = selectPhrases(items, 'cron').at(0);
  const built =
    cron === undefined ? fromWords(items, said, minutes, setting) : fromCronLine(items, cron, minutes, setting);
  if (isUnresolved(built)) return built;
  const reading = parseCron(built.cron);
  if (!reading.ok) return refuse(reading.reason, SERIES_EXAMPLE);
  return finishUnlessOverlapping({ ...built, cron: reading.cron }, items, zone, setting);
}

function finishUnlessOverlapping(
  { cron, minutes, assumed, notices }: SeriesDraft,
  items: readonly Phrase[],
  zone: SeriesZone,
  setting: ReaderContext,
): SeriesAnswer | Unresolved {
  const overlap = findSelfOverlap({ cron, timezone: zone.id, durationMinutes: minutes }, setting.now);
  if (overlap?.cause === 'line') {
    const apart = (overlap.second.start.getTime() - overlap.first.start.getTime()) / 60_000;
    const reason = `Its windows would overlap: each lasts ${formatDuration(minutes)}, and the next one starts ${formatDuration(apart)} after it.`;
    const last = Math.max(...items.map(({ end }) => end));
    const shorter = assumed.includes('duration') ? [5, 10, 15, 30].filter((each) => each < apart) : [];
    if (shorter.length === 0) return refuse(`${reason} Say a shorter duration.`, SERIES_EXAMPLE);
    return ambiguity(
      'How long does each window last?',
      shorter.map((each) => ({ edits: [insertAt(last, ` for ${each}m `)] })),
    );
  }
  const touching = overlap?.cause === 'clock-change' ? ['Where the clocks change, two of its windows overlap.'] : [];
  return {
    outcome: 'series',
    cron,
    timezone: zone.id,
    durationMinutes: minutes,
    assumed: [...new Set(assumed)],
    notices: [...notices, ...zone.notices, ...touching],
  };
}

/** The words about repetition, for messages. */
function quoteRecurrence(items: readonly Phrase[], setting: ReaderContext): string {
  const about = items.filter((item) => ['every', 'repeat', 'weekdays', 'day', 'month', 'except'].includes(item.is));
  const [start, end] = [Math.min(...about.map((item) => item.start)), Math.max(...about.map((item) => item.end))];
  return about.length === 0 ? 'this' : setting.text.slice(start, end);
}

interface SeriesZone {
  readonly id: string;
  readonly notices: readonly string[];
}

function resolveSeriesZone(items: readonly Phrase[], setting: ReaderContext): SeriesZone | Unresolved {
  const zone = resolveZone(selectPhrases(items, 'zone'), setting);
  if (zone === undefined) return { id: setting.timezone, notices: [] };
  if (isUnresolved(zone)) return zone;
  const named = findZone(zone.id) ?? findFixedZone(offsetMinutes(setting.now, zone.id));
  if (named === undefined) {
    return refuse(
      `No time zone always keeps ${zone.id}. Say a zone by its name, such as Europe/Berlin.`,
      `${SERIES_EXAMPLE} Europe/Berlin`,
    );
  }
  const { abbreviation: letters } = zone;
  if (letters === undefined || letters.reading.season === 'any') return { id: named, notices: zone.notices };
  const quarters = [0, 1, 2, 3].map((n) => offsetMinutes(new Date(setting.now.getTime() + n * 91 * 86_400_000), named));
  const changes = new Set(quarters).size > 1;
  const followed = `The times are those of ${named} all year, also when its clocks change.`;
  return { id: named, notices: [...zone.notices, ...(changes ? [followed] : [])] };
}

/** A cron line as it stands. */
function fromCronLine(
  items: readonly Phrase[],
  cron: PhraseOf<'cron'>,
  minutes: number | undefined,
  setting: ReaderContext,
): SeriesDraft | Unresolved {
  const other = items.find((item) => !['cron', 'zone', 'length', 'about', 'every', 'from'].includes(item.is));
  if (other !== undefined) {
    return refuse(
      `A cron line says its times itself. Leave out "${quote(other, setting)}", and say how long it lasts.`,
      'cron 0 3 * * 0 for 2h',
    );
  }
  const assumed: Assumption[] = minutes === undefined ? ['duration'] : [];
  return { cron: cron.line, minutes: minutes ?? setting.defaultMinutes, assumed, notices: [] };
}

/** A repetition in words. */
function fromWords(
  items: readonly Phrase[],
  said: string,
  minutes: number | undefined,
  setting: ReaderContext,
): SeriesDraft | Unresolved {
  const sides = splitBounds(items);
  if (isUnresolved(sides)) return sides;
  const once = items.find((item) => item.is === 'now' || item.is === 'in' || item.is === 'tonight');
  if (once !== undefined) return refuseSingleDay(once, setting);
  const bound = findDateLimit(items, sides.end);
  if (bound !== undefined) return refuseSingleDay(bound, setting);
  const { end: right } = sides;
  const shared = right !== undefined && !namesDays(sides.start);
  const about = shared ? items : sides.start.phrases;
  if (hasSeveralSchedules(sides.start.phrases)) {
    return refuse(
      `"${said}" is more than one series: each has its own days and times. Plan one after the other.`,
      SERIES_EXAMPLE,
    );
  }
  const repeatInRight =
    right === undefined
      ? []
      : right.phrases.filter((item) => item.is === 'repeat' || item.is === 'every' || item.is === 'month');
  const days = resolveSeriesDays(shared ? about : [...about, ...repeatInRight], said, setting);
  if (isUnresolved(days)) return days;
  const repeated = items.some((item) => item.is === 'every' || item.is === 'repeat');
  const ofMonth =
    !repeated &&
    items.some(
      (item) =>
        item.is === 'day' && 'month' in item.day && typeof item.day.month === 'object' && item.day.month.is === 'the',
    );
  const notices = [
    ...days.notices,
    ...(ofMonth ? ['Read as every month. For one window say "of this month" or "of next month".'] : []),
  ];
  const repeat = selectPhrases(items, 'repeat').at(0);
  if (repeat?.period === 'minute' || (repeat?.period === 'hour' && repeat.count !== 24)) {
    return fromInterval(repeat, items, days, notices, minutes, setting);
  }
  const endDays = shared || right === undefined ? [] : right.days;
  return fromTimesOfDay(sides.start, right, days, endDays, minutes, notices, items, setting);
}

/** `until december`, `from december 5`: where a series would begin or end. */
function findDateLimit(items: readonly Phrase[], right: Bound | undefined): Phrase | undefined {
  const limits = (item: Phrase | undefined) =>
    item?.is === 'month' || (item?.is === 'day' && item.day.on !== 'weekday' && item.day.on !== 'next day');
  return items.find((item, index) => {
    const joint = items[index - 1]?.is;
    return limits(item) && ((joint === 'to' && right?.clocks.length !== 1) || joint === 'from');
  });
}

function namesDays(side: Bound): boolean {
  return (
    side.days.length > 0 ||
    side.weekdays.length > 0 ||
    side.phrases.some((item) => item.is === 'repeat' || item.is === 'month')
  );
}

/** "monday at 3am and thursday at 5am": days on both sides of a time. */
function hasSeveralSchedules(items: readonly Phrase[]): boolean {
  const isDay = (item: Phrase) => item.is === 'weekdays' || (item.is === 'day' && item.day.on !== 'day of month');
  const clock = items.findIndex((item) => item.is === 'clock');
  if (clock < 0) return false;
  return (
    items.slice(0, clock).some(isDay) && items.slice(clock).some(isDay) && !items.some((item) => item.is === 'except')
  );
}

/** Every so many hours or minutes. */
function fromInterval(
  repeat: PhraseOf<'repeat'>,
  items: readonly Phrase[],
  days: SeriesDays,
  notices: readonly string[],
  minutes: number | undefined,
  setting: ReaderContext,
): SeriesDraft | Unresolved {
  const [clock, another] = selectPhrases(items, 'clock');
  const mark = selectPhrases(items, 'minute mark').at(0);
  const said = quote(repeat, setting);
  const whole = repeat.period === 'hour' ? 24 : 60;
  if (repeat.count > whole || whole % repeat.count !== 0) {
    const unit = repeat.period === 'hour' ? 'hours' : 'minutes';
    const counts = repeat.period === 'hour' ? '1, 2, 3, 4, 6, 8 and 12' : '1, 2, 3, 4, 5, 6, 10, 12, 15, 20 and 30';
    return refuseIrregular(
      said,
      `${repeat.count} ${unit} do not divide ${whole === 24 ? 'a day' : 'an hour'}. ${counts} do.`,
      'every 6 hours for 30m',
    );
  }
  if (items.some((item) => item.is === 'to')) {
    return refuse(`"${said}" with a first and a last time is said best as a cron line.`, 'cron 0 9-17 * * * for 10m');
  }
  if (another !== undefined || (clock !== undefined && (repeat.period === 'minute' || repeat.count === 1))) {
    return refuse(
      `"${said}" and "${clock === undefined ? '' : quote(clock, setting)}" are two repetitions. Say one.`,
      'every hour at :15 for 10m',
    );
  }
  const assumed: Assumption[] = minutes === undefined ? ['duration'] : [];
  const made = (time: string): SeriesDraft => ({
    cron: `${time} ${writeDayFields(days)}`,
    minutes: minutes ?? setting.defaultMinutes,
    assumed: [...assumed, ...days.assumed],
    notices,
  });
  const step = repeat.count === 1 ? '*' : `*/${repeat.count}`;
  if (repeat.period === 'minute') {
    if (mark !== undefined)
      return refuse(`"${said}" and "${quote(mark, setting)}" are two repetitions. Say one.`, SERIES_EXAMPLE);
    return made(`${step} *`);
  }
  if (clock === undefined) return made(`${mark?.minute ?? 0} ${step}`);
  const readings = clockCandidates(clock.clock, getPartOfDay(toBound(items)), setting.uses24Hours);
  const hours = readings.map(({ hour }) => hour % repeat.count);
  const [first] = hours;
  if (first === undefined || hours.some((hour) => hour !== first)) {
    return askBetween(`Is "${quote(clock, setting)}" in the morning or in the afternoon?`, [
      { item: clock, replacements: readings.map((each) => writeClockFor(each, setting)) },
    ]);
  }
  const list = Array.from({ length: 24 / repeat.count }, (_, n) => first + n * repeat.count);
  return made(first === 0 ? `${clock.clock.minute} ${step}` : `${clock.clock.minute} ${list.join(',')}`);
}
