import type { LanguageTable } from './language.ts';

export const en = {
  code: 'en',
  terms: {
    // days and times of day
    now: 'now, right now, right away, immediately, straight away, at once',
    today: 'today, this day',
    tomorrow: 'tomorrow, tmrw, tmr, tmw, tomo, 2moro, 2morrow',
    overmorrow: 'the day after tomorrow, day after tomorrow, overmorrow',
    tonight: 'tonight, this night, tonite, 2nite',
    yesterday: `yesterday, last night, last week, last month, last year, last weekend, the day before yesterday,
      day before yesterday`,
    morning: 'in the morning, morning, early morning',
    noon: "noon, midday, noontime, 12 noon, 12 o'clock noon, 12:00 noon",
    afternoon: 'in the afternoon, afternoon',
    evening: 'in the evening, evening, eve',
    night: 'at night, night, late night, overnight, in the night',
    midnight: 'midnight, midnite, 12 midnight, 12:00 midnight',
    'all day': 'all day, all-day, whole day, the whole day, entire day, the entire day, all day long, full day',
    // connectors
    at: 'at, @',
    on: 'on',
    for: 'for, lasting, lasts, duration, duration of, for a duration of, during, taking, takes, length',
    in: 'in, within',
    of: 'of',
    from: `from, starting, starting from, starting at, starting on, starts, starts at, starts on, start, start at,
      beginning, beginning at, beginning on, begins, begin, begins at, begin at, as of, since, effective, kicking off`,
    between: 'between, btw, btwn',
    until: `until, till, til, 'til, 'till, untill, to, through, thru, up to, up until, ending, ending at, ending on,
      ends, ends at, ends on, end at, end on, end, finishing, finishing at, finishes, finishes at, finish at,
      and ending, and ending at, and ends at, and ends, ->, -->, =>, -&gt;, --&gt;, =&gt;, →`,
    and: 'and, &, &amp;, plus, n',
    or: 'or, or maybe, either',
    'from now': 'from now, hence, from right now',
    ago: 'ago, earlier',
    after: 'after',
    about: `about, around, approx, approx., approximately, ca, ca., circa, roughly, ~, ish, max, at most, exactly,
      sharp`,
    minus: 'minus, negative',
    'some hours': `a few hours, few hours, a couple of hours, couple of hours, a couple hours, couple hours,
      several hours, some hours, a while, some time, a bit`,
    'some minutes': `a few minutes, few minutes, a couple of minutes, couple of minutes, several minutes,
      some minutes, a few mins, a moment`,
    filler: "the, a, an, please, pls, plz, then, it's, is, will be, this is, date, prompt",
    // which one
    next: 'next, nxt',
    this: 'this, this coming',
    coming: 'coming, upcoming, the coming',
    last: 'last, previous',
    'start of': 'start of, beginning of, the start of, the beginning of',
    'end of': 'end of, end-of, the end of, eo',
    'first day of': 'first day of, the first day of, 1st day of',
    'end of month': 'eom, month end, month-end',
    'end of day': 'eod, cob, close of business, end of business',
    'end of year': 'eoy, year end, year-end',
    'last day of': 'last day of, the last day of, final day of, last day in',
    'next day': 'next day, the next day, following day, the following day, the day after',
    'next week': 'next week, of next week, in next week',
    'this week': 'this week, of this week',
    'next month': 'next month',
    'this month': 'this month, current month, the current month',
    // periods
    minute: 'minute, min',
    hour: 'hour, hr',
    day: 'day',
    week: 'week',
    month: 'month',
    quarter: 'quarter',
    year: 'year',
    weekday: 'weekday, workday, work day, working day, business day, week day',
    weekend: 'weekend, week-end, week end',
    // recurrence
    every: 'every, each, every single, evry, recurring, repeating, repeat, repeats, repeat every',
    other: 'other, alternate, alternating, second other',
    except: 'except, excluding, but not, except for, not on, unless, apart from',
    hourly: 'hourly',
    daily: 'daily, everyday, per day, once a day, once daily',
    nightly: 'nightly, every night, each night',
    weekly: 'weekly, per week, once a week',
    monthly: 'monthly, per month, once a month',
    quarterly: 'quarterly, once a quarter, per quarter',
    yearly: 'yearly, annually, annual, once a year, per year, per annum',
    biweekly: `biweekly, alternate, alternating, bi-weekly, fortnightly, bimonthly, bi-monthly, semiweekly,
      semimonthly, semi-monthly, biannually, biennially, semiannually, semi-annually, twice a day, twice daily,
      twice a week, twice weekly, twice a month, twice a year, three times a day, three times a week, 3 times a day,
      2 times a day`,
    weekdays: `
      weekdays, workdays, work days, working days, business days, weeknights, week days, on weekdays, every weekday,
      each weekday, every workday, every business day, every working day, every weeknight`,
    weekends: 'weekends, every weekend, each weekend, on weekends',
    cron: 'cron, cron:, crontab, cron line, cron expression, schedule:',
    // clocks and zones
    "o'clock": "o'clock, oclock, o' clock, o clock",
    am: 'am, a.m., a.m',
    pm: 'pm, p.m., p.m',
    'my time': 'my time, local time, my local time, our time, local, my timezone, my time zone',
    time: 'time, timezone, time zone, tz',
  },
  weekdays: `sunday, sun; monday, mon; tuesday, tue, tues; wednesday, wed, weds; thursday, thu, thur, thurs;
    friday, fri; saturday, sat`,
  everyWeekday: 'sundays; mondays; tuesdays; wednesdays; thursdays; fridays; saturdays',
  months: `january, jan; february, feb; march, mar; april, apr; may; june, jun; july, jul; august, aug;
    september, sep, sept; october, oct; november, nov; december, dec`,
  numbers: `1: one; 2: two; 3: three; 4: four; 5: five; 6: six; 7: seven; 8: eight; 9: nine; 10: ten; 11: eleven;
    12: twelve; 15: fifteen; 20: twenty; 30: thirty; 40: forty; 45: forty-five, forty five; 50: fifty; 60: sixty;
    90: ninety`,
  articles: 'a, an',
  ordinals: `1: first; 2: second; 3: third; 4: fourth, forth; 5: fifth; 6: sixth; 7: seventh; 8: eighth; 9: ninth;
    10: tenth; 15: fifteenth; 20: twentieth; 30: thirtieth; 11: eleventh; 12: twelfth; 13: thirteenth; 14: fourteenth;
    16: sixteenth; 17: seventeenth; 18: eighteenth; 19: nineteenth; 21: twenty-first, twenty first; 22: twenty-second,
    twenty second; 23: twenty-third, twenty third; 24: twenty-fourth, twenty fourth; 25: twenty-fifth, twenty fifth;
    26: twenty-sixth, twenty sixth; 27: twenty-seventh, twenty seventh; 28: twenty-eighth, twenty eighth;
    29: twenty-ninth, twenty ninth; 31: thirty-first, thirty first`,
  ordinalNumber: '(\\d{1,2}) ?(?:st|nd|rd|th)',
  units: {
    second: 's, sec, secs, second, seconds',
    minute: "m, min, mins, minute, minutes, minuets, min's, mn, '",
    hour: 'h, hr, hrs, hour, hours, hour(s), hors, huors, houres',
    day: 'd, day, days, dys',
    week: 'w, wk, wks, week, weeks',
    month: 'month, months, mo, mos',
    year: 'y, yr, yrs, year, years',
  },
  durations: `30: half an hour, half hour, a half hour, half-hour, a half an hour; 90: an hour and a half,
    a hour and a half, hour and a half; 75: an hour and a quarter; 15: a quarter of an hour, quarter of an hour,
    quarter hour, a quarter hour, quarter of hour; 45: three quarters of an hour; 720: half a day, half day,
    a half day; 2160: a day and a half; 20160: a fortnight; 0.5: half a minute`,
  andAHalf: 'and a half, and half, & a half, and a 1/2',
  durationJoint: ['and', '&', ','],
  clockPhrases: `30: half past {h}, half-past {h}; 15: quarter past {h}, a quarter past {h}, quarter after {h};
    -15: quarter to {h}, a quarter to {h}, quarter till {h}; n: {n} past {h}, {n} minutes past {h}, {n} after {h};
    -n: {n} minutes to {h}`,
} satisfies LanguageTable<string>;

/** What a word or phrase does in a sentence about time. */
export type Term = keyof typeof en.terms | NotInEnglish;

type NotInEnglish = 'small hours' | 'on the day' | 'until before';
