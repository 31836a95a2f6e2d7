import { LRUCache } from 'lru-cache';
import type { Interval } from '../core/time.ts';

const seconds = (instant: Date) => Math.floor(instant.getTime() / 1000);

const DAY = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;
const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** By zone. Creating a formatter is slow. */
const formatters = new LRUCache({
  max: 200,
  memoMethod: (zone: string) => ({
    day: new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...DAY }),
    time: new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...TIME }),
  }),
});

function format(instant: Date, zone: string, part: 'day' | 'time'): string {
  return formatters.memo(zone)[part].format(instant).replaceAll(',', '');
}

/** "Sun 22 Nov 2026 07:00" in an IANA zone, which the caller names next to it. */
export function formatInstant(instant: Date, zone: string): string {
  return `${format(instant, zone, 'day')} ${format(instant, zone, 'time')}`;
}

/** "Sun 22 Nov 2026 02:00 – 04:00 (America/New_York)"; the end has its day if that is another one. */
export function formatWindow({ start, end }: Interval, zone: string): string {
  const sameDay = format(start, zone, 'day') === format(end, zone, 'day');
  const until = sameDay ? format(end, zone, 'time') : formatInstant(end, zone);
  return `${formatInstant(start, zone)} – ${until} ${zone === 'UTC' ? 'UTC' : `(${zone})`}`;
}

/** Slack starts a date with a capital ("Today at ..."), unless an invisible character is before it. */
const WITHIN_SENTENCE = '\u200b';

function date(instant: Date, format: string): string {
  return `<!date^${seconds(instant)}^${format}|${formatInstant(instant, 'UTC')} UTC>`;
}

/** Within a sentence: a date that Slack shows in each reader's zone, or in UTC where it cannot. */
export function localizeDates(instant: Date): string {
  return date(instant, `${WITHIN_SENTENCE}{date_short_pretty} at {time}`);
}

/** "2:00 AM" in each reader's zone, or in UTC where Slack cannot show it. */
export function localTime(instant: Date): string {
  return `<!date^${seconds(instant)}^{time}|${format(instant, 'UTC', 'time')} UTC>`;
}

/** "Nov 22 at 2:00 AM – 4:00 AM" in each reader's own zone. */
export function localWindow({ start, end }: Interval, place: 'alone' | 'in a sentence' = 'alone'): string {
  // Whether both are on one day depends on the reader's zone, so the end of a long window has its day.
  const short = end.getTime() - start.getTime() < 4 * 3_600_000;
  const from = place === 'alone' ? date(start, '{date_short_pretty} at {time}') : localizeDates(start);
  return `${from} – ${date(end, short ? '{time}' : `${WITHIN_SENTENCE}{date_short_pretty} at {time}`)}`;
}

/** Within a sentence: the time until an instant, or since it. Slack updates it. */
export function formatAgo(instant: Date): string {
  return date(instant, `${WITHIN_SENTENCE}{ago}`);
}
