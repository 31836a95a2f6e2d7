import { formatClock } from './format.ts';
import type { Lexicon } from './lexicon.ts';
import type { PartOfDay } from './phrases.ts';
import { type Match, matchAt, parseAt } from './source-text.ts';
import { REFUSALS } from './texts.ts';
import type { Clock, TokenOf } from './tokens.ts';

type ClockMeaning = TokenOf<'clock' | 'invalid'>;

// No letter may follow except those of a zone (`22:00Z`, `2amCET`).
const CLOCK_END = '(?:(?![\\p{Script=Latin}\\d_])|(?=z(?![\\p{L}\\d])|utc|gmt|ce?st|cet))';

const MERIDIEM = new RegExp(
  `(\\d{1,2})(?:[:.h](\\d{2}))?(?::(\\d{2}))?(?: ?(a\\.? ?m\\.?|p\\.? ?m\\.?)|([ap]))${CLOCK_END}`,
  'uy',
);

const MERIDIEM_AFTER_PHRASE = / ?(a\.? ?m\.?|p\.? ?m\.?)(?![\p{L}\d])/uy;

const COLON = new RegExp(
  `(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,]\\d+)?)?(?: ?(?:hrs?|hours?|uhr|h)(?![\\p{L}\\d]))?${CLOCK_END}`,
  'uy',
);

const ISO_CLOCK = /t(\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?(?![\d:])/uy;

const FOUR_DIGITS = /(\d{2})(\d{2})(?: ?(?:hrs?|hours?|h|uhr))(?![\p{L}\d])/uy;

const DOTTED = new RegExp(`(\\d{1,2})\\.(\\d{2})(?: ?uhr|h)?(?!\\.?\\d)${CLOCK_END}`, 'uy');

const MINUTES_AFTER_MARK = / ?(\d{2})(?![\d:.]| ?(?:min|std|stunden|tage))/uy;

const JAPANESE_CLOCK =
  /(午前|午後|深夜|早朝|未明|朝|昼|夜|夕方|正午)? ?(\d{1,2}|[一二三四五六七八九十]{1,3})(?:時(?!間)(?:(\d{1,2})分(?!間)|(半))?|:(\d{2}))/uy;

const MINUTE_MARK = /:([0-5]\d)(?![\d:])/uy;

/** Parses a time of day at a position of the folded text; `afterDate` if a date in digits ends there. */
export function parseClock(
  lexicon: Lexicon,
  text: string,
  at: number,
  afterDate: boolean,
): Match<ClockMeaning> | undefined {
  return (
    (afterDate
      ? parseAt(ISO_CLOCK, text, at, ([source, ...parts]) => from24Hour(source.slice(1), parts, true))
      : undefined) ??
    parseClockPhrase(lexicon, text, at) ??
    (lexicon.unspaced ? parseAt(JAPANESE_CLOCK, text, at, (found) => readJapaneseClock(lexicon, found)) : undefined) ??
    parseMeridiemClock(lexicon, text, at) ??
    parseAt(FOUR_DIGITS, text, at, ([source, hour, minute]) => from24Hour(source, [hour, minute], true)) ??
    parseAt(COLON, text, at, ([source, ...parts]) => from24Hour(source, parts, source.includes('uhr'))) ??
    parseHourMarkClock(lexicon, text, at)
  );
}

/** `22.30`: a time of day where no date is meant. */
export function parseDottedClock(text: string, at: number): Match<ClockMeaning> | undefined {
  return parseAt(DOTTED, text, at, ([source, ...parts]) => from24Hour(source, parts));
}

/** `:15`, a minute of every hour. */
export function parseMinuteMark(text: string, at: number): Match<TokenOf<'minute mark'>> | undefined {
  if (/\d/.test(text[at - 1] ?? '')) return undefined;
  return parseAt(MINUTE_MARK, text, at, ([, minute]) => ({ kind: 'minute mark', minute: Number(minute) }));
}

function toClock(minutes: number, isCertain: boolean): TokenOf<'clock'> {
  const day = (minutes + 1440) % 1440;
  return { kind: 'clock', clock: { hour: Math.floor(day / 60), minute: day % 60, second: 0, isCertain } };
}

function parseClockPhrase(lexicon: Lexicon, text: string, at: number): Match<ClockMeaning> | undefined {
  const number = (word = '') => (/^\d/.test(word) ? Number(word) : lexicon.numbers.get(word.replace(/ +/g, ' '))) ?? -1;
  const start = text.charAt(at);
  for (const { first: begin, pattern, shift } of lexicon.clockPhrases) {
    const isPossible = begin === undefined ? lexicon.amountStarts.has(start) : begin === start;
    const found = isPossible ? matchAt(pattern, text, at) : undefined;
    if (found === undefined) continue;
    const [phrase, first, second] = found;
    const minutes = typeof shift === 'number' ? shift : shift === 'n' ? number(first) : -number(first);
    const hour = number(typeof shift === 'number' ? first : second);
    if (hour < 0 || hour > 23 || Math.abs(minutes) > 59) continue;
    const end = at + phrase.length;
    const withMeridiem = parseAt(MERIDIEM_AFTER_PHRASE, text, end, ([suffix, meridiem = '']) => {
      const meaning = from12Hour(phrase + suffix, [String(hour)], meridiem);
      return meaning.kind === 'invalid' ? meaning : toClock(meaning.clock.hour * 60 + minutes, true);
    });
    return withMeridiem ?? { value: toClock(hour * 60 + minutes, hour > 12 || hour === 0), end };
  }
  return undefined;
}

function readJapaneseClock(lexicon: Lexicon, found: RegExpExecArray): ClockMeaning | undefined {
  const [source, part, hourText = '', minuteText, half, afterColon] = found;
  if (afterColon !== undefined && part === undefined) return undefined;
  const hour = /\d/.test(hourText) ? Number(hourText) : (lexicon.numbers.get(hourText) ?? -1);
  const minute = half === undefined ? Number(minuteText ?? afterColon ?? 0) : 30;
  const certain = (clockHour: number): ClockMeaning => ({
    kind: 'clock',
    clock: { hour: clockHour, minute, second: 0, isCertain: true },
  });
  const isLate = part === '午後' || part === '夜' || part === '夕方' || part === '昼';
  // The night continues past midnight: 夜1時 is 1 am.
  if (isLate && hour < 12) return certain(part === '夜' && hour < 5 ? hour : hour + 12);
  if (part === '午前' && hour === 12) return certain(0);
  return from24Hour(source, [String(hour), String(minute)], true);
}

function parseMeridiemClock(lexicon: Lexicon, text: string, at: number): Match<ClockMeaning> | undefined {
  return parseAt(MERIDIEM, text, at, ([source, hour, minute, second, meridiem, letter]) => {
    // "um 22 am Montag": in German "am" is a preposition as well.
    const isPreposition =
      lexicon.code === 'de' && / am$/.test(source) && /^ +[\p{L}\d]/u.test(text.slice(at + source.length));
    return isPreposition ? undefined : from12Hour(source, [hour, minute, second], meridiem ?? letter ?? '');
  });
}

function parseHourMarkClock(lexicon: Lexicon, text: string, at: number): Match<ClockMeaning> | undefined {
  if (lexicon.hourMark === undefined || lexicon.unspaced) return undefined;
  const found = matchAt(lexicon.hourMark, text, at);
  if (found === undefined) return undefined;
  const end = at + found[0].length;
  const minutes = matchAt(MINUTES_AFTER_MARK, text, end);
  return { value: from24Hour(found[0], [found[1], minutes?.[1]], true), end: end + (minutes?.[0].length ?? 0) };
}

/** Four digits (`0200`) as a time of day. */
export function readFourDigits(digits: string): ClockMeaning {
  return from24Hour(digits, [digits.slice(0, 2), digits.slice(2)], true);
}

type ClockParts = readonly (string | undefined)[];

function from24Hour(source: string, [hourText = '0', ...rest]: ClockParts, day24 = false): ClockMeaning {
  const [hour, minute, second] = [Number(hourText), Number(rest[0] ?? 0), Number(rest[1] ?? 0)];
  if (hour > 24 || (hour === 24 && minute + second > 0)) {
    return { kind: 'invalid', reason: REFUSALS.lastTime(source.trim()) };
  }
  if (minute > 59 || second > 59) return { kind: 'invalid', reason: REFUSALS.minutesAndSeconds(source.trim()) };
  // Two digits suggest the 24-hour clock.
  const isCertain = day24 || hourText.length > 1 || hour === 0 || hour > 12;
  const clock = { hour, minute, second, isCertain, hasMinutes: true, ...(isCertain && { is24Hour: true }) };
  return { kind: 'clock', clock };
}

function from12Hour(
  source: string,
  [hourText, minuteText = '0', secondText]: ClockParts,
  meridiem: string,
): ClockMeaning {
  const [hour, minute, second] = [Number(hourText), Number(minuteText), Number(secondText ?? 0)];
  if (hour < 1 || hour > 12) {
    const plain = hour < 24 ? ` Write ${String(hour).padStart(2, '0')}:${minuteText.padStart(2, '0')}.` : '';
    return { kind: 'invalid', reason: REFUSALS.hoursOfMeridiem(source.trim(), plain) };
  }
  if (minute > 59 || second > 59) return { kind: 'invalid', reason: REFUSALS.minutesAndSeconds(source.trim()) };
  const hour24 = (hour % 12) + (meridiem.startsWith('p') ? 12 : 0);
  return { kind: 'clock', clock: { hour: hour24, minute, second, isCertain: true } };
}

/** The unambiguous readings of a time of day, given the part of the day. */
export function clockCandidates(
  clock: Clock,
  part: PartOfDay | undefined,
  hours24: boolean,
): readonly [Clock, ...Clock[]] {
  if (clock.isCertain) {
    // "8 Uhr abends", "今夜11時": with a part of the day, hours count to twelve.
    const later = { ...clock, hour: clock.hour + 12 };
    const isCounted = part !== undefined && clock.is24Hour === true && clock.hour < 12;
    return [isCounted && !fitsPart(clock, part) && fitsPart(later, part) ? later : clock];
  }
  if (clock.hasMinutes === true && hours24 && part === undefined) {
    return [{ ...clock, isCertain: true, is24Hour: true }];
  }
  const am = { ...clock, hour: clock.hour % 12, isCertain: true };
  const pm = { ...clock, hour: (clock.hour % 12) + 12, isCertain: true };
  switch (part) {
    case 'small hours':
    case 'morning':
      return [am];
    case 'afternoon':
      return [pm];
    case 'evening':
    case 'night':
      if (clock.hour === 12) return [{ ...am, isMidnight: true }];
      if (part === 'evening' || clock.hour >= 6) return [pm];
      return clock.hour <= 4 ? [am] : [am, pm];
    case undefined:
      return [am, pm];
  }
}

const PART_HOURS: Readonly<Record<PartOfDay, (hour: number) => boolean>> = {
  'small hours': (hour) => hour < 9,
  morning: (hour) => hour < 12,
  afternoon: (hour) => hour >= 12 && hour < 19,
  evening: (hour) => hour >= 16 || hour === 0,
  night: (hour) => hour >= 18 || hour < 8,
};

function fitsPart({ hour }: Clock, part: PartOfDay): boolean {
  return PART_HOURS[part](hour);
}

/** Why a time of day cannot belong to a part of the day. */
export function explainContradiction(clock: Clock, part: PartOfDay): string | undefined {
  return fitsPart(clock, part) ? undefined : REFUSALS.notInPart(formatClock(clock), part);
}

const SUGGESTED_TIMES: Readonly<Record<PartOfDay, readonly string[]>> = {
  'small hours': ['01:00', '02:00', '03:00', '04:00'],
  morning: ['06:00', '08:00', '10:00'],
  afternoon: ['13:00', '15:00', '17:00'],
  evening: ['18:00', '20:00', '22:00'],
  night: ['21:00', '22:00', '23:00'],
};

export function suggestTimes(part: PartOfDay | undefined, otherwise = ['02:00', '06:00', '22:00']): readonly string[] {
  return part === undefined ? otherwise : SUGGESTED_TIMES[part];
}

export function minuteOfDay(clock: Clock): number {
  return clock.hour * 60 + clock.minute;
}
