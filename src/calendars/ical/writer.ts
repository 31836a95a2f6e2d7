import { escape as escapeText, type ICalCalendar, ICalEvent, type ICalEventData } from 'ical-generator';
import type { Interval } from '../../core/time.ts';
import { foldLine } from './fold.ts';
import { utcText } from './time-zone.ts';

/** An event with times in UTC that does not repeat. */
export interface SingleEvent extends Interval, Pick<ICalEventData, 'status'> {
  readonly id: string;
  readonly summary: string;
  readonly description: string;
  readonly sequence: number;
  readonly stamp: Date;
  readonly created: Date;
  readonly lastModified: Date;
  readonly url?: string;
}

/** A line as it is, or how it is written for an event. */
type Line = string | ((event: SingleEvent) => string);

/** The lines that differ between events with the same texts, by how they begin. */
const OWN_LINES: Readonly<Record<string, (event: SingleEvent) => string>> = {
  'UID:': ({ id }) => foldLine(`UID:${id}`),
  'SEQUENCE:': ({ sequence }) => `SEQUENCE:${sequence}`,
  'DTSTAMP:': ({ stamp }) => `DTSTAMP:${utcText(stamp)}`,
  'DTSTART:': ({ start }) => `DTSTART:${utcText(start)}`,
  'DTEND:': ({ end }) => `DTEND:${utcText(end)}`,
  'CREATED:': ({ created }) => `CREATED:${utcText(created)}`,
  'LAST-MODIFIED:': ({ lastModified }) => `LAST-MODIFIED:${utcText(lastModified)}`,
  'URL;VALUE=URI:': ({ url = '' }) => foldLine(`URL;VALUE=URI:${escapeText(url, false)}`),
};

/** Writes the events of a calendar. Of those with the same texts, such as the runs of a series, one is written in full. */
export class EventWriter {
  readonly #calendar: ICalCalendar;
  readonly #templates = new Map<string, readonly Line[]>();

  constructor(calendar: ICalCalendar) {
    this.#calendar = calendar;
  }

  write(event: ICalEventData): string {
    return this.#writeLines(event).map(foldLine).join('\r\n');
  }

  writeSingle(event: SingleEvent): string {
    const { summary, description, status, url } = event;
    const texts = `${status} ${url === undefined} ${summary}\n${description}`;
    const template = this.#templates.get(texts) ?? this.#toTemplate(event);
    this.#templates.set(texts, template);
    return template.map((line) => (typeof line === 'string' ? line : `${line(event)}\r\n`)).join('');
  }

  #toTemplate(event: SingleEvent): readonly Line[] {
    const template: Line[] = [];
    for (const line of this.#writeLines(event)) {
      const own = OWN_LINES[line.slice(0, line.indexOf(':') + 1)];
      const last = template.at(-1);
      // The last line is empty.
      const text = line === '' ? '' : `${foldLine(line)}\r\n`;
      if (own !== undefined) template.push(own);
      else if (typeof last === 'string') template[template.length - 1] = last + text;
      else template.push(text);
    }
    return template;
  }

  #writeLines(event: ICalEventData): string[] {
    return new ICalEvent(event, this.#calendar).toString().split('\r\n');
  }
}
