import { findSelfOverlap, parseCron } from '../core/recurrence/index.ts';
import { findZone, offsetMinutes } from '../core/time.ts';
import { getPartOfDay, splitBounds, toBound } from './bounds.ts';
import { askBetween, quote, type ReaderContext } from './context.ts';
import { resolveDuration } from './durations.ts';
import { formatDuration } from './format.ts';
import { type Bound, type Phrase, type PhraseOf, selectPhrases } from './phrases.ts';
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
import { IRREGULARITIES, NOTICES, QUESTIONS, REFUSALS } from './texts.ts';
import { clockCandidates, writeClockFor } from './times.ts';
import { findFixedZone, resolveZone } from './zones.ts';

/** Whether the phrases describe a series. */
export function isRecurring(phrases: readonly Phrase[]): boolean {
  return phrases.some((phrase) => {
    switch (phrase.kind) {
      case 'every':
      case 'repeat':
      case 'cron':
      case 'irregular':
        return true;
      case 'weekdays':
        return phrase.every;
      case 'day':
        // "the last day of the month" is one in every month; "the end of the month" is the coming one.
        return (
          'month' in phrase.day &&
          typeof phrase.day.month === 'object' &&
          namesEveryMonth(phrase.day.month.kind, phrase.day.kind === 'last day' && phrase.day.wording === 'end')
        );
      default:
        return false;
    }
  });
}

function namesEveryMonth(month: string, end: boolean): boolean {
  return month === 'every' || (month === 'the' && !end);
}

/** Resolves the phrases of a sentence to a series. */
export function resolveSeries(phrases: readonly Phrase[], reader: ReaderContext): SeriesAnswer | Unresolved {
  const said = quoteRecurrence(phrases, reader);
  const uneven = selectPhrases(phrases, 'irregular').at(0);
  if (uneven !== undefined) {
    const why = uneven.why ?? IRREGULARITIES.weekOrMonth;
    return refuseIrregular(quote(uneven, reader), why, 'every friday at 02:00 for 1h');
  }
  const zone = resolveSeriesZone(phrases, reader);
  if (isUnresolved(zone)) return zone;
  const minutes = resolveDuration(phrases, reader);
  if (typeof minutes === 'object') return minutes;
  const cron = selectPhrases(phrases, 'cron').at(0);
  const built =
    cron === undefined ? fromWords(phrases, said, minutes, reader) : fromCronLine(phrases, cron, minutes, reader);
  if (isUnresolved(built)) return built;
  const reading = parseCron(built.cron);
  if (!reading.ok) return refuse(reading.reason, SERIES_EXAMPLE);
  return finishUnlessOverlapping({ ...built, cron: reading.cron }, phrases, zone, reader);
}

function finishUnlessOverlapping(
  { cron, minutes, assumed, notices }: SeriesDraft,
  phrases: readonly Phrase[],
  zone: SeriesZone,
  reader: ReaderContext,
): SeriesAnswer | Unresolved {
  const overlap = findSelfOverlap({ cron, timezone: zone.id, durationMinutes: minutes }, reader.now);
  if (overlap?.cause === 'line') {
    const apart = (overlap.second.start.getTime() - overlap.first.start.getTime()) / 60_000;
    const reason = REFUSALS.windowsOverlap(formatDuration(minutes), formatDuration(apart));
    const last = Math.max(...phrases.map(({ end }) => end));
    const shorter = assumed.includes('duration') ? [5, 10, 15, 30].filter((each) => each < apart) : [];
    if (shorter.length === 0) return refuse(REFUSALS.sayShorter(reason), SERIES_EXAMPLE);
    return ambiguity(
      QUESTIONS.howLongEach,
      shorter.map((each) => ({ edits: [insertAt(last, ` for ${each}m `)] })),
    );
  }
  const touching = overlap?.cause === 'clock-change' ? [NOTICES.clockChangeOverlap] : [];
  return {
    outcome: 'series',
    cron,
    timezone: zone.id,
    durationMinutes: minutes,
    assumed: [...new Set(assumed)],
    notices: [...notices, ...zone.notices, ...touching],
  };
}

/** The words about recurrence, for messages. */
function quoteRecurrence(phrases: readonly Phrase[], reader: ReaderContext): string {
  const about = phrases.filter((phrase) =>
    ['every', 'repeat', 'weekdays', 'day', 'month', 'except'].includes(phrase.kind),
  );
  const [start, end] = [
    Math.min(...about.map((phrase) => phrase.start)),
    Math.max(...about.map((phrase) => phrase.end)),
  ];
  return about.length === 0 ? 'this' : reader.text.slice(start, end);
}

interface SeriesZone {
  readonly id: string;
  readonly notices: readonly string[];
}

function resolveSeriesZone(phrases: readonly Phrase[], reader: ReaderContext): SeriesZone | Unresolved {
  const zone = resolveZone(selectPhrases(phrases, 'zone'), reader);
  if (zone === undefined) return { id: reader.timezone, notices: [] };
  if (isUnresolved(zone)) return zone;
  const named = findZone(zone.id) ?? findFixedZone(offsetMinutes(reader.now, zone.id));
  if (named === undefined) {
    return refuse(REFUSALS.noFixedZone(zone.id), `${SERIES_EXAMPLE} Europe/Berlin`);
  }
  const { abbreviation: letters } = zone;
  if (letters === undefined || letters.reading.season === 'any') return { id: named, notices: zone.notices };
  const quarters = [0, 1, 2, 3].map((n) => offsetMinutes(new Date(reader.now.getTime() + n * 91 * 86_400_000), named));
  const changes = new Set(quarters).size > 1;
  const followed = NOTICES.zoneAllYear(named);
  return { id: named, notices: [...zone.notices, ...(changes ? [followed] : [])] };
}

/** A series from a literal cron line. */
function fromCronLine(
  phrases: readonly Phrase[],
  cron: PhraseOf<'cron'>,
  minutes: number | undefined,
  reader: ReaderContext,
): SeriesDraft | Unresolved {
  const other = phrases.find((phrase) => !['cron', 'zone', 'duration', 'about', 'every', 'from'].includes(phrase.kind));
  if (other !== undefined) {
    return refuse(REFUSALS.cronWithTimes(quote(other, reader)), 'cron 0 3 * * 0 for 2h');
  }
  const assumed: Assumption[] = minutes === undefined ? ['duration'] : [];
  return { cron: cron.line, minutes: minutes ?? reader.defaultMinutes, assumed, notices: [] };
}

/** A series from words. */
function fromWords(
  phrases: readonly Phrase[],
  said: string,
  minutes: number | undefined,
  reader: ReaderContext,
): SeriesDraft | Unresolved {
  const sides = splitBounds(phrases);
  if (isUnresolved(sides)) return sides;
  const once = phrases.find((phrase) => phrase.kind === 'now' || phrase.kind === 'in' || phrase.kind === 'tonight');
  if (once !== undefined) return refuseSingleDay(once, reader);
  const bound = findDateLimit(phrases, sides.end);
  if (bound !== undefined) return refuseSingleDay(bound, reader);
  const { end: right } = sides;
  const shared = right !== undefined && !namesDays(sides.start);
  const about = shared ? phrases : sides.start.phrases;
  if (hasSeveralSchedules(sides.start.phrases)) {
    return refuse(REFUSALS.severalSeries(said), SERIES_EXAMPLE);
  }
  const repeatInRight =
    right === undefined
      ? []
      : right.phrases.filter(
          (phrase) => phrase.kind === 'repeat' || phrase.kind === 'every' || phrase.kind === 'month',
        );
  const days = resolveSeriesDays(shared ? about : [...about, ...repeatInRight], said, reader);
  if (isUnresolved(days)) return days;
  const repeated = phrases.some((phrase) => phrase.kind === 'every' || phrase.kind === 'repeat');
  const ofMonth =
    !repeated &&
    phrases.some(
      (phrase) =>
        phrase.kind === 'day' &&
        'month' in phrase.day &&
        typeof phrase.day.month === 'object' &&
        phrase.day.month.kind === 'the',
    );
  const notices = [...days.notices, ...(ofMonth ? [NOTICES.everyMonth] : [])];
  const repeat = selectPhrases(phrases, 'repeat').at(0);
  if (repeat?.period === 'minute' || (repeat?.period === 'hour' && repeat.count !== 24)) {
    return fromInterval(repeat, phrases, days, notices, minutes, reader);
  }
  const endDays = shared || right === undefined ? [] : right.days;
  return fromTimesOfDay(sides.start, right, days, endDays, minutes, notices, phrases, reader);
}

/** `until december`, `from december 5`: where a series would begin or end. */
function findDateLimit(phrases: readonly Phrase[], right: Bound | undefined): Phrase | undefined {
  const limits = (phrase: Phrase | undefined) =>
    phrase?.kind === 'month' ||
    (phrase?.kind === 'day' && phrase.day.kind !== 'weekday' && phrase.day.kind !== 'next day');
  return phrases.find((phrase, index) => {
    const joint = phrases[index - 1]?.kind;
    return limits(phrase) && ((joint === 'to' && right?.clocks.length !== 1) || joint === 'from');
  });
}

function namesDays(bound: Bound): boolean {
  return (
    bound.days.length > 0 ||
    bound.weekdays.length > 0 ||
    bound.phrases.some((phrase) => phrase.kind === 'repeat' || phrase.kind === 'month')
  );
}

/** "monday at 3am and thursday at 5am": days on both sides of a time. */
function hasSeveralSchedules(phrases: readonly Phrase[]): boolean {
  const isDay = (phrase: Phrase) =>
    phrase.kind === 'weekdays' || (phrase.kind === 'day' && phrase.day.kind !== 'day of month');
  const clock = phrases.findIndex((phrase) => phrase.kind === 'clock');
  if (clock < 0) return false;
  return (
    phrases.slice(0, clock).some(isDay) &&
    phrases.slice(clock).some(isDay) &&
    !phrases.some((phrase) => phrase.kind === 'except')
  );
}

/** Every so many hours or minutes. */
function fromInterval(
  repeat: PhraseOf<'repeat'>,
  phrases: readonly Phrase[],
  days: SeriesDays,
  notices: readonly string[],
  minutes: number | undefined,
  reader: ReaderContext,
): SeriesDraft | Unresolved {
  const [clock, another] = selectPhrases(phrases, 'clock');
  const mark = selectPhrases(phrases, 'minute mark').at(0);
  const said = quote(repeat, reader);
  const whole = repeat.period === 'hour' ? 24 : 60;
  if (repeat.count > whole || whole % repeat.count !== 0) {
    const unit = repeat.period === 'hour' ? 'hours' : 'minutes';
    const counts = repeat.period === 'hour' ? '1, 2, 3, 4, 6, 8 and 12' : '1, 2, 3, 4, 5, 6, 10, 12, 15, 20 and 30';
    return refuseIrregular(
      said,
      REFUSALS.unevenInterval(repeat.count, unit, whole === 24 ? 'a day' : 'an hour', counts),
      'every 6 hours for 30m',
    );
  }
  if (phrases.some((phrase) => phrase.kind === 'to')) {
    return refuse(REFUSALS.intervalWithRange(said), 'cron 0 9-17 * * * for 10m');
  }
  if (another !== undefined || (clock !== undefined && (repeat.period === 'minute' || repeat.count === 1))) {
    return refuse(
      REFUSALS.twoIntervals(said, clock === undefined ? '' : quote(clock, reader)),
      'every hour at :15 for 10m',
    );
  }
  const assumed: Assumption[] = minutes === undefined ? ['duration'] : [];
  const made = (time: string): SeriesDraft => ({
    cron: `${time} ${writeDayFields(days)}`,
    minutes: minutes ?? reader.defaultMinutes,
    assumed: [...assumed, ...days.assumed],
    notices,
  });
  const step = repeat.count === 1 ? '*' : `*/${repeat.count}`;
  if (repeat.period === 'minute') {
    if (mark !== undefined) return refuse(REFUSALS.twoIntervals(said, quote(mark, reader)), SERIES_EXAMPLE);
    return made(`${step} *`);
  }
  if (clock === undefined) return made(`${mark?.minute ?? 0} ${step}`);
  const readings = clockCandidates(clock.clock, getPartOfDay(toBound(phrases)), reader.uses24Hours);
  const hours = readings.map(({ hour }) => hour % repeat.count);
  const [first] = hours;
  if (first === undefined || hours.some((hour) => hour !== first)) {
    return askBetween(QUESTIONS.morningOrAfternoon(quote(clock, reader)), [
      { phrase: clock, replacements: readings.map((each) => writeClockFor(each, reader)) },
    ]);
  }
  const list = Array.from({ length: 24 / repeat.count }, (_, n) => first + n * repeat.count);
  return made(first === 0 ? `${clock.clock.minute} ${step}` : `${clock.clock.minute} ${list.join(',')}`);
}
