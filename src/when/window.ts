import { LATEST_INSTANT_MS, MAX_WINDOW_MS, offsetMinutes, wallClock } from '../core/time.ts';
import { alignMeridiems, getPartOfDay, namesTime, splitBounds } from './bounds.ts';
import { quote, type ReaderContext, todayIn } from './context.ts';
import { resolveDay } from './dates.ts';
import { resolveDuration } from './durations.ts';
import { formatClock, formatDay, formatDuration } from './format.ts';
import { resolveEnd, resolveStart, resolveTime, type ZonedTime } from './instants.ts';
import { type Bound, type Phrase, type PhraseOf, selectPhrases } from './phrases.ts';
import {
  type Assumption,
  ambiguity,
  EXAMPLE,
  isUnresolved,
  refuse,
  type Unresolved,
  type WindowAnswer,
} from './results.ts';
import { insertAt, replaceSpan } from './source-text.ts';
import { IRREGULARITIES, LABELS, NOTICES, QUESTIONS, REFUSALS } from './texts.ts';
import { clockCandidates, minuteOfDay, writeClockFor } from './times.ts';
import type { Clock } from './tokens.ts';
import { askSeason, type ResolvedZone, refuseWrongOffset, resolveZone, toStoredZone } from './zones.ts';

const MINUTE_MS = 60_000;

/** Resolves the phrases of a sentence to a window. */
export function resolveWindow(phrases: readonly Phrase[], reader: ReaderContext): WindowAnswer | Unresolved {
  const idle = phrases.find(
    (phrase) => phrase.kind === 'month' || phrase.kind === 'minute mark' || phrase.kind === 'except',
  );
  if (idle !== undefined) {
    const why = idle.kind === 'month' ? IRREGULARITIES.noDayOfMonth : IRREGULARITIES.notUnderstoodHere;
    return refuse(REFUSALS.notADay(quote(idle, reader), why), idle.kind === 'month' ? 'march 5 02:00 for 2h' : EXAMPLE);
  }
  const minutes = resolveDuration(phrases, reader);
  if (typeof minutes === 'object') return minutes;
  const allDay = selectPhrases(phrases, 'all day').at(0);
  const sides = splitBounds(phrases);
  if (isUnresolved(sides)) return sides;
  const zones = resolveZones(sides.start, sides.end, reader);
  if (isUnresolved(zones)) return zones;
  const { own, start: first, end: last } = zones;
  if (allDay !== undefined) return resolveAllDay(allDay, sides.start, sides.end, minutes, first, reader);
  if (!namesTime(sides.start)) return resolveWithoutStart(sides.end, minutes, phrases, last, reader);

  const shared = sides.end === undefined ? undefined : shareDay(sides.start, sides.end, first.id, reader);
  if (shared !== undefined && isUnresolved(shared)) return shared;
  const left = shared?.left ?? sides.start;
  const right = shared?.right;
  const daysOnly =
    right !== undefined &&
    left.clocks.length === 0 &&
    right.clocks.length === 0 &&
    left.days.length > 0 &&
    right.days.length > 0;
  if (daysOnly && getPartOfDay(left) === undefined && getPartOfDay(right) === undefined)
    return askTimesOfDays(left, right, first.id, reader);

  const settled = right === undefined ? undefined : alignMeridiems(left, right, reader);
  if (settled !== undefined && isUnresolved(settled)) return settled;
  const start = resolveStart(settled?.start ?? left, first.id, reader);
  if (isUnresolved(start)) return start;
  const season = askSeason(first, start.instant);
  if (season !== undefined) return season;
  const wrong = refuseWrongOffset(first, start.instant);
  if (wrong !== undefined) return wrong;
  const end =
    settled === undefined
      ? undefined
      : resolveEnd(settled.end, start, left.now === undefined && left.delay === undefined, last.id, reader);
  if (end !== undefined && isUnresolved(end)) return end;
  if (end !== undefined && last.abbreviation !== first.abbreviation) {
    const another = askSeason(last, end.instant);
    if (another !== undefined) return another;
  }
  return buildWindow(start, end, minutes, { own, start: first, end: last }, [...(settled?.notices ?? [])], reader);
}

interface WindowZones {
  readonly own: ResolvedZone;
  readonly start: ResolvedZone;
  readonly end: ResolvedZone;
}

function resolveZones(left: Bound, right: Bound | undefined, reader: ReaderContext): WindowZones | Unresolved {
  const [said, saidLast] = [
    resolveZone(left.zones, reader),
    right === undefined ? undefined : resolveZone(right.zones, reader),
  ];
  if (said !== undefined && isUnresolved(said)) return said;
  if (saidLast !== undefined && isUnresolved(saidLast)) return saidLast;
  const own = { id: reader.timezone, notices: [] };
  const first = said ?? saidLast ?? own;
  return { own, start: first, end: saidLast ?? first };
}

function buildWindow(
  start: ZonedTime,
  end: ZonedTime | undefined,
  minutes: number | undefined,
  { start: first, end: last }: WindowZones,
  said: readonly string[],
  reader: ReaderContext,
): WindowAnswer | Unresolved {
  const length =
    minutes ??
    (end === undefined ? reader.defaultMinutes : (end.instant.getTime() - start.instant.getTime()) / MINUTE_MS);
  const instant = end?.instant ?? new Date(start.instant.getTime() + length * MINUTE_MS);
  if (
    end !== undefined &&
    minutes !== undefined &&
    instant.getTime() - start.instant.getTime() !== minutes * MINUTE_MS
  ) {
    const elapsed = (instant.getTime() - start.instant.getTime()) / MINUTE_MS;
    return refuse(REFUSALS.durationMismatch(formatDuration(elapsed), formatDuration(minutes)));
  }
  if (!(instant > start.instant)) return refuse(REFUSALS.endNotAfterStart, 'tomorrow 22:00 to 23:30');
  if (instant.getTime() > LATEST_INSTANT_MS) return refuse(REFUSALS.year9999);
  if (instant.getTime() - start.instant.getTime() > MAX_WINDOW_MS) {
    return refuse(
      REFUSALS.windowTooLong(
        formatDay(start.wall),
        formatDay(wallClock(instant, last.id)),
        formatDuration(Math.round(length)),
        formatDuration(MAX_WINDOW_MS / MINUTE_MS),
      ),
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
      ...describeClockChanges(start, instant, end, first, last),
    ]),
  ];
  return {
    outcome: 'window',
    start: start.instant,
    end: instant,
    timezone: toStoredZone(first, start.instant, reader.timezone),
    durationMinutes: Math.max(1, Math.round((instant.getTime() - start.instant.getTime()) / MINUTE_MS)),
    assumed,
    notices,
  };
}

/** Explains the effect of a clock change during the window. */
function describeClockChanges(
  start: ZonedTime,
  end: Date,
  said: ZonedTime | undefined,
  first: ResolvedZone,
  last: ResolvedZone,
): string[] {
  if (first.id !== last.id) return [];
  const moved = offsetMinutes(end, first.id) - offsetMinutes(start.instant, first.id);
  if (moved === 0) return [];
  const direction = moved > 0 ? 'forward' : 'back';
  const elapsed = (end.getTime() - start.instant.getTime()) / MINUTE_MS;
  if (said === undefined) {
    const wall = wallClock(end, first.id);
    return [NOTICES.clocksShow(first.id, direction, formatDuration(elapsed), formatClock(wall))];
  }
  return [NOTICES.clockChange(first.id, direction, formatDuration(elapsed))];
}

/** Without a start: an end and a duration imply it, otherwise it is asked for. */
function resolveWithoutStart(
  right: Bound | undefined,
  minutes: number | undefined,
  phrases: readonly Phrase[],
  zone: ResolvedZone,
  reader: ReaderContext,
): WindowAnswer | Unresolved {
  if (right !== undefined && minutes !== undefined) {
    const end = resolveStart(right, zone.id, reader);
    if (isUnresolved(end)) return end;
    const instant = new Date(end.instant.getTime() - minutes * MINUTE_MS);
    if (instant < reader.now)
      return refuse(REFUSALS.startInPast(formatDuration(minutes), formatClock(end.wall)), 'now for 2h');
    return buildWindow(
      { instant, wall: wallClock(instant, zone.id), notices: [] },
      end,
      minutes,
      { own: zone, start: zone, end: zone },
      [],
      reader,
    );
  }
  if (right !== undefined) {
    const to = phrases.find((phrase) => phrase.kind === 'to');
    const at = to?.start ?? 0;
    return ambiguity(QUESTIONS.whenStart, [{ label: LABELS.now, edits: [insertAt(at, ' now ')] }]);
  }
  const length = selectPhrases(phrases, 'duration').at(0);
  if (length !== undefined) {
    const at = length.end;
    const before = (words: string) => [insertAt(at, ` ${words} `)];
    return ambiguity(QUESTIONS.whenStart, [
      { label: LABELS.now, edits: before('starting now') },
      { label: LABELS.in15Minutes, edits: before('in 15 minutes') },
      { label: LABELS.inAnHour, edits: before('in 1 hour') },
    ]);
  }
  const zoned = selectPhrases(phrases, 'zone').at(0);
  const what = zoned === undefined ? REFUSALS.noTime : REFUSALS.zoneWithoutTime(quote(zoned, reader));
  return refuse(REFUSALS.sayStartAndDuration(what));
}

/**
 * "10pm to 11pm tomorrow": a day at the end applies to both bounds. In a range across midnight it can also be the
 * day of the end alone.
 */
function shareDay(
  left: Bound,
  right: Bound,
  zone: string,
  reader: ReaderContext,
): { left: Bound; right: Bound } | Unresolved {
  const [from, to] = [left.clocks[0], right.clocks[0]];
  const settled = alignMeridiems(left, { ...right, days: [] }, reader);
  const pending =
    left.days.length === 0 && left.tonight === undefined && left.now === undefined && left.delay === undefined;
  const said = right.days[0] ?? right.tonight;
  const trailing = to !== undefined && said !== undefined && said.start > to.start;
  if (!pending || from === undefined || to === undefined || said === undefined) return { left, right };
  if (!trailing) return { left, right };
  if (isUnresolved(settled)) return settled;
  const moved = {
    left: { ...left, days: right.days, tonight: right.tonight, part: left.part ?? right.part },
    right: { ...right, days: [], tonight: undefined, part: right.part },
  };
  const [starts, ends] = [
    findSoleReading(settled.start.clocks[0]?.clock, reader),
    findSoleReading(settled.end.clocks[0]?.clock, reader),
  ];
  if (
    starts === undefined ||
    ends === undefined ||
    minuteOfDay(ends) > minuteOfDay(starts) ||
    right.tonight !== undefined
  )
    return moved;
  if (to.clock.isMidnight === true || (ends.hour === 0 && ends.minute === 0)) return moved;
  const found = resolveDay(
    right,
    todayIn(zone, reader.now),
    reader,
    (day) => resolveTime(day, ends, zone, reader.now).instant > reader.now,
  );
  if (found === undefined || isUnresolved(found)) return found ?? moved;
  const { day } = found;
  const [one, other] = [day, day.subtract({ days: 1 })];
  const option = (first: typeof day) => ({
    edits: [
      replaceSpan(from, `${first.toString()} ${writeClockFor(starts, reader)}`),
      replaceSpan(to, `${first.add({ days: 1 }).toString()} ${writeClockFor(ends, reader)}`),
      replaceSpan(said, ''),
    ],
  });
  if (resolveTime(other, starts, zone, reader.now).instant < reader.now) return moved;
  return ambiguity(QUESTIONS.startOrEnd(formatDay(day)), [option(other), option(one)]);
}

function findSoleReading(clock: Clock | undefined, reader: ReaderContext): Clock | undefined {
  if (clock === undefined) return undefined;
  const readings = clockCandidates(clock, undefined, reader.uses24Hours);
  return readings.length === 1 ? readings[0] : undefined;
}

/** Asks for times when both bounds are days only. */
function askTimesOfDays(left: Bound, right: Bound, zone: string, reader: ReaderContext): Unresolved {
  const today = todayIn(zone, reader.now);
  const first = resolveDay(left, today, reader, (day) => day.until(today).days <= 0);
  if (first === undefined || isUnresolved(first)) return first ?? refuse(REFUSALS.noStart);
  const last = resolveDay(right, first.day, reader, (day) => day.until(first.day).days <= 0);
  if (last === undefined || isUnresolved(last)) return last ?? refuse(REFUSALS.noEnd);
  const [from, to] = [left.days[0], right.days[0]];
  if (from === undefined || to === undefined) return refuse(REFUSALS.noDay);
  const by = [
    ['00:00', '24:00'],
    ['22:00', '06:00'],
  ] as const;
  return ambiguity(
    QUESTIONS.startAndEndTimes,
    by.map(([start, end]) => ({
      edits: [replaceSpan(from, `${first.day.toString()} ${start}`), replaceSpan(to, `${last.day.toString()} ${end}`)],
    })),
  );
}

/** `all day` is from midnight to midnight. */
function resolveAllDay(
  phrase: PhraseOf<'all day'>,
  left: Bound,
  right: Bound | undefined,
  minutes: number | undefined,
  zone: ResolvedZone,
  reader: ReaderContext,
): WindowAnswer | Unresolved {
  const clock = left.clocks[0] ?? right?.clocks[0] ?? left.now ?? left.delay;
  if (clock !== undefined || minutes !== undefined) {
    return refuse(REFUSALS.allDayWithTimes(quote(phrase, reader)), 'saturday all day');
  }
  const today = todayIn(zone.id, reader.now);
  const insert = (words: string) => ({ edits: [insertAt(phrase.end, ` ${words} `)] });
  if (left.days.length === 0 && left.weekdays.length === 0) {
    return ambiguity(QUESTIONS.whichDay, [
      insert(today.add({ days: 1 }).toString()),
      insert(today.add({ days: 2 }).toString()),
    ]);
  }
  if (left.weekdays.length > 0) {
    return refuse(
      REFUSALS.severalDaysAllDay(quote(left.weekdays[0] ?? phrase, reader)),
      'saturday 00:00 to sunday 24:00',
    );
  }
  const first = resolveDay(left, today, reader, (day) => day.until(today).days < 0);
  if (first === undefined || isUnresolved(first)) return first ?? refuse(REFUSALS.noDay);
  const midnight: Clock = { hour: 0, minute: 0, second: 0, isCertain: true };
  const start = resolveTime(first.day, midnight, zone.id, reader.now);
  if (start.instant < reader.now) {
    if (!first.day.equals(today)) return refuse(REFUSALS.dayPast(formatDay(first.day)), 'saturday all day');
    const cut = left.days.map((day) => replaceSpan(day, ''));
    return ambiguity(QUESTIONS.restOfToday, [{ edits: [replaceSpan(phrase, 'now until midnight'), ...cut] }]);
  }
  const last =
    right === undefined ? first : resolveDay(right, first.day, reader, (day) => day.until(first.day).days <= 0);
  if (last === undefined || isUnresolved(last)) return last ?? refuse(REFUSALS.noEnd);
  const end = resolveTime(last.day, { ...midnight, hour: 24 }, zone.id, start.instant);
  return buildWindow(
    { ...start, notices: [...first.notices, ...start.notices] },
    end,
    undefined,
    { own: zone, start: zone, end: zone },
    [],
    reader,
  );
}
