import { describe, expect, it } from 'vitest';
import {
  formatDate,
  formatZone,
  fromWallClock,
  fullDate,
  toIsoDay,
  toWallClock,
  type Viewer,
} from '../../../../src/playground/page/text/dates.ts';

// 2025-03-09 is the day on which New York's clocks go forward.
const now = Date.parse('2025-03-08T17:00:00Z');
const newYork: Viewer = { zone: 'America/New_York', locale: 'en-US', now };
const berlin: Viewer = { zone: 'Europe/Berlin', locale: 'de-DE', now };
const tokyo: Viewer = { zone: 'Asia/Tokyo', locale: 'ja-JP', now };
const london: Viewer = { zone: 'Europe/London', locale: 'en-GB', now };

const seconds = (instant: string) => Date.parse(instant) / 1000;
const draw = (instant: string, format: string, who = newYork) => formatDate(seconds(instant), format, 'fallback', who);

describe('each token', () => {
  const at = '2014-02-18T14:39:42Z';
  it.each([
    ['{date_num}', '2014-02-18'],
    ['{date_slash}', '02/18/2014'],
    ['{date_long}', 'Tuesday, February 18th, 2014'],
    ['{date_long_full}', 'February 18, 2014'],
    ['{date_long_pretty}', 'Tuesday, February 18th, 2014'],
    ['{date}', 'February 18th, 2014'],
    ['{date_pretty}', 'February 18th, 2014'],
    ['{date_short}', 'Feb 18, 2014'],
    ['{date_short_pretty}', 'Feb 18, 2014'],
    ['{day_divider_pretty}', 'Tuesday, February 18th, 2014'],
    ['{time}', '9:39 AM'],
    ['{time_secs}', '9:39:42 AM'],
    ['{ago}', '4,036 days ago'],
  ])('%s is %s', (token, shown) => {
    expect(draw(at, token)).toBe(shown);
  });

  it('omits the year of a near date', () => {
    expect(draw('2025-04-01T12:00:00Z', '{date} and {date_short}')).toBe('April 1st and Apr 1');
    expect(draw('2025-04-01T12:00:00Z', '{day_divider_pretty}')).toBe('Tuesday, April 1st');
  });

  it.each([
    ['2025-01-01T12:00:00Z', '1st'],
    ['2025-01-02T12:00:00Z', '2nd'],
    ['2025-01-03T12:00:00Z', '3rd'],
    ['2025-01-11T12:00:00Z', '11th'],
    ['2025-01-13T12:00:00Z', '13th'],
    ['2025-01-22T12:00:00Z', '22nd'],
  ])('%s is the %s', (instant, day) => {
    expect(draw(instant, '{date}')).toBe(`January ${day}`);
  });
});

describe('near days', () => {
  it.each([
    ['2025-03-07T18:00:00Z', 'Yesterday at 1:00 PM'],
    ['2025-03-09T04:59:00Z', 'Today at 11:59 PM'],
    ['2025-03-09T06:59:00Z', 'Tomorrow at 1:59 AM'],
    ['2025-03-09T07:00:00Z', 'Tomorrow at 3:00 AM'],
    ['2025-03-10T04:00:00Z', 'Mar 10 at 12:00 AM'],
  ])('%s is %s in New York', (instant, shown) => {
    expect(draw(instant, '{date_short_pretty} at {time}')).toBe(shown);
  });

  it("are days in the viewer's zone", () => {
    expect(draw('2025-03-08T23:30:00Z', '{date_pretty}', newYork)).toBe('Today');
    expect(draw('2025-03-08T23:30:00Z', '{date_pretty} {time}', berlin)).toBe('Morgen 00:30');
    expect(draw('2025-03-08T12:00:00Z', '{date_pretty} {time}', tokyo)).toBe('昨日 21:00');
  });

  it('are lower case after text or a zero-width space', () => {
    expect(draw('2025-03-08T18:00:00Z', '\u200b{date_pretty}')).toBe('\u200btoday');
    expect(draw('2025-03-08T18:00:00Z', 'starts {date_pretty}')).toBe('starts today');
  });
});

describe('locales', () => {
  it('change the format of dates', () => {
    expect(draw('2014-02-18T14:39:42Z', '{date_long}, {time}', berlin)).toBe('Dienstag, 18. Februar 2014, 15:39');
    expect(draw('2014-02-18T14:39:42Z', '{date_slash} {time}', london)).toBe('18/02/2014 14:39');
  });
});

describe('invalid dates', () => {
  it.each([
    [Number.NaN, '{date}'],
    [1e20, '{date}'],
    [0, '{date} in {words}'],
  ])('%s as %s falls back', (timestamp, format) => {
    expect(formatDate(timestamp, format, 'fallback', newYork)).toBe('fallback');
  });
});

describe('relative times', () => {
  it.each([
    ['2025-03-08T16:57:00Z', '3 minutes ago'],
    ['2025-03-08T19:30:00Z', 'In 2 hours'],
    ['2025-03-08T16:59:30Z', '30 seconds ago'],
  ])('%s is %s', (instant, shown) => {
    expect(draw(instant, '{ago}')).toBe(shown);
  });
});

it('the full date has the zone', () => {
  expect(fullDate(Date.parse('2025-03-09T07:00:00Z'), newYork)).toBe('Sunday, March 9, 2025 at 3:00 AM EDT');
});

it('a day depends on the zone', () => {
  expect(toIsoDay(Date.parse('2025-03-08T23:30:00Z'), 'Asia/Tokyo')).toBe('2025-03-09');
});

describe('wall clocks', () => {
  it.each([
    ['2026-01-15T15:00:00Z', 'America/New_York', '2026-01-15T10:00'],
    ['2026-01-15T15:00:00Z', 'Asia/Tokyo', '2026-01-16T00:00'],
    ['2026-07-15T15:00:00Z', 'Europe/Berlin', '2026-07-15T17:00'],
    ['2026-01-15T15:00:00Z', 'Asia/Kolkata', '2026-01-15T20:30'],
    ['2026-01-15T15:00:00Z', 'Australia/Lord_Howe', '2026-01-16T02:00'],
  ])('%s in %s is %s, and back', (instant, zone, written) => {
    expect(toWallClock(seconds(instant), zone)).toBe(written);
    expect(fromWallClock(written, zone)).toBe(seconds(instant));
  });

  it('moves a skipped time forward by the gap', () => {
    expect(fromWallClock('2025-03-09T02:30', 'America/New_York')).toBe(seconds('2025-03-09T07:30:00Z'));
  });

  it('takes the first of a repeated time', () => {
    expect(fromWallClock('2025-11-02T01:30', 'America/New_York')).toBe(seconds('2025-11-02T05:30:00Z'));
  });

  it.each(['', '2026-02-30T10:00', 'tomorrow'])('rejects %j', (written) => {
    expect(fromWallClock(written, 'Europe/Berlin')).toBeNull();
  });
});

it('shows the city of a zone', () => {
  expect(formatZone('America/New_York')).toBe('New York');
  expect(formatZone('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
  expect(formatZone('UTC')).toBe('UTC');
});
