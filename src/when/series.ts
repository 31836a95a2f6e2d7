import { findSelfOverlap, parseCron } from '../core/recurrence/index.ts';
import { findZone, offsetMinutes } from '../core/time.ts';
import { askReading, type Bound, getPartOfDay, splitBounds, toBound } from './bounds.ts';
import { quote, type ReaderContext } from './context.ts';
import { resolveDuration } from './durations.ts';
import { formatDuration } from './format.ts';
import { type DayReference, findPhrase, hasPhrase, type Phrase, type PhraseOf, selectPhrases } from './phrases.ts';
import { askInsertion, refuse, SERIES_EXAMPLE, type SeriesAnswer } from './results.ts';
import { refuseIrregular, refuseSingleDay, resolveSeriesDays, type SeriesDays, writeDayFields } from './series-days.ts';
import { assumeDuration, fromTimesOfDay, type SeriesDraft } from './series-times.ts';
import { IRREGULARITIES, NOTICES, QUESTIONS, REFUSALS } from './texts.ts';
import { clockCandidates } from './times.ts';
import { findFixedZone, getQuarterlyOffsets, resolveZone } from './zones.ts';

export function isRecurring(phrases: readonly Phrase[]): boolean {
  if (hasPhrase(phrases, 'every', 'repeat', 'cron', 'irregular')) return true;
  return phrases.some((phrase) => {
    if (phrase.kind === 'weekdays') return phrase.every;
    if (phrase.kind !== 'day') return false;
    const month = getMonthKind(phrase.day);
    // "the last day of the month" is one in every month; "the end of the month" is the coming one.
    const isComing = phrase.day.kind === 'last day' && phrase.day.wording === 'end';
    return month === 'every' || (month === 'the' && !isComing);
  });
}

function getMonthKind(day: DayReference) {
  return 'month' in day && typeof day.month === 'object' ? day.month.kind : undefined;
}

/** Resolves the phrases of a sentence to a series. @throws Unresolved */
export function resolveSeries(phrases: readonly Phrase[], reader: ReaderContext): SeriesAnswer {
  const irregular = findPhrase(phrases, 'irregular');
  if (irregular !== undefined) {
    const why = irregular.why ?? IRREGULARITIES.weekOrMonth;
    refuseIrregular(quote(reader, irregular), why, 'every friday at 02:00 for 1h');
  }
  const zone = resolveSeriesZone(phrases, reader);
  const minutes = resolveDuration(phrases, reader);
  const line = findPhrase(phrases, 'cron');
  const draft = line ? fromCronLine(phrases, line, minutes, reader) : fromWords(phrases, minutes, reader);
  const parsed = parseCron(draft.cron);
  if (!parsed.ok) return refuse(parsed.reason, SERIES_EXAMPLE);
  const { cron } = parsed;
  const { durationMinutes, assumed } = draft;
  const overlap = findSelfOverlap({ cron, timezone: zone.id, durationMinutes }, reader.now);
  if (overlap?.cause === 'line') {
    const apart = (overlap.second.start.getTime() - overlap.first.start.getTime()) / 60_000;
    const reason = REFUSALS.windowsOverlap(formatDuration(durationMinutes), formatDuration(apart));
    const shorter = assumed.includes('duration') ? [5, 10, 15, 30].filter((each) => each < apart) : [];
    if (shorter.length === 0) refuse(REFUSALS.sayShorter(reason), SERIES_EXAMPLE);
    const durations = shorter.map((each) => `for ${each}m`);
    askInsertion(QUESTIONS.howLongEach, Math.max(...phrases.map(({ end }) => end)), durations);
  }
  const changing = overlap === undefined ? [] : [NOTICES.clockChangeOverlap];
  return {
    outcome: 'series',
    cron,
    timezone: zone.id,
    durationMinutes,
    assumed: [...new Set(assumed)],
    notices: [...draft.notices, ...zone.notices, ...changing],
  };
}

function quoteRecurrence(phrases: readonly Phrase[], reader: ReaderContext): string {
  const about = selectPhrases(phrases, 'every', 'repeat', 'weekdays', 'day', 'month', 'except');
  return about.length === 0 ? 'this' : quote(reader, ...about);
}

type SeriesZone = { readonly id: string; readonly notices: readonly string[] };

function resolveSeriesZone(phrases: readonly Phrase[], reader: ReaderContext): SeriesZone {
  const zone = resolveZone(selectPhrases(phrases, 'zone'), reader);
  if (zone === undefined) return { id: reader.timezone, notices: [] };
  const id = findZone(zone.id) ?? findFixedZone(offsetMinutes(reader.now, zone.id));
  if (id === undefined) return refuse(REFUSALS.noFixedZone(zone.id), `${SERIES_EXAMPLE} Europe/Berlin`);
  const isChanging = zone.abbreviation !== undefined && new Set(getQuarterlyOffsets(id, reader.now)).size > 1;
  return { id, notices: isChanging ? [...zone.notices, NOTICES.zoneAllYear(id)] : zone.notices };
}

function fromCronLine(
  phrases: readonly Phrase[],
  { line: cron }: PhraseOf<'cron'>,
  minutes: number | undefined,
  reader: ReaderContext,
): SeriesDraft {
  const other = phrases.find(({ kind }) => !['cron', 'zone', 'duration', 'about', 'every', 'from'].includes(kind));
  if (other !== undefined) refuse(REFUSALS.cronWithTimes(quote(reader, other)), 'cron 0 3 * * 0 for 2h');
  return { cron, ...assumeDuration(minutes, reader), notices: [] };
}

function fromWords(phrases: readonly Phrase[], minutes: number | undefined, reader: ReaderContext): SeriesDraft {
  const words = quoteRecurrence(phrases, reader);
  const bounds = splitBounds(phrases);
  const { start: left, end: right } = bounds;
  const single = findPhrase(phrases, 'now', 'in', 'tonight') ?? findDateLimit(phrases, right);
  if (single !== undefined) refuseSingleDay(single, reader);
  if (hasSeveralSchedules(left.phrases)) refuse(REFUSALS.severalSeries(words), SERIES_EXAMPLE);
  const isShared = right !== undefined && !hasPhrase(left.phrases, 'day', 'weekdays', 'repeat', 'month');
  const repeatOfEnd = selectPhrases(right?.phrases ?? [], 'repeat', 'every', 'month');
  const resolved = resolveSeriesDays(isShared ? phrases : [...left.phrases, ...repeatOfEnd], words, reader);
  const isOfMonth =
    !hasPhrase(phrases, 'every', 'repeat') &&
    selectPhrases(phrases, 'day').some(({ day }) => getMonthKind(day) === 'the');
  const days = isOfMonth ? { ...resolved, notices: [...resolved.notices, NOTICES.everyMonth] } : resolved;
  const repeat = findPhrase(phrases, 'repeat');
  if (repeat?.period === 'minute' || (repeat?.period === 'hour' && repeat.count !== 24)) {
    return fromInterval(repeat, phrases, days, minutes, reader);
  }
  return fromTimesOfDay(bounds, days, isShared ? [] : (right?.days ?? []), minutes, phrases, reader);
}

/** `until december`, `from december 5`: where a series would begin or end. */
function findDateLimit(phrases: readonly Phrase[], right: Bound | undefined): Phrase | undefined {
  return phrases.find((phrase, index) => {
    const isLimit =
      phrase.kind === 'month' ||
      (phrase.kind === 'day' && phrase.day.kind !== 'weekday' && phrase.day.kind !== 'next day');
    const joint = phrases[index - 1]?.kind;
    return isLimit && ((joint === 'to' && right?.clocks.length !== 1) || joint === 'from');
  });
}

/** "monday at 3am and thursday at 5am": days on both sides of a time. */
function hasSeveralSchedules(phrases: readonly Phrase[]): boolean {
  const isDay = (phrase: Phrase) =>
    phrase.kind === 'weekdays' || (phrase.kind === 'day' && phrase.day.kind !== 'day of month');
  const clock = phrases.findIndex((phrase) => phrase.kind === 'clock');
  if (clock < 0 || hasPhrase(phrases, 'except')) return false;
  return phrases.slice(0, clock).some(isDay) && phrases.slice(clock).some(isDay);
}

const INTERVALS = {
  hour: { unit: 'hours', cycle: 24, whole: 'a day', counts: '1, 2, 3, 4, 6, 8 and 12' },
  minute: { unit: 'minutes', cycle: 60, whole: 'an hour', counts: '1, 2, 3, 4, 5, 6, 10, 12, 15, 20 and 30' },
} as const;

function fromInterval(
  repeat: PhraseOf<'repeat'>,
  phrases: readonly Phrase[],
  days: SeriesDays,
  minutes: number | undefined,
  reader: ReaderContext,
): SeriesDraft {
  const [clock, another] = selectPhrases(phrases, 'clock');
  const mark = findPhrase(phrases, 'minute mark');
  const words = quote(reader, repeat);
  const { count } = repeat;
  const isHourly = repeat.period === 'hour';
  const { unit, cycle, whole, counts } = INTERVALS[isHourly ? 'hour' : 'minute'];
  if (count > cycle || cycle % count !== 0) {
    refuseIrregular(words, REFUSALS.unevenInterval(count, unit, whole, counts), 'every 6 hours for 30m');
  }
  if (hasPhrase(phrases, 'to')) refuse(REFUSALS.intervalWithRange(words), 'cron 0 9-17 * * * for 10m');
  if (another !== undefined || (clock !== undefined && (!isHourly || count === 1))) {
    const time = clock === undefined ? '' : quote(reader, clock);
    refuse(REFUSALS.twoIntervals(words, time), 'every hour at :15 for 10m');
  }
  const create = (time: string): SeriesDraft => ({
    cron: `${time} ${writeDayFields(days)}`,
    ...assumeDuration(minutes, reader, days.assumed),
    notices: days.notices,
  });
  const step = count === 1 ? '*' : `*/${count}`;
  if (!isHourly) {
    if (mark !== undefined) refuse(REFUSALS.twoIntervals(words, quote(reader, mark)), SERIES_EXAMPLE);
    return create(`${step} *`);
  }
  if (clock === undefined) return create(`${mark?.minute ?? 0} ${step}`);
  const readings = clockCandidates(clock.clock, getPartOfDay(toBound(phrases)), reader.uses24Hours);
  const first = readings[0].hour % count;
  if (readings.some(({ hour }) => hour % count !== first)) return askReading(clock, readings, reader);
  const hours = Array.from({ length: 24 / count }, (_, n) => first + n * count);
  return create(`${clock.clock.minute} ${first === 0 ? step : hours.join(',')}`);
}
