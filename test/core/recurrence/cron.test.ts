import { describe, expect, it } from 'vitest';
import { nextOccurrences, parseCron } from '../../../src/core/recurrence/index.ts';

function stored(line: string): string {
  const reading = parseCron(line);
  if (!reading.ok) throw new Error(reading.reason);
  return reading.cron;
}

function reason(line: string): string {
  const reading = parseCron(line);
  if (reading.ok) throw new Error(`"${line}" was read as ${reading.cron}`);
  return reading.reason;
}

describe('parseCron', () => {
  it('returns five fields separated by one space', () => {
    expect(stored('  0  3\t* * 0 ')).toBe('0 3 * * 0');
  });

  it('accepts aliases', () => {
    expect(stored('@daily')).toBe('0 0 * * *');
    expect(stored('@Weekly')).toBe('0 0 * * 0');
    expect(stored('@weekends')).toBe('0 0 * * 0,6');
  });

  it('accepts small letters and capitals', () => {
    expect(stored('0 3 l,15 jul *')).toBe('0 3 L,15 jul *');
    expect(stored('0 3 * * fril')).toBe('0 3 * * friL');
    expect(stored('0 3 * JAN 5l')).toBe('0 3 * JAN 5L');
  });

  it('accepts and drops a leading seconds field of 0', () => {
    expect(stored('0 0 3 * * SUN')).toBe('0 3 * * SUN');
    expect(stored('0 0 3 ? * SUN')).toBe('0 3 ? * SUN');
  });

  it.each([
    ['61 * * * *', 'The minute "61" is not valid: expected 0-59'],
    ['0 24 * * *', 'The hour "24" is not valid: expected 0-23'],
    ['0 0 32 * *', 'The day of the month "32" is not valid: expected 1-31'],
    ['0 0 * 13 *', 'The month "13" is not valid: expected 1-12 or jan-dec'],
    ['0 0 * march *', 'The month "march" is not valid: expected 1-12 or jan-dec'],
    ['0 0 * * 8', 'The day of the week "8" is not valid: expected 0-7 or sun-sat'],
    ['0 0 * * 1#6', 'The day of the week "1#6" is not valid: expected 0-7 or sun-sat'],
    ['*/0 0 * * *', 'The minute "*/0" is not valid: expected 0-59'],
    ['0 22-2 * * *', 'The hour "22-2" is not valid (22-2 runs backwards, write 22-23,0-2)'],
    ['0 23-2 * * *', 'The hour "23-2" is not valid (23-2 runs backwards, write 23,0-2)'],
    ['0 0 * * fri-mon', 'The day of the week "fri-mon" is not valid (5-1 runs backwards, write 5-6,0-1)'],
    ['0 0 * * fri-sun', 'The day of the week "fri-sun" is not valid (5-0 runs backwards, write 5-7)'],
    ['0 0 1,15,1 * *', 'The day of the month "1,15,1" is not valid (1 is listed twice)'],
    ['0 0 15W * *', 'The day of the month "15W" is not valid (W, the nearest weekday, is not supported)'],
    ['H 3 * * *', 'The minute "H" is not valid (H stands for a value picked at random)'],
    ['0 3 * * 1,H(2-3)', 'The day of the week "1,H(2-3)" is not valid (H stands for a value picked at random)'],
    ['1H 3 * * *', 'The minute "1H" is not valid (H stands for a value picked at random)'],
  ])('rejects an invalid field with its name, its value and what was expected: %s', (line, expected) => {
    expect(reason(line)).toContain(expected);
  });

  it('accepts the ranges that its rejections suggest', () => {
    expect(stored('0 22-23,0-2 * * *')).toBe('0 22-23,0-2 * * *');
    expect(stored('0 0 * * 5-6,0-1')).toBe('0 0 * * 5-6,0-1');
    expect(stored('0 0 * * 5-7')).toBe('0 0 * * 5-7');
  });

  it.each([
    ['', 'The cron line is empty: expected five fields'],
    ['0 3', 'The cron line "0 3" has 2 fields: expected five'],
    ['0 3 * * * * *', 'has 7 fields: expected five'],
    ['30 0 3 * * *', 'must be 0: windows start on a full minute'],
    ['0 3 * * ? *', 'has 6 fields: expected five'],
    ['@reboot', 'The alias "@reboot" is not one of @yearly, @annually'],
    ['0 '.repeat(400), 'expected at most 600'],
  ])('rejects a line that does not have five fields: %s', (line, expected) => {
    expect(reason(line)).toContain(expected);
  });

  it.each(['0 0 30 2 *', '0 0 31 2,4,6,9,11 *', '0 0 31 4 ?', '0 0 31 2 1#1.5'])(
    'rejects a line that never runs: %s',
    (line) => {
      expect(reason(line)).toContain(`"${line}" would never run`);
    },
  );

  it.each([
    ['0 0 29 2 *', '2028-02-29'],
    ['0 0 * 2 1#5', '2044-02-29'],
    ['0 0 30 2 1', '2027-02-01'],
    ['0 0 31 2,3 *', '2027-03-31'],
  ])('accepts a line that runs rarely: %s', (line, day) => {
    const [first] = nextOccurrences(
      { cron: line, timezone: 'UTC', durationMinutes: 60 },
      new Date('2026-11-21T12:00:00Z'),
    );
    expect(first?.start.toISOString()).toBe(`${day}T00:00:00.000Z`);
  });
});
