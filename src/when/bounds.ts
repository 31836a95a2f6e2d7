import { quote, type ReaderContext } from './context.ts';
import { writeClock } from './format.ts';
import { findPhrase, hasPhrase, type PartOfDay, type Phrase, type PhraseOf, selectPhrases } from './phrases.ts';
import { ask, askReplacement, RANGE_EXAMPLE, refuse } from './results.ts';
import { replaceSpan } from './source-text.ts';
import { QUESTIONS, REFUSALS } from './texts.ts';
import { clockCandidates, minuteOfDay } from './times.ts';
import type { Clock } from './tokens.ts';

export type Bound = ReturnType<typeof toBound>;

export interface Bounds {
  readonly start: Bound;
  /** Undefined for a sentence without an end. */
  readonly end: Bound | undefined;
}

export function toBound(phrases: readonly Phrase[]) {
  return {
    phrases,
    days: selectPhrases(phrases, 'day'),
    clocks: selectPhrases(phrases, 'clock'),
    weekdays: selectPhrases(phrases, 'weekdays'),
    part: findPhrase(phrases, 'part'),
    tonight: findPhrase(phrases, 'tonight'),
    now: findPhrase(phrases, 'now'),
    delay: findPhrase(phrases, 'in'),
    zones: selectPhrases(phrases, 'zone'),
  };
}

export function getPartOfDay(bound: Bound): PartOfDay | undefined {
  return bound.part?.part ?? (bound.tonight === undefined ? undefined : 'night');
}

function namesTimeIn(phrases: readonly Phrase[]): boolean {
  return hasPhrase(phrases, 'day', 'clock', 'part', 'tonight', 'now', 'in', 'weekdays');
}

export function namesTime(bound: Bound): boolean {
  return namesTimeIn(bound.phrases);
}

/** Splits the phrases of a sentence into its start and its end. @throws Unresolved */
export function splitBounds(all: readonly Phrase[]): Bounds {
  const phrases = normalizeConnectors(all);
  const at = phrases.findIndex((phrase) => phrase.kind === 'to');
  if (at < 0) return { start: toBound(phrases), end: undefined };
  let [before, after] = [phrases.slice(0, at), phrases.slice(at + 1)];
  const again = after.findIndex((phrase) => phrase.kind === 'to');
  if (again >= 0) {
    if (namesTimeIn(after.slice(0, again)) && namesTimeIn(after.slice(again + 1))) {
      refuse(REFUSALS.severalStartsAndEnds, RANGE_EXAMPLE);
    }
    after = after.filter((phrase) => phrase.kind !== 'to');
  }
  // "until 6am starting tomorrow 2am": the start comes second.
  const from = after.findIndex((phrase) => phrase.kind === 'from');
  if (!namesTimeIn(before) && from > 0 && namesTimeIn(after.slice(from))) {
    [before, after] = [[...before, ...after.slice(from)], after.slice(0, from)];
  }
  return namesTimeIn(after)
    ? { start: toBound(before), end: toBound(after) }
    : { start: toBound([...before, ...after]), end: undefined };
}

/** `between A and B` and, in Japanese, `B until`, as `A to B`. */
function normalizeConnectors(all: readonly Phrase[]): readonly Phrase[] {
  const phrases = [...all];
  const between = phrases.findIndex((phrase) => phrase.kind === 'between');
  const and = phrases.findIndex((phrase, index) => index > between && phrase.kind === 'and');
  const joint = phrases[and];
  if (between >= 0 && joint !== undefined && !hasPhrase(phrases, 'to')) {
    phrases[and] = { start: joint.start, end: joint.end, kind: 'to' };
  }
  const closing = phrases.findIndex((phrase) => phrase.kind === 'to before');
  const closed = phrases[closing];
  if (closed === undefined) return phrases;
  phrases.splice(closing, 1);
  if (hasPhrase(phrases.slice(0, closing), 'to')) return phrases;
  let first = closing;
  while (hasPhrase(phrases.slice(Math.max(0, first - 1), first), 'day', 'clock', 'part', 'zone', 'tonight')) first--;
  phrases.splice(first, 0, { start: closed.start, end: closed.start, kind: 'to' });
  return phrases;
}

/** The reading of a time of day, which is asked for if there are several. @throws Unresolved */
export function readClock(
  phrase: PhraseOf<'clock'>,
  part: PartOfDay | undefined,
  reader: ReaderContext,
  question = QUESTIONS.morningOrAfternoon,
): Clock {
  const readings = clockCandidates(phrase.clock, part, reader.uses24Hours);
  return readings.length === 1 ? readings[0] : askReading(phrase, readings, reader, question);
}

/** Asks which of several readings of a time of day is meant. @throws Unresolved */
export function askReading(
  phrase: PhraseOf<'clock'>,
  readings: readonly Clock[],
  reader: ReaderContext,
  question = QUESTIONS.morningOrAfternoon,
): never {
  const replacements = readings.map((reading) => writeClock(reading, reader));
  return askReplacement(question(quote(reader, phrase)), phrase, replacements);
}

/** Resolves am or pm of one bound from the other: `9-11pm`, `von 2 bis 4 Uhr`. @throws Unresolved */
export function alignMeridiems(left: Bound, right: Bound, reader: ReaderContext): { start: Bound; end: Bound } {
  const [from, to] = [left.clocks[0], right.clocks[0]];
  const same = { start: left, end: right };
  if (from === undefined || to === undefined || left.clocks.length > 1 || right.clocks.length > 1) return same;
  const starts = clockCandidates(from.clock, getPartOfDay(left), reader.uses24Hours);
  const ends = clockCandidates(to.clock, getPartOfDay(right), reader.uses24Hours);
  if (right.days.length > 0 || (starts.length === 1 && ends.length === 1)) return same;
  const withClocks = (start: Clock, end: Clock) => ({
    start: { ...left, clocks: [{ ...from, clock: start }] },
    end: { ...right, clocks: [{ ...to, clock: end }] },
  });
  if (starts.length > 1 && ends.length > 1) {
    const options = starts.map((start) => {
      const end = ends.find((last) => isUnderHalfDay(start, last));
      return {
        edits: [
          replaceSpan(from, writeClock(start, reader)),
          replaceSpan(to, end === undefined ? '' : writeClock(end, reader)),
        ],
      };
    });
    return ask(QUESTIONS.morningOrAfternoon(quote(reader, from)), options);
  }
  if (starts.length > 1) {
    const [end] = ends;
    const start = starts.find((first) => isUnderHalfDay(first, end));
    if (start === undefined || (end.is24Hour === true && from.clock.hour % 24 !== start.hour)) return same;
    return withClocks({ ...start, isCertain: true, ...(end.is24Hour && { is24Hour: true }) }, end);
  }
  const [start] = starts;
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

/** Asks which of two times joined by "or" is meant. @throws Unresolved */
export function checkAlternatives(phrases: readonly Phrase[]): void {
  const at = phrases.findIndex((phrase) => phrase.kind === 'or');
  const [or, before, after] = [phrases[at], phrases[at - 1], phrases[at + 1]];
  if (or === undefined || before === undefined || after === undefined) return;
  const findEdge = (step: 1 | -1): Phrase => {
    const isTime = (phrase: Phrase | undefined) => phrase && (namesTimeIn([phrase]) || phrase.kind === 'zone');
    let index = at + step;
    while (isTime(phrases[index + step])) index += step;
    return phrases[index] ?? before;
  };
  const alike = before.kind === after.kind;
  const [first, last] = alike ? [before, after] : [findEdge(-1), findEdge(1)];
  ask(QUESTIONS.whichOfTwo, [
    { edits: [replaceSpan({ start: or.start, end: last.end }, ' ')] },
    { edits: [replaceSpan({ start: first.start, end: after.start }, ' ')] },
  ]);
}
