import { askBetween, quote, type ReaderContext } from './context.ts';
import { type PartOfDay, type Phrase, type PhraseOf, selectPhrases } from './phrases.ts';
import { type Ambiguity, ambiguity, refuse, type Unresolved } from './results.ts';
import { clockCandidates, minuteOfDay, writeClockFor } from './times.ts';
import type { Clock } from './tokens.ts';

/** What is said of one end of a window. */
export interface Bound {
  readonly phrases: readonly Phrase[];
  readonly days: readonly PhraseOf<'day'>[];
  readonly clocks: readonly PhraseOf<'clock'>[];
  readonly weekdays: readonly PhraseOf<'weekdays'>[];
  readonly part: PhraseOf<'part'> | undefined;
  readonly tonight: PhraseOf<'tonight'> | undefined;
  readonly now: PhraseOf<'now'> | undefined;
  readonly delay: PhraseOf<'in'> | undefined;
  readonly zones: readonly PhraseOf<'zone'>[];
}

export interface Bounds {
  readonly start: Bound;
  /** Undefined when only a start, or a start and a length, was said. */
  readonly end: Bound | undefined;
}

export function toBound(items: readonly Phrase[]): Bound {
  return {
    phrases: items,
    days: selectPhrases(items, 'day'),
    clocks: selectPhrases(items, 'clock'),
    weekdays: selectPhrases(items, 'weekdays'),
    part: selectPhrases(items, 'part').at(0),
    tonight: selectPhrases(items, 'tonight').at(0),
    now: selectPhrases(items, 'now').at(0),
    delay: selectPhrases(items, 'in').at(0),
    zones: selectPhrases(items, 'zone'),
  };
}

export function getPartOfDay(side: Bound): PartOfDay | undefined {
  return side.part?.part ?? (side.tonight === undefined ? undefined : 'night');
}

/** Whether a side names an instant, or part of one. */
export function namesTime(side: Bound): boolean {
  return (
    side.days.length > 0 ||
    side.clocks.length > 0 ||
    side.part !== undefined ||
    side.tonight !== undefined ||
    side.now !== undefined ||
    side.delay !== undefined ||
    side.weekdays.length > 0
  );
}

/** The two ends that a sentence speaks of. */
export function splitBounds(said: readonly Phrase[]): Bounds | Unresolved {
  const items = normalizeConnectors(said);
  const at = items.findIndex((item) => item.is === 'to');
  if (at < 0) return { start: toBound(items), end: undefined };
  let [before, after] = [items.slice(0, at), items.slice(at + 1)];
  const again = after.findIndex((item) => item.is === 'to');
  if (again >= 0) {
    if (namesTime(toBound(after.slice(0, again))) && namesTime(toBound(after.slice(again + 1)))) {
      return refuse('More than one end is named. Say one start and one end.', 'tomorrow 22:00 to 23:30');
    }
    after = after.filter((item) => item.is !== 'to');
  }
  // "until 6am starting tomorrow 2am": the start comes second.
  const from = after.findIndex((item) => item.is === 'from');
  if (!namesTime(toBound(before)) && from > 0 && namesTime(toBound(after.slice(from)))) {
    [before, after] = [[...before, ...after.slice(from)], after.slice(0, from)];
  }
  const right = toBound(after);
  if (!namesTime(right)) return { start: toBound([...before, ...after]), end: undefined };
  return { start: toBound(before), end: right };
}

/** `between A and B` and, in Japanese, `B until`, as `A to B`. */
function normalizeConnectors(said: readonly Phrase[]): readonly Phrase[] {
  const items = [...said];
  const between = items.findIndex((item) => item.is === 'between');
  if (between >= 0 && !items.some((item) => item.is === 'to')) {
    const and = items.findIndex((item, index) => index > between && item.is === 'and');
    const item = items[and];
    if (item !== undefined) items[and] = { start: item.start, end: item.end, is: 'to' };
  }
  const closing = items.findIndex((item) => item.is === 'to before');
  const closed = items[closing];
  if (closed === undefined) return items;
  items.splice(closing, 1);
  if (items.slice(0, closing).some((item) => item.is === 'to')) return items;
  let first = closing;
  const points = ['day', 'clock', 'part', 'zone', 'tonight'];
  while (first > 0 && points.includes(items[first - 1]?.is ?? '')) first--;
  items.splice(first, 0, { start: closed.start, end: closed.start, is: 'to' });
  return items;
}

export interface AlignedBounds {
  readonly start: Bound;
  readonly end: Bound;
  readonly notices: readonly string[];
}

/** Settles the half of the day where one end of a range tells that of the other: `9-11pm`, `von 2 bis 4 Uhr`. */
export function alignMeridiems(left: Bound, right: Bound, setting: ReaderContext): AlignedBounds | Unresolved {
  const [from, to] = [left.clocks[0], right.clocks[0]];
  const same = { start: left, end: right, notices: [] };
  if (from === undefined || to === undefined || left.clocks.length > 1 || right.clocks.length > 1) return same;
  const starts = clockCandidates(from.clock, getPartOfDay(left), setting.uses24Hours);
  const ends = clockCandidates(to.clock, getPartOfDay(right), setting.uses24Hours);
  const datedEnd = right.days.length > 0;
  const [start, start2] = starts;
  const [end, end2] = ends;
  if (start === undefined || end === undefined || (start2 === undefined && end2 === undefined)) return same;
  const withClocks = (a: Clock, b: Clock, notices: readonly string[] = []): AlignedBounds => ({
    start: { ...left, clocks: [{ ...from, clock: a }] },
    end: { ...right, clocks: [{ ...to, clock: b }] },
    notices,
  });
  if (start2 !== undefined && end2 !== undefined) {
    const pairs = starts.map(
      (first) => [first, datedEnd ? undefined : ends.find((last) => isUnderHalfDay(first, last))] as const,
    );
    if (datedEnd) return same;
    return askBetween(`Is "${quote(from, setting)}" in the morning or in the afternoon?`, [
      { item: from, replacements: pairs.map(([first]) => writeClockFor(first, setting)) },
      { item: to, replacements: pairs.map(([, last]) => (last === undefined ? '' : writeClockFor(last, setting))) },
    ]);
  }
  if (datedEnd) return same;
  if (start2 !== undefined) {
    const chosen = starts.find((first) => isUnderHalfDay(first, end));
    if (chosen === undefined) return same;
    const written24 = from.clock.hour % 24 === chosen.hour;
    if (end.is24Hour === true && !written24) return same;
    return withClocks({ ...chosen, isCertain: true, ...(end.is24Hour ? { is24Hour: true } : {}) }, end);
  }
  const nearest = ends.find((last) => isUnderHalfDay(start, last));
  if (nearest === undefined) return same;
  const byPart = getPartOfDay(left) !== undefined && !from.clock.isCertain;
  const written24 = start.is24Hour === true && to.clock.hour % 24 === nearest.hour;
  return byPart || written24 ? withClocks(start, nearest) : same;
}

/** Whether it is less than half a day from one time of day to the other. */
function isUnderHalfDay(start: Clock, end: Clock): boolean {
  const minutes = (minuteOfDay(end) - minuteOfDay(start) + 1440) % 1440;
  return minutes > 0 && minutes < 720;
}

const TIME_POINTS: readonly Phrase['is'][] = ['day', 'clock', 'part', 'tonight', 'now', 'in', 'weekdays', 'zone'];

function isTimePhrase(item: Phrase | undefined): item is Phrase {
  return item !== undefined && TIME_POINTS.includes(item.is);
}

/** Two times joined by "or": each of them is a choice. */
export function askAlternatives(items: readonly Phrase[]): Ambiguity | undefined {
  const [or] = selectPhrases(items, 'or');
  if (or === undefined) return undefined;
  const at = items.indexOf(or);
  const before = items[at - 1];
  const after = items[at + 1];
  if (before === undefined || after === undefined) return undefined;
  const run = (step: 1 | -1): Phrase => {
    let index = at + step;
    while (isTimePhrase(items[index + step])) index += step;
    return items[index] ?? before;
  };
  const alike = before.is === after.is;
  const first = alike ? before : run(-1);
  const last = alike ? after : run(1);
  return ambiguity('Which of the two is meant?', [
    { edits: [{ start: or.start, end: last.end, replacement: ' ' }] },
    { edits: [{ start: first.start, end: after.start, replacement: ' ' }] },
  ]);
}
