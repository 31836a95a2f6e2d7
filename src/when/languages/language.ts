/** What a word or phrase of a language does in a sentence about time. */
export type Term =
  // days and times of day
  | 'now'
  | 'today'
  | 'tomorrow'
  | 'overmorrow'
  | 'tonight'
  | 'yesterday'
  | 'small hours'
  | 'morning'
  | 'noon'
  | 'afternoon'
  | 'evening'
  | 'night'
  | 'midnight'
  | 'all day'
  // joints
  | 'at'
  | 'on'
  | 'on the day'
  | 'for'
  | 'in'
  | 'of'
  | 'from'
  | 'between'
  | 'until'
  | 'until before'
  | 'and'
  | 'or'
  | 'from now'
  | 'ago'
  | 'after'
  | 'about'
  | 'minus'
  | 'some hours'
  | 'some minutes'
  | 'filler'
  // which one
  | 'next'
  | 'this'
  | 'coming'
  | 'last'
  | 'start of'
  | 'end of'
  | 'first day of'
  | 'end of month'
  | 'end of day'
  | 'end of year'
  | 'last day of'
  | 'next day'
  | 'next week'
  | 'this week'
  | 'next month'
  | 'this month'
  // periods
  | 'minute'
  | 'hour'
  | 'day'
  | 'week'
  | 'month'
  | 'quarter'
  | 'year'
  | 'weekday'
  | 'weekend'
  // repetition
  | 'every'
  | 'other'
  | 'except'
  | 'hourly'
  | 'daily'
  | 'nightly'
  | 'weekly'
  | 'monthly'
  | 'quarterly'
  | 'yearly'
  | 'biweekly'
  | 'weekdays'
  | 'weekends'
  | 'cron'
  // clocks and zones
  | "o'clock"
  | 'am'
  | 'pm'
  | 'my time'
  | 'time';

export type Unit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/**
 * A language as data. All text is lower case; Latin letters are written without their marks (`fur`, `manana`), as the
 * text is folded before it is read.
 */
export interface Language {
  readonly code: string;
  readonly terms: Partial<Readonly<Record<Term, readonly string[]>>>;
  /** Sunday first. */
  readonly weekdays: readonly (readonly string[])[];
  /** Forms that mean every such day (`mondays`), Sunday first. */
  readonly everyWeekday?: readonly (readonly string[])[];
  /** January first. */
  readonly months: readonly (readonly string[])[];
  readonly numbers: Readonly<Record<string, number>>;
  /** Words that count one unit (`a week`), and nothing else. */
  readonly articles?: readonly string[];
  /** -1 is the last. */
  readonly ordinals: Readonly<Record<string, number>>;
  /** A regular expression for a number that is an ordinal, with the number in its first group. */
  readonly ordinalNumber?: string;
  readonly units: Readonly<Partial<Record<Unit, readonly string[]>>>;
  /** Lengths of time that are not a number and a unit, in minutes. */
  readonly durations: Readonly<Record<string, number>>;
  /** What adds half of the unit before it (`an hour and a half`). */
  readonly andAHalf: readonly string[];
  /** What joins the parts of one length (`2 hours and 30 minutes`). */
  readonly durationJoint: readonly string[];
  /** Times of day said by the hour: `{h}` is the hour, `{n}` minutes; the value is added, or `n` and `-n` for `{n}`. */
  readonly clockPhrases: Readonly<Record<string, number | 'n' | '-n'>>;
  /** What follows an hour of the 24-hour clock (`3 Uhr`). */
  readonly hourMarks: readonly string[];
  /** `3h` after no other word is a time of day, not three hours. */
  readonly hoursAreClock: boolean;
  /** Numbers and words are written without spaces. */
  readonly unspaced?: boolean;
}
