import type { Unit } from './languages/language.ts';
import type { Clock, Length } from './lexemes.ts';
import type { Lexicon } from './lexicon.ts';
import type { Found } from './zones.ts';

const NONE: Length = { months: 0, days: 0, minutes: 0 };
const ISO =
  /p(?=\d|t\d)(?:(\d+)y)?(?:(\d+)m)?(?:(\d+)w)?(?:(\d+)d)?(?:t(?:(\d+(?:[.,]\d+)?)h)?(?:(\d+(?:[.,]\d+)?)m)?(?:(\d+(?:[.,]\d+)?)s)?)?(?![\p{L}\d])/uy;
const FRACTIONS: Readonly<Record<string, number>> = { '½': 0.5, '¼': 0.25, '¾': 0.75 };
// `2h30`: the minutes without their unit.
const LOOSE_MINUTES = /([0-5]\d)(?![\d:\p{Script=Latin}])/uy;

export interface FoundLength extends Found<Length> {
  /** `22h` and `2h30` are times of day as well. */
  readonly clock?: Clock;
}

/** The length of time that is written at a place of the folded text. */
export function lengthAt(lexicon: Lexicon, text: string, at: number): FoundLength | undefined {
  return isoAt(text, at) ?? phraseAt(lexicon, text, at) ?? countedAt(lexicon, text, at);
}

/** The length in minutes, or undefined when it has months, which are not all of one length. */
export function minutesOf(length: Length): number | undefined {
  return length.months === 0 ? length.days * 1440 + length.minutes : undefined;
}

function isoAt(text: string, at: number): FoundLength | undefined {
  ISO.lastIndex = at;
  const found = ISO.exec(text);
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

function phraseAt(lexicon: Lexicon, text: string, at: number): FoundLength | undefined {
  for (const { pattern, minutes } of lexicon.lengths) {
    pattern.lastIndex = at;
    if (!pattern.test(text)) continue;
    const more = countedAt(lexicon, text, afterJoint(lexicon, text, pattern.lastIndex));
    const length = minutes % 1440 === 0 ? { ...NONE, days: minutes / 1440 } : { ...NONE, minutes };
    if (more === undefined || more.clock !== undefined) return { value: length, end: pattern.lastIndex };
    return { value: sum(length, more.value), end: more.end };
  }
  return undefined;
}

function countedAt(lexicon: Lexicon, text: string, at: number): FoundLength | undefined {
  const first = partAt(lexicon, text, at);
  if (first === undefined) return undefined;
  let length = lengthOf(first.amount, first.unit);
  let { end } = first;
  if (first.letter && first.unit === 'hour' && Number.isInteger(first.amount)) {
    LOOSE_MINUTES.lastIndex = end;
    const loose = LOOSE_MINUTES.exec(text);
    if (loose !== null) {
      const minute = Number(loose[1]);
      return { value: sum(length, lengthOf(minute, 'minute')), end: end + 2, ...clockOf(first.amount, minute) };
    }
  }
  let parts = 1;
  let smallest = first.unit;
  let half = false;
  for (;;) {
    lexicon.andAHalf.lastIndex = end;
    if (lexicon.andAHalf.test(text)) {
      length = sum(length, lengthOf(0.5, smallest));
      end = lexicon.andAHalf.lastIndex;
      half = parts === 1;
      parts += 1;
      break;
    }
    const next = partAt(lexicon, text, afterJoint(lexicon, text, end));
    if (next === undefined || SIZE[next.unit] >= SIZE[smallest]) break;
    length = sum(length, lengthOf(next.amount, next.unit));
    ({ end } = next);
    smallest = next.unit;
    parts += 1;
  }
  const alone = (parts === 1 || half) && first.letter && first.unit === 'hour' && Number.isInteger(first.amount);
  return { value: length, end, ...(alone ? clockOf(first.amount, half ? 30 : 0) : {}) };
}

function clockOf(hour: number, minute: number): { clock?: Clock } {
  if (hour > 24 || (hour === 24 && minute > 0)) return {};
  return { clock: { hour, minute, second: 0, sure: true, day24: true } };
}

function afterJoint(lexicon: Lexicon, text: string, at: number): number {
  lexicon.joint.lastIndex = at;
  return lexicon.joint.test(text) ? lexicon.joint.lastIndex : at;
}

const SIZE: Readonly<Record<Unit, number>> = { second: 0, minute: 1, hour: 2, day: 3, week: 4, month: 5, year: 6 };
// One letter, or a word that in some languages means o'clock as well.
const CLOCK_LIKE = /^(?:h|hs|heures?|horas?)$/;

interface Part {
  readonly amount: number;
  readonly unit: Unit;
  readonly letter: boolean;
  readonly end: number;
}

function partAt(lexicon: Lexicon, text: string, at: number): Part | undefined {
  lexicon.number.lastIndex = at;
  const number = lexicon.number.exec(text);
  if (number === null) return undefined;
  const whole = amountOf(lexicon, number);
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

function amountOf(
  lexicon: Lexicon,
  [, whole, over, under, before, fraction, plain, word]: RegExpExecArray,
): number | undefined {
  if (over !== undefined) return Number(under) === 0 ? undefined : Number(whole ?? 0) + Number(over) / Number(under);
  if (fraction !== undefined) return Number(before === '' ? 0 : (before ?? 0)) + (FRACTIONS[fraction] ?? 0);
  if (plain !== undefined) return Number(plain.replace(',', '.'));
  return word === undefined ? undefined : lexicon.counted.get(word.replace(/ +/g, ' '));
}

function lengthOf(amount: number, unit: Unit): Length {
  switch (unit) {
    case 'second':
      return { ...NONE, minutes: amount / 60 };
    case 'minute':
      return { ...NONE, minutes: amount };
    case 'hour':
      return { ...NONE, minutes: amount * 60 };
    case 'day':
      return Number.isInteger(amount) ? { ...NONE, days: amount } : { ...NONE, minutes: amount * 1440 };
    case 'week':
      return Number.isInteger(amount * 7) ? { ...NONE, days: amount * 7 } : { ...NONE, minutes: amount * 10_080 };
    case 'month':
      return { ...NONE, months: amount };
    case 'year':
      return { ...NONE, months: amount * 12 };
  }
}

function sum(a: Length, b: Length): Length {
  return { months: a.months + b.months, days: a.days + b.days, minutes: a.minutes + b.minutes };
}
