import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cronInWords, readCron } from '../../../src/domain/recurrence.ts';
import { cronLines } from './lines.ts';

describe('a cron line in words', () => {
  it('is said in English', () => {
    expect(cronInWords('0 3 * * 0')).toBe('At 03:00, only on Sunday');
    expect(cronInWords('30 22 * * 5L')).toBe('At 22:30, on the last Friday of the month');
    expect(cronInWords('@hourly')).toBe('Every hour');
  });

  it("is said in the language of a person's locale", () => {
    expect(cronInWords('0 3 * * 0', 'de-DE')).toBe('Um 03:00, nur jeden Sonntag');
    expect(cronInWords('0 3 * * 0', 'fr-FR')).toBe('À 03:00, uniquement le dimanche');
    expect(cronInWords('0 3 * * 0', 'pt-BR')).toContain('domingo');
    expect(cronInWords('0 3 * * 0', 'ja-JP')).toContain('日曜日');
  });

  it('falls back to English', () => {
    expect(cronInWords('0 3 * * 0', 'xx-XX')).toBe('At 03:00, only on Sunday');
  });

  it('takes ? for *', () => {
    expect(cronInWords('0 3 ? * 0')).toBe('At 03:00, only on Sunday');
  });

  it('exists for every line that is read', () => {
    fc.assert(
      fc.property(cronLines, fc.constantFrom('en-US', 'de-DE', 'es-ES', 'ja-JP'), (cron, locale) => {
        if (readCron(cron).ok) expect(cronInWords(cron, locale)).not.toMatch(/undefined|null|NaN/);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not exist for other lines', () => {
    expect(() => cronInWords('0 25 * * *')).toThrow(/The hour "25"/);
  });
});
