const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth'];

/** The days and minutes (0 to 1439) that the English description of a cron line claims. */
export interface Claims {
  readonly minutes: readonly number[];
  /** @param date midnight UTC */
  day(date: Date): boolean;
}

type Test = (date: Date) => boolean;

const either = (pattern: string) => `(?:${pattern})`;
const list = (item: string) => `${either(item)}(?:(?:, ${either(item)})*,? and ${either(item)})?`;
const number = '\\d+(?: through \\d+)?';
const clock = '\\d\\d:\\d\\d';
const weekday = either(WEEKDAYS.join('|'));
const month = either(MONTHS.join('|'));
const DAYS = new RegExp(`^, on day (${list(`${number}|the last day`)}) of the month`);
const WEEKDAYS_LISTED = new RegExp(
  `^,(?: only| and)?(?: on)? (${list(`${weekday}(?: through ${weekday})?|on the last ${list(weekday)} of the month`)})`,
);
const MONTHS_LISTED = new RegExp(`^, (?:only in )?(${list(`${month}(?: through ${month})?`)})`);

/**
 * Reads a description as somebody would who knows nothing of cron.
 * @throws Error for words that are unknown or ambiguous
 */
export function extractClaims(words: string): Claims {
  let left = words;
  const take = (pattern: RegExp): readonly string[] | undefined => {
    const found = pattern.exec(left);
    if (found === null) return undefined;
    left = left.slice(found[0].length);
    return found.map((group) => group ?? '');
  };
  const minutes = minutesIn(take);
  const ofMonth = daysIn(take);
  const ofWeek = weekdaysIn(take);
  const months = monthsIn(take);
  const oneIsEnough = take(/^ \(day of the month or of the week: either is enough\)/) !== undefined;
  if (left !== '') throw new Error(`"${words}" has unknown words: "${left}"`);
  if (oneIsEnough !== (ofMonth !== undefined && ofWeek !== undefined)) throw new Error(`"${words}": which days?`);
  const day: Test = (date) => (ofMonth?.(date) ?? ofWeek === undefined) || (ofWeek?.(date) ?? false);
  return { minutes, day: (date) => (months?.(date) ?? true) && day(date) };
}

type Take = (pattern: RegExp) => readonly string[] | undefined;

function minutesIn(take: Take): number[] {
  const within = take(new RegExp(`^Every minute between (${clock}) and (${clock})`));
  if (within !== undefined) return span(getMinute(within[1]), getMinute(within[2]));
  const times = take(new RegExp(`^At (${list(clock)})`));
  if (times !== undefined) return (times[1]?.match(/\d\d:\d\d/g) ?? []).map(getMinute);
  const minutes = minutesOfHourIn(take);
  return hoursIn(take, minutes.length > 1).flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
}

function minutesOfHourIn(take: Take): number[] {
  if (take(/^(?:Every hour|On the hour)/)) return [0];
  if (take(/^Every minute/)) return span(0, 59);
  const stepped = take(/^Every (\d+) minutes(?:, starting at (\d+) minutes? past the hour)?/);
  if (stepped !== undefined) return steps(Number(stepped[1]), Number(stepped[2]), 60);
  const listed =
    take(new RegExp(`^(?:Minutes|At) (${list(number)}) minutes? past the hour`)) ??
    take(/^Minutes (\d+ through \d+) past the hour/);
  if (listed !== undefined) return numbers(listed[1]);
  throw new Error('the description names no minutes');
}

/** @param several the hour has several minutes, of which "at 03:00" would name only one */
function hoursIn(take: Take, several: boolean): number[] {
  const between = take(new RegExp(`^, between (${clock}) and (${clock})`));
  if (between !== undefined) return span(getHour(between[1]), getHour(between[2]));
  const stepped = take(/^, every (\d+) hours(?:, starting at (\d\d):00)?/);
  if (stepped !== undefined) {
    if (several) throw new Error('are there several minutes in each hour, or one in several hours?');
    return steps(Number(stepped[1]), Number(stepped[2]), 24);
  }
  const ranges = take(new RegExp(`^, at (${list(`${clock} through ${clock}`)})`));
  if (ranges === undefined) return span(0, 23);
  return [...(ranges[1] ?? '').matchAll(/(\d\d):\d\d through (\d\d):\d\d/g)].flatMap(([, from, to]) =>
    span(Number(from), Number(to)),
  );
}

function daysIn(take: Take): Test | undefined {
  const between = take(/^, between day (\d+) and (\d+) of the month/);
  if (between !== undefined) return (date) => span(Number(between[1]), Number(between[2])).includes(date.getUTCDate());
  if (take(/^, on the last day of the month/)) return isLast;
  const [, days] = take(DAYS) ?? [];
  if (days === undefined) return undefined;
  return (date) => numbers(days).includes(date.getUTCDate()) || (days.includes('the last day') && isLast(date));
}

function weekdaysIn(take: Take): Test | undefined {
  const nth = take(new RegExp(`^, on the (${ORDINALS.join('|')}) (${weekday}) of the month`));
  if (nth !== undefined) {
    const [, ordinal = '', name = ''] = nth;
    return (date) =>
      WEEKDAYS[date.getUTCDay()] === name && Math.ceil(date.getUTCDate() / 7) === ORDINALS.indexOf(ordinal) + 1;
  }
  const [, said] = take(WEEKDAYS_LISTED) ?? [];
  if (said === undefined) return undefined;
  const last = [...said.matchAll(new RegExp(`on the last (${list(weekday)}) of the month`, 'g'))].map(
    ([, of = '']) => of,
  );
  const named = namesIn(
    last.reduce((text, of) => text.replace(`on the last ${of} of the month`, ''), said),
    WEEKDAYS,
  );
  const lastOnes = last.flatMap((of) => namesIn(of, WEEKDAYS));
  return (date) => {
    const day = date.getUTCDay();
    return (
      named.includes(day) ||
      (lastOnes.includes(day) && new Date(+date + 7 * 86_400_000).getUTCMonth() !== date.getUTCMonth())
    );
  };
}

function monthsIn(take: Take): Test | undefined {
  const [, said] = take(MONTHS_LISTED) ?? [];
  return said === undefined ? undefined : (date) => namesIn(said, MONTHS).includes(date.getUTCMonth());
}

const isLast: Test = (date) => new Date(+date + 86_400_000).getUTCDate() === 1;

/** `1 through 3 and 7`. */
function numbers(said = ''): number[] {
  return [...said.matchAll(/(\d+)(?: through (\d+))?/g)].flatMap(([, from, to]) =>
    span(Number(from), Number(to ?? from)),
  );
}

/** `Friday through Monday` continues after Saturday. */
function namesIn(said: string, names: readonly string[]): number[] {
  const name = names.join('|');
  return [...said.matchAll(new RegExp(`(${name})(?: through (${name}))?`, 'g'))].flatMap(([, from = '', to = from]) => {
    const [first, last] = [names.indexOf(from), names.indexOf(to)];
    return span(first, last < first ? last + names.length : last).map((index) => index % names.length);
  });
}

/** @throws Error when the steps do not repeat evenly, as "every 7 minutes" would suggest */
function steps(step: number, first: number, cycle: number): number[] {
  if (cycle % step !== 0 || first >= step)
    throw new Error(`every ${step} of ${cycle} from ${first} does not come out even`);
  return span(0, cycle / step - 1).map((index) => first + index * step);
}

const span = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const getHour = (time = '') => Number(time.slice(0, 2));
const getMinute = (time = '') => getHour(time) * 60 + Number(time.slice(3));
