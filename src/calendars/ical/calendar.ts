import ical, { ICalCalendarMethod, type ICalEventData } from 'ical-generator';
import { Temporal } from 'temporal-polyfill';
import type { Interval } from '../../core/time.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { shownWindow } from '../../maintenance/rules/times.ts';
import type { Series } from '../../series/repository.ts';
import { ruleText } from '../days.ts';
import { type CreatedRun, type Repeated, type Shown, toCalendarSeries } from '../series.ts';
import { eventContent, eventUid, inZone, isConfirmed, occurrenceUid, printable, renderEvent, stamps } from './event.ts';
import { timeZoneText, wallText } from './time-zone.ts';

/** How often calendars should refresh. */
const REFRESH_SECONDS = 900;
/** How long clock changes are listed for, from the first event on. */
const ZONE_YEARS = 12;

export interface CalendarInput {
  readonly name: string;
  /** Includes runs whose series is not in the calendar. */
  readonly maintenances: readonly Maintenance[];
  readonly series: readonly {
    readonly series: Series;
    /** All its runs in the period. */
    readonly runs: readonly {
      readonly occurrence: Date;
      readonly state: CreatedRun['state'];
      /** undefined: the reader may not see it. */
      readonly maintenance: Maintenance | undefined;
    }[];
  }[];
  /** The earliest runs that are shown, and the end up to which rules are compared. */
  readonly period: Interval;
  readonly now: Date;
  /** The page of a maintenance. */
  readonly linkTo: (maintenance: Maintenance) => string;
}

/** A calendar in iCalendar format (RFC 5545). */
export function calendarText({ name, maintenances, series, period, now, linkTo }: CalendarInput): string {
  const zonePeriod = { start: period.start, end: new Date(period.start.getTime() + ZONE_YEARS * 365.25 * 86_400_000) };
  const calendar = ical({
    name: printable(name),
    prodId: { company: 'Lull', product: 'Lull', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: REFRESH_SECONDS,
    timezone: { name: null, generator: (zone) => timeZoneText(zone, zonePeriod) },
    events: [
      ...maintenances.map((maintenance) => ({
        ...renderEvent(maintenance, linkTo(maintenance)),
        id: eventUid(maintenance),
      })),
      ...series.flatMap((each) => renderSeries(each, { period, now, linkTo })),
    ],
  });
  return `${calendar.toString()}\r\n`;
}

type Run = CreatedRun & { readonly maintenance: Maintenance | undefined };

function renderSeries(
  { series, runs }: CalendarInput['series'][number],
  { period, now, linkTo }: Pick<CalendarInput, 'period' | 'now' | 'linkTo'>,
): ICalEventData[] {
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
  const { repeated, single } = toCalendarSeries(series, created, period, now);
  return [
    ...repeated.flatMap((each): ICalEventData[] => {
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
    ...single
      .toSorted((a, b) => windowOf(a).start.getTime() - windowOf(b).start.getTime())
      .map((shown) => ({
        ...render(shown),
        id: occurrenceUid(series, 'run' in shown ? shown.run.occurrence : shown.occurrence.start),
      })),
  ];
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
