import Fuse from 'fuse.js';
import { findZone, offsetMinutes } from '../core/time.ts';
import { type Doubt, doubt, refusal, type Stop } from './answer.ts';
import type { ItemOf } from './items.ts';
import { type Setting, spoken } from './moments.ts';
import type { Abbreviated } from './zone-names.ts';
import { meaningOfLetters, offsetName, zoneOfOffset } from './zones.ts';

/** The zone that one end of a window is told in. */
export interface Zone {
  /** IANA, or an offset such as `+05:30`, to resolve wall-clock times in. */
  readonly id: string;
  readonly notices: readonly string[];
  /** `+01:00[Europe/Paris]`: the offset that was said as well, in minutes. */
  readonly offset?: number;
  /** Letters that name a season (CET): the offset they stand for. */
  readonly letters?: { readonly item: ItemOf<'zone'>; readonly reading: Abbreviated };
}

/** The zone that is said on one side; undefined when none is. */
export function zoneOf(items: readonly ItemOf<'zone'>[], setting: Setting): Zone | Stop | undefined {
  let chosen: Zone | undefined;
  let first: ItemOf<'zone'> | undefined;
  for (const item of items) {
    const zone = read(item, setting);
    if ('outcome' in zone) return zone;
    if (chosen !== undefined && first?.zone.is === 'offset' && item.zone.is === 'zone') {
      chosen = { ...zone, offset: first.zone.minutes };
      continue;
    }
    if (chosen !== undefined && first !== undefined && chosen.id !== zone.id) {
      return refusal(`Two zones are named: "${spoken(first, setting)}" and "${spoken(item, setting)}". Say one.`);
    }
    chosen ??= zone;
    first ??= item;
  }
  return chosen;
}

function read(item: ItemOf<'zone'>, setting: Setting): Zone | Stop {
  const { zone } = item;
  switch (zone.is) {
    case 'zone':
      return { id: zone.zone, notices: [] };
    case 'own':
      return { id: setting.own, notices: [] };
    case 'offset':
      return { id: offsetId(zone.minutes), notices: [] };
    case 'city':
      return { id: zone.zone, notices: [`"${zone.name}" is read as ${zone.zone}.`] };
    case 'unknown':
      return unknownZone(zone.name);
    case 'letters': {
      const meaning = meaningOfLetters(zone.readings, setting.own, setting.now);
      if (meaning.is === 'several') return which(item, zone.letters, meaning.readings);
      const notices =
        meaning.zone === setting.own || meaning.zone === 'UTC' ? [] : [`${zone.letters} is read as ${meaning.zone}.`];
      return { id: meaning.zone, notices, letters: { item, reading: meaning.reading } };
    }
  }
}

function offsetId(minutes: number): string {
  const size = Math.abs(minutes);
  const hours = String(Math.floor(size / 60)).padStart(2, '0');
  return minutes === 0 ? 'UTC' : `${minutes < 0 ? '-' : '+'}${hours}:${String(size % 60).padStart(2, '0')}`;
}

function which(item: ItemOf<'zone'>, letters: string, readings: readonly Abbreviated[]): Doubt {
  return doubt(
    `Which ${letters}?`,
    readings.map(({ zone, place }) => ({
      label: `${letters} of ${place} (${zone})`,
      edits: [{ start: item.start, end: item.end, by: zone }],
    })),
  );
}

let names: Fuse<string> | undefined;

function unknownZone(name: string): Stop {
  names ??= new Fuse(Intl.supportedValuesOf('timeZone'), { threshold: 0.3, ignoreLocation: true });
  const near = names.search(name.replace(/ /g, '_'), { limit: 2 }).map(({ item }) => item);
  const hint = near.length === 0 ? 'Names look like Europe/Berlin.' : `Did you mean ${near.join(' or ')}?`;
  return refusal(`There is no time zone "${name}". ${hint}`, `tomorrow 02:00 ${near[0] ?? 'Europe/Berlin'} for 2h`);
}

/** The IANA zone to keep with an instant that was told in `zone`. */
export function kept(zone: Zone, instant: Date, own: string): string {
  const iana = findZone(zone.id);
  if (iana !== undefined) return iana;
  const minutes = offsetMinutes(instant, zone.id);
  return offsetMinutes(instant, own) === minutes ? own : (zoneOfOffset(minutes) ?? own);
}

/** Why an offset that was said beside a zone is not that of the zone. */
export function wrongOffset({ id, offset }: Zone, instant: Date): Stop | undefined {
  if (offset === undefined || offsetMinutes(instant, id) === offset) return undefined;
  return refusal(
    `${id} is at ${offsetName(offsetMinutes(instant, id))} then, not at ${offsetName(offset)}. Leave one of the two out.`,
  );
}

/** Letters such as CET name an offset; where the clocks of the place show another one that day, both are possible. */
export function seasonDoubt(zone: Zone, instant: Date): Doubt | undefined {
  const { letters } = zone;
  if (letters === undefined || letters.reading.season === 'any') return undefined;
  const actual = offsetMinutes(instant, zone.id);
  if (actual === letters.reading.offset) return undefined;
  const { item, reading } = letters;
  const said = item.zone.is === 'letters' ? item.zone.letters : reading.place;
  const by = (text: string) => [{ start: item.start, end: item.end, by: text }];
  return doubt(
    `${zone.id} does not keep ${said} that day: its clocks show ${offsetName(actual)}. Which time is meant?`,
    [
      { label: `The clocks of ${zone.id} (${offsetName(actual)})`, edits: by(zone.id) },
      { label: `${said}, that is ${offsetName(reading.offset)}`, edits: by(offsetName(reading.offset)) },
    ],
  );
}
