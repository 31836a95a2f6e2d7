import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import { Pauses } from '../core/pauses.ts';
import { findZone, type Interval, resolve } from '../core/time.ts';

/** A calendar cannot be used, in a sentence for people. */
export class CalendarError extends Error {}

/** Events beyond this are not searched for, nor more than these. */
const MAX_PERIODS = 2000;
const MAX_STEPS = 50_000;

/**
 * The times of the events of an iCal calendar that are not canceled, also of those that are shown as free.
 * @param zone the IANA zone of all-day events, and of times without one
 * @throws CalendarError
 */
export async function readPeriods(
  text: string,
  zone: string,
  { start: from, end: until }: Interval,
): Promise<Interval[]> {
  const events = parse(text);
  const pauses = new Pauses();
  const found = new Map<string, Interval>();
  let steps = 0;
  const add = (item: ICAL.Event, startTime: ICAL.Time, endTime: ICAL.Time) => {
    const { component } = item;
    const status = String(component.getFirstPropertyValue('status') ?? '').toUpperCase();
    // Events that are shown as free count: those of calendars of public holidays are.
    if (status === 'CANCELLED') return;
    const start = toInstant(startTime, zone);
    const end = toInstant(endTime, zone);
    if (start >= end || end <= from || start >= until) return;
    found.set(`${start.getTime()} ${end.getTime()}`, { start, end });
    if (found.size > MAX_PERIODS) throw new CalendarError(`The calendar has more than ${MAX_PERIODS} events ahead.`);
  };
  for (const { event, isAlone } of events) {
    await pauses.pause();
    if (isAlone || !event.isRecurring()) {
      add(event, event.startDate, event.endDate);
      continue;
    }
    const occurrences = event.iterator();
    for (let each = occurrences.next(); each; each = occurrences.next()) {
      steps += 1;
      if (steps > MAX_STEPS) throw new CalendarError('The events of the calendar recur too often.');
      if (toInstant(each, zone) >= until) break;
      const { item, startDate, endDate } = event.getOccurrenceDetails(each);
      add(item, startDate, endDate);
      await pauses.pause();
    }
  }
  return [...found.values()].sort((a, b) => a.start.getTime() - b.start.getTime() || a.end.getTime() - b.end.getTime());
}

/** The events, each with the changed occurrences of its own. */
function parse(text: string): { readonly event: ICAL.Event; readonly isAlone: boolean }[] {
  try {
    const calendar = new ICAL.Component(ICAL.parse(text));
    if (calendar.name !== 'vcalendar') throw new CalendarError('The address has no iCal calendar.');
    const components = calendar.getAllSubcomponents('vevent').filter((each) => each.hasProperty('dtstart'));
    const uid = (each: ICAL.Component) => String(each.getFirstPropertyValue('uid') ?? '');
    const isChange = (each: ICAL.Component) => each.hasProperty('recurrence-id');
    const changes = new Map<string, ICAL.Component[]>();
    for (const each of components.filter(isChange)) changes.set(uid(each), [...(changes.get(uid(each)) ?? []), each]);
    const masters = components.filter((each) => !isChange(each));
    const known = new Set(masters.map(uid));
    const orphans = components.filter((each) => isChange(each) && !known.has(uid(each)));
    return [
      ...masters.map((each) => ({
        event: new ICAL.Event(each, { exceptions: changes.get(uid(each)) ?? [], strictExceptions: false }),
        isAlone: false,
      })),
      ...orphans.map((each) => ({ event: new ICAL.Event(each), isAlone: true })),
    ];
  } catch (error) {
    if (error instanceof CalendarError) throw error;
    throw new CalendarError('The address has no valid iCal calendar.');
  }
}

/** A zone that is in the time zone database is read there, and another as the calendar describes it. */
function toInstant(time: ICAL.Time, zone: string): Date {
  const { zone: own } = time;
  const tzid = own === null || own === ICAL.Timezone.localTimezone || time.isDate ? zone : own.tzid;
  if (tzid === 'UTC' || (findZone(tzid) === undefined && own !== null)) return new Date(time.toUnixTime() * 1000);
  const { year, month, day, hour, minute, second } = time;
  const clock = time.isDate ? {} : { hour, minute, second };
  return resolve(Temporal.PlainDateTime.from({ year, month, day, ...clock }), findZone(tzid) ?? zone).instant;
}
