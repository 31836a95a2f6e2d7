import { findZone, isZone, offsetMinutes } from '../core/time.ts';
import { ABBREVIATIONS, type Abbreviated, PHRASES } from './zone-names.ts';

/** A zone as written in a sentence. */
export type ZoneReading =
  | { readonly is: 'zone'; readonly zone: string }
  | { readonly is: 'own' }
  | { readonly is: 'offset'; readonly minutes: number }
  /** Letters such as CET that several places use, at an offset (minutes east of UTC) that belongs to a season. */
  | { readonly is: 'letters'; readonly letters: string; readonly readings: readonly Abbreviated[] }
  /** A city: `Berlin` for `Europe/Berlin`. */
  | { readonly is: 'city'; readonly name: string; readonly zone: string }
  | { readonly is: 'unknown'; readonly name: string };

const AREAS =
  /^(?:africa|america|antarctica|arctic|asia|atlantic|australia|europe|indian|pacific|etc|us|canada|brazil|chile|mexico)$/;
const NAME = /[a-z_]+(?:\/[a-z0-9_+-]*[a-z0-9_]){1,2}(?![\p{L}\d_])/uy;
const LONE_NAME = /(?:utc|gmt|zulu|uct|universal|est5edt|cst6cdt|mst7mdt|pst8pdt)(?![\p{L}\d_/])/uy;
const FROM_UTC =
  /(?:utc|gmt) ?([+-]) ?(\d{1,2})(?::?(\d{2}))?(?![\d:\p{L}])(?! (?:utc|gmt|am|pm|a\.m|p\.m|o'clock|h|hrs?|hours?|m|mins?|minutes?|d|days?|weeks?)(?![\p{L}]))/uy;
const OFFSET = /([+-])(\d{2}):?(\d{2})(?![\d:\p{L}])/uy;
const SHORT_OFFSET = /([+-])(\d{2})(?![\d:\p{L}])/uy;
const LETTERS = /[a-z]{2,5}(?![\p{L}\d_/'-])/uy;
// Words of everyday language: only in capitals are they zones.
const WORDLIKE = new Set([
  'art',
  'cat',
  'eat',
  'wat',
  'cot',
  'pet',
  'met',
  'sst',
  'ist',
  'ast',
  'trt',
  'wit',
  'wib',
  'clt',
  'bot',
  'gst',
  'ect',
]);

export interface Found<T> {
  readonly value: T;
  readonly end: number;
}

export interface ZonePlace {
  /** The text as typed and folded. */
  readonly text: string;
  readonly plain: string;
  readonly at: number;
  /** What stands just before: a time of day, with how it was written. */
  readonly after: 'nothing' | 'clock' | 'exact clock';
  /** Nothing between it and the time of day. */
  readonly glued: boolean;
  /** A word of the reader's language goes before letters such as `est`. */
  readonly isWord: boolean;
}

/** The zone that is written at a place of the text. */
export function zoneAt(place: ZonePlace): Found<ZoneReading> | undefined {
  return (
    namedAt(place) ??
    fromUtcAt(place) ??
    offsetAt(place) ??
    loneNameAt(place) ??
    phraseAt(place) ??
    lettersAt(place) ??
    cityAt(place)
  );
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function namedAt({ text, plain, at }: ZonePlace): Found<ZoneReading> | undefined {
  const found = match(NAME, plain, at);
  if (found === undefined) return undefined;
  const written = text.slice(at, at + found[0].length);
  if (AREAS.test(found[0].split('/')[0] ?? '')) {
    const spaced = /^[a-z_]+\/[a-z_]+(?: [a-z]+){1,3}/u.exec(plain.slice(at));
    for (let words = spaced?.[0].split(' ') ?? []; words.length > 1; words = words.slice(0, -1)) {
      const zone = findZone(words.join('_'));
      if (zone !== undefined) return { value: { is: 'zone', zone }, end: at + words.join(' ').length };
    }
    const zone = findZone(written);
    return {
      value: zone === undefined ? { is: 'unknown', name: written } : { is: 'zone', zone },
      end: at + written.length,
    };
  }
  return undefined;
}

function fromUtcAt({ plain, at }: ZonePlace): Found<ZoneReading> | undefined {
  const found = match(FROM_UTC, plain, at);
  if (found === undefined || (/ [+-] /.test(found[0]) && found[3] !== undefined)) return undefined;
  return offset(found, at);
}

function offsetAt({ plain, at, after, glued }: ZonePlace): Found<ZoneReading> | undefined {
  if (after === 'nothing') return undefined;
  // `22:00-05:00` is a range, `22:00:00-05:00` and `T22:00-05:00` carry an offset.
  if (plain[at] === '-' && after !== 'exact clock') return undefined;
  const found =
    match(OFFSET, plain, at) ?? (after === 'exact clock' && glued ? match(SHORT_OFFSET, plain, at) : undefined);
  return found === undefined ? undefined : offset(found, at);
}

function offset(found: RegExpExecArray, at: number): Found<ZoneReading> | undefined {
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
  if (minutes > 14 * 60 || Number(found[3] ?? 0) > 59) return undefined;
  return { value: { is: 'offset', minutes: found[1] === '-' ? -minutes : minutes }, end: at + found[0].length };
}

function loneNameAt({ text, plain, at, after, glued }: ZonePlace): Found<ZoneReading> | undefined {
  const zulu = /^z(?![\p{L}\d_])/u.test(plain.slice(at));
  if (after !== 'nothing' && zulu && (glued || text[at] === 'Z'))
    return { value: { is: 'zone', zone: 'UTC' }, end: at + 1 };
  const found = match(LONE_NAME, plain, at);
  if (found === undefined) return undefined;
  const end = at + found[0].length;
  if (found[0] === 'gmt') return { value: lettersOf('GMT'), end };
  const zone = /^(?:utc|uct|zulu|universal)$/.test(found[0]) ? 'UTC' : findZone(found[0]);
  return zone === undefined ? undefined : { value: { is: 'zone', zone }, end };
}

function phraseAt({ plain, at }: ZonePlace): Found<ZoneReading> | undefined {
  for (const [phrase, meant] of PHRASES) {
    const found = plain.startsWith(phrase, at) && !/[\p{L}\d_]/u.test(plain[at + phrase.length] ?? '');
    if (!found) continue;
    const end = at + phrase.length;
    return { value: isZone(meant) ? { is: 'zone', zone: meant } : lettersOf(meant), end };
  }
  return undefined;
}

function lettersAt({ text, plain, at, after, isWord }: ZonePlace): Found<ZoneReading> | undefined {
  const found = match(LETTERS, plain, at)?.[0];
  if (found === undefined) return undefined;
  const end = at + found.length;
  const capitals = text.slice(at, end) === found.toUpperCase();
  const readings = ABBREVIATIONS[found.toUpperCase()];
  if (readings === undefined) return undefined;
  if (found.length === 2 && after === 'nothing') return undefined;
  if (!capitals && (isWord || WORDLIKE.has(found))) return undefined;
  return { value: lettersOf(found.toUpperCase()), end };
}

function lettersOf(letters: string): ZoneReading {
  return { is: 'letters', letters, readings: ABBREVIATIONS[letters] ?? [] };
}

let cities: ReadonlyMap<string, string> | undefined;

function cityMap(): ReadonlyMap<string, string> {
  cities ??= new Map(
    Intl.supportedValuesOf('timeZone')
      .filter((zone) => zone.includes('/') && !zone.startsWith('Etc/'))
      .map((zone) => [(zone.split('/').at(-1) ?? '').replaceAll('_', ' ').toLowerCase(), zone] as const)
      .concat([
        ['kolkata', 'Asia/Kolkata'],
        ['calcutta', 'Asia/Kolkata'],
        ['mumbai', 'Asia/Kolkata'],
        ['bangalore', 'Asia/Kolkata'],
        ['delhi', 'Asia/Kolkata'],
        ['kyiv', 'Europe/Kyiv'],
        ['san francisco', 'America/Los_Angeles'],
        ['seattle', 'America/Los_Angeles'],
        ['boston', 'America/New_York'],
        ['washington', 'America/New_York'],
        ['nyc', 'America/New_York'],
        ['austin', 'America/Chicago'],
        ['dallas', 'America/Chicago'],
        ['munich', 'Europe/Berlin'],
        ['frankfurt', 'Europe/Berlin'],
        ['hamburg', 'Europe/Berlin'],
        ['beijing', 'Asia/Shanghai'],
        ['osaka', 'Asia/Tokyo'],
      ]),
  );
  return cities;
}

/** `Berlin time`, or a city after a time of day. */
function cityAt({ text, plain, at, after }: ZonePlace): Found<ZoneReading> | undefined {
  const words = /^[a-z][a-z'-]*(?: [a-z][a-z'-]*){0,3}/u.exec(plain.slice(at))?.[0].split(' ') ?? [];
  for (let count = words.length; count > 0; count--) {
    const name = words.slice(0, count).join(' ');
    const end = at + name.length;
    const zone = cityMap().get(name);
    if (zone === undefined || /[\p{L}\d_]/u.test(plain[end] ?? '')) continue;
    const time = /^ (?:local )?time(?![\p{L}\d])/u.exec(plain.slice(end));
    if (time !== null) return { value: { is: 'city', name: text.slice(at, end), zone }, end: end + time[0].length };
    if (after !== 'nothing') return { value: { is: 'city', name: text.slice(at, end), zone }, end };
  }
  return undefined;
}

/** A zone that is the same as an offset all year round, or undefined. */
export function zoneOfOffset(minutes: number): string | undefined {
  if (minutes === 0) return 'UTC';
  if (minutes % 60 === 0) {
    const hours = minutes / 60;
    // In these names the sign is that of POSIX: west is positive.
    return findZone(`Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`);
  }
  return FIXED[minutes];
}

const FIXED: Readonly<Record<number, string>> = {
  210: 'Asia/Tehran',
  270: 'Asia/Kabul',
  330: 'Asia/Kolkata',
  345: 'Asia/Kathmandu',
  390: 'Asia/Yangon',
  525: 'Australia/Eucla',
  570: 'Australia/Darwin',
  [-570]: 'Pacific/Marquesas',
};

/** `UTC+5:30` for 330. */
export function offsetName(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? '' : `:${String(size % 60).padStart(2, '0')}`;
  return `UTC${minutes < 0 ? '-' : '+'}${Math.floor(size / 60)}${rest}`;
}

export type LettersMeaning =
  | { readonly is: 'one'; readonly reading: Abbreviated; readonly zone: string }
  | { readonly is: 'several'; readonly readings: readonly Abbreviated[] };

/**
 * Which of the readings of letters such as CST someone in `own` (an IANA zone) means: the one that zone uses, else the only
 * one, else the one of that part of the world.
 */
export function meaningOfLetters(readings: readonly Abbreviated[], own: string, now: Date): LettersMeaning {
  const area = own.split('/')[0] ?? '';
  const seasons = seasonsOf(own, now);
  const used = readings.find(
    (reading) =>
      (reading.areas.includes(area) || reading.zone === own) &&
      (reading.season === 'summer' ? seasons.summer : seasons.standard) === reading.offset,
  );
  if (used !== undefined) return { is: 'one', reading: used, zone: own };
  const common = readings.filter((reading) => !reading.onlyThere);
  const near = common.filter((reading) => reading.areas.includes(area));
  const [only, ...others] = common.length === 1 ? common : near;
  if (only !== undefined && others.length === 0) return { is: 'one', reading: only, zone: only.zone };
  return { is: 'several', readings: common };
}

function seasonsOf(zone: string, now: Date): { standard: number; summer: number | undefined } {
  const quarter = 91 * 86_400_000;
  const offsets = [0, 1, 2, 3].map((n) => offsetMinutes(new Date(now.getTime() + n * quarter), zone));
  const standard = Math.min(...offsets);
  const summer = Math.max(...offsets);
  return { standard, summer: summer === standard ? undefined : summer };
}
