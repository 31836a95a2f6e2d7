import { Temporal } from 'temporal-polyfill';

/** Seconds since 1970 as what a `datetime-local` input holds, `YYYY-MM-DDTHH:mm`, in the zone. */
export function toWallClock(seconds: number, zone: string): string {
  const at = Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toZonedDateTimeISO(zone);
  return at.toPlainDateTime().toString({ smallestUnit: 'minute' });
}

/**
 * What a `datetime-local` input holds as seconds since 1970; `null` when it is no date.
 * A time that a clock change skips is moved on by the gap, one that exists twice is the first: as browsers do.
 */
export function fromWallClock(written: string, zone: string): number | null {
  try {
    const at = Temporal.PlainDateTime.from(written).toZonedDateTime(zone, { disambiguation: 'compatible' });
    return Math.floor(at.epochMilliseconds / 1000);
  } catch {
    return null;
  }
}

/** The name of a zone as people say it: `New York` for `America/New_York`. */
export function formatZone(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}

/** Who looks at a date: their IANA zone, their BCP 47 locale, and the present instant in epoch milliseconds. */
export interface Viewer {
  readonly zone: string;
  readonly locale: string;
  readonly now: number;
}

type FormatOptions = Intl.DateTimeFormatOptions;

const DAY_MS = 86_400_000;
/** Slack leaves the year out of `{date}` and `{date_short}` when the date is less than six months away. */
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

/** Intl puts narrow no-break spaces before AM and PM; people search and copy with plain ones. */
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

/** As `format`, with "18th" for the day where American English would format it so. */
function formatWithOrdinal(at: number, viewer: Viewer, options: FormatOptions): string {
  if (viewer.locale !== 'en-US') return format(at, viewer, options);
  const parts = getFormatter(viewer.locale, { ...options, timeZone: viewer.zone }).formatToParts(at);
  return parts.map((part) => (part.type === 'day' ? formatOrdinal(Number(part.value)) : part.value)).join('');
}

/** The calendar day in the viewer's zone, `YYYY-MM-DD`. */
export function toIsoDay(at: number, zone: string): string {
  return getFormatter('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
}

/** Whole calendar days from the viewer's today to the day of `at`: 0 is today, 1 tomorrow, -1 yesterday. */
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

/** The time of day as the viewer's locale writes it: `2:34 PM` or `14:34`. */
export function timeOfDay(at: number, viewer: Viewer): string {
  return format(at, viewer, { timeStyle: 'short' });
}

/** Slack's date TOKENS; source: the description of `RichTextDate.format` in `@slack/types`. */
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
 * A date as Slack draws it for the one viewer looks.
 *
 * @param timestamp seconds since the epoch
 * @param format text with TOKENS such as `{date_short_pretty} at {time}`
 * @param fallback what is shown when the timestamp or a token is not understood
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
  // Slack begins a date with a capital; words or a zero-width space in front of it keep it small.
  return format.startsWith('{') ? text.slice(0, 1).toLocaleUpperCase(viewer.locale) + text.slice(1) : text;
}

/** What the tooltip of a date says: everything, with the zone. */
export function fullDate(at: number, viewer: Viewer): string {
  return format(at, viewer, {
    ...LONG_DATE,
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  });
}
