import { quote, type ReaderContext } from './context.ts';
import type { Unit } from './languages/language.ts';
import type { Lexicon } from './lexicon.ts';
import { type Phrase, selectPhrases } from './phrases.ts';
import { refuse, type Unresolved } from './results.ts';
import type { Match } from './source-text.ts';
import { REFUSALS } from './texts.ts';
import type { Clock, Duration } from './tokens.ts';
import { toMinutes } from './tokens.ts';

const NO_DURATION: Duration = { months: 0, days: 0, minutes: 0 };

const ISO_DURATION =
  /p(?=\d|t\d)(?:(\d+)y)?(?:(\d+)m)?(?:(\d+)w)?(?:(\d+)d)?(?:t(?:(\d+(?:[.,]\d+)?)h)?(?:(\d+(?:[.,]\d+)?)m)?(?:(\d+(?:[.,]\d+)?)s)?)?(?![\p{L}\d])/uy;

const FRACTIONS: Readonly<Record<string, number>> = { '½': 0.5, '¼': 0.25, '¾': 0.75 };

// `2h30`: the minutes without their unit.
const LOOSE_MINUTES = /([0-5]\d)(?![\d:\p{Script=Latin}])/uy;

export interface DurationMatch extends Match<Duration> {
  /** `22h` and `2h30` are times of day as well. */
  readonly clock?: Clock;
}

/** Parses a duration at a position of the folded text. */
export function parseDuration(lexicon: Lexicon, text: string, at: number): DurationMatch | undefined {
  return parseIsoDuration(text, at) ?? parseDurationPhrase(lexicon, text, at) ?? parseAmounts(lexicon, text, at);
}

function parseIsoDuration(text: string, at: number): DurationMatch | undefined {
  ISO_DURATION.lastIndex = at;
  const found = ISO_DURATION.exec(text);
  if (found === null) return undefined;
  const [, years, months, weeks, days, hours, minutes, seconds] = found.map((part) =>
    Number((part ?? '0').replace(',', '.')),
  );
  return {
    value: {
      months: (years ?? 0) * 12 + (months ?? 0),
      days: (weeks ?? 0) * 7 + (days ?? 0),
      minutes: (hours ?? 0) * 60 + (minutes ?? 0) + (seconds ?? 0) / 60,
    },
    end: at + found[0].length,
  };
}

function parseDurationPhrase(lexicon: Lexicon, text: string, at: number): DurationMatch | undefined {
  for (const { pattern, minutes } of lexicon.durations) {
    pattern.lastIndex = at;
    if (!pattern.test(text)) continue;
    const more = parseAmounts(lexicon, text, skipJoint(lexicon, text, pattern.lastIndex));
    const length = minutes % 1440 === 0 ? { ...NO_DURATION, days: minutes / 1440 } : { ...NO_DURATION, minutes };
    if (more === undefined || more.clock !== undefined) return { value: length, end: pattern.lastIndex };
    return { value: addDurations(length, more.value), end: more.end };
  }
  return undefined;
}

function parseAmounts(lexicon: Lexicon, text: string, at: number): DurationMatch | undefined {
  const first = parseDurationPart(lexicon, text, at);
  if (first === undefined) return undefined;
  let length = toDuration(first.amount, first.unit);
  let { end } = first;
  if (first.letter && first.unit === 'hour' && Number.isInteger(first.amount)) {
    LOOSE_MINUTES.lastIndex = end;
    const loose = LOOSE_MINUTES.exec(text);
    if (loose !== null) {
      const minute = Number(loose[1]);
      return {
        value: addDurations(length, toDuration(minute, 'minute')),
        end: end + 2,
        ...toClock(first.amount, minute),
      };
    }
  }
  let parts = 1;
  let smallest = first.unit;
  let half = false;
  for (;;) {
    lexicon.andAHalf.lastIndex = end;
    if (lexicon.andAHalf.test(text)) {
      length = addDurations(length, toDuration(0.5, smallest));
      end = lexicon.andAHalf.lastIndex;
      half = parts === 1;
      parts += 1;
      break;
    }
    const next = parseDurationPart(lexicon, text, skipJoint(lexicon, text, end));
    if (next === undefined || UNIT_ORDER[next.unit] >= UNIT_ORDER[smallest]) break;
    length = addDurations(length, toDuration(next.amount, next.unit));
    ({ end } = next);
    smallest = next.unit;
    parts += 1;
  }
  const alone = (parts === 1 || half) && first.letter && first.unit === 'hour' && Number.isInteger(first.amount);
  return { value: length, end, ...(alone ? toClock(first.amount, half ? 30 : 0) : {}) };
}

function toClock(hour: number, minute: number): { clock?: Clock } {
  if (hour > 24 || (hour === 24 && minute > 0)) return {};
  return { clock: { hour, minute, second: 0, isCertain: true, is24Hour: true } };
}

function skipJoint(lexicon: Lexicon, text: string, at: number): number {
  lexicon.durationJoint.lastIndex = at;
  return lexicon.durationJoint.test(text) ? lexicon.durationJoint.lastIndex : at;
}

const UNIT_ORDER: Readonly<Record<Unit, number>> = {
  second: 0,
  minute: 1,
  hour: 2,
  day: 3,
  week: 4,
  month: 5,
  year: 6,
};

// One letter, or a word that also means o'clock in some languages.
const CLOCK_LIKE = /^(?:h|hs|heures?|horas?)$/;

interface DurationPart {
  readonly amount: number;
  readonly unit: Unit;
  readonly letter: boolean;
  readonly end: number;
}

function parseDurationPart(lexicon: Lexicon, text: string, at: number): DurationPart | undefined {
  lexicon.amount.lastIndex = at;
  const number = lexicon.amount.exec(text);
  if (number === null) return undefined;
  const whole = readAmount(lexicon, number);
  lexicon.unit.lastIndex = at + number[0].length;
  // "two and a half hours"
  lexicon.andAHalf.lastIndex = lexicon.unit.lastIndex;
  const half = lexicon.andAHalf.test(text);
  if (half) lexicon.unit.lastIndex = lexicon.andAHalf.lastIndex;
  const amount = whole === undefined ? undefined : whole + (half ? 0.5 : 0);
  const unit = lexicon.unit.exec(text);
  const word = unit?.[1];
  const meant = word === undefined ? undefined : lexicon.units.get(word.replace(/ +/g, ' '));
  if (unit === null || word === undefined || meant === undefined || amount === undefined) return undefined;
  return { amount, unit: meant, letter: CLOCK_LIKE.test(word), end: lexicon.unit.lastIndex };
}

function readAmount(
  lexicon: Lexicon,
  [, whole, over, under, before, fraction, plain, word]: RegExpExecArray,
): number | undefined {
  if (over !== undefined) return Number(under) === 0 ? undefined : Number(whole ?? 0) + Number(over) / Number(under);
  if (fraction !== undefined) return Number(before === '' ? 0 : (before ?? 0)) + (FRACTIONS[fraction] ?? 0);
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
      return Number.isInteger(amount) ? { ...NO_DURATION, days: amount } : { ...NO_DURATION, minutes: amount * 1440 };
    case 'week':
      return Number.isInteger(amount * 7)
        ? { ...NO_DURATION, days: amount * 7 }
        : { ...NO_DURATION, minutes: amount * 10_080 };
    case 'month':
      return { ...NO_DURATION, months: amount };
    case 'year':
      return { ...NO_DURATION, months: amount * 12 };
  }
}

function addDurations(a: Duration, b: Duration): Duration {
  return { months: a.months + b.months, days: a.days + b.days, minutes: a.minutes + b.minutes };
}

/** Resolves the duration in a sentence, in minutes. */
export function resolveDuration(phrases: readonly Phrase[], reader: ReaderContext): number | undefined | Unresolved {
  const [phrase, another] = selectPhrases(phrases, 'duration');
  if (phrase === undefined) return undefined;
  if (phrase.negative) return refuse(REFUSALS.negativeDuration(quote(phrase, reader)));
  const minutes = toMinutes(phrase.duration);
  if (minutes === undefined) {
    return refuse(REFUSALS.durationInMonths(quote(phrase, reader)), 'tomorrow 02:00 for 30 days');
  }
  if (another !== undefined) {
    return refuse(REFUSALS.twoDurations(quote(phrase, reader), quote(another, reader)));
  }
  if (minutes <= 0) return refuse(REFUSALS.noDuration(quote(phrase, reader)));
  if (Math.abs(minutes - Math.round(minutes)) > 1e-6) {
    return refuse(REFUSALS.durationInSeconds(quote(phrase, reader)), 'tomorrow 02:00 for 90m');
  }
  return Math.round(minutes);
}
