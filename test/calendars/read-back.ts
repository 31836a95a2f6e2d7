import ICAL from 'ical.js';
import type { Interval } from '../../src/core/time.ts';

/** One event of a calendar, as a calendar program shows it. */
export interface Shown {
  readonly uid: string;
  readonly summary: string;
  readonly status: string;
  readonly start: Date;
  readonly end: Date;
}

/** What a calendar program shows between two instants, by start: ical.js, which Thunderbird reads calendars with. */
export function shownIn(text: string, { start, end }: Interval): Shown[] {
  const events = read(text);
  return events
    .filter((event) => !event.isRecurrenceException())
    .flatMap((event) => {
      if (!event.isRecurring()) return [shown(event, event.startDate, event.endDate)];
      for (const other of events) {
        if (other.uid === event.uid && other.isRecurrenceException()) event.relateException(other);
      }
      const found: Shown[] = [];
      const iterator = event.iterator();
      for (let at = iterator.next(); at !== null && at !== undefined; at = iterator.next()) {
        // A run may be moved far: those that the rule names a month later are looked at too.
        if (instant(at).getTime() > end.getTime() + 31 * 86_400_000) break;
        const details = event.getOccurrenceDetails(at);
        found.push(shown(details.item, details.startDate, details.endDate));
      }
      return found;
    })
    .filter((one) => one.start >= start && one.start < end)
    .sort((a, b) => a.start.getTime() - b.start.getTime() || (a.uid < b.uid ? -1 : 1));
}

/**
 * Every VEVENT of a calendar, with the zones that it brings itself: no other are known. Without being told which, ical.js
 * takes the exceptions of all series for those of each.
 */
export function read(text: string): ICAL.Event[] {
  const calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
  return calendar.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event, { exceptions: [] }));
}

function shown(event: ICAL.Event, start: ICAL.Time, end: ICAL.Time): Shown {
  return {
    uid: event.uid,
    summary: event.summary,
    status: String(event.component.getFirstPropertyValue('status') ?? 'CONFIRMED'),
    start: instant(start),
    end: instant(end),
  };
}

function instant(time: ICAL.Time): Date {
  return new Date(time.toUnixTime() * 1000);
}
