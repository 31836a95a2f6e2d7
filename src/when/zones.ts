import Fuse from 'fuse.js';
import { findZone, isZone, offsetMinutes } from '../core/time.ts';
import { quote, type ReaderContext } from './context.ts';
import type { PhraseOf } from './phrases.ts';
import { ask, refuse } from './results.ts';
import { type Match, matchAt, parseAt, replaceSpan } from './source-text.ts';
import { LABELS, NOTICES, QUESTIONS, REFUSALS } from './texts.ts';
import type { ZoneAbbreviation, ZoneReference } from './zone-names.ts';
import { MORE_CITIES, ZONE_ABBREVIATIONS, ZONE_PHRASES } from './zone-names.ts';

const ZONE_NAME =
  /(?:africa|america|antarctica|arctic|asia|atlantic|australia|europe|indian|pacific|etc|us|canada|brazil|chile|mexico)(?:\/[a-z0-9_+-]*[a-z0-9_]){1,2}(?![\p{L}\d_])/uy;

const LONE_NAME = /(?:utc|gmt|zulu|uct|universal|est5edt|cst6cdt|mst7mdt|pst8pdt)(?![\p{L}\d_/])/uy;

const FROM_UTC =
  /(?:utc|gmt) ?([+-]) ?(\d{1,2})(?::?(\d{2}))?(?![\d:\p{L}])(?! (?:utc|gmt|am|pm|a\.m|p\.m|o'clock|h|hrs?|hours?|m|mins?|minutes?|d|days?|weeks?)(?![\p{L}]))/uy;

const OFFSET = /([+-])(\d{2}):?(\d{2})(?![\d:\p{L}])/uy;

const SHORT_OFFSET = /([+-])(\d{2})(?![\d:\p{L}])/uy;

const ABBREVIATION = /[a-z]{2,5}(?![\p{L}\d_/'-])/uy;

/** Everyday words that are zones only in capitals. */
const EVERYDAY_WORDS = /^(?:art|cat|eat|wat|cot|pet|met|sst|ist|ast|trt|wit|wib|clt|bot|gst|ect)$/;

interface ZonePosition {
  readonly text: string;
  readonly folded: string;
  readonly at: number;
  /** Whether a time of day precedes, and how it is written. */
  readonly after: 'nothing' | 'clock' | 'exact clock';
  readonly glued: boolean;
  /** The text is a word of the reader's language, which takes precedence over abbreviations such as `est`. */
  readonly isWord: boolean;
}

type ZoneMatch = Match<ZoneReference> | undefined;

export function parseZone(position: ZonePosition): ZoneMatch {
  return (
    parseZoneName(position) ??
    parseOffset(position) ??
    parseLoneName(position) ??
    parseZonePhrase(position) ??
    parseAbbreviation(position) ??
    parseCity(position)
  );
}

function parseZoneName({ text, folded, at }: ZonePosition): ZoneMatch {
  const end = at + (matchAt(ZONE_NAME, folded, at)?.[0].length ?? 0);
  if (end === at) return undefined;
  const spaced = /^[a-z_]+\/[a-z_]+(?: [a-z]+){1,3}/u.exec(folded.slice(at));
  for (let words = spaced?.[0].split(' ') ?? []; words.length > 1; words = words.slice(0, -1)) {
    const zone = findZone(words.join('_'));
    if (zone !== undefined) return { value: { kind: 'zone', zone }, end: at + words.join(' ').length };
  }
  const name = text.slice(at, end);
  const zone = findZone(name);
  return { value: zone === undefined ? { kind: 'unknown', name } : { kind: 'zone', zone }, end };
}

function parseOffset({ folded, at, after, glued }: ZonePosition): ZoneMatch {
  const fromUtc = parseAt(FROM_UTC, folded, at, (found) =>
    / [+-] /.test(found[0]) && found[3] !== undefined ? undefined : readOffset(found),
  );
  if (fromUtc !== undefined || after === 'nothing') return fromUtc;
  // `22:00-05:00` is a range, `22:00:00-05:00` and `T22:00-05:00` carry an offset.
  if (folded[at] === '-' && after !== 'exact clock') return undefined;
  const short = after === 'exact clock' && glued && !matchAt(OFFSET, folded, at);
  return parseAt(short ? SHORT_OFFSET : OFFSET, folded, at, readOffset);
}

function readOffset([, sign, hours, rest = '0']: RegExpExecArray): ZoneReference | undefined {
  const minutes = Number(hours) * 60 + Number(rest);
  if (minutes > 14 * 60 || Number(rest) > 59) return undefined;
  return { kind: 'offset', minutes: sign === '-' ? -minutes : minutes };
}

function parseLoneName({ text, folded, at, after, glued }: ZonePosition): ZoneMatch {
  const isZulu = /^z(?![\p{L}\d_])/u.test(folded.slice(at));
  if (after !== 'nothing' && isZulu && (glued || text[at] === 'Z')) {
    return { value: { kind: 'zone', zone: 'UTC' }, end: at + 1 };
  }
  return parseAt(LONE_NAME, folded, at, ([name]) => {
    if (name === 'gmt') return toAbbreviation('GMT');
    const zone = /^(?:utc|uct|zulu|universal)$/.test(name) ? 'UTC' : findZone(name);
    return zone === undefined ? undefined : { kind: 'zone', zone };
  });
}

function parseZonePhrase({ folded, at }: ZonePosition): ZoneMatch {
  const found = ZONE_PHRASES.find(([phrase]) => folded.startsWith(phrase, at) && isWordEnd(folded, at + phrase.length));
  if (found === undefined) return undefined;
  const [phrase, zone] = found;
  return { value: isZone(zone) ? { kind: 'zone', zone } : toAbbreviation(zone), end: at + phrase.length };
}

function isWordEnd(text: string, at: number): boolean {
  return !/[\p{L}\d_]/u.test(text.charAt(at));
}

function parseAbbreviation({ text, folded, at, after, isWord }: ZonePosition): ZoneMatch {
  return parseAt(ABBREVIATION, folded, at, ([source]) => {
    const letters = source.toUpperCase();
    if (!(letters in ZONE_ABBREVIATIONS) || (letters.length === 2 && after === 'nothing')) return undefined;
    const isUpperCase = text.slice(at, at + letters.length) === letters;
    return !isUpperCase && (isWord || EVERYDAY_WORDS.test(source)) ? undefined : toAbbreviation(letters);
  });
}

function toAbbreviation(letters: string): ZoneReference {
  return { kind: 'abbreviation', letters, readings: ZONE_ABBREVIATIONS[letters] ?? [] };
}

let cities: ReadonlyMap<string, string> | undefined;

function getCities(): ReadonlyMap<string, string> {
  cities ??= new Map([
    ...Intl.supportedValuesOf('timeZone')
      .filter((zone) => zone.includes('/') && !zone.startsWith('Etc/'))
      .map((zone) => [(zone.split('/').at(-1) ?? '').replaceAll('_', ' ').toLowerCase(), zone] as const),
    ...MORE_CITIES,
  ]);
  return cities;
}

/** `Berlin time`, or a city after a time of day. */
function parseCity({ text, folded, at, after }: ZonePosition): ZoneMatch {
  const words = /^[a-z][a-z'-]*(?: [a-z][a-z'-]*){0,3}/u.exec(folded.slice(at))?.[0].split(' ') ?? [];
  for (let count = words.length; count > 0; count--) {
    const name = words.slice(0, count).join(' ');
    const end = at + name.length;
    const zone = getCities().get(name);
    if (zone === undefined || !isWordEnd(folded, end)) continue;
    const time = /^ (?:local )?time(?![\p{L}\d])/u.exec(folded.slice(end))?.[0];
    if (time === undefined && after === 'nothing') continue;
    return { value: { kind: 'city', name: text.slice(at, end), zone }, end: end + (time?.length ?? 0) };
  }
  return undefined;
}

/** A zone with that offset all year, or undefined. */
export function findFixedZone(minutes: number): string | undefined {
  if (minutes === 0) return 'UTC';
  const hours = minutes / 60;
  // The sign follows POSIX: west is positive.
  if (Number.isInteger(hours)) return findZone(`Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`);
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
function formatOffset(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/**
 * What an abbreviation such as CST means to a reader in `own` (an IANA zone): the meaning in that zone, else the only
 * one, else the one in that part of the world. Several meanings if none of these decides.
 */
function resolveAbbreviation(readings: readonly ZoneAbbreviation[], own: string, now: Date) {
  const area = own.split('/')[0] ?? '';
  const offsets = getQuarterlyOffsets(own, now);
  const [standard, summer] = [Math.min(...offsets), Math.max(...offsets)];
  const used = readings.find(({ areas, zone, season, offset }) => {
    const inSeason = season === 'summer' ? summer !== standard && summer === offset : standard === offset;
    return inSeason && (areas.includes(area) || zone === own);
  });
  if (used !== undefined) return { reading: used, zone: own };
  const common = readings.filter((reading) => !reading.onlyThere);
  const near = common.filter(({ areas }) => areas.includes(area));
  const [only, another] = common.length === 1 ? common : near;
  return only !== undefined && another === undefined ? { reading: only, zone: only.zone } : common;
}

/** The offsets of a zone in the coming year, in minutes: different ones where clocks change. */
export function getQuarterlyOffsets(zone: string, now: Date): number[] {
  return [0, 1, 2, 3].map((n) => offsetMinutes(new Date(now.getTime() + n * 91 * 86_400_000), zone));
}

export interface ResolvedZone {
  /** IANA, or an offset such as `+05:30`, to resolve wall-clock times in. */
  readonly id: string;
  readonly notices: readonly string[];
  /** The offset in `+01:00[Europe/Paris]`, in minutes. */
  readonly offset?: number;
  /** The abbreviation of a season that was used, if any. */
  readonly abbreviation?: { readonly phrase: PhraseOf<'zone'>; readonly reading: ZoneAbbreviation };
}

/** Resolves the zone of a bound; undefined if it has none. @throws Unresolved */
export function resolveZone(phrases: readonly PhraseOf<'zone'>[], reader: ReaderContext): ResolvedZone | undefined {
  const [first, ...others] = phrases;
  if (first === undefined) return undefined;
  let chosen = resolveReference(first, reader);
  for (const phrase of others) {
    const zone = resolveReference(phrase, reader);
    if (first.zone.kind === 'offset' && phrase.zone.kind === 'zone') chosen = { ...zone, offset: first.zone.minutes };
    else if (chosen.id !== zone.id) refuse(REFUSALS.twoZones(quote(reader, first), quote(reader, phrase)));
  }
  return chosen;
}

function resolveReference(phrase: PhraseOf<'zone'>, reader: ReaderContext): ResolvedZone {
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
      const { letters } = zone;
      const meaning = resolveAbbreviation(zone.readings, reader.timezone, reader.now);
      if (!('reading' in meaning)) {
        const options = meaning.map((each) => ({
          label: LABELS.zoneInPlace(letters, each.place, each.zone),
          edits: [replaceSpan(phrase, each.zone)],
        }));
        return ask(QUESTIONS.whichZone(letters), options);
      }
      const isExpected = meaning.zone === reader.timezone || meaning.zone === 'UTC';
      return {
        id: meaning.zone,
        notices: isExpected ? [] : [NOTICES.abbreviationReadAs(letters, meaning.zone)],
        ...(meaning.reading.season !== 'any' && { abbreviation: { phrase, reading: meaning.reading } }),
      };
    }
  }
}

function toOffsetId(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}

let zoneNameIndex: Fuse<string> | undefined;

function refuseUnknownZone(name: string): never {
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

/** Refuses an offset that contradicts the zone next to it. @throws Unresolved */
export function checkOffset({ id, offset }: ResolvedZone, instant: Date): void {
  if (offset === undefined || offsetMinutes(instant, id) === offset) return;
  refuse(REFUSALS.wrongOffset(id, formatOffset(offsetMinutes(instant, id)), formatOffset(offset)));
}

/** Asks when the zone has another offset that day than an abbreviation such as CET implies. @throws Unresolved */
export function checkSeason({ id, abbreviation }: ResolvedZone, instant: Date): void {
  const actual = offsetMinutes(instant, id);
  if (abbreviation === undefined || actual === abbreviation.reading.offset) return;
  const { phrase, reading } = abbreviation;
  const letters = phrase.zone.kind === 'abbreviation' ? phrase.zone.letters : reading.place;
  ask(QUESTIONS.whichSeason(id, letters, formatOffset(actual)), [
    { label: LABELS.clocksInZone(id, formatOffset(actual)), edits: [replaceSpan(phrase, id)] },
    {
      label: LABELS.thatIs(letters, formatOffset(reading.offset)),
      edits: [replaceSpan(phrase, formatOffset(reading.offset))],
    },
  ]);
}
