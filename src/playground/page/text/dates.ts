import { Temporal } from 'temporal-polyfill';

/** Converts epoch seconds to the value of a `datetime-local` input in a zone: `YYYY-MM-DDTHH:mm`. */
export function toWallClock(seconds: number, zone: string): string {
  const at = Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toZonedDateTimeISO(zone);
  return at.toPlainDateTime().toString({ smallestUnit: 'minute' });
}

/**
 * Converts the value of a `datetime-local` input to epoch seconds; `null` if it is not a date.
 * As in browsers, a time skipped by a clock change moves forward by the gap, and a repeated one is the first.
 */
export function fromWallClock(written: string, zone: string): number | null {
  try {
    const at = Temporal.PlainDateTime.from(written).toZonedDateTime(zone, { disambiguation: 'compatible' });
    return Math.floor(at.epochMilliseconds / 1000);
  } catch {
    return null;
  }
}

/** The city of a zone: `New York` for `America/New_York`. */
export function formatZone(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}

/** The reader of a date: IANA zone, BCP 47 locale, and the current instant in epoch milliseconds. */
export interface Viewer {
  readonly zone: string;
  readonly locale: string;
  readonly now: number;
}

type FormatOptions = Intl.DateTimeFormatOptions;

const DAY_MS = 86_400_000;
/** Slack omits the year in `{date}` and `{date_short}` if the date is less than six months away. */
const YEAR_OMITTED_WITHIN_MS = 183 * DAY_MS;

const formatters = new Map<string, Intl.DateTimeFormat>();

function getFormatter(locale: string, options: FormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formatters.set(key, made);
  return made;
}

/** Intl puts narrow no-break spaces before AM and PM; search and copy need plain spaces. */
function normalizeSpaces(text: string): string {
  return text.replace(/[\u202f\u00a0]/g, ' ');
}

function format(at: number, viewer: Viewer, options: FormatOptions): string {
  return normalizeSpaces(getFormatter(viewer.locale, { ...options, timeZone: viewer.zone }).format(at));
}

function formatOrdinal(day: number): string {
  const teen = day % 100 >= 11 && day % 100 <= 13;
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  return `${day}${ending}`;
}

/** As `format`, with an ordinal day ("18th") in American English. */
function formatWithOrdinal(at: number, viewer: Viewer, options: FormatOptions): string {
  if (viewer.locale !== 'en-US') return format(at, viewer, options);
  const parts = getFormatter(viewer.locale, { ...options, timeZone: viewer.zone }).formatToParts(at);
  return parts.map((part) => (part.type === 'day' ? formatOrdinal(Number(part.value)) : part.value)).join('');
}

/** The calendar day of an instant in a zone, `YYYY-MM-DD`. */
export function toIsoDay(at: number, zone: string): string {
  return getFormatter('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
}

/** Calendar days from the viewer's today to the day of `at`: 0 is today, 1 tomorrow, -1 yesterday. */
function countDaysAway(at: number, viewer: Viewer): number {
  const day = Date.parse(toIsoDay(at, viewer.zone));
  const today = Date.parse(toIsoDay(viewer.now, viewer.zone));
  return Math.round((day - today) / DAY_MS);
}

function formatNearDay(at: number, viewer: Viewer): string | undefined {
  const away = countDaysAway(at, viewer);
  if (Math.abs(away) > 1) return undefined;
  return new Intl.RelativeTimeFormat(viewer.locale, { numeric: 'auto' }).format(away, 'day');
}

function isYearObvious(at: number, viewer: Viewer): boolean {
  return Math.abs(at - viewer.now) < YEAR_OMITTED_WITHIN_MS;
}

const LONG_DATE = { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' } as const;

function formatMediumDate(at: number, viewer: Viewer): string {
  const { month, day, year } = LONG_DATE;
  return formatWithOrdinal(at, viewer, isYearObvious(at, viewer) ? { month, day } : { month, day, year });
}

function formatShortDate(at: number, viewer: Viewer): string {
  const shape = { month: 'short', day: 'numeric' } as const;
  return format(at, viewer, isYearObvious(at, viewer) ? shape : { ...shape, year: 'numeric' });
}

function formatLongDate(at: number, viewer: Viewer): string {
  return formatWithOrdinal(at, viewer, LONG_DATE);
}

function formatDayDivider(at: number, viewer: Viewer): string {
  const near = formatNearDay(at, viewer);
  if (near) return near;
  const thisYear = toIsoDay(at, viewer.zone).slice(0, 4) === toIsoDay(viewer.now, viewer.zone).slice(0, 4);
  const { weekday, month, day } = LONG_DATE;
  return thisYear ? formatWithOrdinal(at, viewer, { weekday, month, day }) : formatLongDate(at, viewer);
}

function formatAgo(at: number, viewer: Viewer): string {
  const seconds = Math.round((at - viewer.now) / 1000);
  const size = Math.abs(seconds);
  const relative = new Intl.RelativeTimeFormat(viewer.locale, { numeric: 'always' });
  if (size < 60) return relative.format(seconds, 'second');
  if (size < 3600) return relative.format(Math.trunc(seconds / 60), 'minute');
  if (size < 86_400) return relative.format(Math.trunc(seconds / 3600), 'hour');
  return relative.format(Math.trunc(seconds / 86_400), 'day');
}

/** The time of day in the viewer's locale: `2:34 PM` or `14:34`. */
export function timeOfDay(at: number, viewer: Viewer): string {
  return format(at, viewer, { timeStyle: 'short' });
}

/** Slack's date tokens; source: the description of `RichTextDate.format` in `@slack/types`. */
const TOKENS: Readonly<Record<string, (at: number, viewer: Viewer) => string>> = {
  day_divider_pretty: formatDayDivider,
  date_num: (at, viewer) => toIsoDay(at, viewer.zone),
  date_slash: (at, viewer) => format(at, viewer, { day: '2-digit', month: '2-digit', year: 'numeric' }),
  date_long: formatLongDate,
  date_long_full: (at, viewer) => format(at, viewer, { month: 'long', day: 'numeric', year: 'numeric' }),
  date_long_pretty: (at, viewer) => formatNearDay(at, viewer) ?? formatLongDate(at, viewer),
  date: formatMediumDate,
  date_pretty: (at, viewer) => formatNearDay(at, viewer) ?? formatMediumDate(at, viewer),
  date_short: formatShortDate,
  date_short_pretty: (at, viewer) => formatNearDay(at, viewer) ?? formatShortDate(at, viewer),
  time: timeOfDay,
  time_secs: (at, viewer) => format(at, viewer, { timeStyle: 'medium' }),
  ago: formatAgo,
};

/**
 * Formats a date as Slack does.
 *
 * @param timestamp seconds since the epoch
 * @param format text with tokens such as `{date_short_pretty} at {time}`
 * @param fallback returned if the timestamp or a token is invalid
 */
export function formatDate(timestamp: number, format: string, fallback: string, viewer: Viewer): string {
  const at = timestamp * 1000;
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return fallback;
  let understood = true;
  const text = format.replace(/\{(\w+)\}/g, (_, name: string) => {
    const token = TOKENS[name];
    if (token) return token(at, viewer);
    understood = false;
    return '';
  });
  if (!understood) return fallback;
  // Slack capitalizes a date unless text or a zero-width space precedes it.
  return format.startsWith('{') ? text.slice(0, 1).toLocaleUpperCase(viewer.locale) + text.slice(1) : text;
}

/** Date, time and zone in full, for tooltips. */
export function fullDate(at: number, viewer: Viewer): string {
  return format(at, viewer, {
    ...LONG_DATE,
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  });
}
