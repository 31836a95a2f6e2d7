import Fuse from 'fuse.js';
import { findZone, isZone, offsetMinutes } from '../core/time.ts';
import { quote, type ReaderContext } from './context.ts';
import type { PhraseOf } from './phrases.ts';
import { type Ambiguity, ambiguity, refuse, type Unresolved } from './results.ts';
import type { Match } from './source-text.ts';
import { matchAt, replaceSpan } from './source-text.ts';
import { LABELS, NOTICES, QUESTIONS, REFUSALS } from './texts.ts';
import type { ZoneReference } from './zone-names.ts';
import { ZONE_ABBREVIATIONS, ZONE_PHRASES, type ZoneAbbreviation } from './zone-names.ts';

const AREAS =
  /^(?:africa|america|antarctica|arctic|asia|atlantic|australia|europe|indian|pacific|etc|us|canada|brazil|chile|mexico)$/;

const ZONE_NAME = /[a-z_]+(?:\/[a-z0-9_+-]*[a-z0-9_]){1,2}(?![\p{L}\d_])/uy;

const LONE_NAME = /(?:utc|gmt|zulu|uct|universal|est5edt|cst6cdt|mst7mdt|pst8pdt)(?![\p{L}\d_/])/uy;

const FROM_UTC =
  /(?:utc|gmt) ?([+-]) ?(\d{1,2})(?::?(\d{2}))?(?![\d:\p{L}])(?! (?:utc|gmt|am|pm|a\.m|p\.m|o'clock|h|hrs?|hours?|m|mins?|minutes?|d|days?|weeks?)(?![\p{L}]))/uy;

const OFFSET = /([+-])(\d{2}):?(\d{2})(?![\d:\p{L}])/uy;

const SHORT_OFFSET = /([+-])(\d{2})(?![\d:\p{L}])/uy;

const ABBREVIATION = /[a-z]{2,5}(?![\p{L}\d_/'-])/uy;

// Everyday words that are zones only in capitals.
const EVERYDAY_WORDS = new Set([
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

export interface ZonePosition {
  /** The text as typed and folded. */
  readonly text: string;
  readonly folded: string;
  readonly at: number;
  /** Whether a time of day precedes, and how it is written. */
  readonly after: 'nothing' | 'clock' | 'exact clock';
  /** Directly after the time of day. */
  readonly glued: boolean;
  /** The text is a word of the reader's language, which takes precedence over abbreviations such as `est`. */
  readonly isWord: boolean;
}

/** Parses a zone at a position of the text. */
export function parseZone(place: ZonePosition): Match<ZoneReference> | undefined {
  return (
    parseZoneName(place) ??
    parseUtcOffset(place) ??
    parseOffset(place) ??
    parseLoneName(place) ??
    parseZonePhrase(place) ??
    parseAbbreviation(place) ??
    parseCity(place)
  );
}

function parseZoneName({ text, folded: plain, at }: ZonePosition): Match<ZoneReference> | undefined {
  const found = matchAt(ZONE_NAME, plain, at);
  if (found === undefined) return undefined;
  const written = text.slice(at, at + found[0].length);
  if (AREAS.test(found[0].split('/')[0] ?? '')) {
    const spaced = /^[a-z_]+\/[a-z_]+(?: [a-z]+){1,3}/u.exec(plain.slice(at));
    for (let words = spaced?.[0].split(' ') ?? []; words.length > 1; words = words.slice(0, -1)) {
      const zone = findZone(words.join('_'));
      if (zone !== undefined) return { value: { kind: 'zone', zone }, end: at + words.join(' ').length };
    }
    const zone = findZone(written);
    return {
      value: zone === undefined ? { kind: 'unknown', name: written } : { kind: 'zone', zone },
      end: at + written.length,
    };
  }
  return undefined;
}

function parseUtcOffset({ folded: plain, at }: ZonePosition): Match<ZoneReference> | undefined {
  const found = matchAt(FROM_UTC, plain, at);
  if (found === undefined || (/ [+-] /.test(found[0]) && found[3] !== undefined)) return undefined;
  return toOffset(found, at);
}

function parseOffset({ folded: plain, at, after, glued }: ZonePosition): Match<ZoneReference> | undefined {
  if (after === 'nothing') return undefined;
  // `22:00-05:00` is a range, `22:00:00-05:00` and `T22:00-05:00` carry an offset.
  if (plain[at] === '-' && after !== 'exact clock') return undefined;
  const found =
    matchAt(OFFSET, plain, at) ?? (after === 'exact clock' && glued ? matchAt(SHORT_OFFSET, plain, at) : undefined);
  return found === undefined ? undefined : toOffset(found, at);
}

function toOffset(found: RegExpExecArray, at: number): Match<ZoneReference> | undefined {
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
  if (minutes > 14 * 60 || Number(found[3] ?? 0) > 59) return undefined;
  return { value: { kind: 'offset', minutes: found[1] === '-' ? -minutes : minutes }, end: at + found[0].length };
}

function parseLoneName({ text, folded: plain, at, after, glued }: ZonePosition): Match<ZoneReference> | undefined {
  const zulu = /^z(?![\p{L}\d_])/u.test(plain.slice(at));
  if (after !== 'nothing' && zulu && (glued || text[at] === 'Z'))
    return { value: { kind: 'zone', zone: 'UTC' }, end: at + 1 };
  const found = matchAt(LONE_NAME, plain, at);
  if (found === undefined) return undefined;
  const end = at + found[0].length;
  if (found[0] === 'gmt') return { value: toAbbreviation('GMT'), end };
  const zone = /^(?:utc|uct|zulu|universal)$/.test(found[0]) ? 'UTC' : findZone(found[0]);
  return zone === undefined ? undefined : { value: { kind: 'zone', zone }, end };
}

function parseZonePhrase({ folded: plain, at }: ZonePosition): Match<ZoneReference> | undefined {
  for (const [phrase, meant] of ZONE_PHRASES) {
    const found = plain.startsWith(phrase, at) && !/[\p{L}\d_]/u.test(plain[at + phrase.length] ?? '');
    if (!found) continue;
    const end = at + phrase.length;
    return { value: isZone(meant) ? { kind: 'zone', zone: meant } : toAbbreviation(meant), end };
  }
  return undefined;
}

function parseAbbreviation({ text, folded: plain, at, after, isWord }: ZonePosition): Match<ZoneReference> | undefined {
  const found = matchAt(ABBREVIATION, plain, at)?.[0];
  if (found === undefined) return undefined;
  const end = at + found.length;
  const capitals = text.slice(at, end) === found.toUpperCase();
  const readings = ZONE_ABBREVIATIONS[found.toUpperCase()];
  if (readings === undefined) return undefined;
  if (found.length === 2 && after === 'nothing') return undefined;
  if (!capitals && (isWord || EVERYDAY_WORDS.has(found))) return undefined;
  return { value: toAbbreviation(found.toUpperCase()), end };
}

function toAbbreviation(letters: string): ZoneReference {
  return { kind: 'abbreviation', letters, readings: ZONE_ABBREVIATIONS[letters] ?? [] };
}

let cities: ReadonlyMap<string, string> | undefined;

function getCities(): ReadonlyMap<string, string> {
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
function parseCity({ text, folded: plain, at, after }: ZonePosition): Match<ZoneReference> | undefined {
  const words = /^[a-z][a-z'-]*(?: [a-z][a-z'-]*){0,3}/u.exec(plain.slice(at))?.[0].split(' ') ?? [];
  for (let count = words.length; count > 0; count--) {
    const name = words.slice(0, count).join(' ');
    const end = at + name.length;
    const zone = getCities().get(name);
    if (zone === undefined || /[\p{L}\d_]/u.test(plain[end] ?? '')) continue;
    const time = /^ (?:local )?time(?![\p{L}\d])/u.exec(plain.slice(end));
    if (time !== null) return { value: { kind: 'city', name: text.slice(at, end), zone }, end: end + time[0].length };
    if (after !== 'nothing') return { value: { kind: 'city', name: text.slice(at, end), zone }, end };
  }
  return undefined;
}

/** A zone with that offset all year, or undefined. */
export function findFixedZone(minutes: number): string | undefined {
  if (minutes === 0) return 'UTC';
  if (minutes % 60 === 0) {
    const hours = minutes / 60;
    // The sign follows POSIX: west is positive.
    return findZone(`Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`);
  }
  return FIXED_ZONES[minutes];
}

const FIXED_ZONES: Readonly<Record<number, string>> = {
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
export function formatOffset(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? '' : `:${String(size % 60).padStart(2, '0')}`;
  return `UTC${minutes < 0 ? '-' : '+'}${Math.floor(size / 60)}${rest}`;
}

export type AbbreviationMeaning =
  | { readonly kind: 'one'; readonly reading: ZoneAbbreviation; readonly zone: string }
  | { readonly kind: 'several'; readonly readings: readonly ZoneAbbreviation[] };

/**
 * What an abbreviation such as CST means to a reader in `own` (an IANA zone): the meaning in that zone, else the only
 * one, else the one in that part of the world.
 */
export function resolveAbbreviation(
  readings: readonly ZoneAbbreviation[],
  own: string,
  now: Date,
): AbbreviationMeaning {
  const area = own.split('/')[0] ?? '';
  const seasons = getSeasonalOffsets(own, now);
  const used = readings.find(
    (reading) =>
      (reading.areas.includes(area) || reading.zone === own) &&
      (reading.season === 'summer' ? seasons.summer : seasons.standard) === reading.offset,
  );
  if (used !== undefined) return { kind: 'one', reading: used, zone: own };
  const common = readings.filter((reading) => !reading.onlyThere);
  const near = common.filter((reading) => reading.areas.includes(area));
  const [only, ...others] = common.length === 1 ? common : near;
  if (only !== undefined && others.length === 0) return { kind: 'one', reading: only, zone: only.zone };
  return { kind: 'several', readings: common };
}

function getSeasonalOffsets(zone: string, now: Date): { standard: number; summer: number | undefined } {
  const quarter = 91 * 86_400_000;
  const offsets = [0, 1, 2, 3].map((n) => offsetMinutes(new Date(now.getTime() + n * quarter), zone));
  const standard = Math.min(...offsets);
  const summer = Math.max(...offsets);
  return { standard, summer: summer === standard ? undefined : summer };
}

/** The zone of one bound of a window. */
export interface ResolvedZone {
  /** IANA, or an offset such as `+05:30`, to resolve wall-clock times in. */
  readonly id: string;
  readonly notices: readonly string[];
  /** The offset in `+01:00[Europe/Paris]`, in minutes. */
  readonly offset?: number;
  /** The abbreviation that was used, if any. */
  readonly abbreviation?: { readonly phrase: PhraseOf<'zone'>; readonly reading: ZoneAbbreviation };
}

/** Resolves the zone of a bound; undefined if it has none. */
export function resolveZone(
  phrases: readonly PhraseOf<'zone'>[],
  reader: ReaderContext,
): ResolvedZone | Unresolved | undefined {
  let chosen: ResolvedZone | undefined;
  let first: PhraseOf<'zone'> | undefined;
  for (const phrase of phrases) {
    const zone = resolveReference(phrase, reader);
    if ('outcome' in zone) return zone;
    if (chosen !== undefined && first?.zone.kind === 'offset' && phrase.zone.kind === 'zone') {
      chosen = { ...zone, offset: first.zone.minutes };
      continue;
    }
    if (chosen !== undefined && first !== undefined && chosen.id !== zone.id) {
      return refuse(REFUSALS.twoZones(quote(first, reader), quote(phrase, reader)));
    }
    chosen ??= zone;
    first ??= phrase;
  }
  return chosen;
}

function resolveReference(phrase: PhraseOf<'zone'>, reader: ReaderContext): ResolvedZone | Unresolved {
  const { zone } = phrase;
  switch (zone.kind) {
    case 'zone':
      return { id: zone.zone, notices: [] };
    case 'reader':
      return { id: reader.timezone, notices: [] };
    case 'offset':
      return { id: toOffsetId(zone.minutes), notices: [] };
    case 'city':
      return { id: zone.zone, notices: [NOTICES.readAsZone(zone.name, zone.zone)] };
    case 'unknown':
      return refuseUnknownZone(zone.name);
    case 'abbreviation': {
      const meaning = resolveAbbreviation(zone.readings, reader.timezone, reader.now);
      if (meaning.kind === 'several') return askWhichZone(phrase, zone.letters, meaning.readings);
      const notices =
        meaning.zone === reader.timezone || meaning.zone === 'UTC'
          ? []
          : [NOTICES.abbreviationReadAs(zone.letters, meaning.zone)];
      return { id: meaning.zone, notices, abbreviation: { phrase, reading: meaning.reading } };
    }
  }
}

function toOffsetId(minutes: number): string {
  const size = Math.abs(minutes);
  const hours = String(Math.floor(size / 60)).padStart(2, '0');
  return minutes === 0 ? 'UTC' : `${minutes < 0 ? '-' : '+'}${hours}:${String(size % 60).padStart(2, '0')}`;
}

function askWhichZone(phrase: PhraseOf<'zone'>, letters: string, readings: readonly ZoneAbbreviation[]): Ambiguity {
  return ambiguity(
    QUESTIONS.whichZone(letters),
    readings.map(({ zone, place }) => ({
      label: LABELS.zoneOf(letters, place, zone),
      edits: [replaceSpan(phrase, zone)],
    })),
  );
}

let zoneNameIndex: Fuse<string> | undefined;

function refuseUnknownZone(name: string): Unresolved {
  zoneNameIndex ??= new Fuse(Intl.supportedValuesOf('timeZone'), { threshold: 0.3, ignoreLocation: true });
  const near = zoneNameIndex.search(name.replace(/ /g, '_'), { limit: 2 }).map(({ item }) => item);
  const hint = near.length === 0 ? LABELS.zoneNamesLookLike : LABELS.didYouMean(near.join(' or '));
  return refuse(REFUSALS.unknownZone(name, hint), `tomorrow 02:00 ${near[0] ?? 'Europe/Berlin'} for 2h`);
}

/** The IANA zone to store with an instant that was given in `zone`. */
export function toStoredZone(zone: ResolvedZone, instant: Date, own: string): string {
  const iana = findZone(zone.id);
  if (iana !== undefined) return iana;
  const minutes = offsetMinutes(instant, zone.id);
  return offsetMinutes(instant, own) === minutes ? own : (findFixedZone(minutes) ?? own);
}

/** Refuses an offset that contradicts the zone next to it. */
export function refuseWrongOffset({ id, offset }: ResolvedZone, instant: Date): Unresolved | undefined {
  if (offset === undefined || offsetMinutes(instant, id) === offset) return undefined;
  return refuse(REFUSALS.wrongOffset(id, formatOffset(offsetMinutes(instant, id)), formatOffset(offset)));
}

/** An abbreviation such as CET implies an offset. When the zone has another offset that day, both are possible. */
export function askSeason(zone: ResolvedZone, instant: Date): Ambiguity | undefined {
  const { abbreviation: letters } = zone;
  if (letters === undefined || letters.reading.season === 'any') return undefined;
  const actual = offsetMinutes(instant, zone.id);
  if (actual === letters.reading.offset) return undefined;
  const { phrase, reading } = letters;
  const said = phrase.zone.kind === 'abbreviation' ? phrase.zone.letters : reading.place;
  const by = (text: string) => [replaceSpan(phrase, text)];
  return ambiguity(QUESTIONS.whichSeason(zone.id, said, formatOffset(actual)), [
    { label: LABELS.clocksOf(zone.id, formatOffset(actual)), edits: by(zone.id) },
    { label: LABELS.thatIs(said, formatOffset(reading.offset)), edits: by(formatOffset(reading.offset)) },
  ]);
}
