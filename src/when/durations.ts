import { quote, type ReaderContext } from './context.ts';
import type { Unit } from './languages/language.ts';
import type { Lexicon } from './lexicon.ts';
import { type Phrase, selectPhrases } from './phrases.ts';
import { refuse } from './results.ts';
import { type Match, matchAt, parseAt } from './source-text.ts';
import { REFUSALS } from './texts.ts';
import { type Clock, type Duration, type TokenOf, toMinutes } from './tokens.ts';

type DurationMatch = Match<TokenOf<'duration'>>;

const NO_DURATION: Duration = { months: 0, days: 0, minutes: 0 };

const ISO_DURATION =
  /p(?=\d|t\d)(?:(\d+)y)?(?:(\d+)m)?(?:(\d+)w)?(?:(\d+)d)?(?:t(?:(\d+(?:[.,]\d+)?)h)?(?:(\d+(?:[.,]\d+)?)m)?(?:(\d+(?:[.,]\d+)?)s)?)?(?![\p{L}\d])/uy;

const FRACTIONS: Readonly<Record<string, number>> = { '½': 0.5, '¼': 0.25, '¾': 0.75 };

// `2h30`: the minutes without their unit.
const LOOSE_MINUTES = /([0-5]\d)(?![\d:\p{Script=Latin}])/uy;

export function parseDuration(lexicon: Lexicon, text: string, at: number): DurationMatch | undefined {
  return (
    parseAt(ISO_DURATION, text, at, readIsoDuration) ??
    parseDurationPhrase(lexicon, text, at) ??
    parseAmounts(lexicon, text, at)
  );
}

function readIsoDuration([, ...parts]: RegExpExecArray): TokenOf<'duration'> {
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part?: string) =>
    Number((part ?? '0').replace(',', '.')),
  );
  return {
    kind: 'duration',
    duration: { months: years * 12 + months, days: weeks * 7 + days, minutes: hours * 60 + minutes + seconds / 60 },
  };
}

function parseDurationPhrase(lexicon: Lexicon, text: string, at: number): DurationMatch | undefined {
  const start = text.charAt(at);
  const found = lexicon.durations.find(({ first, pattern }) => first === start && matchAt(pattern, text, at));
  if (found === undefined) return undefined;
  const end = found.pattern.lastIndex;
  const more = parseAmounts(lexicon, text, skipJoint(lexicon, text, end));
  const days = found.minutes / 1440;
  const duration = Number.isInteger(days) ? toDuration(days, 'day') : toDuration(found.minutes, 'minute');
  if (more === undefined || more.value.clock !== undefined) return { value: { kind: 'duration', duration }, end };
  return { value: { kind: 'duration', duration: addDurations(duration, more.value.duration) }, end: more.end };
}

function parseAmounts(lexicon: Lexicon, text: string, at: number): DurationMatch | undefined {
  const first = parsePart(lexicon, text, at);
  if (first === undefined) return undefined;
  const { amount, unit, isClockUnit } = first.value;
  let duration = toDuration(amount, unit);
  let { end } = first;
  const isHour = isClockUnit && unit === 'hour' && Number.isInteger(amount);
  const loose = isHour ? matchAt(LOOSE_MINUTES, text, end) : undefined;
  if (loose !== undefined) {
    const minutes = Number(loose[1]);
    duration = addDurations(duration, toDuration(minutes, 'minute'));
    return { value: { kind: 'duration', duration, ...toClock(amount, minutes) }, end: end + 2 };
  }
  let smallest = unit;
  let isOnePart = true;
  for (;;) {
    const half = matchAt(lexicon.andAHalf, text, end);
    if (half !== undefined) {
      duration = addDurations(duration, toDuration(0.5, smallest));
      end += half[0].length;
      const clock = isOnePart && isHour ? toClock(amount, 30) : {};
      return { value: { kind: 'duration', duration, ...clock }, end };
    }
    const next = parsePart(lexicon, text, skipJoint(lexicon, text, end));
    if (next === undefined || UNITS.indexOf(next.value.unit) >= UNITS.indexOf(smallest)) break;
    smallest = next.value.unit;
    duration = addDurations(duration, toDuration(next.value.amount, smallest));
    ({ end } = next);
    isOnePart = false;
  }
  return { value: { kind: 'duration', duration, ...(isOnePart && isHour ? toClock(amount, 0) : {}) }, end };
}

/** The time of day that `22h` and `2h30` can be as well. */
function toClock(hour: number, minute: number): { clock?: Clock } {
  if (hour > 24 || (hour === 24 && minute > 0)) return {};
  return { clock: { hour, minute, second: 0, isCertain: true, is24Hour: true } };
}

function skipJoint(lexicon: Lexicon, text: string, at: number): number {
  return at + (matchAt(lexicon.durationJoint, text, at)?.[0].length ?? 0);
}

const UNITS: readonly Unit[] = ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'];

// One letter, or a word that also means o'clock in some languages.
const CLOCK_UNIT = /^(?:h|hs|heures?|horas?)$/;

type DurationPart = { readonly amount: number; readonly unit: Unit; readonly isClockUnit: boolean };

function parsePart(lexicon: Lexicon, text: string, at: number): Match<DurationPart> | undefined {
  if (!lexicon.amountStarts.has(text.charAt(at))) return undefined;
  const number = matchAt(lexicon.amount, text, at);
  const amount = number && readAmount(lexicon, number);
  if (number === undefined || amount === undefined) return undefined;
  // "two and a half hours"
  const half = matchAt(lexicon.andAHalf, text, at + number[0].length)?.[0] ?? '';
  return parseAt(lexicon.unit, text, at + number[0].length + half.length, ([, word = '']) => {
    const unit = lexicon.units.get(word.replace(/ +/g, ' '));
    return unit && { amount: amount + (half === '' ? 0 : 0.5), unit, isClockUnit: CLOCK_UNIT.test(word) };
  });
}

function readAmount(lexicon: Lexicon, [, whole, over, under, before, fraction, plain, word]: RegExpExecArray) {
  if (over !== undefined) return Number(under) === 0 ? undefined : Number(whole ?? 0) + Number(over) / Number(under);
  if (fraction !== undefined) return Number(before ?? 0) + (FRACTIONS[fraction] ?? 0);
  if (plain !== undefined) return Number(plain.replace(',', '.'));
  return word === undefined ? undefined : lexicon.amounts.get(word.replace(/ +/g, ' '));
}

function toDuration(amount: number, unit: Unit): Duration {
  switch (unit) {
    case 'second':
      return { ...NO_DURATION, minutes: amount / 60 };
    case 'minute':
      return { ...NO_DURATION, minutes: amount };
    case 'hour':
      return { ...NO_DURATION, minutes: amount * 60 };
    case 'day':
    case 'week': {
      const days = unit === 'week' ? amount * 7 : amount;
      return Number.isInteger(days) ? { ...NO_DURATION, days } : { ...NO_DURATION, minutes: days * 1440 };
    }
    case 'month':
    case 'year':
      return { ...NO_DURATION, months: unit === 'year' ? amount * 12 : amount };
  }
}

function addDurations(a: Duration, b: Duration): Duration {
  return { months: a.months + b.months, days: a.days + b.days, minutes: a.minutes + b.minutes };
}

/** The duration in a sentence, in whole minutes, or undefined. @throws Unresolved */
export function resolveDuration(phrases: readonly Phrase[], reader: ReaderContext): number | undefined {
  const [phrase, another] = selectPhrases(phrases, 'duration');
  if (phrase === undefined) return undefined;
  const words = quote(reader, phrase);
  if (phrase.negative) return refuse(REFUSALS.negativeDuration(words));
  const minutes = toMinutes(phrase.duration);
  if (minutes === undefined) return refuse(REFUSALS.durationInMonths(words), 'tomorrow 02:00 for 30 days');
  if (another !== undefined) return refuse(REFUSALS.twoDurations(words, quote(reader, another)));
  if (minutes <= 0) return refuse(REFUSALS.noDuration(words));
  if (Math.abs(minutes - Math.round(minutes)) > 1e-6) {
    return refuse(REFUSALS.durationInSeconds(words), 'tomorrow 02:00 for 90m');
  }
  return Math.round(minutes);
}
