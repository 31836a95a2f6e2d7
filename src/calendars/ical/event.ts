import { ICalEventStatus } from 'ical-generator';
import { Temporal } from 'temporal-polyfill';
import { facts } from '../../core/fields.ts';
import type { Interval } from '../../core/time.ts';
import { CONTENT_FIELDS, type Content } from '../../maintenance/fields.ts';
import type { WindowContent } from '../../maintenance/repository/stored-window.ts';
import { shownWindow } from '../../maintenance/rules/times.ts';
import type { Series } from '../../series/repository.ts';
import { calendarTexts } from '../../texts/pages.ts';
import type { CalendarWindow } from '../repository.ts';
import { utcText } from './time-zone.ts';
import type { SingleEvent } from './writer.ts';

type Described = Content & Pick<WindowContent, 'services' | 'scope'>;

interface EventTexts {
  readonly summary: string;
  readonly description: string;
}

/** Many runs of a series have the same content, as one object. */
const texts = new WeakMap<Described, EventTexts>();

/** The texts of an event. */
export function eventTexts(content: Described): EventTexts {
  const known = texts.get(content) ?? toTexts(content);
  texts.set(content, known);
  return known;
}

function toTexts(content: Described): EventTexts {
  const services = content.services.map(({ name }) => name).join(', ');
  const fields = facts(CONTENT_FIELDS, content);
  const lines = [
    services === '' ? '' : `${services}: ${calendarTexts.impact[content.serviceStatus]}`,
    content.scope === null ? '' : content.scope.name,
    ...fields.filter(({ place }) => place === 'main').map(({ label, text }) => `${label}: ${text}`),
    content.description,
    ...fields
      .filter(({ place }) => place === 'aside')
      .map(({ text, link }) => (link === null || link === text ? text : `${text} ${link}`)),
  ];
  return {
    summary: printable(content.name),
    description: printable(lines.filter((line) => line !== '').join('\n\n')),
  };
}

/** Removes characters that calendar files cannot contain. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are removed
  return text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '');
}

/** A stable, globally unique id. It contains the creation instant because keys are unique within one account only. */
export function eventUid({ key, createdAt }: { readonly key: string; readonly createdAt: Date }, part = ''): string {
  return `${key}${part}-${createdAt.getTime().toString(36)}@lull`;
}

/** The id of a single window of a series: the same before and after its run is created. */
export function occurrenceUid(series: Pick<Series, 'key' | 'createdAt'>, occurrence: Date): string {
  return eventUid(series, `-${utcText(occurrence)}`);
}

/** A maintenance as an event. Times are UTC. */
export function renderEvent(window: CalendarWindow, link: string): Omit<SingleEvent, 'id'> {
  return {
    ...eventTexts(window.content),
    ...shownWindow(window),
    ...stamps(window),
    status: statusOf(window),
    // Internal maintenances have no page.
    ...(window.content.audience === 'public' ? { url: link } : {}),
  };
}

export function stamps({ version, updatedAt, createdAt }: Pick<CalendarWindow, 'version' | 'updatedAt' | 'createdAt'>) {
  return { sequence: version, stamp: updatedAt, lastModified: updatedAt, created: createdAt };
}

function statusOf({ status, missed, approval }: CalendarWindow): ICalEventStatus {
  if (status === 'canceled' || missed) return ICalEventStatus.CANCELLED;
  const open = status === 'scheduled' && (approval === 'pending' || approval === 'declined');
  return open ? ICalEventStatus.TENTATIVE : ICalEventStatus.CONFIRMED;
}

/** The default status of events: it takes place as planned. */
export function isConfirmed(window: CalendarWindow): boolean {
  return statusOf(window) === ICalEventStatus.CONFIRMED;
}

/** The times of a window with their time zone. */
export function inZone({ start, end }: Interval, timezone: string) {
  const zoned = (at: Date) => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timezone);
  return { start: zoned(start), end: zoned(end), timezone };
}
