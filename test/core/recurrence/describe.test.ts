import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeCron, nextOccurrences, parseCron } from '../../../src/core/recurrence/index.ts';
import { cases } from '../../draws.ts';
import { extractClaims } from './claims.ts';
import { cronLines } from './lines.ts';

const DAY = 86_400_000;

/** The days on which a line runs in UTC, from one midnight to before another. */
function daysWithRuns(cron: string, from: number, to: number): Date[] {
  const days: Date[] = [];
  for (let after = from - 1; ; ) {
    const [run] = nextOccurrences({ cron, timezone: 'UTC', durationMinutes: 1 }, new Date(after));
    if (run === undefined || run.start.getTime() >= to) return days;
    const day = Math.floor(run.start.getTime() / DAY) * DAY;
    days.push(new Date(day));
    after = day + DAY - 1;
  }
}

describe('describeCron', () => {
  it('describes a line in English', () => {
    expect(describeCron('0 3 * * 0')).toBe('At 03:00, only on Sunday');
    expect(describeCron('30 22 * * 5L')).toBe('At 22:30, on the last Friday of the month');
    expect(describeCron('@hourly')).toBe('Every hour');
  });

  it('uses the language of the locale', () => {
    expect(describeCron('0 3 * * 0', 'de-DE')).toBe('Um 03:00, nur jeden Sonntag');
    expect(describeCron('0 3 * * 0', 'fr-FR')).toBe('À 03:00, uniquement le dimanche');
    expect(describeCron('0 3 * * 0', 'pt-BR')).toContain('domingo');
    expect(describeCron('0 3 * * 0', 'ja-JP')).toContain('日曜日');
  });

  it('falls back to English', () => {
    expect(describeCron('0 3 * * 0', 'xx-XX')).toBe('At 03:00, only on Sunday');
  });

  it('treats ? as *', () => {
    expect(describeCron('0 3 ? * 0')).toBe('At 03:00, only on Sunday');
  });

  it.each([
    ['0 3 1 */5 *', 'At 03:00, on day 1 of the month, only in January, June, and November'],
    ['0 3 */10 * *', 'At 03:00, on day 1, 11, 21, and 31 of the month'],
    ['0 3 * * 1-5/2', 'At 03:00, only on Monday, Wednesday, and Friday'],
    ['0 */5 * * *', 'At 00:00, 05:00, 10:00, 15:00 and 20:00'],
    ['*/25 * * * *', 'At 0, 25, and 50 minutes past the hour'],
    [
      '*/15 */6 * * *',
      'Every 15 minutes, at 00:00 through 00:59, 06:00 through 06:59, 12:00 through 12:59, and 18:00 through 18:59',
    ],
  ])('lists the values of an uneven step: %s', (cron, words) => {
    expect(describeCron(cron)).toBe(words);
  });

  it.each([
    ['*/15 * * * *', 'Every 15 minutes'],
    ['5 1/2 * * *', 'At 5 minutes past the hour, every 2 hours, starting at 01:00'],
    ['*/20 9-17 * * 1-5', 'Every 20 minutes, between 09:00 and 17:59, Monday through Friday'],
  ])('keeps an even step: %s', (cron, words) => {
    expect(describeCron(cron)).toBe(words);
  });

  it.each([
    [
      '0 3 13 * 5',
      'At 03:00, on day 13 of the month, and on Friday (day of the month or of the week: either is enough)',
    ],
    [
      '0 3 L 6 1-3',
      'At 03:00, on the last day of the month, and on Monday, Tuesday, and Wednesday, only in June (day of the month or of the week: either is enough)',
    ],
    ['0 3 1-31 * 5', 'At 03:00'],
    ['0 3 13 * 0-6', 'At 03:00'],
  ])('says that a match of one of the two day fields is enough: %s', (cron, words) => {
    expect(describeCron(cron)).toBe(words);
  });

  it('says so in every language', () => {
    expect(describeCron('0 3 13 * 5', 'de-DE')).toContain('(Tag des Monats oder der Woche: einer genügt)');
    const languages = ['de', 'es', 'fr', 'it', 'ja', 'ko', 'pt-BR', 'pt-PT', 'ru', 'zh', 'zh-TW'];
    for (const locale of languages) expect(describeCron('0 3 13 * 5', locale)).not.toContain('either');
  });

  it('names exactly the minutes, days and months in which the line runs', { timeout: 3_600_000 }, () => {
    const start = fc.integer({ min: Date.UTC(2024, 0) / DAY, max: Date.UTC(2032, 0) / DAY }).map((day) => day * DAY);
    fc.assert(
      fc.property(cronLines, start, (cron, first) => {
        const reading = parseCron(cron);
        if (!reading.ok) return;
        const claims = extractClaims(describeCron(cron));
        expect(claims.minutes.toSorted((a, b) => a - b)).toEqual(reading.line.minutes);
        const days = Array.from({ length: 400 }, (_, index) => new Date(first + index * DAY));
        expect(days.filter((day) => claims.day(day))).toEqual(daysWithRuns(cron, first, first + 400 * DAY));
      }),
      { numRuns: cases(200) },
    );
  });

  it('describes every valid line', () => {
    fc.assert(
      fc.property(cronLines, fc.constantFrom('en-US', 'de-DE', 'es-ES', 'ja-JP'), (cron, locale) => {
        if (parseCron(cron).ok) expect(describeCron(cron, locale)).not.toMatch(/undefined|null|NaN/);
      }),
      { numRuns: 1000 },
    );
  });

  it('throws for an invalid line', () => {
    expect(() => describeCron('0 25 * * *')).toThrow(/The hour "25"/);
  });
});
