import { describe, expect, it } from 'vitest';
import {
  findOpenOccurrence,
  nextOccurrences,
  previousOccurrences,
  type Recurrence,
} from '../../../src/core/recurrence/index.ts';

const nightly: Recurrence = { cron: '30 2 * * *', timezone: 'America/New_York', durationMinutes: 120 };

function notices(cron: string, timezone: string, after: string, count: number): (string | undefined)[] {
  return nextOccurrences({ cron, timezone, durationMinutes: 60 }, new Date(after), count).map(({ notice }) => notice);
}

describe('an occurrence', () => {
  it('is next when it starts after the instant, not at it', () => {
    const [first] = nextOccurrences(nightly, new Date('2026-11-21T07:30:00Z'));
    expect(first?.start.toISOString()).toBe('2026-11-22T07:30:00.000Z');
  });

  it('is previous when it starts before the instant, not at it', () => {
    const [last] = previousOccurrences(nightly, new Date('2026-11-21T07:30:00Z'));
    expect(last?.start.toISOString()).toBe('2026-11-20T07:30:00.000Z');
  });

  it('lasts its duration in elapsed time across a clock change', () => {
    const [spring] = nextOccurrences({ ...nightly, cron: '0 1 14 3 *' }, new Date('2027-03-01T00:00:00Z'));
    expect(spring?.start.toISOString()).toBe('2027-03-14T06:00:00.000Z');
    expect(spring?.end.toISOString()).toBe('2027-03-14T08:00:00.000Z');
  });

  it('is open at its start and not at its end', () => {
    expect(findOpenOccurrence(nightly, new Date('2026-11-21T07:29:59.999Z'))).toBeUndefined();
    expect(findOpenOccurrence(nightly, new Date('2026-11-21T07:30:00Z'))?.start.toISOString()).toBe(
      '2026-11-21T07:30:00.000Z',
    );
    expect(findOpenOccurrence(nightly, new Date('2026-11-21T09:29:59.999Z'))?.start.toISOString()).toBe(
      '2026-11-21T07:30:00.000Z',
    );
    expect(findOpenOccurrence(nightly, new Date('2026-11-21T09:30:00Z'))).toBeUndefined();
  });

  it('is found open in the second pass of a repeated hour when it started in the first', () => {
    const open = findOpenOccurrence(
      { ...nightly, cron: '30 1 * * *', durationMinutes: 90 },
      new Date('2027-11-07T06:45:00Z'),
    );
    expect(open?.start.toISOString()).toBe('2027-11-07T05:30:00.000Z');
  });

  it('is the one that started last when several are open', () => {
    const open = findOpenOccurrence({ ...nightly, durationMinutes: 2000 }, new Date('2026-11-21T08:00:00Z'));
    expect(open?.start.toISOString()).toBe('2026-11-21T07:30:00.000Z');
  });

  it('exists only in the years 1 to 9999', () => {
    expect(nextOccurrences(nightly, new Date('9999-12-30T12:00:00Z'), 5)).toHaveLength(1);
    expect(previousOccurrences(nightly, new Date('0001-01-01T00:00:00Z'))).toEqual([]);
    expect(findOpenOccurrence(nightly, new Date('0001-01-01T00:00:00Z'))).toBeUndefined();
  });

  it('comes in lists of a thousand or of none', () => {
    const many = nextOccurrences(
      { cron: '* * * * *', timezone: 'Asia/Kolkata', durationMinutes: 1 },
      new Date(0),
      1000,
    );
    expect(many).toHaveLength(1000);
    expect(many.at(-1)?.start).toEqual(new Date(1000 * 60_000));
    expect(nextOccurrences(nightly, new Date(0), 0)).toEqual([]);
  });

  it('accepts zone names in any case', () => {
    const [first] = nextOccurrences({ ...nightly, timezone: 'america/new_york' }, new Date('2026-11-21T07:30:00Z'));
    expect(first?.start.toISOString()).toBe('2026-11-22T07:30:00.000Z');
  });

  it.each([
    [{ ...nightly, cron: '30 25 * * *' }, 'The hour "25" is not valid'],
    [{ ...nightly, timezone: 'Mars/Olympus' }, 'The time zone "Mars/Olympus" is unknown'],
    [{ ...nightly, timezone: '+02:00' }, 'The time zone "+02:00" is unknown'],
    [{ ...nightly, durationMinutes: 0 }, 'The duration is 0 minutes'],
    [{ ...nightly, durationMinutes: 1.5 }, 'The duration is 1.5 minutes'],
  ])('is rejected for an invalid recurrence: %o', (recurrence, message) => {
    expect(() => nextOccurrences(recurrence, new Date(0))).toThrow(message);
    expect(() => previousOccurrences(recurrence, new Date(0))).toThrow(message);
    expect(() => findOpenOccurrence(recurrence, new Date(0))).toThrow(message);
  });

  it('is rejected for an invalid date or count', () => {
    expect(() => nextOccurrences(nightly, new Date('soon'))).toThrow('invalid date');
    expect(() => nextOccurrences(nightly, new Date(0), -1)).toThrow('The count is -1');
  });
});

describe('the notice of an occurrence', () => {
  it('is absent without a clock change', () => {
    expect(notices('30 2 * * *', 'America/New_York', '2026-11-21T00:00:00Z', 3)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('explains where a skipped minute moved', () => {
    expect(notices('30 2 * * *', 'America/New_York', '2027-03-13T12:00:00Z', 2)).toEqual([
      '02:30 on 14 March 2027 does not exist in America/New_York, where clocks go from 02:00 to 03:00: runs at 03:00 instead.',
      undefined,
    ]);
  });

  it('explains that several skipped minutes run once', () => {
    expect(notices('*/20 2 * * *', 'America/New_York', '2027-03-13T12:00:00Z', 1)).toEqual([
      '02:00 to 02:40 on 14 March 2027 do not exist in America/New_York, where clocks go from 02:00 to 03:00: runs once, at 03:00.',
    ]);
  });

  it('explains that a run replaces a skipped minute', () => {
    expect(notices('0 2,3 * * *', 'America/New_York', '2027-03-13T12:00:00Z', 1)).toEqual([
      '02:00 on 14 March 2027 does not exist in America/New_York, where clocks go from 02:00 to 03:00: the run at 03:00 stands for it.',
    ]);
  });

  it('gives both dates when a whole day is skipped', () => {
    expect(notices('0 10 30 12 *', 'Pacific/Apia', '2011-12-01T00:00:00Z', 1)).toEqual([
      '10:00 on 30 December 2011 does not exist in Pacific/Apia, where clocks go from 00:00 to 00:00 on 31 December 2011: runs at 00:00 on 31 December 2011 instead.',
    ]);
  });

  it('explains that a repeated minute runs once', () => {
    expect(notices('45 1 * * *', 'Australia/Lord_Howe', '2027-04-03T00:00:00Z', 2)).toEqual([
      '01:45 on 4 April 2027 comes twice in Australia/Lord_Howe, where clocks go back from 02:00 to 01:30: runs the first time only.',
      undefined,
    ]);
  });

  it('tells the two runs of a repeated minute apart', () => {
    expect(notices('30 * * * *', 'America/New_York', '2027-11-07T05:00:00Z', 3)).toEqual([
      '01:30 on 7 November 2027 comes twice in America/New_York, where clocks go back from 02:00 to 01:00: this is the first of two runs.',
      '01:30 on 7 November 2027 comes twice in America/New_York, where clocks go back from 02:00 to 01:00: this is the second of two runs.',
      undefined,
    ]);
  });
});
