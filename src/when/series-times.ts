import { alignMeridiems, type Bound, type Bounds, getPartOfDay, readClock } from './bounds.ts';
import { quote, type ReaderContext } from './context.ts';
import { formatClock, formatDuration, getWeekdayName } from './format.ts';
import { findPhrase, type PartOfDay, type Phrase, type PhraseOf, selectPhrases } from './phrases.ts';
import { ask, askInsertion, refuse, SERIES_EXAMPLE, SERIES_RANGE_EXAMPLE, type SeriesAnswer } from './results.ts';
import { refuseIrregular, refuseSingleDay, type SeriesDays, writeDayFields } from './series-days.ts';
import { replaceSpan } from './source-text.ts';
import { IRREGULARITIES, LABELS, QUESTIONS, REFUSALS } from './texts.ts';
import { explainContradiction, minuteOfDay, suggestTimes } from './times.ts';
import type { Clock } from './tokens.ts';

/** A series that has not been validated. */
export type SeriesDraft = Omit<SeriesAnswer, 'outcome' | 'timezone'>;

const SEVERAL_TIMES_EXAMPLE = 'daily at 03:00 and 15:00 for 1h';

/** `minutes`: the duration, if there is one; `endDays`: the days of the end. @throws Unresolved */
export function fromTimesOfDay(
  { start: left, end: right }: Bounds,
  days: SeriesDays,
  endDays: readonly PhraseOf<'day'>[],
  minutes: number | undefined,
  phrases: readonly Phrase[],
  reader: ReaderContext,
): SeriesDraft {
  const { assumed, notices } = days;
  const mark = findPhrase(phrases, 'minute mark');
  if (mark !== undefined) refuse(REFUSALS.minuteOfHour(quote(reader, mark)), 'every hour at :15 for 10m');
  const allDay = findPhrase(phrases, 'all day');
  if (allDay !== undefined) {
    if (left.clocks.length > 0 || right !== undefined || minutes !== undefined) {
      refuse(REFUSALS.allDayWithTimes(quote(reader, allDay)), 'every sunday all day');
    }
    return { cron: `0 0 ${writeDayFields(days)}`, durationMinutes: 1440, assumed, notices };
  }
  const part = getPartOfDay(left) ?? (right && getPartOfDay(right));
  if (left.clocks.length === 0) return askSeriesTime(phrases, part, right);
  const bounds = right && alignMeridiems(left, { ...right, days: [] }, reader);
  const clocks = resolveClocks(bounds?.start ?? left, part, reader);
  const starts = shiftAcrossMidnight(clocks, left, days, part);
  const [first, another] = clocks;
  if (first === undefined) return refuse(REFUSALS.noTime, SERIES_EXAMPLE);
  const hours = [...new Set(clocks.map(({ hour }) => hour % 24))].sort((a, b) => a - b).join(',');
  const cron = `${first.minute} ${hours} ${writeDayFields(starts)}`;
  if (bounds === undefined) return { cron, ...assumeDuration(minutes, reader, assumed), notices };
  if (another !== undefined) refuse(REFUSALS.severalTimesWithEnd, SEVERAL_TIMES_EXAMPLE);
  const durationMinutes = countMinutesToEnd(first, bounds.end, endDays, starts, reader);
  if (minutes !== undefined && minutes !== durationMinutes) {
    refuse(REFUSALS.durationMismatch(formatDuration(durationMinutes), formatDuration(minutes)), SERIES_EXAMPLE);
  }
  return { cron, durationMinutes, assumed, notices };
}

export function assumeDuration(
  minutes: number | undefined,
  { defaultMinutes }: ReaderContext,
  assumed: SeriesDraft['assumed'] = [],
): Pick<SeriesDraft, 'durationMinutes' | 'assumed'> {
  if (minutes !== undefined) return { durationMinutes: minutes, assumed };
  return { durationMinutes: defaultMinutes, assumed: ['duration', ...assumed] };
}

function askSeriesTime(phrases: readonly Phrase[], part: PartOfDay | undefined, right: Bound | undefined): never {
  if (right !== undefined && right.clocks.length > 0) refuse(REFUSALS.endWithoutStart, SERIES_RANGE_EXAMPLE);
  const about = selectPhrases(phrases, 'repeat', 'weekdays', 'day', 'month', 'part');
  const times = suggestTimes(part).map((time) => `at ${time}`);
  return askInsertion(QUESTIONS.atWhatTime, Math.max(...about.map(({ end }) => end), 0), times);
}

function resolveClocks(left: Bound, part: PartOfDay | undefined, reader: ReaderContext): readonly Clock[] {
  const clocks = left.clocks.map((phrase): Clock => {
    const clock = readClock(phrase, part, reader);
    const contradiction = part && !clock.isMidnight ? explainContradiction(clock, part) : undefined;
    if (contradiction !== undefined) refuse(REFUSALS.contradiction(contradiction), SERIES_EXAMPLE);
    if (clock.second !== 0) refuse(REFUSALS.secondsInSeries(quote(reader, phrase)), SERIES_EXAMPLE);
    return clock;
  });
  const words = left.clocks.map((phrase) => quote(reader, phrase));
  if (!left.clocks.every((phrase, index) => isListed(left, left.clocks[index - 1], phrase, reader))) {
    refuse(REFUSALS.looseTimes(words.map((each) => `"${each}"`).join(' and ')), SEVERAL_TIMES_EXAMPLE);
  }
  if (clocks.some(({ minute }) => minute !== clocks[0]?.minute)) {
    refuseIrregular(words.join(', '), IRREGULARITIES.sameMinutes, SEVERAL_TIMES_EXAMPLE);
  }
  return clocks;
}

/** Whether a time of day is joined to the one before it: `3am, 11am and 7pm`. */
function isListed(
  { phrases }: Bound,
  before: PhraseOf<'clock'> | undefined,
  { start }: PhraseOf<'clock'>,
  reader: ReaderContext,
): boolean {
  if (before === undefined) return true;
  const joined = phrases.some((each) => each.kind === 'and' && each.start >= before.end && each.end <= start);
  return joined || /^ *[,&+/] *$/.test(reader.text.slice(before.end, start));
}

/** Midnight and the hours after it may belong to the day before the one that is days. */
function shiftAcrossMidnight([clock]: readonly Clock[], left: Bound, days: SeriesDays, part: PartOfDay | undefined) {
  const [phrase] = left.clocks;
  const isNamed = days.weekdays.length > 0 || days.monthDays.length > 0;
  if (!isNamed || phrase === undefined || clock === undefined) return days;
  const isWeekly = days.nth === undefined && days.monthDays.length === 0;
  if (clock.isMidnight === true) {
    return ask(QUESTIONS.whichMidnightOfSeries, [
      { label: LABELS.startOfTheDay, edits: [replaceSpan(phrase, '00:00')] },
      ...(isWeekly ? [{ label: LABELS.endOfTheDay, edits: [replaceSpan(phrase, '24:00')] }] : []),
    ]);
  }
  if (clock.hour === 24) {
    if (!isWeekly) refuse(REFUSALS.endOfDayInSeries, SERIES_EXAMPLE);
    return { ...days, weekdays: days.weekdays.map((day) => (day + 1) % 7).sort((a, b) => a - b) };
  }
  if (part === 'night' && clock.hour < 6 && left.part !== undefined && isWeekly) {
    const phrases = selectPhrases(left.phrases, 'weekdays', 'day', 'every');
    const span = {
      start: Math.min(...phrases.map(({ start }) => start)),
      end: Math.max(...phrases.map(({ end }) => end)),
    };
    const cut = replaceSpan(left.part, '');
    const options = [0, 1].map((later) => {
      const names = days.weekdays.map((day) => getWeekdayName(day + later).toLowerCase());
      return { edits: [replaceSpan(span, `every ${names.join(', ')}`), cut] };
    });
    ask(QUESTIONS.whichNightOfSeries(formatClock(clock)), options);
  }
  return days;
}

/** Minutes on the wall clock from the start to the end. */
function countMinutesToEnd(
  start: Clock,
  right: Bound,
  [endDay]: readonly PhraseOf<'day'>[],
  days: SeriesDays,
  reader: ReaderContext,
): number {
  const [phrase] = right.clocks;
  if (phrase === undefined) return refuse(REFUSALS.endWithoutTime, SERIES_RANGE_EXAMPLE);
  const end = readClock(phrase, getPartOfDay(right), reader, QUESTIONS.endInMorningOrAfternoon);
  const difference = minuteOfDay(end) - minuteOfDay(start);
  if (endDay !== undefined) {
    if (endDay.day.kind === 'next day') return difference + 1440;
    if (endDay.day.kind !== 'weekday') return refuseSingleDay(endDay, reader);
    const [weekday, another] = days.weekdays;
    if (weekday === undefined || another !== undefined || days.nth !== undefined) {
      return refuse(REFUSALS.endDayOfSeries(quote(reader, endDay)), 'every saturday 22:00 to sunday 04:00');
    }
    const minutes = ((endDay.day.weekday - weekday + 7) % 7) * 1440 + difference;
    return minutes > 0 ? minutes : minutes + 7 * 1440;
  }
  if (difference > 0) return difference;
  const isOvernight = start.hour >= 12 && end.hour <= 12;
  if (difference === 0 || !(isOvernight || minuteOfDay(end) === 0)) {
    refuse(REFUSALS.endBeforeStart(formatClock(end), formatClock(start)), SERIES_RANGE_EXAMPLE);
  }
  return difference + 1440;
}
