import { militaryClock } from './clocks.ts';
import { dayAt, everyWeekdayOf, has, isMark, isShort, type Lexemes, monthOf, ordinalOf, type Read, weekdayOf } from './day-phrases.ts';
import type { Item, Part, Period, Saying } from './items.ts';
import type { Term } from './languages/language.ts';
import type { Clock, Lexeme } from './lexemes.ts';

interface Context extends Lexemes {
  /** `3h` after no other word is a time of day. */
  readonly hoursAreClock: boolean;
  readonly items: readonly Item[];
}

/** What the lexemes of a sentence say about time, in their order. */
export function itemsOfLexemes(lexemes: Lexemes, hoursAreClock: boolean): Item[] {
  const items: Item[] = [];
  const { list } = lexemes;
  for (let at = 0; at < list.length; ) {
    const read = sayingsAt({ ...lexemes, hoursAreClock, items }, at);
    const start = list[at]?.start ?? 0;
    const end = list[read.next - 1]?.end ?? start;
    for (const saying of read.value) items.push({ start, end, ...saying });
    at = read.next;
  }
  return items;
}

type Sayings = Read<readonly Saying[]>;

function say(next: number, ...value: readonly Saying[]): Sayings {
  return { value, next };
}

function sayingsAt(context: Context, at: number): Sayings {
  const { list } = context;
  const lexeme = list[at];
  if (lexeme === undefined) return say(at + 1);
  switch (lexeme.kind) {
    case 'wrong':
      return say(at + 1, { is: 'wrong', reason: lexeme.reason });
    case 'unknown':
      return say(at + 1, { is: 'unknown' });
    case 'cron':
      return say(at + 1, { is: 'cron', line: lexeme.line });
    case 'zone':
      return say(at + 1, { is: 'zone', zone: lexeme.zone });
    case 'clock':
      return clockSaying(context, lexeme.clock, at + 1);
    case 'minute mark':
      return say(at + 1, { is: 'minute mark', minute: lexeme.minute });
    case 'mark':
      return mark(context, at, lexeme.mark);
    default:
      return repetition(context, at) ?? closing(context, at) ?? counts(context, at) ?? weekdayList(context, at) ?? days(context, at) ?? words(context, at);
  }
}

/** Plain mark: joints between times, or nothing. */
function mark({ list, items, text }: Context, at: number, sign: string): Sayings {
  const [before, after] = [list[at - 1], list[at + 1]];
  const start = list[at]?.start ?? 0;
  if (sign === '@') return say(at + 1);
  if (sign === '&') return say(at + 1, { is: 'and' });
  if (sign === '+') return say(at + 1);
  if (sign === '~') return say(at + 1, { is: isPoint(before) && isPoint(after) ? 'to' : 'about' });
  if (sign === '/') {
    const interval = (isPoint(before) || before?.kind === 'length') && isPoint(after);
    return interval ? say(at + 1, { is: 'to' }) : say(at + 1);
  }
  if (sign === '-') {
    const last = items.at(-1);
    const glued = after?.start === start + 1;
    const loose = text.charAt(start - 1) === ' ' || before === undefined;
    if (after?.kind === 'length' && has(before, 'for')) return say(at + 2, { is: 'length', length: after.length, negative: true });
    if (after?.kind === 'length' && glued && (loose || last?.is === 'length') && !(isPoint(before) && after.clock !== undefined && text.charAt(start + 1) !== ' ' && !loose)) {
      return say(at + 2, { is: 'length', length: after.length, negative: true });
    }
    // "api - sat 2am": what is not after a time joins nothing.
    const joins = before !== undefined && isPoint(before) && text.slice(before.end, start).trim() === '';
    return joins ? say(at + 1, { is: 'to' }) : say(at + 1);
  }
  return say(at + 1);
}

/** Could be the start or the end of a window. */
function isPoint(lexeme: Lexeme | undefined): boolean {
  if (lexeme === undefined) return false;
  if (lexeme.kind === 'length') return lexeme.clock !== undefined;
  if (lexeme.kind === 'known') {
    const point: readonly Term[] = ['now', 'today', 'tomorrow', 'overmorrow', 'tonight', 'noon', 'midnight', 'next day', 'night', 'morning', 'evening', 'afternoon'];
    return lexeme.weekday !== undefined || lexeme.month !== undefined || point.some((term) => lexeme.terms.includes(term));
  }
  return ['date', 'clock', 'number', 'zone', 'ordinal'].includes(lexeme.kind);
}

const PARTS: readonly Part[] = ['small hours', 'morning', 'afternoon', 'evening', 'night'];

function clockSaying({ list, items }: Context, clock: Clock, next: number): Sayings {
  const after = list[next];
  if (has(after, "o'clock")) return say(next + 1, { is: 'clock', clock });
  // "2am for 1:30": beside another time of day, a length.
  const timed = items.some((item) => item.is === 'clock') || list.slice(next).some(({ kind }) => kind === 'clock');
  if (has(list[next - 2], 'for') && clock.minutes === true && timed && clock.second === 0) {
    return say(next, { is: 'lengths', texts: [`${clock.hour}h${clock.minute}m`] });
  }
  // "2:00Z": beside UTC or an offset the clock has 24 hours.
  const universal = after?.kind === 'zone' && (after.zone.is === 'offset' || (after.zone.is === 'zone' && after.zone.zone === 'UTC'));
  return say(next, { is: 'clock', clock: universal && clock.minutes === true ? { ...clock, sure: true, day24: true } : clock });
}

/** Numbers: hours of the day, four digits, lengths of time. */
function counts(context: Context, at: number): Sayings | undefined {
  const { list, items, text } = context;
  const lexeme = list[at];
  const last = items.at(-1);
  const inexact = lengths(context, at);
  if (inexact !== undefined) return inexact;
  if (lexeme?.kind === 'length') {
    const day = dayAt(context, at);
    if (day !== undefined) return say(day.next, { is: 'day', day: day.value });
    if (isShort(lexeme) && has(list[at + 1], 'from now')) return say(at + 2, { is: 'in', length: lexeme.length });
    if (isShort(lexeme) && has(list[at + 1], 'from') && has(list[at + 2], 'now') && !has(list[at - 1], 'for')) {
      return say(at + 3, { is: 'in', length: lexeme.length });
    }
    if (has(list[at + 1], 'ago')) return say(at + 2, { is: 'past' });
    const late = has(list[at - 1], 'at') && lexeme.clock === undefined && /^\d{1,2} ?h/.test(text.slice(lexeme.start, lexeme.end));
    if (late && lexeme.length.minutes > 1440) {
      return say(at + 1, { is: 'wrong', reason: `"${text.slice(lexeme.start, lexeme.end)}" is not a time of day: the last one is 23:59.` });
    }
    if (lexeme.clock !== undefined && readsAsClock(context, at)) return say(at + 1, { is: 'clock', clock: lexeme.clock });
    return say(at + 1, { is: 'length', length: lexeme.length, negative: false });
  }
  const value = lexeme?.kind === 'number' ? lexeme.value : lexeme?.kind === 'known' ? lexeme.number : undefined;
  if (lexeme === undefined || value === undefined) return undefined;
  const worded = lexeme.kind === 'known';
  const day = dayAt(context, at);
  if (day !== undefined && day.value.on !== 'period') return say(day.next, { is: 'day', day: day.value });
  if (lexeme.kind === 'number' && lexeme.digits === 4) {
    const clock = militaryClock(context.text.slice(lexeme.start, lexeme.end));
    return say(at + 1, 'wrong' in clock ? { is: 'wrong', reason: clock.wrong } : { is: 'clock', clock });
  }
  const next = list[at + 1];
  const marked = has(next, "o'clock") ? at + 2 : at + 1;
  const half = has(list[marked], 'am') ? 'am' : has(list[marked], 'pm') ? 'pm' : undefined;
  if (half !== undefined && value >= 1 && value <= 12) {
    return say(marked + 1, { is: 'clock', clock: { hour: (value % 12) + (half === 'pm' ? 12 : 0), minute: 0, second: 0, sure: true } });
  }
  const lengthLike = has(list[at - 1], 'for') || (has(list[at - 1], 'in') && !timely(items));
  if (lengthLike && !has(next, "o'clock")) return say(at + 1, { is: 'count', value });
  const clockLike =
    !worded ||
    has(list[at - 1], 'at') ||
    has(next, "o'clock") ||
    last?.is === 'to' ||
    last?.is === 'from' ||
    last?.is === 'between' ||
    PARTS.some((part) => has(next, part));
  if (!clockLike) return undefined;
  if (value > 24) {
    return say(at + 1, worded ? { is: 'unknown' } : { is: 'wrong', reason: `"${value}" alone is no time.` });
  }
  const german = context.text.slice(next?.start ?? 0, next?.end ?? 0) === 'uhr';
  const sure = value > 12 || value === 0 || german;
  const clock: Clock = { hour: value, minute: 0, second: 0, sure, ...(sure ? { day24: true } : {}) };
  return say(has(next, "o'clock") ? at + 2 : at + 1, { is: 'clock', clock });
}

/** `minus 2 hours`, `a few hours`, `2-3 hours`. */
function lengths({ list, text }: Context, at: number): Sayings | undefined {
  const lexeme = list[at];
  const next = list[at + 1];
  if (has(lexeme, 'minus') && next?.kind === 'length') return say(at + 2, { is: 'length', length: next.length, negative: true });
  if (has(lexeme, 'some hours')) return say(at + 1, { is: 'lengths', texts: ['1 hour', '2 hours', '4 hours'] });
  if (has(lexeme, 'some minutes')) return say(at + 1, { is: 'lengths', texts: ['5 minutes', '15 minutes', '30 minutes'] });
  const [joint, last] = [next, list[at + 2]];
  const joined = isMark(joint, '-', '/', '~') || has(joint, 'until') || has(joint, 'or');
  const after = has(list[at - 1], 'for') || has(list[at - 1], 'about');
  if (lexeme?.kind !== 'number' || last?.kind !== 'length' || !joined || !after) return undefined;
  const written = text.slice(last.start, last.end);
  const unit = written.replace(/^[\d.,]+ */, '');
  return say(at + 3, { is: 'lengths', texts: [`${lexeme.value} ${unit}`, written] });
}

/** Whether a day or a time was said. */
function timely(items: readonly Item[]): boolean {
  return items.some((item) => item.is === 'clock' || item.is === 'day');
}

/** `22h` is an hour of the day, or so many hours: what stands around it decides. */
function readsAsClock({ list, items, hoursAreClock, text }: Context, at: number): boolean {
  const [before, after] = [list[at - 1], list[at + 1]];
  if (text.charAt((list[at]?.start ?? 0) - 1) === '+') return false;
  if (has(before, 'for') || has(before, 'in') || has(before, 'every') || has(before, 'about')) return false;
  const hours = (lexeme: Lexeme | undefined) => lexeme?.kind === 'clock' || (lexeme?.kind === 'length' && lexeme.clock !== undefined);
  const last = items.at(-1);
  if (has(before, 'at')) return true;
  if (last?.is === 'from' || last?.is === 'between') return true;
  const to = items.findLastIndex((item) => item.is === 'to');
  if (to >= 0 && !items.slice(to).some((item) => item.is === 'clock')) return true;
  if ((last?.is === 'and' || isMark(before, '-')) && items.at(-2)?.is === 'clock') return true;
  const joins = isMark(after, '-', '~') || has(after, 'until') || has(after, 'and');
  const joined = joins && hours(list[at + 2]);
  const afterFor = items.some((item) => item.is === 'length');
  if (joined && !afterFor) return true;
  const timed = items.some((item) => item.is === 'clock' || item.is === 'in' || item.is === 'now');
  if (timed) return false;
  const later = list.slice(at + 1).some((lexeme) => lexeme.kind === 'clock');
  if (later) return false;
  // "sat 22h for 2h": one of the two is the time.
  const another = list.slice(at + 1).some((lexeme, index) => lexeme.kind === 'length' && has(list[at + index], 'for'));
  return hoursAreClock || (another && items.some((item) => item.is === 'day' || item.is === 'weekdays'));
}

/** `mon, wed and fri`, `mon-fri`, `tuesdays`. One weekday alone is a day, not a list. */
function weekdayList({ list, items }: Context, at: number): Sayings | undefined {
  const plural = everyWeekdayOf(list[at]) !== undefined;
  const first = everyWeekdayOf(list[at]) ?? weekdayOf(list[at]);
  if (first === undefined) return undefined;
  const weekdays = [first];
  let every = plural;
  let next = at + 1;
  const through = isMark(list[next], '-') || has(list[next], 'until');
  const end = weekdayOf(list[next + 1]) ?? everyWeekdayOf(list[next + 1]);
  if (through && end !== undefined) {
    // "monday-friday" is a run of days, "monday to friday 5pm" after a time of day is the end of one window.
    const timed = items.some((item) => item.is === 'clock');
    if (!timed) {
      for (let day = first; day !== end; ) {
        day = (day + 1) % 7;
        weekdays.push(day);
      }
      return say(next + 2, { is: 'weekdays', weekdays, every: every || everyWeekdayOf(list[next + 1]) !== undefined, through: true });
    }
  }
  for (;;) {
    let start = next;
    while (isMark(list[start], ',', '&', '/', '+') || has(list[start], 'and')) start++;
    if (has(list[start], 'on')) start++;
    const joinedBy = start > next;
    const day = everyWeekdayOf(list[start]) ?? weekdayOf(list[start]);
    if (!joinedBy || day === undefined) break;
    // RFC 2822 and "sat, sun": a comma alone joins only weekdays.
    every ||= everyWeekdayOf(list[start]) !== undefined;
    weekdays.push(day);
    next = start + 1;
  }
  if (weekdays.length === 1 && !every) return undefined;
  return say(next, { is: 'weekdays', weekdays, every, through: false });
}

const REPEATS: readonly (readonly [Term, Period])[] = [
  ['hourly', 'hour'],
  ['daily', 'day'],
  ['weekly', 'week'],
  ['monthly', 'month'],
  ['quarterly', 'quarter'],
  ['yearly', 'year'],
];
const PERIODS: readonly (readonly [Term, Period])[] = [
  ['minute', 'minute'],
  ['hour', 'hour'],
  ['day', 'day'],
  ['week', 'week'],
  ['month', 'month'],
  ['quarter', 'quarter'],
  ['year', 'year'],
];
const WEEK = { working: [1, 2, 3, 4, 5], end: [6, 0] };

function repetition(context: Context, at: number): Sayings | undefined {
  const { list } = context;
  const lexeme = list[at];
  if (has(lexeme, 'biweekly')) return say(at + 1, { is: 'irregular' });
  const joined = has(list[at + 1], 'and') || isMark(list[at + 1], ',', '&');
  if (ordinalOf(lexeme) !== undefined && joined && ordinalOf(list[at + 2]) !== undefined && weekdayOf(list[at + 3]) !== undefined) {
    return say(at + 4, { is: 'irregular', why: 'it can say one such day of a month. Plan two series.' });
  }
  if (has(lexeme, 'nightly')) return say(at + 1, { is: 'repeat', period: 'day', count: 1 }, { is: 'part', part: 'night' });
  for (const [term, period] of REPEATS) {
    if (has(lexeme, term)) return say(at + 1, { is: 'repeat', period, count: 1 });
  }
  if (has(lexeme, 'weekdays')) return say(at + 1, { is: 'weekdays', weekdays: WEEK.working, every: true, through: false });
  if (has(lexeme, 'weekends')) return say(at + 1, { is: 'weekdays', weekdays: WEEK.end, every: true, through: false });
  if (lexeme?.kind === 'length' && has(list[at + 1], 'every') && !has(list[at - 1], 'for') && !everyDay(list[at + 2])) {
    // Japanese says the length first: 6時間ごと.
    const said = interval(lexeme);
    if (context.text.charCodeAt(list[at + 1]?.start ?? 0) > 0x2fff) return say(at + 2, said);
  }
  if (!has(lexeme, 'every')) return undefined;
  let next = at + 1;
  while (has(list[next], 'filler') || has(list[next], 'every')) next++;
  const after = list[next];
  const ordinal = ordinalOf(after);
  // "every second friday" is every other one, or the second of a month: only "of the month" tells.
  if (ordinal === 2 || has(after, 'other')) {
    const nth = dayAt(context, next);
    const ofMonth = nth?.value.on === 'nth weekday' && nth.value.month.is !== 'any';
    if (!ofMonth && (has(after, 'other') || everyDay(list[next + 1]) || periodOf(list[next + 1]) !== undefined)) {
      return say(next + 2, { is: 'irregular' });
    }
  }
  if (after?.kind === 'length') return say(next + 1, interval(after));
  const counted = after?.kind === 'number' ? after.value : after?.kind === 'known' ? after.number : undefined;
  const unit = counted === undefined ? undefined : list[next + 1];
  if (counted !== undefined && counted > 1 && unit !== undefined && (weekdayOf(unit) !== undefined || has(unit, 'quarter') || has(unit, 'weekend'))) {
    return say(next + 2, { is: 'irregular' });
  }
  const period = periodOf(after);
  if (period !== undefined) return say(next + 1, { is: 'repeat', period, count: 1 });
  if (has(after, 'weekday')) return say(next + 1, { is: 'weekdays', weekdays: WEEK.working, every: true, through: false });
  if (has(after, 'weekend')) return say(next + 1, { is: 'weekdays', weekdays: WEEK.end, every: true, through: false });
  for (const part of PARTS) {
    if (has(after, part)) return say(next + 1, { is: 'repeat', period: 'day', count: 1 }, { is: 'part', part });
  }
  return say(next, { is: 'every' });
}

function everyDay(lexeme: Lexeme | undefined): boolean {
  return weekdayOf(lexeme) !== undefined || has(lexeme, 'day') || has(lexeme, 'weekend');
}

function periodOf(lexeme: Lexeme | undefined): Period | undefined {
  return PERIODS.find(([term]) => has(lexeme, term))?.[1];
}

function interval({ length: { months, days, minutes } }: Extract<Lexeme, { kind: 'length' }>): Saying {
  const kinds = [months, days, minutes].filter((amount) => amount !== 0).length;
  if (kinds === 0) return { is: 'irregular', why: 'that is no time at all.' };
  if (kinds !== 1) return { is: 'irregular', why: 'say it in one unit.' };
  if (months > 0) return months % 12 === 0 ? { is: 'repeat', period: 'year', count: months / 12 } : { is: 'repeat', period: 'month', count: months };
  if (days > 0) return days % 7 === 0 ? { is: 'repeat', period: 'week', count: days / 7 } : { is: 'repeat', period: 'day', count: days };
  return minutes % 60 === 0 ? { is: 'repeat', period: 'hour', count: minutes / 60 } : { is: 'repeat', period: 'minute', count: minutes };
}

function days(context: Context, at: number): Sayings | undefined {
  const { list } = context;
  const lexeme = list[at];
  if (has(lexeme, 'yesterday')) return say(at + 1, { is: 'past' });
  if (has(lexeme, 'tonight')) return say(at + 1, { is: 'tonight' });
  if (has(lexeme, 'this') || has(lexeme, 'on')) {
    const part = PARTS.find((p) => has(list[at + 1], p));
    if (part !== undefined && has(lexeme, 'this')) {
      return part === 'night' ? say(at + 2, { is: 'tonight' }) : say(at + 2, { is: 'day', day: { on: 'relative', days: 0 } }, { is: 'part', part });
    }
  }
  if (has(lexeme, 'in') && isShort(list[at + 1])) {
    const length = list[at + 1];
    if (length?.kind === 'length') return say(at + 2, { is: 'in', length: length.length });
  }
  const ago = has(lexeme, 'ago') && list[at + 1]?.kind === 'length';
  if (ago) return say(at + 2, { is: 'past' });
  const day = dayAt(context, at);
  if (day !== undefined) return say(day.next, { is: 'day', day: day.value });
  const month = monthOf(lexeme);
  return month === undefined ? undefined : say(at + 1, { is: 'month', month });
}

const PLAIN: readonly (readonly [Term, Saying])[] = [
  ['all day', { is: 'all day' }],
  ['noon', { is: 'clock', clock: { hour: 12, minute: 0, second: 0, sure: true, day24: true } }],
  ['midnight', { is: 'clock', clock: { hour: 0, minute: 0, second: 0, sure: true, midnight: true } }],
  ['now', { is: 'now' }],
  ['except', { is: 'except' }],
  ['between', { is: 'between' }],
  ['until before', { is: 'to before' }],
  ['and', { is: 'and' }],
  ['or', { is: 'or' }],
  ['about', { is: 'about' }],
];

/** What is left: joints and fillers. A word that has a meaning, but none here, means nothing. */
function words(context: Context, at: number): Sayings {
  const { list } = context;
  const lexeme = list[at];
  const part = PARTS.find((p) => has(lexeme, p));
  if (part !== undefined) return say(at + 1, { is: 'part', part });
  if (has(lexeme, 'my time')) return say(at + 1, { is: 'zone', zone: { is: 'own' } });
  for (const [term, saying] of PLAIN) if (has(lexeme, term)) return say(at + 1, saying);
  if (has(lexeme, 'from')) return say(at + 1, { is: 'from' });
  const line = list[at + 1];
  if (has(lexeme, 'cron') && line?.kind !== 'cron') {
    return say(at + 1, { is: 'wrong', reason: 'After "cron" come five fields: minute, hour, day of the month, month, day of the week, such as 0 3 * * 0.' });
  }
  const silent: readonly Term[] = ['at', 'on', 'for', 'of', 'filler', 'in', "o'clock", 'cron', 'on the day', 'time', 'until'];
  if (silent.some((term) => has(lexeme, term))) return say(at + 1);
  return say(at + 1, { is: 'unknown' });
}

/** The word before an end. Some can say other things as well (`a las`, `au`): they close what is open. */
function closing({ list, items }: Context, at: number): Sayings | undefined {
  const lexeme = list[at];
  if (!has(lexeme, 'until')) return undefined;
  const timed = items.some((item) => ['clock', 'day', 'now', 'in', 'tonight', 'weekdays', 'repeat', 'length'].includes(item.is));
  if (has(lexeme, 'at') && !opens(items)) return undefined;
  if ((has(lexeme, 'from') || has(lexeme, 'on') || has(lexeme, 'filler')) && !timed) return undefined;
  const last = items.at(-1)?.is;
  const again = last === 'to' || last === 'from' || last === 'between';
  return again && has(lexeme, 'at') ? say(at + 1) : say(at + 1, { is: 'to' });
}

/** Whether a range was opened and has its first time. */
function opens(items: readonly Item[]): boolean {
  const from = items.findLastIndex((item) => item.is === 'from' || item.is === 'between');
  const to = items.findLastIndex((item) => item.is === 'to');
  return from >= 0 && to < from && items.slice(from).some((item) => item.is === 'clock');
}
