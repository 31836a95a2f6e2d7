import ical, { ICalCalendarMethod, type ICalEventData } from 'ical-generator';
import { Temporal } from 'temporal-polyfill';
import type { Interval } from '../../core/time.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { shownWindow } from '../../maintenance/rules/times.ts';
import type { Series } from '../../series/repository.ts';
import { ruleText } from '../days.ts';
import { type MadeRun, type Repeated, type ShownRun, toCalendarSeries } from '../series.ts';
import { eventContent, eventUid, inZone, isConfirmed, occurrenceUid, printable, renderEvent, stamps } from './event.ts';
import { timeZoneText, wallText } from './time-zone.ts';

/** How often a calendar should look for news (seconds). */
const LOOK_AGAIN = 900;
/** How long a zone's clocks are said for, from the first event on (years). */
const ZONE_YEARS = 12;

export interface CalendarInput {
  /** What the calendar is called. */
  readonly name: string;
  /** Windows of their own, and runs whose series is not shown. */
  readonly maintenances: readonly Maintenance[];
  readonly series: readonly {
    readonly series: Series;
    /** All its runs of the time; `undefined` for one that the reader may not know of, with the instant it stands for. */
    readonly runs: readonly {
      readonly occurrence: Date;
      readonly state: MadeRun['state'];
      readonly shown: Maintenance | undefined;
    }[];
  }[];
  /** From when runs are shown, and until when rules are compared. */
  readonly time: Interval;
  readonly now: Date;
  /** The page of a maintenance. */
  readonly linkTo: (maintenance: Maintenance) => string;
}

/** A calendar as RFC 5545 has it (iCalendar). */
export function calendarText({ name, maintenances, series, time, now, linkTo }: CalendarInput): string {
  const zones = { start: time.start, end: new Date(time.start.getTime() + ZONE_YEARS * 365.25 * 86_400_000) };
  const calendar = ical({
    name: printable(name),
    prodId: { company: 'Lull', product: 'Lull', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: LOOK_AGAIN,
    timezone: { name: null, generator: (zone) => timeZoneText(zone, zones) },
    events: [
      ...maintenances.map((maintenance) => ({
        ...renderEvent(maintenance, linkTo(maintenance)),
        id: eventUid(maintenance),
      })),
      ...series.flatMap((each) => eventsOfSeries(each, { time, now, linkTo })),
    ],
  });
  return `${calendar.toString()}\r\n`;
}

type Run = MadeRun & { readonly maintenance: Maintenance | undefined };

function eventsOfSeries(
  { series, runs }: CalendarInput['series'][number],
  { time, now, linkTo }: Pick<CalendarInput, 'time' | 'now' | 'linkTo'>,
): ICalEventData[] {
  const made = runs.map(
    ({ occurrence, state, shown }): Run => ({
      occurrence,
      state,
      maintenance: shown,
      hidden: shown === undefined,
      window: shown === undefined ? lasting(series, occurrence) : shownWindow(shown),
      plain: shown !== undefined && isAsItsSeriesSays(series, shown, occurrence),
    }),
  );
  const content = eventContent(series);
  const whole = { ...content, ...stamps(series) };
  const said = (as: ShownRun<Run>) =>
    'run' in as && as.run.maintenance !== undefined
      ? renderEvent(as.run.maintenance, linkTo(as.run.maintenance))
      : { ...whole, ...windowShown(as) };
  const { repeated, single } = toCalendarSeries(series, made, time, now);
  return [
    ...repeated.flatMap((each): ICalEventData[] => {
      const id = eventUid(series, `-${timeOfDay(each)}`);
      return [
        { ...whole, ...inZone(each.first, series.timezone), id, repeating: rulesText(series, each) },
        ...each.changed.map(({ wall, as }) => ({
          ...said(as),
          ...inZone(windowShown(as), series.timezone),
          id,
          recurrenceId: Temporal.PlainDateTime.from(new Date(wall).toISOString().slice(0, 19)).toZonedDateTime(
            series.timezone,
          ),
        })),
      ];
    }),
    ...single.toSorted(byStart).map((as) => ({
      ...said(as),
      id: occurrenceUid(series, 'run' in as ? as.run.occurrence : as.occurrence.start),
    })),
  ];
}

const timeOfDay = <R>({ rule }: Repeated<R>) =>
  `T${String(Math.floor(rule.minute / 60)).padStart(2, '0')}${String(rule.minute % 60).padStart(2, '0')}`;

function rulesText<R>({ timezone }: Series, { rule, until, excluded }: Repeated<R>): string {
  const end = until === undefined ? '' : `;UNTIL=${until.toISOString().replace(/[-:]|\.\d+/g, '')}`;
  const lines = [`RRULE:${ruleText(rule.days)}${end}`];
  if (excluded.length > 0) lines.push(`EXDATE;TZID=${timezone}:${excluded.map(wallText).join(',')}`);
  return lines.join('\n');
}

/** Whether a run is what the rule of its series says of every run. */
function isAsItsSeriesSays(series: Series, run: Maintenance, occurrence: Date): boolean {
  const planned = lasting(series, occurrence);
  const window = shownWindow(run);
  const mine = eventContent(run);
  const theirs = eventContent(series);
  return (
    isConfirmed(run) &&
    window.start.getTime() === planned.start.getTime() &&
    window.end.getTime() === planned.end.getTime() &&
    mine.summary === theirs.summary &&
    mine.description === theirs.description
  );
}

const lasting = ({ durationMinutes }: Series, start: Date): Interval => ({
  start,
  end: new Date(start.getTime() + durationMinutes * 60_000),
});

const windowShown = (as: ShownRun<Run>): Interval => {
  const { start, end } = 'run' in as ? as.run.window : as.occurrence;
  return { start, end };
};

const byStart = (a: ShownRun<Run>, b: ShownRun<Run>) => windowShown(a).start.getTime() - windowShown(b).start.getTime();
