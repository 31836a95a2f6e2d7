import { alignMeridiems, getPartOfDay } from './bounds.ts';
import { askBetween, quote, type ReaderContext } from './context.ts';
import { formatClock, formatDuration, getWeekdayName } from './format.ts';
import { type Bound, type Phrase, type PhraseOf, selectPhrases } from './phrases.ts';
import { type Assumption, ambiguity, isUnresolved, refuse, SERIES_EXAMPLE, type Unresolved } from './results.ts';
import { refuseIrregular, refuseSingleDay, type SeriesDays, writeDayFields } from './series-days.ts';
import { insertAt, replaceSpan } from './source-text.ts';
import { IRREGULARITIES, LABELS, QUESTIONS, REFUSALS } from './texts.ts';
import { clockCandidates, explainContradiction, minuteOfDay, suggestTimes, writeClockFor } from './times.ts';
import type { Clock } from './tokens.ts';

/** A series that has not been validated. */
export interface SeriesDraft {
  readonly cron: string;
  readonly minutes: number;
  readonly assumed: readonly Assumption[];
  readonly notices: readonly string[];
}

/** A series at one or several times of day. */
export function fromTimesOfDay(
  left: Bound,
  right: Bound | undefined,
  days: SeriesDays,
  endDays: readonly PhraseOf<'day'>[],
  minutes: number | undefined,
  notices: readonly string[],
  phrases: readonly Phrase[],
  reader: ReaderContext,
): SeriesDraft | Unresolved {
  const mark = selectPhrases(phrases, 'minute mark').at(0);
  if (mark !== undefined) return refuse(REFUSALS.minuteOfHour(quote(mark, reader)), 'every hour at :15 for 10m');
  const allDay = selectPhrases(phrases, 'all day').at(0);
  const part = getPartOfDay(left) ?? (right === undefined ? undefined : getPartOfDay(right));
  if (allDay !== undefined) {
    if (left.clocks.length > 0 || right !== undefined || minutes !== undefined) {
      return refuse(REFUSALS.allDayWithTimes(quote(allDay, reader)), 'every sunday all day');
    }
    return { cron: `0 0 ${writeDayFields(days)}`, minutes: 1440, assumed: days.assumed, notices };
  }
  if (left.clocks.length === 0) return askSeriesTime(phrases, part, right);
  const settled = right === undefined ? undefined : alignMeridiems(left, { ...right, days: [] }, reader);
  if (settled !== undefined && isUnresolved(settled)) return settled;
  const clocks = resolveClocks(settled?.start ?? left, part, reader);
  if (isUnresolved(clocks)) return clocks;
  const starts = shiftAcrossMidnight(clocks, left, days, part);
  if (isUnresolved(starts)) return starts;
  const [first, ...more] = clocks;
  if (first === undefined) return refuse(REFUSALS.noTime, SERIES_EXAMPLE);
  const said = [...(settled?.notices ?? []), ...notices];
  const cron = `${first.minute} ${[...new Set(clocks.map(({ hour }) => hour % 24))].sort((a, b) => a - b).join(',')} ${writeDayFields(starts)}`;
  if (settled === undefined) {
    const assumed: Assumption[] = minutes === undefined ? ['duration'] : [];
    return { cron, minutes: minutes ?? reader.defaultMinutes, assumed: [...assumed, ...days.assumed], notices: said };
  }
  if (more.length > 0) return refuse(REFUSALS.severalTimesWithEnd, 'daily at 03:00 and 15:00 for 1h');
  const elapsed = countMinutesToEnd(first, settled.end, endDays, starts, reader);
  if (typeof elapsed === 'object') return elapsed;
  if (minutes !== undefined && minutes !== elapsed) {
    return refuse(REFUSALS.durationMismatch(formatDuration(elapsed), formatDuration(minutes)), SERIES_EXAMPLE);
  }
  return { cron, minutes: elapsed, assumed: days.assumed, notices: said };
}

function askSeriesTime(
  phrases: readonly Phrase[],
  part: ReturnType<typeof getPartOfDay>,
  right: Bound | undefined,
): Unresolved {
  const about = phrases.filter((phrase) => ['repeat', 'weekdays', 'day', 'month', 'part'].includes(phrase.kind));
  if (right !== undefined && right.clocks.length > 0) {
    return refuse(REFUSALS.endWithoutStart, 'every sunday 22:00 to 23:30');
  }
  const last = Math.max(...about.map(({ end }) => end), 0);
  return ambiguity(
    QUESTIONS.atWhatTime,
    suggestTimes(part).map((time) => ({ edits: [insertAt(last, ` at ${time} `)] })),
  );
}

/** Resolves the times of day of a series. */
function resolveClocks(
  left: Bound,
  part: ReturnType<typeof getPartOfDay>,
  reader: ReaderContext,
): readonly Clock[] | Unresolved {
  const sure: Clock[] = [];
  for (const phrase of left.clocks) {
    const readings = clockCandidates(phrase.clock, part, reader.uses24Hours);
    const [clock, second] = readings;
    if (clock === undefined) continue;
    if (second !== undefined) {
      return askBetween(QUESTIONS.morningOrAfternoon(quote(phrase, reader)), [
        { phrase, replacements: readings.map((each) => writeClockFor(each, reader)) },
      ]);
    }
    const wrong = part === undefined || clock.isMidnight === true ? undefined : explainContradiction(clock, part);
    if (wrong !== undefined) return refuse(REFUSALS.contradiction(wrong), SERIES_EXAMPLE);
    if (clock.second !== 0) return refuse(REFUSALS.secondsInSeries(quote(phrase, reader)), SERIES_EXAMPLE);
    sure.push(clock);
  }
  const loose = left.clocks.find(
    (phrase, index) => index > 0 && !isListed(left, left.clocks[index - 1], phrase, reader),
  );
  if (loose !== undefined) {
    const list = left.clocks.map((phrase) => `"${quote(phrase, reader)}"`).join(' and ');
    return refuse(REFUSALS.looseTimes(list), 'daily at 03:00 and 15:00 for 1h');
  }
  const [first] = sure;
  if (first !== undefined && sure.some(({ minute }) => minute !== first.minute)) {
    return refuseIrregular(
      left.clocks.map((phrase) => quote(phrase, reader)).join(', '),
      IRREGULARITIES.sameMinutes,
      'daily at 03:00 and 15:00 for 1h',
    );
  }
  return sure;
}

/** Whether a time of day is joined to the one before it: `3am, 11am and 7pm`. */
function isListed(
  left: Bound,
  before: PhraseOf<'clock'> | undefined,
  phrase: PhraseOf<'clock'>,
  reader: ReaderContext,
): boolean {
  if (before === undefined) return true;
  const joined = left.phrases.some(
    (each) => each.kind === 'and' && each.start >= before.end && each.end <= phrase.start,
  );
  return joined || /^ *[,&+/] *$/.test(reader.text.slice(before.end, phrase.start));
}

/** Midnight and the hours after it may belong to the day before the one that is named. */
function shiftAcrossMidnight(
  clocks: readonly Clock[],
  left: Bound,
  days: SeriesDays,
  part: ReturnType<typeof getPartOfDay>,
): SeriesDays | Unresolved {
  const named = days.weekdays.length > 0 || days.monthDays.length > 0;
  const [phrase] = left.clocks;
  const [clock] = clocks;
  if (!named || phrase === undefined || clock === undefined) return days;
  const isWeek = days.nth === undefined && days.monthDays.length === 0;
  if (clock.isMidnight === true) {
    return ambiguity(QUESTIONS.whichMidnightOfSeries, [
      { label: LABELS.startOfTheDay, edits: [replaceSpan(phrase, '00:00')] },
      ...(isWeek ? [{ label: LABELS.endOfTheDay, edits: [replaceSpan(phrase, '24:00')] }] : []),
    ]);
  }
  if (clock.hour === 24) {
    if (!isWeek) return refuse('24:00 is the start of the next day. Say that day, and 00:00.', SERIES_EXAMPLE);
    return { ...days, weekdays: days.weekdays.map((day) => (day + 1) % 7).sort((a, b) => a - b) };
  }
  if (part === 'night' && clock.hour < 6 && left.part !== undefined && isWeek) {
    const next = days.weekdays.map((day) => getWeekdayName(day + 1).toLowerCase());
    const same = days.weekdays.map((day) => getWeekdayName(day).toLowerCase());
    const over = left.phrases.filter(
      (each) => each.kind === 'weekdays' || each.kind === 'day' || each.kind === 'every',
    );
    const [start, end] = [Math.min(...over.map((each) => each.start)), Math.max(...over.map((each) => each.end))];
    const cut = replaceSpan(left.part, '');
    return ambiguity(QUESTIONS.whichNightOfSeries(formatClock(clock)), [
      { edits: [{ start, end, replacement: `every ${same.join(', ')}` }, cut] },
      { edits: [{ start, end, replacement: `every ${next.join(', ')}` }, cut] },
    ]);
  }
  return days;
}

/** Minutes on the wall clock from the start to the end. */
function countMinutesToEnd(
  start: Clock,
  right: Bound,
  endDays: readonly PhraseOf<'day'>[],
  days: SeriesDays,
  reader: ReaderContext,
): number | Unresolved {
  const [phrase] = right.clocks;
  if (phrase === undefined) return refuse(REFUSALS.endWithoutTime, 'every sunday 22:00 to 23:30');
  const [end, second] = clockCandidates(phrase.clock, getPartOfDay(right), reader.uses24Hours);
  if (end === undefined || second !== undefined) {
    const readings = clockCandidates(phrase.clock, getPartOfDay(right), reader.uses24Hours);
    return askBetween(QUESTIONS.endInMorningOrAfternoon(quote(phrase, reader)), [
      { phrase, replacements: readings.map((each) => writeClockFor(each, reader)) },
    ]);
  }
  const difference = minuteOfDay(end) - minuteOfDay(start);
  const [endDay] = endDays;
  if (endDay !== undefined) {
    if (endDay.day.kind === 'next day') return difference + 1440;
    if (endDay.day.kind !== 'weekday') return refuseSingleDay(endDay, reader);
    const [weekday, another] = days.weekdays;
    if (weekday === undefined || another !== undefined || days.nth !== undefined) {
      return refuse(REFUSALS.endDayOfSeries(quote(endDay, reader)), 'every saturday 22:00 to sunday 04:00');
    }
    const ahead = (endDay.day.weekday - weekday + 7) % 7;
    const minutes = ahead * 1440 + difference;
    return minutes > 0 ? minutes : minutes + 7 * 1440;
  }
  if (difference > 0) return difference;
  const overnight = start.hour >= 12 && end.hour <= 12;
  if (difference === 0 || !(overnight || minuteOfDay(end) === 0)) {
    return refuse(REFUSALS.endBeforeStart(formatClock(end), formatClock(start)), 'every sunday 22:00 to 23:30');
  }
  return difference + 1440;
}
