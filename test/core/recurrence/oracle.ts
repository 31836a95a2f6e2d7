/**
 * A slow and simple implementation of the recurrence rules: it visits every wall-clock minute, searches the instants around a
 * match, and asks Intl for every wall-clock time. It shares no code with the real one and does not use cron-parser.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Start {
  at: number;
  change?: 'moved' | 'first' | 'second';
}

/** All starts from `from` to before `to` (milliseconds since the epoch), ascending. */
export function startsBetween(cron: string, zone: string, from: number, to: number): Start[] {
  const [minute = '', hour = ''] = cron.split(' ');
  const plain = !/[*?/-]/.test(minute + hour);
  const starts = new Map<number, Start>();
  const firstDay = Math.floor(from / DAY) - 2;
  const lastDay = Math.floor(to / DAY) + 2;
  const minutesOfDay = matchingMinutes(cron);
  for (let day = firstDay; day <= lastDay; day += 1) {
    if (!matchesDay(cron, day)) continue;
    for (const minuteOfDay of minutesOfDay) {
      const wall = day * DAY + minuteOfDay * MINUTE;
      const instants = instantsShowing(wall, zone);
      const [first, second] = instants;
      if (first === undefined) {
        const at = endOfGap(wall, zone);
        starts.set(at, { at, change: 'moved' });
      } else if (second === undefined) {
        if (!starts.has(first)) starts.set(first, { at: first });
      } else {
        starts.set(first, { at: first, change: 'first' });
        if (!plain) starts.set(second, { at: second, change: 'second' });
      }
    }
  }
  return [...starts.values()].filter(({ at }) => at >= from && at < to).sort((a, b) => a.at - b.at);
}

/** How many minutes of a matching day match. */
export function minutesPerDay(cron: string): number {
  return matchingMinutes(cron).length;
}

function matchingMinutes(cron: string): number[] {
  const [minute = '', hour = ''] = cron.split(' ');
  const all: number[] = [];
  for (let h = 0; h < 24; h += 1) {
    for (let m = 0; m < 60; m += 1) {
      if (fieldHas(hour, h, 23) && fieldHas(minute, m, 59)) all.push(h * 60 + m);
    }
  }
  return all;
}

function matchesDay(cron: string, day: number): boolean {
  const [, , dayOfMonth = '', month = '', dayOfWeek = ''] = named(cron).split(' ');
  const date = new Date(day * DAY);
  if (!fieldHas(month, date.getUTCMonth() + 1, 12)) return false;
  const byDate = dayOfMonth.split(',').some((item) => {
    return item === 'L' ? inMonth(day + 1) !== inMonth(day) : fieldHas(item, date.getUTCDate(), 31);
  });
  const byWeekday = dayOfWeek.split(',').some((item) => {
    const [weekday = '', nth] = item.split('#');
    const last = weekday.endsWith('L');
    const today = [date.getUTCDay(), date.getUTCDay() === 0 ? 7 : date.getUTCDay()];
    if (!today.some((number) => fieldHas(weekday.replace('L', ''), number, 7))) return false;
    if (nth !== undefined) return Math.ceil(date.getUTCDate() / 7) === Number(nth);
    return !last || inMonth(day + 7) !== inMonth(day);
  });
  const anyDate = dayOfMonth === '*' || dayOfMonth === '?';
  const anyWeekday = dayOfWeek === '*' || dayOfWeek === '?';
  if (anyDate || anyWeekday) return byDate && byWeekday;
  return byDate || byWeekday;
}

function inMonth(day: number): number {
  return new Date(day * DAY).getUTCMonth();
}

function named(cron: string): string {
  const months = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  const fields = cron.split(' ');
  fields[3] = (fields[3] ?? '').replace(/[a-z]{3}/gi, (name) => String(months.indexOf(name.toLowerCase())));
  fields[4] = (fields[4] ?? '').replace(/[a-z]{3}/gi, (name) => String(days.indexOf(name.toLowerCase())));
  return fields.join(' ');
}

function fieldHas(field: string, value: number, max: number): boolean {
  return field.split(',').some((item) => {
    const [span = '', step] = item.split('/');
    const any = span === '*' || span === '?';
    const [low, high] = any ? [max === 31 || max === 12 ? 1 : 0, max] : span.split('-').map(Number);
    if (low === undefined || value < low) return false;
    if (high === undefined && step === undefined) return value === low;
    return value <= (high ?? max) && (value - low) % Number(step ?? 1) === 0;
  });
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The wall-clock time of a zone at an instant, as though it were UTC. */
export function wallAt(instant: number, zone: string): number {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  formats.set(zone, format);
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

const offsetsByHour = new Map<string, number>();

function offsetAtHour(hour: number, zone: string): number {
  const key = `${zone} ${hour}`;
  const known = offsetsByHour.get(key);
  if (known !== undefined) return known;
  const offset = wallAt(hour * HOUR, zone) - hour * HOUR;
  if (offsetsByHour.size > 100_000) offsetsByHour.clear();
  offsetsByHour.set(key, offset);
  return offset;
}

/** The instants with a wall-clock time, tried with every offset that the zone has within 30 hours. */
function instantsShowing(wall: number, zone: string): number[] {
  const offsets = new Set<number>();
  const hour = Math.floor(wall / HOUR);
  for (let h = hour - 30; h <= hour + 30; h += 1) offsets.add(offsetAtHour(h, zone));
  return [...offsets]
    .map((offset) => wall - offset)
    .filter((instant) => wallAt(instant, zone) === wall)
    .sort((a, b) => a - b);
}

/** The first instant, to the second, after the gap that contains a wall-clock time. */
function endOfGap(wall: number, zone: string): number {
  let at = Math.floor(wall / MINUTE) * MINUTE - 30 * HOUR;
  while (wallAt(at, zone) < wall) at += MINUTE;
  while (wallAt(at - 1000, zone) >= wall) at -= 1000;
  return at;
}
