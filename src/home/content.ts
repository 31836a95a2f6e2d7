import { Temporal } from 'temporal-polyfill';
import type { Service } from '../catalogue/services/repository.ts';
import type { Actor } from '../core/permissions.ts';
import type { Interval } from '../core/time.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import type { CalendarWindow } from './repository.ts';

/** How many of each are shown at most, so that the page fits the limits of a channel. */
export const MAX_SHOWN = {
  ...{ waiting: 5, yours: 5, active: 6, next: 6, own: 5, recent: 5, services: 40, windowsOfDay: 6, calendar: 1000 },
} as const;

/** The first few of many. */
export interface Part<T> {
  readonly shown: readonly T[];
  readonly total: number;
}

/** What everybody of an account sees whose days begin at the same instants. */
export interface SharedContent {
  readonly active: Part<Maintenance>;
  readonly next: Part<Maintenance>;
  readonly recent: readonly Maintenance[];
  readonly services: Part<Service>;
  readonly days: readonly Day[];
  /** The windows that touch `days`; at most `MAX_SHOWN.calendar`. */
  readonly week: readonly CalendarWindow[];
}

export interface HomeContent extends SharedContent {
  /** Waiting for this person's approval. */
  readonly waiting: Part<Maintenance>;
  /** The services that this person owns, and the maintenances in progress or planned on them. */
  readonly yours: { readonly services: Part<Service>; readonly windows: Part<Maintenance> };
  /** Scheduled by this person; may repeat those of the other lists. */
  readonly own: Part<Maintenance>;
}

export interface HomePage {
  readonly actor: Actor;
  /** IANA zone of the person. */
  readonly timezone: string;
  readonly content: HomeContent;
}

/** Shows each person a home page, which Lull keeps up to date. Implemented by each kind of channel that has one. */
export interface Home {
  /** Does nothing if a page can be published now. @throws DeliveryError `later`, before anything is read for the page */
  assertAllowed(accountId: number, personId: string): Promise<void>;
  /** The permissions of a person, and their IANA time zone. */
  findPerson(accountId: number, personId: string): Promise<Pick<HomePage, 'actor' | 'timezone'>>;
  /** The page in the form of this channel, serialized. Equal texts look equal. */
  render(page: HomePage): string;
  publish(accountId: number, page: HomePage): Promise<void>;
}

/** One day of a zone, from its first instant to that of the next: 23 or 25 hours where clocks change. */
export interface Day {
  /** ISO 8601, such as `2026-11-22`. */
  readonly date: string;
  readonly interval: Interval;
}

/** Today and the six days after it in an IANA zone. */
export function listDaysAhead(now: Date, zone: string): Day[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();
  const startOf = (date: Temporal.PlainDate) => new Date(date.toZonedDateTime(zone).epochMilliseconds);
  return Array.from({ length: 7 }, (_, days) => {
    const date = today.add({ days });
    return { date: date.toString(), interval: { start: startOf(date), end: startOf(date.add({ days: 1 })) } };
  });
}

/** A window on one day, with its start and end if they are on that day. Without either it lasts all day. */
export interface Entry<T> {
  readonly window: T;
  readonly from?: Date;
  readonly until?: Date;
}

/** The windows on a day, in the given order. */
export function entriesOnDay<T extends Interval>({ interval: day }: Day, windows: readonly T[]): Entry<T>[] {
  return windows
    .filter(({ start, end }) => start < day.end && end > day.start)
    .map((window) => {
      const { start, end } = window;
      const starts = start > day.start || (start.getTime() === day.start.getTime() && end < day.end);
      const ends = end < day.end || (end.getTime() === day.end.getTime() && start > day.start);
      return { window, ...(starts && { from: start }), ...(ends && { until: end }) };
    });
}
