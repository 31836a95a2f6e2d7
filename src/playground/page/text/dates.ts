/** Who looks at a date: their IANA zone, their BCP 47 locale, and the present instant in epoch milliseconds. */
export interface Onlooker {
  readonly zone: string;
  readonly locale: string;
  readonly now: number;
}

type Written = Intl.DateTimeFormatOptions;

const DAY = 86_400_000;
/** Slack leaves the year out of `{date}` and `{date_short}` when the date is less than six months away. */
const YEAR_IS_OBVIOUS = 183 * DAY;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, options: Written): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formatters.set(key, made);
  return made;
}

/** Intl puts narrow no-break spaces before AM and PM; people search and copy with plain ones. */
function plainSpaces(text: string): string {
  return text.replace(/[\u202f\u00a0]/g, ' ');
}

function write(at: number, who: Onlooker, options: Written): string {
  return plainSpaces(formatter(who.locale, { ...options, timeZone: who.zone }).format(at));
}

function ordinal(day: number): string {
  const teen = day % 100 >= 11 && day % 100 <= 13;
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  return `${day}${ending}`;
}

/** As `write`, with "18th" for the day where American English would write it so. */
function writeWithOrdinal(at: number, who: Onlooker, options: Written): string {
  if (who.locale !== 'en-US') return write(at, who, options);
  const parts = formatter(who.locale, { ...options, timeZone: who.zone }).formatToParts(at);
  return parts.map((part) => (part.type === 'day' ? ordinal(Number(part.value)) : part.value)).join('');
}

/** The calendar day in the onlooker's zone, `YYYY-MM-DD`. */
export function dayOf(at: number, zone: string): string {
  return formatter('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
}

/** Whole calendar days from the onlooker's today to the day of `at`: 0 is today, 1 tomorrow, -1 yesterday. */
function daysAway(at: number, who: Onlooker): number {
  const day = Date.parse(dayOf(at, who.zone));
  const today = Date.parse(dayOf(who.now, who.zone));
  return Math.round((day - today) / DAY);
}

function nearDay(at: number, who: Onlooker): string | undefined {
  const away = daysAway(at, who);
  if (Math.abs(away) > 1) return undefined;
  return new Intl.RelativeTimeFormat(who.locale, { numeric: 'auto' }).format(away, 'day');
}

function obviousYear(at: number, who: Onlooker): boolean {
  return Math.abs(at - who.now) < YEAR_IS_OBVIOUS;
}

const long = { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' } as const;

function date(at: number, who: Onlooker): string {
  const { month, day, year } = long;
  return writeWithOrdinal(at, who, obviousYear(at, who) ? { month, day } : { month, day, year });
}

function dateShort(at: number, who: Onlooker): string {
  const shape = { month: 'short', day: 'numeric' } as const;
  return write(at, who, obviousYear(at, who) ? shape : { ...shape, year: 'numeric' });
}

function dateLong(at: number, who: Onlooker): string {
  return writeWithOrdinal(at, who, long);
}

function dayDivider(at: number, who: Onlooker): string {
  const near = nearDay(at, who);
  if (near) return near;
  const thisYear = dayOf(at, who.zone).slice(0, 4) === dayOf(who.now, who.zone).slice(0, 4);
  const { weekday, month, day } = long;
  return thisYear ? writeWithOrdinal(at, who, { weekday, month, day }) : dateLong(at, who);
}

function ago(at: number, who: Onlooker): string {
  const seconds = Math.round((at - who.now) / 1000);
  const size = Math.abs(seconds);
  const relative = new Intl.RelativeTimeFormat(who.locale, { numeric: 'always' });
  if (size < 60) return relative.format(seconds, 'second');
  if (size < 3600) return relative.format(Math.trunc(seconds / 60), 'minute');
  if (size < 86_400) return relative.format(Math.trunc(seconds / 3600), 'hour');
  return relative.format(Math.trunc(seconds / 86_400), 'day');
}

/** The time of day as the onlooker's locale writes it: `2:34 PM` or `14:34`. */
export function timeOfDay(at: number, who: Onlooker): string {
  return write(at, who, { timeStyle: 'short' });
}

/** Slack's date tokens; source: the description of `RichTextDate.format` in `@slack/types`. */
const tokens: Readonly<Record<string, (at: number, who: Onlooker) => string>> = {
  day_divider_pretty: dayDivider,
  date_num: (at, who) => dayOf(at, who.zone),
  date_slash: (at, who) => write(at, who, { day: '2-digit', month: '2-digit', year: 'numeric' }),
  date_long: dateLong,
  date_long_full: (at, who) => write(at, who, { month: 'long', day: 'numeric', year: 'numeric' }),
  date_long_pretty: (at, who) => nearDay(at, who) ?? dateLong(at, who),
  date,
  date_pretty: (at, who) => nearDay(at, who) ?? date(at, who),
  date_short: dateShort,
  date_short_pretty: (at, who) => nearDay(at, who) ?? dateShort(at, who),
  time: timeOfDay,
  time_secs: (at, who) => write(at, who, { timeStyle: 'medium' }),
  ago,
};

/**
 * A date as Slack draws it for the one who looks.
 *
 * @param timestamp seconds since the epoch
 * @param format text with tokens such as `{date_short_pretty} at {time}`
 * @param fallback what is shown when the timestamp or a token is not understood
 */
export function formatDate(timestamp: number, format: string, fallback: string, who: Onlooker): string {
  const at = timestamp * 1000;
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return fallback;
  let understood = true;
  const text = format.replace(/\{(\w+)\}/g, (_, name: string) => {
    const token = tokens[name];
    if (token) return token(at, who);
    understood = false;
    return '';
  });
  if (!understood) return fallback;
  // Slack begins a date with a capital; words or a zero-width space in front of it keep it small.
  return format.startsWith('{') ? text.slice(0, 1).toLocaleUpperCase(who.locale) + text.slice(1) : text;
}

/** What the tooltip of a date says: everything, with the zone. */
export function fullDate(at: number, who: Onlooker): string {
  return write(at, who, {
    ...long,
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  });
}
