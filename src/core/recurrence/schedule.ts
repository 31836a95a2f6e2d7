import { zoneNamed } from '../time.ts';
import { type CronLine, readCron } from './cron.ts';
import { noticeOf } from './notice.ts';
import { type InstantMs, MINUTE, type ZoneClock, zoneClock } from './zone-clock.ts';

/** A recurring window: a cron line over the wall-clock minutes of an IANA zone, and how long each window lasts. */
export interface Recurrence {
  readonly cron: string;
  readonly timezone: string;
  /** Elapsed time, in whole minutes, at least 1. */
  readonly durationMinutes: number;
}

/** One window of a recurrence, from `start` to before `end`, both UTC instants. */
export interface Occurrence {
  readonly start: Date;
  readonly end: Date;
  /** For people: what a change of the clocks did to its start, when one moved or doubled it. */
  readonly notice?: string;
}

/** A recurrence with its parts read, so that the walks need not check again. */
export interface Schedule {
  readonly line: CronLine;
  readonly clock: ZoneClock;
  /** Milliseconds. */
  readonly duration: number;
}

/** @throws RangeError when the cron line, the zone or the duration is none, with a sentence for people */
export function scheduleOf({ cron, timezone, durationMinutes }: Recurrence): Schedule {
  const reading = readCron(cron);
  if (!reading.ok) throw new RangeError(reading.reason);
  if (!Number.isInteger(durationMinutes) || durationMinutes < 1) {
    throw new RangeError(`The duration is ${durationMinutes} minutes: expected a whole number, 1 or more.`);
  }
  const zone = zoneNamed(timezone);
  if (zone === undefined) {
    throw new RangeError(
      `The time zone "${timezone}" is unknown: expected an IANA name such as Europe/Berlin, or UTC.`,
    );
  }
  return { line: reading.line, clock: zoneClock(zone), duration: durationMinutes * MINUTE };
}

export function occurrenceAt({ line, clock, duration }: Schedule, start: InstantMs): Occurrence {
  const notice = noticeOf(line, clock, start);
  return {
    start: new Date(start),
    end: new Date(start + duration),
    ...(notice === undefined ? {} : { notice }),
  };
}

/** @throws RangeError when the date is invalid */
export function millisecondsOf(instant: Date): InstantMs {
  const milliseconds = instant.getTime();
  if (Number.isNaN(milliseconds)) throw new RangeError('The instant is an invalid date: expected a point in time.');
  return milliseconds;
}
