/*
 * The server formats times in the account's zone; the browser runs the same functions with the reader's zone. So they can
 * only use what SCRIPT contains.
 */

/** Formatters are slow to create, and a page has hundreds of times. */
const formats = new Map<string, Intl.DateTimeFormat>();

function getFormat(form: 'day' | 'full' | 'clock' | 'year' | 'weekday' | 'zone', zone: string): Intl.DateTimeFormat {
  const key = `${form} ${zone}`;
  const cached = formats.get(key);
  if (cached !== undefined) return cached;
  const day = { day: 'numeric', month: 'short' } as const;
  const options = {
    day,
    weekday: { weekday: 'short', ...day },
    full: { weekday: 'short', ...day, year: 'numeric' },
    clock: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    year: { year: 'numeric' },
    zone: { timeZoneName: 'short' },
  } as const;
  const created = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options[form] });
  formats.set(key, created);
  return created;
}

/** `Sat 5 Dec, 22:00`; with its year unless it is the current one. */
export function momentText(at: Date, zone: string, now: Date): string {
  const year = getFormat('year', zone);
  const day = getFormat(year.format(at) === year.format(now) ? 'weekday' : 'full', zone).format(at);
  return `${day.replace(',', '')}, ${clockText(at, zone)}`;
}

/** `22:00` */
function clockText(at: Date, zone: string): string {
  return getFormat('clock', zone).format(at);
}

/** `5 Dec` */
export function dayText(at: Date, zone: string): string {
  return getFormat('day', zone).format(at);
}

/** The end of a window after its start: the time alone on the same day. */
export function endText(start: Date, end: Date, zone: string, now: Date): string {
  const day = getFormat('full', zone);
  return day.format(start) === day.format(end) ? clockText(end, zone) : momentText(end, zone, now);
}

/** The abbreviation of a zone at an instant: `CET`, `GMT+5:30`, `UTC`. */
export function zoneText(at: Date, zone: string): string {
  const parts = getFormat('zone', zone).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

const REFRESH_EVERY_MS = 60_000;

/** Changes every time of the page to the reader's zone. */
function showReadersZone(): void {
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

/** Updates the page while it is visible. */
function refreshEvery(interval: number): void {
  const refresh = async () => {
    if (document.hidden) return;
    const response = await fetch(location.href);
    if (!response.ok) return;
    const fetched = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('#board');
    const board = document.querySelector('#board');
    if (fetched === null || board === null || board.contains(document.activeElement)) return;
    board.replaceWith(fetched);
    showReadersZone();
  };
  // The page stays as it is while the server cannot be reached.
  setInterval(() => void refresh().catch(() => {}), interval);
}

/** The script of the page, which works without it in the account's zone. */
export const SCRIPT = [
  '"use strict";',
  'const formats = new Map();',
  ...[getFormat, momentText, clockText, dayText, endText, zoneText, showReadersZone, refreshEvery].map(String),
  `showReadersZone();refreshEvery(${REFRESH_EVERY_MS});`,
].join('\n');
