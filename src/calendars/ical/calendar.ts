import { createHash } from 'node:crypto';
import ical, { ICalCalendarMethod, type ICalEventData } from 'ical-generator';
import { LRUCache } from 'lru-cache';
import { Temporal } from 'temporal-polyfill';
import { Pauses } from '../../core/pauses.ts';
import type { Interval } from '../../core/time.ts';
import { shownWindow } from '../../maintenance/rules/times.ts';
import type { Series } from '../../series/repository.ts';
import { ruleText } from '../days.ts';
import type { CalendarWindow } from '../repository.ts';
import { toCalendarRules } from '../rules.ts';
import { type CreatedRun, listedOfEach, type Repeated, type Shown, toCalendarSeries } from '../series.ts';
import { eventTexts, eventUid, inZone, isConfirmed, occurrenceUid, printable, renderEvent, stamps } from './event.ts';
import { timeZoneText, wallText } from './time-zone.ts';
import { EventWriter, type SingleEvent } from './writer.ts';

/** How often calendars should refresh. */
const REFRESH_SECONDS = 900;
/** How long clock changes are listed for, from the first event on. */
const ZONE_YEARS = 12;

export interface CalendarRun extends Pick<CreatedRun, 'occurrence' | 'state'> {
  /** undefined: the reader may not see it. */
  readonly window: CalendarWindow | undefined;
}

interface Part {
  /** All that its events depend on besides the rest of the calendar: those that were written once are kept. */
  readonly key: string;
}

export interface CalendarInput {
  readonly name: string;
  /** Includes runs whose series is not in the calendar. */
  readonly windows: readonly (Part & { readonly read: () => readonly CalendarWindow[] })[];
  /** `read`: all its runs in the period. */
  readonly series: readonly (Part & { readonly series: Series; readonly read: () => readonly CalendarRun[] })[];
  /** The earliest runs that are shown, and the end up to which rules are compared. */
  readonly period: Interval;
  readonly now: Date;
  /** The page of a maintenance. */
  readonly linkTo: (maintenance: { readonly id: number }) => string;
}

const MAX_KEPT_CHARS = 6_000_000;
/** What an entry needs besides its text. */
const ENTRY_CHARS = 300;

/** The events of parts, by all that they depend on: after a change of one series, those of the others are not written again. */
export class KeptEvents {
  readonly #texts = new LRUCache<string, string>({
    maxSize: MAX_KEPT_CHARS,
    sizeCalculation: (text) => text.length + ENTRY_CHARS,
  });

  async get(key: string, write: () => Promise<readonly string[]>): Promise<string> {
    // Keys contain all that was read, which would need more memory than the events.
    const name = createHash('sha256').update(key).digest('base64');
    const kept = this.#texts.get(name);
    if (kept !== undefined) return kept;
    // Joined once, as a text that was added up keeps all its pieces.
    const text = (await write()).join('');
    this.#texts.set(name, text);
    return text;
  }
}

const END = 'END:VCALENDAR\r\n';

/** A calendar in iCalendar format (RFC 5545). Other work runs while it is written. */
export async function calendarText(input: CalendarInput, kept = new KeptEvents()): Promise<string> {
  const { name, windows, series, period, now, linkTo } = input;
  const pauses = new Pauses();
  const calendar = ical({
    name: printable(name),
    prodId: { company: 'Lull', product: 'Lull', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: REFRESH_SECONDS,
  });
  const writer = new EventWriter(calendar);
  const events: string[] = [];
  const link = linkTo({ id: 0 });
  for (const { key, read } of windows) {
    const write = async () => {
      const texts: string[] = [];
      for (const window of read()) {
        texts.push(writer.writeSingle({ ...renderEvent(window, linkTo(window)), id: eventUid(window) }));
        await pauses.pause();
      }
      return texts;
    };
    events.push(await kept.get(`${link} ${key}`, write));
    await pauses.pause();
  }
  const maxListed = await findMaxListed(series, pauses);
  const zones = new Set<string>();
  for (const each of series) {
    const write = async () => {
      const { repeated, single } = renderSeries(each, input, maxListed);
      return [...repeated.map((event) => writer.write(event)), ...single.map((event) => writer.writeSingle(event))];
    };
    const text = await kept.get(`${JSON.stringify([link, period, now, maxListed])} ${each.key}`, write);
    if (text.includes('\nDTSTART;TZID=')) zones.add(each.series.timezone);
    events.push(text);
    await pauses.pause();
  }
  const zonePeriod = { start: period.start, end: new Date(period.start.getTime() + ZONE_YEARS * 365.25 * 86_400_000) };
  const zoneTexts = [...zones].map((zone) => `${timeZoneText(zone, zonePeriod)}\r\n`);
  const properties = `${calendar}\r\n`.slice(0, -END.length);
  return [properties, ...zoneTexts, ...events, END].join('');
}

async function findMaxListed(series: CalendarInput['series'], pauses: Pauses): Promise<number> {
  let unruled = 0;
  for (const each of series) {
    if (each.series.enabled && toCalendarRules(each.series) === undefined) unruled += 1;
    await pauses.pause();
  }
  return listedOfEach(unruled);
}

type Run = Omit<CreatedRun, 'window'> & {
  readonly window: Interval;
  readonly stored: CalendarWindow | undefined;
};

function renderSeries(
  { series, read }: CalendarInput['series'][number],
  { period, now, linkTo }: Pick<CalendarInput, 'period' | 'now' | 'linkTo'>,
  maxListed: number,
): { readonly repeated: readonly ICalEventData[]; readonly single: readonly SingleEvent[] } {
  const created = read().map(({ occurrence, state, window: stored }): Run => {
    const planned = plannedWindow(series, occurrence);
    const window = stored === undefined ? planned : shownWindow(stored);
    const isRegular = stored !== undefined && isSameEvent(series, stored, window, planned);
    return { occurrence, state, stored, hidden: stored === undefined, window, isRegular };
  });
  const common = { ...eventTexts(series), ...stamps(series) };
  const render = (shown: Shown<Run>) =>
    'run' in shown && shown.run.stored !== undefined
      ? renderEvent(shown.run.stored, linkTo(shown.run.stored))
      : { ...common, ...windowOf(shown) };
  const { repeated, single } = toCalendarSeries(series, created, period, now, maxListed);
  return {
    repeated: repeated.flatMap((each): ICalEventData[] => {
      const id = eventUid(series, `-T${wallText(each.rule.minute * 60_000).slice(9, 13)}`);
      return [
        { ...common, ...inZone(each.first, series.timezone), id, repeating: rulesText(series, each) },
        ...each.changed.map(({ wall, shown }) => ({
          ...render(shown),
          ...inZone(windowOf(shown), series.timezone),
          id,
          recurrenceId: Temporal.PlainDateTime.from(new Date(wall).toISOString().slice(0, 19)).toZonedDateTime(
            series.timezone,
          ),
        })),
      ];
    }),
    single: single.map((shown) => ({
      ...render(shown),
      id: occurrenceUid(series, 'run' in shown ? shown.run.occurrence : shown.occurrence.start),
    })),
  };
}

function rulesText<R>({ timezone }: Series, { rule, until, excluded }: Repeated<R>): string {
  const end = until === undefined ? '' : `;UNTIL=${wallText(until.getTime())}Z`;
  const lines = [`RRULE:${ruleText(rule.days)}${end}`];
  if (excluded.length > 0) lines.push(`EXDATE;TZID=${timezone}:${excluded.map(wallText).join(',')}`);
  return lines.join('\n');
}

/** Whether a run looks as the rule of its series shows every run. */
function isSameEvent(series: Series, run: CalendarWindow, window: Interval, planned: Interval): boolean {
  const texts = eventTexts(run.content);
  const { summary, description } = eventTexts(series);
  return (
    isConfirmed(run) &&
    window.start.getTime() === planned.start.getTime() &&
    window.end.getTime() === planned.end.getTime() &&
    texts.summary === summary &&
    texts.description === description
  );
}

const plannedWindow = ({ durationMinutes }: Series, start: Date): Interval => ({
  start,
  end: new Date(start.getTime() + durationMinutes * 60_000),
});

const windowOf = (shown: Shown<Run>): Interval => {
  const { start, end } = 'run' in shown ? shown.run.window : shown.occurrence;
  return { start, end };
};
