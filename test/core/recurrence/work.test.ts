import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CronLine } from '../../../src/core/recurrence/cron.ts';
import {
  findOpenOccurrence,
  findSelfOverlap,
  nextOccurrences,
  previousOccurrences,
} from '../../../src/core/recurrence/index.ts';

/** Searches of a cron line for a matching minute or day, and questions to `Intl` about the offset of a zone. */
const MAX_SEARCHES = 8_000;
const MAX_OFFSETS = 9_000;
/** The most that one call of the HTTP interface or a message takes. */
const MOST_OCCURRENCES = 1_000;

let searches = 0;
let offsets = 0;
let restore = () => {};

beforeEach(() => {
  for (const name of ['atOrAfter', 'atOrBefore', 'dayAtOrAfter', 'dayAtOrBefore'] as const) {
    const search = CronLine.prototype[name];
    vi.spyOn(CronLine.prototype, name).mockImplementation(function (this: CronLine, ...input: number[]) {
      searches += 1;
      return Reflect.apply(search, this, input);
    });
  }
  const format = Reflect.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, 'format')?.get;
  if (format === undefined) throw new Error('Intl.DateTimeFormat has no format');
  Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', {
    configurable: true,
    get(this: Intl.DateTimeFormat) {
      offsets += 1;
      return Reflect.apply(format, this, []);
    },
  });
  restore = () => Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', { configurable: true, get: format });
});
afterEach(() => {
  vi.restoreAllMocks();
  restore();
});

const everyMinute = Array.from({ length: 60 }, (_, minute) => minute).join(',');
const everyHour = Array.from({ length: 24 }, (_, hour) => hour).join(',');

const LINES = {
  'each minute': '* * * * *',
  'each minute, as a list': `${everyMinute} ${everyHour} * * *`,
  'each leap day': '0 0 29 2 *',
  'a date that is often missing': '30 2 31 1,3,5,7,8,10,12 *',
  'two minutes a day': '59 1,23 * * *',
  'an nth weekday': '0 3 * * 1#5',
  'each other day': '0 0 */2 * *',
};

/** One that no other test uses: nothing about it is known yet. */
const ZONES = [
  ...['America/Asuncion', 'America/Miquelon', 'America/Scoresbysund', 'Africa/El_Aaiun', 'Asia/Hebron'],
  ...['Asia/Nicosia', 'Europe/Chisinau'],
];

const inYears = (instant: Date, years: number) => new Date(instant.getTime() + years * 365.25 * 86_400_000);

describe('a recurrence', () => {
  describe.each(Object.entries(LINES))('on %s', (name, cron) => {
    const zone = ZONES[Object.keys(LINES).indexOf(name)] ?? 'UTC';

    it.each(['0001-02-01', '1939-06-01', '2027-02-03', '9800-01-01', '9999-12-30'])(
      'is bounded work from %s',
      (date) => {
        const instant = new Date(`${date}T12:00:00Z`);
        for (const durationMinutes of [1, 60, 1441, 129_600]) {
          const recurrence = { cron, timezone: zone, durationMinutes };
          const operations = [
            () => nextOccurrences(recurrence, instant),
            () => previousOccurrences(recurrence, instant),
            () => findOpenOccurrence(recurrence, instant),
            () => findSelfOverlap(recurrence, instant),
            () => nextOccurrences(recurrence, instant, MOST_OCCURRENCES, inYears(instant, 50)),
            () => previousOccurrences(recurrence, instant, MOST_OCCURRENCES, inYears(instant, -50)),
          ];
          for (const operation of operations) {
            [searches, offsets] = [0, 0];
            operation();
            expect(searches).toBeLessThan(MAX_SEARCHES);
            expect(offsets).toBeLessThan(MAX_OFFSETS);
          }
        }
      },
    );
  });
});
