import type { WallMs } from '../../core/recurrence/zone-clock.ts';
import type { Interval } from '../../core/time.ts';
import { listObservances, type Observance } from '../zone.ts';

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** The VTIMEZONE of a zone that holds over a time, and beyond it where its clocks change by a habit. */
export function timeZoneText(zone: string, time: Interval): string {
  const lines = ['BEGIN:VTIMEZONE', `TZID:${zone}`];
  for (const observance of listObservances(zone, time)) lines.push(...linesOf(observance));
  return [...lines, 'END:VTIMEZONE'].join('\r\n');
}

/** Changes that follow no habit are one observance each: calendars differ in how they read several in one. */
function linesOf({ kind, from, to, changes, rule }: Observance): string[] {
  const begins = rule === undefined ? changes : changes.slice(0, 1);
  return begins.flatMap((wall) => [
    `BEGIN:${kind}`,
    `DTSTART:${wallText(wall)}`,
    `TZOFFSETFROM:${offsetText(from)}`,
    `TZOFFSETTO:${offsetText(to)}`,
    ...(rule === undefined
      ? []
      : [`RRULE:FREQ=YEARLY;BYMONTH=${rule.month};BYDAY=${rule.nth}${WEEKDAYS[rule.weekday]}`]),
    `END:${kind}`,
  ]);
}

/** `20270328T020000`: a time on the wall, which says nothing of the zone it belongs to. */
export function wallText(wall: WallMs): string {
  return new Date(wall).toISOString().replace(/[-:]|\.\d+Z/g, '');
}

function offsetText(offset: number): string {
  const seconds = Math.abs(offset) / 1000;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const rest = seconds % 60 === 0 ? '' : two(seconds % 60);
  return `${offset < 0 ? '-' : '+'}${two(seconds / 3600)}${two((seconds % 3600) / 60)}${rest}`;
}
