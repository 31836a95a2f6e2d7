import type { ReaderContext } from './context.ts';
import { formatClock, writeClock } from './format.ts';
import type { Lexicon } from './lexicon.ts';
import type { PartOfDay } from './phrases.ts';
import { type Match, matchAt } from './source-text.ts';
import { REFUSALS } from './texts.ts';
import type { Clock } from './tokens.ts';

/** A time of day, or why it is invalid. */
export type ClockResult = Clock | { readonly error: string };

// No letter may follow except those of a zone (`22:00Z`, `2amCET`).
const CLOCK_END = '(?:(?![\\p{Script=Latin}\\d_])|(?=z(?![\\p{L}\\d])|utc|gmt|ce?st|cet))';

const MERIDIEM = new RegExp(
  `(\\d{1,2})(?:[:.h](\\d{2}))?(?::(\\d{2}))?(?: ?(a\\.? ?m\\.?|p\\.? ?m\\.?)|([ap]))${CLOCK_END}`,
  'uy',
);

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

const MINUTE_MARK = /:(\d{2})(?![\d:])/uy;

/** Parses a time of day at a position of the folded text; `afterDate` if a date in digits ends there. */
export function parseClock(
  lexicon: Lexicon,
  text: string,
  at: number,
  afterDate: boolean,
): Match<ClockResult> | undefined {
  return (
    (afterDate ? parseIsoClock(text, at) : undefined) ??
    parseClockPhrase(lexicon, text, at) ??
    (lexicon.unspaced ? parseJapaneseClock(lexicon, text, at) : undefined) ??
    parseMeridiemClock(lexicon, text, at) ??
    parseFourDigitClock(text, at) ??
    parseColonClock(text, at) ??
    parseHourMarkClock(lexicon, text, at)
  );
}

/** `22.30`: a time of day where no date is meant. */
export function parseDottedClock(text: string, at: number): Match<ClockResult> | undefined {
  const found = matchAt(DOTTED, text, at);
  return found === undefined
    ? undefined
    : { value: from24Hour(found[1], found[2], undefined, found[0]), end: at + found[0].length };
}

/** `:15`, a minute of every hour. */
export function parseMinuteMark(text: string, at: number): Match<number> | undefined {
  if (/\d/.test(text[at - 1] ?? '')) return undefined;
  const found = matchAt(MINUTE_MARK, text, at);
  return found === undefined || Number(found[1]) > 59
    ? undefined
    : { value: Number(found[1]), end: at + found[0].length };
}

function parseClockPhrase(lexicon: Lexicon, text: string, at: number): Match<ClockResult> | undefined {
  for (const { pattern, shift } of lexicon.clockPhrases) {
    const found = matchAt(pattern, text, at);
    if (found === undefined) continue;
    const [all, first = '', second = ''] = found;
    const number = (word: string) =>
      (/^\d/.test(word) ? Number(word) : lexicon.numbers.get(word.replace(/ +/g, ' '))) ?? -1;
    const minutes = typeof shift === 'number' ? shift : shift === 'n' ? number(first) : -number(first);
    const hour = typeof shift === 'number' ? number(first) : number(second);
    if (hour < 0 || hour > 23 || Math.abs(minutes) > 59) continue;
    const written = hour * 60 + minutes;
    const day = (written + 1440) % 1440;
    const meridiem = matchAt(/ ?(a\.? ?m\.?|p\.? ?m\.?)(?![\p{L}\d])/uy, text, at + all.length);
    if (meridiem !== undefined) {
      const read = from12Hour(String(hour), '00', undefined, meridiem[1] ?? '', all + meridiem[0]);
      if ('error' in read) return { value: read, end: at + all.length + meridiem[0].length };
      const total = (read.hour * 60 + minutes + 1440) % 1440;
      const clock = { hour: Math.floor(total / 60), minute: total % 60, second: 0, isCertain: true };
      return { value: clock, end: at + all.length + meridiem[0].length };
    }
    const sure = hour > 12 || hour === 0;
    return {
      value: { hour: Math.floor(day / 60), minute: day % 60, second: 0, isCertain: sure },
      end: at + all.length,
    };
  }
  return undefined;
}

function parseJapaneseClock(lexicon: Lexicon, text: string, at: number): Match<ClockResult> | undefined {
  const found = matchAt(JAPANESE_CLOCK, text, at);
  if (found === undefined) return undefined;
  const [all, part, hourText = '', minuteText, half, afterColon] = found;
  if (afterColon !== undefined && part === undefined) return undefined;
  const hour = /\d/.test(hourText) ? Number(hourText) : (lexicon.numbers.get(hourText) ?? -1);
  const minute = half === undefined ? Number(minuteText ?? afterColon ?? 0) : 30;
  const end = at + all.length;
  const late = part === '午後' || part === '夜' || part === '夕方' || part === '昼';
  if (late && hour < 12) {
    // The night continues past midnight: 夜1時 is 1 am.
    const add = part === '夜' && hour < 5 ? 0 : 12;
    return { value: { hour: hour + add, minute, second: 0, isCertain: true }, end };
  }
  if (part === '午前' && hour === 12) return { value: { hour: 0, minute, second: 0, isCertain: true }, end };
  return { value: from24Hour(String(hour), String(minute), undefined, all, true), end };
}

function parseMeridiemClock(lexicon: Lexicon, text: string, at: number): Match<ClockResult> | undefined {
  const found = matchAt(MERIDIEM, text, at);
  if (found === undefined) return undefined;
  const [all, hour = '', minute, second, meridiem = found[5] ?? ''] = found;
  // "um 22 am Montag": in German "am" is a preposition as well.
  const german = lexicon.code === 'de' && / am$/.test(all) && / +[\p{L}\d]/uy.test(text.slice(at + all.length));
  if (german) return undefined;
  return { value: from12Hour(hour, minute, second, meridiem, all), end: at + all.length };
}

function parseIsoClock(text: string, at: number): Match<ClockResult> | undefined {
  const found = matchAt(ISO_CLOCK, text, at);
  return found === undefined
    ? undefined
    : { value: from24Hour(found[1], found[2], found[3], found[0].slice(1), true), end: at + found[0].length };
}

function parseFourDigitClock(text: string, at: number): Match<ClockResult> | undefined {
  const found = matchAt(FOUR_DIGITS, text, at);
  return found === undefined
    ? undefined
    : { value: from24Hour(found[1], found[2], undefined, found[0], true), end: at + found[0].length };
}

function parseColonClock(text: string, at: number): Match<ClockResult> | undefined {
  const found = matchAt(COLON, text, at);
  if (found === undefined) return undefined;
  const uhr = found[0].includes('uhr');
  return { value: from24Hour(found[1], found[2], found[3], found[0], uhr), end: at + found[0].length };
}

function parseHourMarkClock(lexicon: Lexicon, text: string, at: number): Match<ClockResult> | undefined {
  if (lexicon.hourMark === undefined || lexicon.unspaced) return undefined;
  const found = matchAt(lexicon.hourMark, text, at);
  if (found === undefined) return undefined;
  const end = at + found[0].length;
  const minutes = matchAt(MINUTES_AFTER_MARK, text, end);
  return {
    value: from24Hour(found[1], minutes?.[1], undefined, found[0], true),
    end: end + (minutes?.[0].length ?? 0),
  };
}

/** Four digits (`0200`) as a time of day. */
export function readFourDigits(digits: string): ClockResult {
  return from24Hour(digits.slice(0, 2), digits.slice(2), undefined, digits, true);
}

function from24Hour(hourText = '0', minuteText = '0', secondText = '0', written: string, day24 = false): ClockResult {
  const [hour, minute, second] = [Number(hourText), Number(minuteText), Number(secondText)];
  if (hour > 24 || (hour === 24 && minute + second > 0)) {
    return { error: REFUSALS.lastTime(written.trim()) };
  }
  if (minute > 59 || second > 59) {
    return { error: REFUSALS.minutesAndSeconds(written.trim()) };
  }
  // Two digits suggest the 24-hour clock.
  const sure = day24 || hourText.length > 1 || hour === 0 || hour > 12;
  return { hour, minute, second, isCertain: sure, hasMinutes: true, ...(sure ? { is24Hour: true } : {}) };
}

function from12Hour(
  hourText: string,
  minuteText = '0',
  secondText = '0',
  meridiem: string,
  written: string,
): ClockResult {
  const [hour, minute, second] = [Number(hourText), Number(minuteText), Number(secondText)];
  if (hour < 1 || hour > 12) {
    const plain = hour < 24 ? ` Write ${String(hour).padStart(2, '0')}:${minuteText.padStart(2, '0')}.` : '';
    return { error: REFUSALS.hoursOfMeridiem(written.trim(), plain) };
  }
  if (minute > 59 || second > 59) {
    return { error: REFUSALS.minutesAndSeconds(written.trim()) };
  }
  return { hour: (hour % 12) + (meridiem.startsWith('p') ? 12 : 0), minute, second, isCertain: true };
}

/** The unambiguous readings of a time of day, given the part of the day. */
export function clockCandidates(clock: Clock, part: PartOfDay | undefined, hours24: boolean): readonly Clock[] {
  if (clock.isCertain) {
    // "8 Uhr abends", "今夜11時": with a part of the day, hours count to twelve.
    const later = { ...clock, hour: clock.hour + 12 };
    const counted = part !== undefined && clock.is24Hour === true && clock.hour < 12;
    return [
      counted && explainContradiction(clock, part) !== undefined && explainContradiction(later, part) === undefined
        ? later
        : clock,
    ];
  }
  if (clock.hasMinutes === true && hours24 && part === undefined)
    return [{ ...clock, isCertain: true, is24Hour: true }];
  const am = { ...clock, hour: clock.hour % 12, isCertain: true };
  const pm = { ...clock, hour: (clock.hour % 12) + 12, isCertain: true };
  switch (part) {
    case 'small hours':
    case 'morning':
      return [am];
    case 'afternoon':
      return [pm];
    case 'evening':
      return clock.hour === 12 ? [{ ...am, isMidnight: true }] : [pm];
    case 'night':
      if (clock.hour === 12) return [{ ...am, isMidnight: true }];
      return clock.hour >= 6 ? [pm] : clock.hour <= 4 ? [am] : [am, pm];
    case undefined:
      return [am, pm];
  }
}

/** Why a time of day cannot belong to a part of the day. */
export function explainContradiction(clock: Clock, part: PartOfDay): string | undefined {
  const { hour } = clock;
  const fits: Readonly<Record<PartOfDay, boolean>> = {
    'small hours': hour < 9,
    morning: hour < 12,
    afternoon: hour >= 12 && hour < 19,
    evening: hour >= 16 || hour === 0,
    night: hour >= 18 || hour < 8,
  };
  return fits[part] ? undefined : REFUSALS.notInPart(formatClock(clock), part);
}

/** Times of day to suggest when there is none. */
export function suggestTimes(part: PartOfDay | undefined): readonly string[] {
  switch (part) {
    case 'small hours':
      return ['01:00', '02:00', '03:00', '04:00'];
    case 'morning':
      return ['06:00', '08:00', '10:00'];
    case 'afternoon':
      return ['13:00', '15:00', '17:00'];
    case 'evening':
      return ['18:00', '20:00', '22:00'];
    case 'night':
      return ['21:00', '22:00', '23:00'];
    case undefined:
      return ['02:00', '06:00', '22:00'];
  }
}

/** Formats a time of day as a replacement in the text. */
export function writeClockFor(clock: Clock, reader: ReaderContext): string {
  return writeClock(clock, reader.uses24Hours);
}

/** Minutes since midnight. */
export function minuteOfDay(clock: Clock): number {
  return clock.hour * 60 + clock.minute;
}
