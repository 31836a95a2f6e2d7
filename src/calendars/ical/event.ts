import { type ICalEventData, ICalEventStatus } from 'ical-generator';
import { Temporal } from 'temporal-polyfill';
import { facts } from '../../core/fields.ts';
import type { Interval } from '../../core/time.ts';
import { CONTENT_FIELDS, type Content } from '../../maintenance/fields.ts';
import type { Maintenance } from '../../maintenance/repository/maintenances.ts';
import { shownWindow } from '../../maintenance/rules/times.ts';
import type { Series } from '../../series/repository.ts';

/** What a maintenance and a series have in common. */
type Described = Content & Pick<Maintenance & Series, 'services' | 'scope'>;

const EFFECTS = { up: 'up during the work', degraded: 'degraded during the work', down: 'down during the work' };

/** What an event says, whenever it is. */
export function eventContent(window: Described) {
  const services = window.services.map(({ name }) => name).join(', ');
  const said = facts(CONTENT_FIELDS, window);
  const lines = [
    services === '' ? '' : `${services}: ${EFFECTS[window.serviceStatus]}`,
    window.scope === null ? '' : window.scope.name,
    ...said.filter(({ place }) => place === 'main').map(({ label, text }) => `${label}: ${text}`),
    window.description,
    ...said
      .filter(({ place }) => place === 'aside')
      .map(({ text, link }) => (link === null || link === text ? text : `${text} ${link}`)),
  ];
  return {
    summary: printable(window.name),
    description: printable(lines.filter((line) => line !== '').join('\n\n')),
  };
}

/** Signs that no calendar file may hold. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '');
}

/**
 * A stable, world-wide name for what has a key: the same in every feed and on every day. Keys are unique in one account
 * alone, so the instant at which it was made is part of it.
 */
export function eventUid({ key, createdAt }: { readonly key: string; readonly createdAt: Date }, part = ''): string {
  return `${key}${part}-${createdAt.getTime().toString(36)}@lull`;
}

/** Of a window of a series that is shown by itself: the same before its run is made and after. */
export function occurrenceUid(series: Pick<Series, 'key' | 'createdAt'>, occurrence: Date): string {
  return eventUid(series, `-${occurrence.toISOString().replace(/[-:]|\.\d+/g, '')}`);
}

/** What a maintenance is as an event, but for its UID. Times in UTC, which every calendar reads alike. */
export function renderEvent(maintenance: Maintenance, link: string): Omit<ICalEventData, 'id'> {
  return {
    ...eventContent(maintenance),
    ...shownWindow(maintenance),
    ...stamps(maintenance),
    status: statusOf(maintenance),
    // What is internal has no page.
    ...(maintenance.audience === 'public' ? { url: link } : {}),
  };
}

export function stamps({ version, updatedAt, createdAt }: Pick<Maintenance, 'version' | 'updatedAt' | 'createdAt'>) {
  return { sequence: version, stamp: updatedAt, lastModified: updatedAt, created: createdAt };
}

function statusOf({ status, missed, approval }: Maintenance): ICalEventStatus {
  if (status === 'canceled' || missed) return ICalEventStatus.CANCELLED;
  const open = status === 'scheduled' && (approval === 'pending' || approval === 'declined');
  return open ? ICalEventStatus.TENTATIVE : ICalEventStatus.CONFIRMED;
}

/** Whether a maintenance is what a calendar says without being told: it takes place as planned. */
export function isConfirmed(maintenance: Maintenance): boolean {
  return statusOf(maintenance) === ICalEventStatus.CONFIRMED;
}

/** The times of a window as the clocks of a zone show them. */
export function inZone({ start, end }: Interval, timezone: string) {
  const zoned = (at: Date) => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timezone);
  return { start: zoned(start), end: zoned(end), timezone };
}
