import { askBetween, quote, type ReaderContext } from './context.ts';
import type { Bound, Bounds } from './phrases.ts';
import { type PartOfDay, type Phrase, selectPhrases } from './phrases.ts';
import { type Ambiguity, ambiguity, refuse, type Unresolved } from './results.ts';
import { QUESTIONS, REFUSALS } from './texts.ts';
import { clockCandidates, minuteOfDay, writeClockFor } from './times.ts';
import type { Clock } from './tokens.ts';

export function toBound(phrases: readonly Phrase[]): Bound {
  return {
    phrases: phrases,
    days: selectPhrases(phrases, 'day'),
    clocks: selectPhrases(phrases, 'clock'),
    weekdays: selectPhrases(phrases, 'weekdays'),
    part: selectPhrases(phrases, 'part').at(0),
    tonight: selectPhrases(phrases, 'tonight').at(0),
    now: selectPhrases(phrases, 'now').at(0),
    delay: selectPhrases(phrases, 'in').at(0),
    zones: selectPhrases(phrases, 'zone'),
  };
}

export function getPartOfDay(bound: Bound): PartOfDay | undefined {
  return bound.part?.part ?? (bound.tonight === undefined ? undefined : 'night');
}

/** Whether a bound has any time in it. */
export function namesTime(bound: Bound): boolean {
  return (
    bound.days.length > 0 ||
    bound.clocks.length > 0 ||
    bound.part !== undefined ||
    bound.tonight !== undefined ||
    bound.now !== undefined ||
    bound.delay !== undefined ||
    bound.weekdays.length > 0
  );
}

/** Splits the phrases of a sentence into its start and its end. */
export function splitBounds(said: readonly Phrase[]): Bounds | Unresolved {
  const phrases = normalizeConnectors(said);
  const at = phrases.findIndex((phrase) => phrase.kind === 'to');
  if (at < 0) return { start: toBound(phrases), end: undefined };
  let [before, after] = [phrases.slice(0, at), phrases.slice(at + 1)];
  const again = after.findIndex((phrase) => phrase.kind === 'to');
  if (again >= 0) {
    if (namesTime(toBound(after.slice(0, again))) && namesTime(toBound(after.slice(again + 1)))) {
      return refuse(REFUSALS.severalStartsAndEnds, 'tomorrow 22:00 to 23:30');
    }
    after = after.filter((phrase) => phrase.kind !== 'to');
  }
  // "until 6am starting tomorrow 2am": the start comes second.
  const from = after.findIndex((phrase) => phrase.kind === 'from');
  if (!namesTime(toBound(before)) && from > 0 && namesTime(toBound(after.slice(from)))) {
    [before, after] = [[...before, ...after.slice(from)], after.slice(0, from)];
  }
  const right = toBound(after);
  if (!namesTime(right)) return { start: toBound([...before, ...after]), end: undefined };
  return { start: toBound(before), end: right };
}

/** `between A and B` and, in Japanese, `B until`, as `A to B`. */
function normalizeConnectors(said: readonly Phrase[]): readonly Phrase[] {
  const phrases = [...said];
  const between = phrases.findIndex((phrase) => phrase.kind === 'between');
  if (between >= 0 && !phrases.some((phrase) => phrase.kind === 'to')) {
    const and = phrases.findIndex((phrase, index) => index > between && phrase.kind === 'and');
    const phrase = phrases[and];
    if (phrase !== undefined) phrases[and] = { start: phrase.start, end: phrase.end, kind: 'to' };
  }
  const closing = phrases.findIndex((phrase) => phrase.kind === 'to before');
  const closed = phrases[closing];
  if (closed === undefined) return phrases;
  phrases.splice(closing, 1);
  if (phrases.slice(0, closing).some((phrase) => phrase.kind === 'to')) return phrases;
  let first = closing;
  const points = ['day', 'clock', 'part', 'zone', 'tonight'];
  while (first > 0 && points.includes(phrases[first - 1]?.kind ?? '')) first--;
  phrases.splice(first, 0, { start: closed.start, end: closed.start, kind: 'to' });
  return phrases;
}

export interface AlignedBounds {
  readonly start: Bound;
  readonly end: Bound;
  readonly notices: readonly string[];
}

/** Resolves am or pm of one bound from the other: `9-11pm`, `von 2 bis 4 Uhr`. */
export function alignMeridiems(left: Bound, right: Bound, reader: ReaderContext): AlignedBounds | Unresolved {
  const [from, to] = [left.clocks[0], right.clocks[0]];
  const same = { start: left, end: right, notices: [] };
  if (from === undefined || to === undefined || left.clocks.length > 1 || right.clocks.length > 1) return same;
  const starts = clockCandidates(from.clock, getPartOfDay(left), reader.uses24Hours);
  const ends = clockCandidates(to.clock, getPartOfDay(right), reader.uses24Hours);
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
    return askBetween(QUESTIONS.morningOrAfternoon(quote(from, reader)), [
      { phrase: from, replacements: pairs.map(([first]) => writeClockFor(first, reader)) },
      { phrase: to, replacements: pairs.map(([, last]) => (last === undefined ? '' : writeClockFor(last, reader))) },
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

const TIME_POINTS: readonly Phrase['kind'][] = ['day', 'clock', 'part', 'tonight', 'now', 'in', 'weekdays', 'zone'];

function isTimePhrase(phrase: Phrase | undefined): phrase is Phrase {
  return phrase !== undefined && TIME_POINTS.includes(phrase.kind);
}

/** Asks which of two times joined by "or" is meant. */
export function askAlternatives(phrases: readonly Phrase[]): Ambiguity | undefined {
  const [or] = selectPhrases(phrases, 'or');
  if (or === undefined) return undefined;
  const at = phrases.indexOf(or);
  const before = phrases[at - 1];
  const after = phrases[at + 1];
  if (before === undefined || after === undefined) return undefined;
  const run = (step: 1 | -1): Phrase => {
    let index = at + step;
    while (isTimePhrase(phrases[index + step])) index += step;
    return phrases[index] ?? before;
  };
  const alike = before.kind === after.kind;
  const first = alike ? before : run(-1);
  const last = alike ? after : run(1);
  return ambiguity(QUESTIONS.whichOfTwo, [
    { edits: [{ start: or.start, end: last.end, replacement: ' ' }] },
    { edits: [{ start: first.start, end: after.start, replacement: ' ' }] },
  ]);
}
