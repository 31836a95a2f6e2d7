/*
 * How times are said: by the server in the account's zone, and by the reader's browser, which runs these very functions, in
 * the reader's own. So they use nothing that is not of this file.
 */

/** Making one takes its time, and a page has hundreds of times. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(form: 'day' | 'full' | 'clock' | 'year' | 'weekday' | 'zone', zone: string): Intl.DateTimeFormat {
  const key = `${form} ${zone}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const day = { day: 'numeric', month: 'short' } as const;
  const options = {
    day,
    weekday: { weekday: 'short', ...day },
    full: { weekday: 'short', ...day, year: 'numeric' },
    clock: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    year: { year: 'numeric' },
    zone: { timeZoneName: 'short' },
  } as const;
  const made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options[form] });
  formats.set(key, made);
  return made;
}

/** `Sat 5 Dec, 22:00`; with its year where that is not the one of `now`. */
export function momentText(at: Date, zone: string, now: Date): string {
  const year = format('year', zone);
  const day = format(year.format(at) === year.format(now) ? 'weekday' : 'full', zone).format(at);
  return `${day.replace(',', '')}, ${clockText(at, zone)}`;
}

/** `22:00` */
function clockText(at: Date, zone: string): string {
  return format('clock', zone).format(at);
}

/** `5 Dec` */
export function dayText(at: Date, zone: string): string {
  return format('day', zone).format(at);
}

/** The end of a window whose start was just said: the time alone on the same day. */
export function endText(start: Date, end: Date, zone: string, now: Date): string {
  const day = format('full', zone);
  return day.format(start) === day.format(end) ? clockText(end, zone) : momentText(end, zone, now);
}

/** What the clocks of a zone are called at an instant: `CET`, `GMT+5:30`, `UTC`. */
export function zoneText(at: Date, zone: string): string {
  const parts = format('zone', zone).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

/** How often an open page looks for news (milliseconds). */
const LOOK_AGAIN = 60_000;

/** Says every time of the page again, in the reader's own zone. */
function inReadersZone(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const now = new Date();
  const at = (element: Element | null) => new Date(element?.getAttribute('datetime') ?? Number.NaN);
  for (const window of document.querySelectorAll('[data-window]')) {
    const [first = null, last = null] = window.querySelectorAll('time');
    const start = at(first);
    const end = at(last);
    if (first !== null) first.textContent = momentText(start, zone, now);
    if (last !== null && last !== first) last.textContent = endText(start, end, zone, now);
    const name = window.querySelector('[data-zone]');
    if (name !== null) name.textContent = zoneText(start, zone);
  }
  for (const day of document.querySelectorAll('time[data-day]')) day.textContent = dayText(at(day), zone);
  for (const note of document.querySelectorAll('[data-zone-note]')) {
    note.textContent = `Times are in your time zone, ${zone}.`;
  }
}

/** Keeps an open page up to date while somebody looks at it. */
function keepUpToDate(pause: number): void {
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const fetched = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('#board');
    const board = document.querySelector('#board');
    if (fetched === null || board === null || board.contains(document.activeElement)) return;
    board.replaceWith(fetched);
    inReadersZone();
  };
  // Offline, say: the page stays as it is, and the next look may do better.
  setInterval(() => void look().catch(() => {}), pause);
}

/** What the browser runs. Without it the page says the same in the account's zone. */
export const SCRIPT = [
  '"use strict";',
  'const formats = new Map();',
  ...[format, momentText, clockText, dayText, endText, zoneText, inReadersZone, keepUpToDate].map(String),
  `inReadersZone();keepUpToDate(${LOOK_AGAIN});`,
].join('\n');
