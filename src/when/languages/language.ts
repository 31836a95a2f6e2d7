export type Unit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/**
 * A language as data, in lower case and without diacritics on Latin letters (`fur`, `manana`), because the text is
 * folded before it is read. A list is separated by commas, groups of words by semicolons; a group with a value is
 * `30: half an hour, half hour`.
 */
export interface LanguageTable<Term extends string> {
  readonly code: string;
  readonly terms: Partial<Readonly<Record<Term, string>>>;
  /** Groups, Sunday first. */
  readonly weekdays: string;
  /** Forms that mean every such day (`mondays`), Sunday first. */
  readonly everyWeekday?: string;
  /** Groups, January first. */
  readonly months?: string;
  readonly numbers: string;
  /** Words that count one unit (`a week`), and nothing else. */
  readonly articles?: string;
  /** -1 is the last. */
  readonly ordinals: string;
  /** A regular expression for a number that is an ordinal, with the number in its first group. */
  readonly ordinalNumber: string;
  readonly units: Readonly<Record<Unit, string>>;
  /** Durations that are not a number and a unit, in minutes. */
  readonly durations: string;
  /** Adds half of the preceding unit (`an hour and a half`). */
  readonly andAHalf: string;
  /** Joins the parts of one duration (`2 hours and 30 minutes`). */
  readonly durationJoint: readonly string[];
  /**
   * Times of day relative to an hour `{h}`, with the minutes to add: a number, `n` to add the minutes `{n}` of the
   * phrase or `-n` to subtract them.
   */
  readonly clockPhrases?: string;
  /** Follow an hour of the 24-hour clock (`3 Uhr`). */
  readonly hourMarks?: string;
  /** `3h` without another word is a time of day, not three hours. */
  readonly hoursAreClock?: true;
  /** Numbers and words are written without spaces. */
  readonly unspaced?: true;
}

export function splitWords(list = ''): string[] {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
}

/** Each word with the number of its group. */
export function numberGroups(groups: string | undefined, first: number): [word: string, number: number][] {
  return (groups ?? '')
    .split(';')
    .flatMap((words, index) => splitWords(words).map((word): [string, number] => [word, first + index]));
}

/** Each word with the value of its group. */
export function parseValues(groups = ''): [word: string, value: string][] {
  return groups.split(';').flatMap((group) => {
    const [value = '', words] = group.split(':');
    return splitWords(words).map((word): [string, string] => [word, value.trim()]);
  });
}
