import ical, { ICalCalendarMethod, ICalEvent, type ICalEventData } from 'ical-generator';
import { Temporal } from 'temporal-polyfill';
import { Pauses } from '../../core/pauses.ts';
import type { Interval } from '../../core/time.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { shownWindow } from '../../maintenance/rules/times.ts';
import type { Series } from '../../series/repository.ts';
import { ruleText } from '../days.ts';
import { toCalendarRules } from '../rules.ts';
import { type CreatedRun, listedOfEach, type Repeated, type Shown, toCalendarSeries } from '../series.ts';
import { eventContent, eventUid, inZone, isConfirmed, occurrenceUid, printable, renderEvent, stamps } from './event.ts';
import { foldLine } from './fold.ts';
import { timeZoneText, wallText } from './time-zone.ts';

/** How often calendars should refresh. */
const REFRESH_SECONDS = 900;
/** How long clock changes are listed for, from the first event on. */
const ZONE_YEARS = 12;

export interface CalendarRun extends Pick<CreatedRun, 'occurrence' | 'state'> {
  /** undefined: the reader may not see it. */
  readonly maintenance: Maintenance | undefined;
}

export interface CalendarInput {
  readonly name: string;
  /** Includes runs whose series is not in the calendar. */
  readonly maintenances: readonly Maintenance[];
  readonly series: readonly {
    readonly series: Series;
    /** All its runs in the period. */
    readonly runs: readonly CalendarRun[];
  }[];
  /** The earliest runs that are shown, and the end up to which rules are compared. */
  readonly period: Interval;
  readonly now: Date;
  /** The page of a maintenance. */
  readonly linkTo: (maintenance: Maintenance) => string;
}

const END = 'END:VCALENDAR\r\n';

/** A calendar in iCalendar format (RFC 5545). Other work runs while it is written. */
export async function calendarText(input: CalendarInput): Promise<string> {
  const { name, maintenances, series, period, linkTo } = input;
  const pauses = new Pauses();
  const calendar = ical({
    name: printable(name),
    prodId: { company: 'Lull', product: 'Lull', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: REFRESH_SECONDS,
  });
  const toLines = (data: ICalEventData) => new ICalEvent(data, calendar).toString().split('\r\n').map(foldLine);
  const zones = new Set<string>();
  const events: string[] = [];
  const add = async (data: ICalEventData) => {
    if (data.timezone != null) zones.add(data.timezone);
    events.push(toLines(data).join('\r\n'));
    await pauses.pause();
  };
  for (const maintenance of maintenances) {
    await add({ ...renderEvent(maintenance, linkTo(maintenance)), id: eventUid(maintenance) });
  }
  const maxListed = await findMaxListed(series, pauses);
  for (const each of series) {
    const rendered = renderSeries(each, input, maxListed);
    for (const data of rendered.events) await add(data);
    events.push(...renderOccurrences(each.series, rendered.occurrences, toLines));
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

/** Windows of a series without a run: they differ only in their id and times, so that one is written in full. */
function renderOccurrences(
  series: Series,
  occurrences: readonly Interval[],
  toLines: (data: ICalEventData) => string[],
): string[] {
  const [first] = occurrences;
  if (first === undefined) return [];
  const lines = toLines({ ...eventContent(series), ...stamps(series), ...first, id: '' });
  return occurrences.map(({ start, end }) => {
    const own = (line: string) => {
      if (line.startsWith('UID:')) return `UID:${occurrenceUid(series, start)}`;
      if (line.startsWith('DTSTART:')) return `DTSTART:${wallText(start.getTime())}Z`;
      return line.startsWith('DTEND:') ? `DTEND:${wallText(end.getTime())}Z` : line;
    };
    return lines.map(own).join('\r\n');
  });
}

type Run = CreatedRun & { readonly maintenance: Maintenance | undefined };

function renderSeries(
  { series, runs }: CalendarInput['series'][number],
  { period, now, linkTo }: Pick<CalendarInput, 'period' | 'now' | 'linkTo'>,
  maxListed: number,
): { readonly events: ICalEventData[]; readonly occurrences: readonly Interval[] } {
  const created = runs.map(({ occurrence, state, maintenance }): Run => {
    const planned = plannedWindow(series, occurrence);
    const window = maintenance === undefined ? planned : shownWindow(maintenance);
    const isRegular = maintenance !== undefined && isSameEvent(series, maintenance, window, planned);
    return { occurrence, state, maintenance, hidden: maintenance === undefined, window, isRegular };
  });
  const common = { ...eventContent(series), ...stamps(series) };
  const render = (shown: Shown<Run>) =>
    'run' in shown && shown.run.maintenance !== undefined
      ? renderEvent(shown.run.maintenance, linkTo(shown.run.maintenance))
      : { ...common, ...windowOf(shown) };
  const { repeated, single } = toCalendarSeries(series, created, period, now, maxListed);
  const events = repeated.flatMap((each): ICalEventData[] => {
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
  });
  const ofRuns = single.flatMap((shown) =>
    'run' in shown ? [{ ...render(shown), id: occurrenceUid(series, shown.run.occurrence) }] : [],
  );
  return {
    events: [...events, ...ofRuns],
    occurrences: single.flatMap((shown) => ('run' in shown ? [] : [shown.occurrence])),
  };
}

function rulesText<R>({ timezone }: Series, { rule, until, excluded }: Repeated<R>): string {
  const end = until === undefined ? '' : `;UNTIL=${wallText(until.getTime())}Z`;
  const lines = [`RRULE:${ruleText(rule.days)}${end}`];
  if (excluded.length > 0) lines.push(`EXDATE;TZID=${timezone}:${excluded.map(wallText).join(',')}`);
  return lines.join('\n');
}

/** Whether a run looks as the rule of its series shows every run. */
function isSameEvent(series: Series, run: Maintenance, window: Interval, planned: Interval): boolean {
  const content = eventContent(run);
  const { summary, description } = eventContent(series);
  return (
    isConfirmed(run) &&
    window.start.getTime() === planned.start.getTime() &&
    window.end.getTime() === planned.end.getTime() &&
    content.summary === summary &&
    content.description === description
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
