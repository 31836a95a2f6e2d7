import { describe, expect, it } from 'vitest';
import { containing, next, previous, type Recurrence } from '../../../src/core/recurrence/index.ts';

const nightly: Recurrence = { cron: '30 2 * * *', timezone: 'America/New_York', durationMinutes: 120 };

function notices(cron: string, timezone: string, after: string, count: number): (string | undefined)[] {
  return next({ cron, timezone, durationMinutes: 60 }, new Date(after), count).map(({ notice }) => notice);
}

describe('a window', () => {
  it('starts after the instant asked about, not at it', () => {
    const [first] = next(nightly, new Date('2026-11-21T07:30:00Z'));
    expect(first?.start.toISOString()).toBe('2026-11-22T07:30:00.000Z');
  });

  it('comes before the instant asked about, not at it', () => {
    const [last] = previous(nightly, new Date('2026-11-21T07:30:00Z'));
    expect(last?.start.toISOString()).toBe('2026-11-20T07:30:00.000Z');
  });

  it('lasts as long as the clock of a stopwatch says, whatever those on the wall do', () => {
    const [spring] = next({ ...nightly, cron: '0 1 14 3 *' }, new Date('2027-03-01T00:00:00Z'));
    expect(spring?.start.toISOString()).toBe('2027-03-14T06:00:00.000Z');
    expect(spring?.end.toISOString()).toBe('2027-03-14T08:00:00.000Z');
  });

  it('contains its first instant and not its end', () => {
    expect(containing(nightly, new Date('2026-11-21T07:29:59.999Z'))).toBeUndefined();
    expect(containing(nightly, new Date('2026-11-21T07:30:00Z'))?.start.toISOString()).toBe('2026-11-21T07:30:00.000Z');
    expect(containing(nightly, new Date('2026-11-21T09:29:59.999Z'))?.start.toISOString()).toBe(
      '2026-11-21T07:30:00.000Z',
    );
    expect(containing(nightly, new Date('2026-11-21T09:30:00Z'))).toBeUndefined();
  });

  it('is found open after a restart in a repeated hour, in the pass that it started in', () => {
    const open = containing({ ...nightly, cron: '30 1 * * *', durationMinutes: 90 }, new Date('2027-11-07T06:45:00Z'));
    expect(open?.start.toISOString()).toBe('2027-11-07T05:30:00.000Z');
  });

  it('is the one that started last where windows overlap', () => {
    const open = containing({ ...nightly, durationMinutes: 2000 }, new Date('2026-11-21T08:00:00Z'));
    expect(open?.start.toISOString()).toBe('2026-11-21T07:30:00.000Z');
  });

  it('is not there any more after the year 9999, nor before the year 1', () => {
    expect(next(nightly, new Date('9999-12-30T12:00:00Z'), 5)).toHaveLength(1);
    expect(previous(nightly, new Date('0001-01-01T00:00:00Z'))).toEqual([]);
    expect(containing(nightly, new Date('0001-01-01T00:00:00Z'))).toBeUndefined();
  });

  it('can be asked for by the thousand, or not at all', () => {
    const many = next({ cron: '* * * * *', timezone: 'Asia/Kolkata', durationMinutes: 1 }, new Date(0), 1000);
    expect(many).toHaveLength(1000);
    expect(many.at(-1)?.start).toEqual(new Date(1000 * 60_000));
    expect(next(nightly, new Date(0), 0)).toEqual([]);
  });

  it('knows its zone whatever the case of the name', () => {
    const [first] = next({ ...nightly, timezone: 'america/new_york' }, new Date('2026-11-21T07:30:00Z'));
    expect(first?.start.toISOString()).toBe('2026-11-22T07:30:00.000Z');
  });

  it.each([
    [{ ...nightly, cron: '30 25 * * *' }, 'The hour "25" is not valid'],
    [{ ...nightly, timezone: 'Mars/Olympus' }, 'The time zone "Mars/Olympus" is unknown'],
    [{ ...nightly, timezone: '+02:00' }, 'The time zone "+02:00" is unknown'],
    [{ ...nightly, durationMinutes: 0 }, 'The duration is 0 minutes'],
    [{ ...nightly, durationMinutes: 1.5 }, 'The duration is 1.5 minutes'],
  ])('is refused where its series is none', (recurrence, message) => {
    expect(() => next(recurrence, new Date(0))).toThrow(message);
    expect(() => previous(recurrence, new Date(0))).toThrow(message);
    expect(() => containing(recurrence, new Date(0))).toThrow(message);
  });

  it('is refused for an invalid date and for a count that is none', () => {
    expect(() => next(nightly, new Date('soon'))).toThrow('invalid date');
    expect(() => next(nightly, new Date(0), -1)).toThrow('The count is -1');
  });
});

describe('the notice of a window', () => {
  it('is absent on any other night', () => {
    expect(notices('30 2 * * *', 'America/New_York', '2026-11-21T00:00:00Z', 3)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('says from where to where a missing minute moved', () => {
    expect(notices('30 2 * * *', 'America/New_York', '2027-03-13T12:00:00Z', 2)).toEqual([
      '02:30 on 14 March 2027 does not exist in America/New_York, where clocks go from 02:00 to 03:00: runs at 03:00 instead.',
      undefined,
    ]);
  });

  it('says that several missing minutes run once', () => {
    expect(notices('*/20 2 * * *', 'America/New_York', '2027-03-13T12:00:00Z', 1)).toEqual([
      '02:00 to 02:40 on 14 March 2027 do not exist in America/New_York, where clocks go from 02:00 to 03:00: runs once, at 03:00.',
    ]);
  });

  it('says that a run also stands for a missing minute', () => {
    expect(notices('0 2,3 * * *', 'America/New_York', '2027-03-13T12:00:00Z', 1)).toEqual([
      '02:00 on 14 March 2027 does not exist in America/New_York, where clocks go from 02:00 to 03:00: the run at 03:00 stands for it.',
    ]);
  });

  it('names the days where a whole one is missing', () => {
    expect(notices('0 10 30 12 *', 'Pacific/Apia', '2011-12-01T00:00:00Z', 1)).toEqual([
      '10:00 on 30 December 2011 does not exist in Pacific/Apia, where clocks go from 00:00 to 00:00 on 31 December 2011: runs at 00:00 on 31 December 2011 instead.',
    ]);
  });

  it('says that a repeated minute runs the first time only', () => {
    expect(notices('45 1 * * *', 'Australia/Lord_Howe', '2027-04-03T00:00:00Z', 2)).toEqual([
      '01:45 on 4 April 2027 comes twice in Australia/Lord_Howe, where clocks go back from 02:00 to 01:30: runs the first time only.',
      undefined,
    ]);
  });

  it('says which of the two runs of a repeated minute it is', () => {
    expect(notices('30 * * * *', 'America/New_York', '2027-11-07T05:00:00Z', 3)).toEqual([
      '01:30 on 7 November 2027 comes twice in America/New_York, where clocks go back from 02:00 to 01:00: this is the first of two runs.',
      '01:30 on 7 November 2027 comes twice in America/New_York, where clocks go back from 02:00 to 01:00: this is the second of two runs.',
      undefined,
    ]);
  });
});
