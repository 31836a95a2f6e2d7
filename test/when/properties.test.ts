import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it, vi } from 'vitest';
import { parseCron } from '../../src/core/recurrence/index.ts';
import { isZone } from '../../src/core/time.ts';
import { type KnownService, readSentence, readWhen, type When } from '../../src/when/index.ts';
import { cases } from '../draws.ts';
import { phrases } from './corpus.ts';

const numRuns = cases(200);
vi.setConfig({ testTimeout: 60_000 + numRuns * 20 });

const ZONES = [
  'UTC',
  'America/New_York',
  'America/Chicago',
  'America/Sao_Paulo',
  'Europe/Berlin',
  'Europe/London',
  'Africa/Casablanca',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Tokyo',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];
const LOCALES = [undefined, 'en-US', 'en-GB', 'de-DE', 'fr-FR', 'es-ES', 'pt-BR', 'ja-JP', 'it-IT', 'zh-CN', 'xx'];
const MINUTE = 60_000;

const zone = fc.constantFrom(...ZONES);
const locale = fc.constantFrom(...LOCALES);
const minute = (from: string, to: string) =>
  fc
    .integer({ min: Date.parse(from) / MINUTE, max: Date.parse(to) / MINUTE })
    .map((minutes) => new Date(minutes * MINUTE));
const now = minute('2026-01-01T00:00Z', '2028-12-31T00:00Z');

const pad = (number: number) => String(number).padStart(2, '0');
const at = (instant: Date, timezone: string) =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timezone);
const clock24 = ({ hour, minute: m }: Temporal.ZonedDateTime) => `${pad(hour)}:${pad(m)}`;
const clock12 = ({ hour, minute: m }: Temporal.ZonedDateTime) =>
  `${hour % 12 || 12}${m === 0 ? '' : `:${pad(m)}`}${hour < 12 ? 'am' : 'pm'}`;
const MONTHS = ['jan', 'feb', 'march', 'apr', 'may', 'june', 'july', 'august', 'sept', 'oct', 'nov', 'december'];
const month = ({ month: m }: Temporal.ZonedDateTime) => MONTHS[m - 1] ?? '';
const WEEKDAYS = ['monday', 'tue', 'wed', 'thursday', 'fri', 'saturday', 'sun'];
const weekday = ({ dayOfWeek }: Temporal.ZonedDateTime) => WEEKDAYS[dayOfWeek - 1] ?? '';

/** Unambiguous ways to write an instant, in the zone of the reader or one that is written with it. */
const WAYS: readonly ((wall: Temporal.ZonedDateTime) => string)[] = [
  (wall) => `${wall.toPlainDate().toString()} ${clock24(wall)}`,
  (wall) => `${wall.toPlainDate().toString()}T${clock24(wall)}`,
  (wall) => `${wall.toPlainDate().toString()} at ${clock12(wall)}`,
  (wall) => `${wall.day} ${month(wall)} ${wall.year} ${clock24(wall)}`,
  (wall) => `${month(wall)} ${wall.day}, ${wall.year} at ${clock12(wall)}`,
  (wall) =>
    `${clock12(wall)} on the ${wall.day}. of ${month(wall)} ${wall.year}`.replace('. of', ' of').replace('the ', ''),
  (wall) => `${weekday(wall)}, ${wall.day} ${month(wall)} ${wall.year}, ${clock24(wall)}`,
  (wall) => `${pad(wall.day)}.${pad(wall.month)}.${wall.year} ${clock24(wall)}`,
  (wall) => `${wall.year}/${pad(wall.month)}/${pad(wall.day)} ${clock24(wall)}`,
  (wall) => `${wall.toPlainDate().toString().replaceAll('-', '')} ${pad(wall.hour)}${pad(wall.minute)}`,
];

const LENGTHS: readonly ((minutes: number) => string)[] = [
  (minutes) => `for ${minutes}m`,
  (minutes) => `for ${minutes} minutes`,
  (minutes) => `+${minutes}min`,
  (minutes) => `PT${Math.floor(minutes / 60)}H${minutes % 60}M`,
  (minutes) => `lasting ${Math.floor(minutes / 60)}h ${minutes % 60}m`,
  (minutes) => `(${Math.floor(minutes / 60)} hours and ${minutes % 60} minutes)`,
];

const INSTANTS: readonly ((instant: Date) => string)[] = [
  (instant) => `${instant.toISOString().slice(0, 16)}Z`,
  (instant) => instant.toISOString(),
  (instant) => at(instant, '+05:30').toString({ smallestUnit: 'minute', timeZoneName: 'never' }),
  (instant) => instant.toUTCString(),
];

/** Varies case and spaces. */
const varyCaseAndSpaces = (text: string, shout: boolean, loose: boolean) => {
  const spaced = loose ? text.replaceAll(' ', '  ').replace(' ', '\u00A0') : text;
  return shout ? spaced.toUpperCase() : spaced;
};

function isCertain(wall: Temporal.ZonedDateTime): boolean {
  return wall.toPlainDateTime().toZonedDateTime(wall.timeZoneId).epochMilliseconds === wall.epochMilliseconds;
}

describe('an unambiguous window', () => {
  const window = fc.record({
    now,
    timezone: zone,
    other: fc.option(zone),
    ahead: fc.integer({ min: 1, max: 300 * 1440 }),
    minutes: fc.integer({ min: 1, max: 40 * 60 }),
    way: fc.constantFrom(...WAYS),
    lastWay: fc.constantFrom(...WAYS),
    length: fc.constantFrom(...LENGTHS),
    joint: fc.constantFrom(' to ', ' - ', ' until ', ' → ', '/', ' till '),
    order: fc.constantFrom('length last', 'length first', 'end', 'from to'),
    shout: fc.boolean(),
    loose: fc.boolean(),
  });

  it('is read correctly however it is written', () => {
    fc.assert(
      fc.property(
        window,
        ({ now, timezone, other, ahead, minutes, way, lastWay, length, joint, order, shout, loose }) => {
          const zone = other ?? timezone;
          const start = at(new Date(now.getTime() + ahead * MINUTE), zone);
          const end = start.add({ minutes });
          fc.pre(isCertain(start) && isCertain(end));
          const zoned = other === null ? '' : ` ${other}`;
          const text = {
            'length last': `${way(start)}${zoned} ${length(minutes)}`,
            'length first': `${length(minutes)} starting ${way(start)}${zoned}`,
            end: `${way(start)}${joint}${lastWay(end)}${zoned}`,
            'from to': `from ${way(start)} to ${lastWay(end)}${zoned}`,
          }[order];
          const when = readWhen(varyCaseAndSpaces(text, shout, loose), { now, timezone });
          expect(when, text).toMatchObject({
            outcome: 'window',
            start: new Date(start.epochMilliseconds),
            end: new Date(end.epochMilliseconds),
            timezone: zone,
            durationMinutes: minutes,
            assumed: [],
          });
        },
      ),
      { numRuns },
    );
  });

  it('with an offset is read as the same instant in every zone', () => {
    fc.assert(
      fc.property(
        now,
        zone,
        fc.integer({ min: 1, max: 500_000 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.constantFrom(...INSTANTS),
        (now, timezone, ahead, minutes, write) => {
          const start = new Date(now.getTime() + ahead * MINUTE);
          const when = readWhen(`${write(start)} for ${minutes}m`, { now, timezone });
          expect(when).toMatchObject({ outcome: 'window', start, end: new Date(start.getTime() + minutes * MINUTE) });
        },
      ),
      { numRuns },
    );
  });
});

/** Words of the corpus and others. */
const words = fc.constantFrom(
  ...new Set(phrases.flatMap(({ text }) => text.split(/\s+/))),
  'api',
  'web',
  ':',
  '-',
  '–',
  ',',
  '"',
  '<#C012|ops>',
  'status:down',
  'ref:CHG-1',
  'Europe/Paris',
  'and',
  'or',
);
const soup = fc.array(words, { maxLength: 9 }).map((list) => list.join(' '));
const anything = fc.oneof(
  { weight: 4, arbitrary: soup },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
);

function expectValid(when: When, now: Date, text: string, again: (text: string) => When): void {
  switch (when.outcome) {
    case 'window':
      expect(when.end.getTime(), text).toBeGreaterThan(when.start.getTime());
      expect(when.start.getTime(), text).toBeGreaterThanOrEqual(now.getTime());
      expect(isZone(when.timezone), text).toBe(true);
      expect(when.durationMinutes, text).toBeGreaterThanOrEqual(1);
      break;
    case 'series':
      expect(parseCron(when.cron), text).toMatchObject({ ok: true, cron: when.cron });
      expect(isZone(when.timezone), text).toBe(true);
      expect(Number.isInteger(when.durationMinutes) && when.durationMinutes > 0, text).toBe(true);
      break;
    case 'question':
      expect(when.choices.length, text).toBeGreaterThan(0);
      for (const choice of when.choices) {
        expect(choice.label, text).not.toBe('');
        expect(['window', 'series'], `${text} -> ${choice.text}`).toContain(again(choice.text).outcome);
      }
      break;
    case 'refusal':
      expect(when.reason, text).not.toBe('');
      expect(when.example, text).not.toBe('');
  }
}

describe('any text', () => {
  it('has a valid result', () => {
    fc.assert(
      fc.property(anything, now, zone, locale, (text, now, timezone, locale) => {
        const read = (again: string) => readWhen(again, { now, timezone, locale });
        expectValid(read(text), now, text, read);
      }),
      { numRuns },
    );
  });

  it('has a valid result as a command', () => {
    const services: KnownService[] = [
      { id: 1, name: 'api' },
      { id: 2, name: 'web', scope: { name: 'prod' } },
      { id: 3, name: 'web', scope: { name: 'staging' } },
      { id: 4, name: 'monday' },
      { id: 5, name: 'Europe' },
      { id: 6, name: 'for' },
    ];
    fc.assert(
      fc.property(anything, now, zone, locale, (text, now, timezone, locale) => {
        const read = (again: string) => readSentence(again, { now, timezone, locale, services });
        expectValid(read(text).when, now, text, (again) => read(again).when);
      }),
      { numRuns },
    );
  });

  it('keeps services, channels and name in the choices of a question', () => {
    const services = [
      { id: 1, name: 'api' },
      { id: 2, name: 'web' },
    ];
    const questions = phrases.filter(
      ({ at, question, locale }) => question !== undefined && locale === undefined && at === 'chicago',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...questions),
        fc.subarray(services, { minLength: 1 }),
        fc.boolean(),
        (phrase, named, dash) => {
          const text = `${named.map(({ name }) => name).join(', ')} ${phrase.text} #ops ref:CHG-7${dash ? ' - ' : ': '}Upgrade to 10:30 at 2`;
          const context = { now: new Date('2027-02-03T16:00:00Z'), timezone: 'America/Chicago', services };
          const sentence = readSentence(text, context);
          if (sentence.when.outcome !== 'question') throw new Error(`"${text}" is ${JSON.stringify(sentence.when)}`);
          const { when: _, ...rest } = sentence;
          expect(rest, text).toEqual({
            services: named.map(({ id }) => id),
            unknown: [],
            channels: ['#ops'],
            reference: 'CHG-7',
            internal: false,
            name: 'Upgrade to 10:30 at 2',
          });
          for (const choice of sentence.when.choices) {
            const { when, ...kept } = readSentence(choice.text, context);
            expect(kept, choice.text).toEqual(rest);
            expect(['window', 'series'], choice.text).toContain(when.outcome);
          }
        },
      ),
      { numRuns: Math.min(numRuns, 500) },
    );
  });
});
