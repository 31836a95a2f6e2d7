import type { Clock } from './lexemes.ts';
import type { Lexicon } from './lexicon.ts';
import type { Found } from './zones.ts';

/** A time of day, or the reason why what is written cannot be one. */
export type ClockReading = Clock | { readonly wrong: string };

// A letter may not follow, save those of a zone (`22:00Z`, `2amCET`).
const END = '(?:(?![\\p{Script=Latin}\\d_])|(?=z(?![\\p{L}\\d])|utc|gmt|ce?st|cet))';
const MERIDIEM = new RegExp(
  `(\\d{1,2})(?:[:.h](\\d{2}))?(?::(\\d{2}))?(?: ?(a\\.? ?m\\.?|p\\.? ?m\\.?)|([ap]))${END}`,
  'uy',
);
const COLON = new RegExp(
  `(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,]\\d+)?)?(?: ?(?:hrs?|hours?|uhr|h)(?![\\p{L}\\d]))?${END}`,
  'uy',
);
const ISO = /t(\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?(?![\d:])/uy;
const MILITARY = /(\d{2})(\d{2})(?: ?(?:hrs?|hours?|h|uhr))(?![\p{L}\d])/uy;
const DOTTED = new RegExp(`(\\d{1,2})\\.(\\d{2})(?: ?uhr|h)?(?!\\.?\\d)${END}`, 'uy');
const AFTER_MARK = / ?(\d{2})(?![\d:.]| ?(?:min|std|stunden|tage))/uy;
const JAPANESE =
  /(午前|午後|深夜|早朝|未明|朝|昼|夜|夕方|正午)? ?(\d{1,2}|[一二三四五六七八九十]{1,3})(?:時(?!間)(?:(\d{1,2})分(?!間)|(半))?|:(\d{2}))/uy;
const MINUTE_MARK = /:(\d{2})(?![\d:])/uy;

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** The time of day that is written at a place of the folded text, `afterDate` when a date in digits ends there. */
export function clockAt(
  lexicon: Lexicon,
  text: string,
  at: number,
  afterDate: boolean,
): Found<ClockReading> | undefined {
  return (
    (afterDate ? isoAt(text, at) : undefined) ??
    phraseAt(lexicon, text, at) ??
    (lexicon.unspaced ? japaneseAt(lexicon, text, at) : undefined) ??
    meridiemAt(lexicon, text, at) ??
    militaryAt(text, at) ??
    colonAt(text, at) ??
    markedAt(lexicon, text, at)
  );
}

/** `22.30`: a time of day where no date is meant. */
export function dottedClockAt(text: string, at: number): Found<ClockReading> | undefined {
  const found = match(DOTTED, text, at);
  return found === undefined
    ? undefined
    : { value: of24(found[1], found[2], undefined, found[0]), end: at + found[0].length };
}

/** `:15`, a minute of every hour. */
export function minuteMarkAt(text: string, at: number): Found<number> | undefined {
  if (/\d/.test(text[at - 1] ?? '')) return undefined;
  const found = match(MINUTE_MARK, text, at);
  return found === undefined || Number(found[1]) > 59
    ? undefined
    : { value: Number(found[1]), end: at + found[0].length };
}

function phraseAt(lexicon: Lexicon, text: string, at: number): Found<ClockReading> | undefined {
  for (const { pattern, shift } of lexicon.clocks) {
    const found = match(pattern, text, at);
    if (found === undefined) continue;
    const [all, first = '', second = ''] = found;
    const number = (word: string) =>
      (/^\d/.test(word) ? Number(word) : lexicon.numbers.get(word.replace(/ +/g, ' '))) ?? -1;
    const minutes = typeof shift === 'number' ? shift : shift === 'n' ? number(first) : -number(first);
    const hour = typeof shift === 'number' ? number(first) : number(second);
    if (hour < 0 || hour > 23 || Math.abs(minutes) > 59) continue;
    const written = hour * 60 + minutes;
    const day = (written + 1440) % 1440;
    const meridiem = match(/ ?(a\.? ?m\.?|p\.? ?m\.?)(?![\p{L}\d])/uy, text, at + all.length);
    if (meridiem !== undefined) {
      const read = of12(String(hour), '00', undefined, meridiem[1] ?? '', all + meridiem[0]);
      if ('wrong' in read) return { value: read, end: at + all.length + meridiem[0].length };
      const total = (read.hour * 60 + minutes + 1440) % 1440;
      const clock = { hour: Math.floor(total / 60), minute: total % 60, second: 0, sure: true };
      return { value: clock, end: at + all.length + meridiem[0].length };
    }
    const sure = hour > 12 || hour === 0;
    return { value: { hour: Math.floor(day / 60), minute: day % 60, second: 0, sure }, end: at + all.length };
  }
  return undefined;
}

function japaneseAt(lexicon: Lexicon, text: string, at: number): Found<ClockReading> | undefined {
  const found = match(JAPANESE, text, at);
  if (found === undefined) return undefined;
  const [all, part, hourText = '', minuteText, half, afterColon] = found;
  if (afterColon !== undefined && part === undefined) return undefined;
  const hour = /\d/.test(hourText) ? Number(hourText) : (lexicon.numbers.get(hourText) ?? -1);
  const minute = half === undefined ? Number(minuteText ?? afterColon ?? 0) : 30;
  const end = at + all.length;
  const late = part === '午後' || part === '夜' || part === '夕方' || part === '昼';
  if (late && hour < 12) {
    // Night runs past midnight: 夜1時 is one in the morning.
    const add = part === '夜' && hour < 5 ? 0 : 12;
    return { value: { hour: hour + add, minute, second: 0, sure: true }, end };
  }
  if (part === '午前' && hour === 12) return { value: { hour: 0, minute, second: 0, sure: true }, end };
  return { value: of24(String(hour), String(minute), undefined, all, true), end };
}

function meridiemAt(lexicon: Lexicon, text: string, at: number): Found<ClockReading> | undefined {
  const found = match(MERIDIEM, text, at);
  if (found === undefined) return undefined;
  const [all, hour = '', minute, second, meridiem = found[5] ?? ''] = found;
  // "um 22 am Montag": in German "am" is a preposition as well.
  const german =
    lexicon.languages[0]?.code === 'de' && / am$/.test(all) && / +[\p{L}\d]/uy.test(text.slice(at + all.length));
  if (german) return undefined;
  return { value: of12(hour, minute, second, meridiem, all), end: at + all.length };
}

function isoAt(text: string, at: number): Found<ClockReading> | undefined {
  const found = match(ISO, text, at);
  return found === undefined
    ? undefined
    : { value: of24(found[1], found[2], found[3], found[0].slice(1), true), end: at + found[0].length };
}

function militaryAt(text: string, at: number): Found<ClockReading> | undefined {
  const found = match(MILITARY, text, at);
  return found === undefined
    ? undefined
    : { value: of24(found[1], found[2], undefined, found[0], true), end: at + found[0].length };
}

function colonAt(text: string, at: number): Found<ClockReading> | undefined {
  const found = match(COLON, text, at);
  if (found === undefined) return undefined;
  const uhr = found[0].includes('uhr');
  return { value: of24(found[1], found[2], found[3], found[0], uhr), end: at + found[0].length };
}

function markedAt(lexicon: Lexicon, text: string, at: number): Found<ClockReading> | undefined {
  if (lexicon.hourMark === undefined || lexicon.unspaced) return undefined;
  const found = match(lexicon.hourMark, text, at);
  if (found === undefined) return undefined;
  const end = at + found[0].length;
  const minutes = match(AFTER_MARK, text, end);
  return { value: of24(found[1], minutes?.[1], undefined, found[0], true), end: end + (minutes?.[0].length ?? 0) };
}

/** Four digits (`0200`) as a time of day. */
export function militaryClock(digits: string): ClockReading {
  return of24(digits.slice(0, 2), digits.slice(2), undefined, digits, true);
}

function of24(hourText = '0', minuteText = '0', secondText = '0', written: string, day24 = false): ClockReading {
  const [hour, minute, second] = [Number(hourText), Number(minuteText), Number(secondText)];
  if (hour > 24 || (hour === 24 && minute + second > 0)) {
    return { wrong: `"${written.trim()}" is not a time of day: the last one is 23:59, then comes 00:00.` };
  }
  if (minute > 59 || second > 59) {
    return { wrong: `"${written.trim()}" is not a time of day: minutes and seconds go from 00 to 59.` };
  }
  // Two digits are how the 24-hour clock is written.
  const sure = day24 || hourText.length > 1 || hour === 0 || hour > 12;
  return { hour, minute, second, sure, minutes: true, ...(sure ? { day24: true } : {}) };
}

function of12(hourText: string, minuteText = '0', secondText = '0', meridiem: string, written: string): ClockReading {
  const [hour, minute, second] = [Number(hourText), Number(minuteText), Number(secondText)];
  if (hour < 1 || hour > 12) {
    const plain = hour < 24 ? ` Write ${String(hour).padStart(2, '0')}:${minuteText.padStart(2, '0')}.` : '';
    return { wrong: `"${written.trim()}" is not a time of day: hours with am or pm go from 1 to 12.${plain}` };
  }
  if (minute > 59 || second > 59) {
    return { wrong: `"${written.trim()}" is not a time of day: minutes and seconds go from 00 to 59.` };
  }
  return { hour: (hour % 12) + (meridiem.startsWith('p') ? 12 : 0), minute, second, sure: true };
}
