import { DAY_MS, getZoneClock, type WallMs } from '../../core/recurrence/zone-clock.ts';
import type { Interval } from '../../core/time.ts';

/** The VTIMEZONE (RFC 5545) of a zone for a period: the offset at its start, and each clock change. */
export function timeZoneText(zone: string, { start, end }: Interval): string {
  const clock = getZoneClock(zone);
  const first = clock.spanAt(start.getTime());
  const midnight = Math.floor((start.getTime() + first.offset) / DAY_MS) * DAY_MS;
  const lines = observance(midnight - DAY_MS, first.offset, first.offset);
  for (let span = clock.spanAt(first.end); span.start < end.getTime(); span = clock.spanAt(span.end)) {
    if (span.before !== span.offset) lines.push(...observance(span.start + span.before, span.before, span.offset));
  }
  return ['BEGIN:VTIMEZONE', `TZID:${zone}`, ...lines, 'END:VTIMEZONE'].join('\r\n');
}

/** @param wall when it begins, by the clocks before; `from`, `to`: milliseconds east of UTC */
function observance(wall: WallMs, from: number, to: number): string[] {
  const kind = to > from ? 'DAYLIGHT' : 'STANDARD';
  return [
    `BEGIN:${kind}`,
    `DTSTART:${wallText(wall)}`,
    `TZOFFSETFROM:${offsetText(from)}`,
    `TZOFFSETTO:${offsetText(to)}`,
    `END:${kind}`,
  ];
}

/** `20270328T020000`: a wall-clock time in any zone. */
export function wallText(wall: WallMs): string {
  const text = new Date(wall).toISOString();
  // A calendar has thousands of them, and a pattern takes three times as long.
  const time = text.indexOf('T') + 1;
  const day = text.slice(0, time).replaceAll('-', '');
  return day + text.slice(time, time + 2) + text.slice(time + 3, time + 5) + text.slice(time + 6, time + 8);
}

/** `20270328T010000Z` */
export const utcText = (instant: Date): string => `${wallText(instant.getTime())}Z`;

function offsetText(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const digits = (value: number) => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${digits(Math.floor(minutes / 60))}${digits(minutes % 60)}`;
}
