import { LATEST_INSTANT_MS, MAX_WINDOW_MS, offsetMinutes, wallClock } from '../core/time.ts';
import { alignMeridiems, type Bound, type Bounds, getPartOfDay, namesTime, splitBounds } from './bounds.ts';
import { type Day, quote, type ReaderContext, todayIn } from './context.ts';
import { resolveDay } from './dates.ts';
import { resolveDuration } from './durations.ts';
import { formatClock, formatDay, formatDuration, writeClock } from './format.ts';
import { resolveEnd, resolveStart, resolveTime, toZonedTime, type ZonedTime } from './instants.ts';
import { findPhrase, hasPhrase, type Phrase, type PhraseOf } from './phrases.ts';
import { ask, askInsertion, EXAMPLE, RANGE_EXAMPLE, refuse, type WindowAnswer } from './results.ts';
import { insertAt, replaceSpan } from './source-text.ts';
import { IRREGULARITIES, LABELS, NOTICES, QUESTIONS, REFUSALS } from './texts.ts';
import { clockCandidates, minuteOfDay } from './times.ts';
import type { Clock } from './tokens.ts';
import { checkOffset, checkSeason, type ResolvedZone, resolveZone, toStoredZone } from './zones.ts';

const MINUTE_MS = 60_000;

/** Resolves the phrases of a sentence to a window. @throws Unresolved */
export function resolveWindow(phrases: readonly Phrase[], reader: ReaderContext): WindowAnswer {
  const misplaced = findPhrase(phrases, 'month', 'minute mark', 'except');
  if (misplaced !== undefined) {
    const isMonth = misplaced.kind === 'month';
    const why = isMonth ? IRREGULARITIES.noDayOfMonth : IRREGULARITIES.notUnderstoodHere;
    refuse(REFUSALS.notADay(quote(reader, misplaced), why), isMonth ? 'march 5 02:00 for 2h' : EXAMPLE);
  }
  const minutes = resolveDuration(phrases, reader);
  const allDay = findPhrase(phrases, 'all day');
  const sides = splitBounds(phrases);
  const zones = resolveZones(sides, reader);
  if (allDay !== undefined) return resolveAllDay(allDay, sides, minutes, zones.start, reader);
  if (!namesTime(sides.start)) return resolveWithoutStart(sides.end, minutes, phrases, zones.end, reader);

  const shared = sides.end === undefined ? sides : shareDay(sides.start, sides.end, zones.start.id, reader);
  if (shared.end !== undefined) askTimesOfDays(shared.start, shared.end, zones.start.id, reader);
  const bounds = shared.end === undefined ? shared : alignMeridiems(shared.start, shared.end, reader);
  const start = resolveStart(bounds.start, zones.start.id, reader);
  checkSeason(zones.start, start.instant);
  checkOffset(zones.start, start.instant);
  const isPlain = bounds.start.now === undefined && bounds.start.delay === undefined;
  const end = bounds.end && resolveEnd(bounds.end, start, isPlain, zones.end.id, reader);
  if (end !== undefined && zones.end !== zones.start) checkSeason(zones.end, end.instant);
  return buildWindow(start, end, minutes, zones, reader);
}

type WindowZones = { readonly start: ResolvedZone; readonly end: ResolvedZone };

function resolveZones({ start, end }: Bounds, reader: ReaderContext): WindowZones {
  const startZone = resolveZone(start.zones, reader);
  const endZone = resolveZone(end?.zones ?? [], reader);
  const first = startZone ?? endZone ?? { id: reader.timezone, notices: [] };
  return { start: first, end: endZone ?? first };
}

function buildWindow(
  start: ZonedTime,
  end: ZonedTime | undefined,
  minutes: number | undefined,
  zones: WindowZones,
  reader: ReaderContext,
): WindowAnswer {
  const startMs = start.instant.getTime();
  const instant = end?.instant ?? new Date(startMs + (minutes ?? reader.defaultMinutes) * MINUTE_MS);
  const elapsed = (instant.getTime() - startMs) / MINUTE_MS;
  if (end !== undefined && minutes !== undefined && elapsed !== minutes) {
    refuse(REFUSALS.durationMismatch(formatDuration(elapsed), formatDuration(minutes)));
  }
  if (!(elapsed > 0)) refuse(REFUSALS.endNotAfterStart, RANGE_EXAMPLE);
  if (instant.getTime() > LATEST_INSTANT_MS) refuse(REFUSALS.year9999);
  if (elapsed > MAX_WINDOW_MS / MINUTE_MS) {
    const last = formatDay(wallClock(instant, zones.end.id));
    const [duration, max] = [formatDuration(Math.round(elapsed)), formatDuration(MAX_WINDOW_MS / MINUTE_MS)];
    refuse(REFUSALS.windowTooLong(formatDay(start.wall), last, duration, max));
  }
  const notices = [
    ...zones.start.notices,
    ...zones.end.notices,
    ...start.notices,
    ...(end?.notices ?? []),
    ...describeClockChange(start.instant, instant, end !== undefined, zones),
  ];
  return {
    outcome: 'window',
    start: start.instant,
    end: instant,
    timezone: toStoredZone(zones.start, start.instant, reader.timezone),
    durationMinutes: Math.max(1, Math.round(elapsed)),
    assumed: minutes === undefined && end === undefined ? ['duration'] : [],
    notices: [...new Set(notices)],
  };
}

function describeClockChange(start: Date, end: Date, hasEnd: boolean, zones: WindowZones): string[] {
  const { id } = zones.start;
  const change = offsetMinutes(end, id) - offsetMinutes(start, id);
  if (id !== zones.end.id || change === 0) return [];
  const direction = change > 0 ? 'forward' : 'back';
  const elapsed = formatDuration((end.getTime() - start.getTime()) / MINUTE_MS);
  if (hasEnd) return [NOTICES.clockChange(id, direction, elapsed)];
  return [NOTICES.clocksShow(id, direction, elapsed, formatClock(wallClock(end, id)))];
}

/** Without a start: an end and a duration imply it, otherwise it is asked for. */
function resolveWithoutStart(
  right: Bound | undefined,
  minutes: number | undefined,
  phrases: readonly Phrase[],
  zone: ResolvedZone,
  reader: ReaderContext,
): WindowAnswer {
  if (right !== undefined && minutes !== undefined) {
    const end = resolveStart(right, zone.id, reader);
    const instant = new Date(end.instant.getTime() - minutes * MINUTE_MS);
    if (instant < reader.now) {
      refuse(REFUSALS.startInPast(formatDuration(minutes), formatClock(end.wall)), 'now for 2h');
    }
    return buildWindow(toZonedTime(instant, zone.id), end, minutes, { start: zone, end: zone }, reader);
  }
  if (right !== undefined) {
    const at = findPhrase(phrases, 'to')?.start ?? 0;
    return ask(QUESTIONS.whenStart, [{ label: LABELS.now, edits: [insertAt(at, ' now ')] }]);
  }
  const duration = findPhrase(phrases, 'duration');
  if (duration !== undefined) {
    const option = (label: string, start: string) => ({ label, edits: [insertAt(duration.end, ` ${start} `)] });
    return ask(QUESTIONS.whenStart, [
      option(LABELS.now, 'starting now'),
      option(LABELS.in15Minutes, 'in 15 minutes'),
      option(LABELS.inAnHour, 'in 1 hour'),
    ]);
  }
  const zoned = findPhrase(phrases, 'zone');
  const reason = zoned === undefined ? REFUSALS.noTime : REFUSALS.zoneWithoutTime(quote(reader, zoned));
  return refuse(REFUSALS.sayStartAndDuration(reason));
}

/** A day at the end ("10pm to 11pm tomorrow") applies to both bounds; across midnight it can be the end's alone. */
function shareDay(left: Bound, right: Bound, zone: string, reader: ReaderContext): { start: Bound; end: Bound } {
  const [from, to] = [left.clocks[0], right.clocks[0]];
  const named = right.days[0] ?? right.tonight;
  const isOpen = !hasPhrase(left.phrases, 'day', 'tonight', 'now', 'in');
  if (!isOpen || from === undefined || to === undefined || named === undefined || named.start <= to.start) {
    return { start: left, end: right };
  }
  const aligned = alignMeridiems(left, { ...right, days: [] }, reader);
  const moved = {
    start: { ...left, days: right.days, tonight: right.tonight, part: left.part ?? right.part },
    end: { ...right, days: [], tonight: undefined },
  };
  const start = findSoleReading(aligned.start.clocks[0]?.clock, reader);
  const end = findSoleReading(aligned.end.clocks[0]?.clock, reader);
  if (start === undefined || end === undefined || minuteOfDay(end) > minuteOfDay(start)) return moved;
  if (right.tonight !== undefined || to.clock.isMidnight === true || (end.hour === 0 && end.minute === 0)) return moved;
  const resolveInstant = (day: Day, clock: Clock) => resolveTime(day, clock, zone, reader.now).instant;
  const found = resolveDay(right, todayIn(zone, reader.now), reader, (day) => resolveInstant(day, end) > reader.now);
  const eve = found?.day.subtract({ days: 1 });
  if (found === undefined || eve === undefined || resolveInstant(eve, start) < reader.now) return moved;
  const option = (first: Day) => ({
    edits: [
      replaceSpan(from, `${first.toString()} ${writeClock(start, reader)}`),
      replaceSpan(to, `${first.add({ days: 1 }).toString()} ${writeClock(end, reader)}`),
      replaceSpan(named, ''),
    ],
  });
  return ask(QUESTIONS.startOrEnd(formatDay(found.day)), [option(eve), option(found.day)]);
}

function findSoleReading(clock: Clock | undefined, reader: ReaderContext): Clock | undefined {
  const readings = clock === undefined ? [] : clockCandidates(clock, undefined, reader.uses24Hours);
  return readings.length === 1 ? readings[0] : undefined;
}

function askTimesOfDays(left: Bound, right: Bound, zone: string, reader: ReaderContext): void {
  const [from, to] = [left.days[0], right.days[0]];
  const hasTime = [left, right].some((bound) => bound.clocks.length > 0 || getPartOfDay(bound) !== undefined);
  if (hasTime || from === undefined || to === undefined) return;
  const today = todayIn(zone, reader.now);
  const first = resolveDay(left, today, reader, (day) => day.until(today).days <= 0)?.day ?? refuse(REFUSALS.noStart);
  const last = resolveDay(right, first, reader, (day) => day.until(first).days <= 0)?.day ?? refuse(REFUSALS.noEnd);
  const option = (start: string, end: string) => ({
    edits: [replaceSpan(from, `${first.toString()} ${start}`), replaceSpan(to, `${last.toString()} ${end}`)],
  });
  ask(QUESTIONS.startAndEndTimes, [option('00:00', '24:00'), option('22:00', '06:00')]);
}

/** `all day` is from midnight to midnight. */
function resolveAllDay(
  phrase: PhraseOf<'all day'>,
  { start: left, end: right }: Bounds,
  minutes: number | undefined,
  zone: ResolvedZone,
  reader: ReaderContext,
): WindowAnswer {
  const time = left.clocks[0] ?? right?.clocks[0] ?? left.now ?? left.delay;
  if (time !== undefined || minutes !== undefined) {
    refuse(REFUSALS.allDayWithTimes(quote(reader, phrase)), 'saturday all day');
  }
  const today = todayIn(zone.id, reader.now);
  const [weekdays] = left.weekdays;
  if (weekdays !== undefined) {
    refuse(REFUSALS.severalDaysAllDay(quote(reader, weekdays)), 'saturday 00:00 to sunday 24:00');
  }
  if (left.days.length === 0) {
    const days = [1, 2].map((ahead) => today.add({ days: ahead }).toString());
    askInsertion(QUESTIONS.whichDay, phrase.end, days);
  }
  const first = resolveDay(left, today, reader, (day) => day.until(today).days < 0) ?? refuse(REFUSALS.noDay);
  const midnight: Clock = { hour: 0, minute: 0, second: 0, isCertain: true };
  const start = resolveTime(first.day, midnight, zone.id, reader.now);
  if (start.instant < reader.now) {
    if (!first.day.equals(today)) refuse(REFUSALS.dayPast(formatDay(first.day)), 'saturday all day');
    const edits = [replaceSpan(phrase, 'now until midnight'), ...left.days.map((day) => replaceSpan(day, ''))];
    ask(QUESTIONS.restOfToday, [{ edits }]);
  }
  const last =
    right === undefined ? first : resolveDay(right, first.day, reader, (day) => day.until(first.day).days <= 0);
  const endDay = last?.day ?? refuse(REFUSALS.noEnd);
  const end = resolveTime(endDay, { ...midnight, hour: 24 }, zone.id, start.instant);
  const notices = [...first.notices, ...start.notices];
  return buildWindow({ ...start, notices }, end, undefined, { start: zone, end: zone }, reader);
}
