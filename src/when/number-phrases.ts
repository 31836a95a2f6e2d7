import { militaryClock } from './clocks.ts';
import { dayAt, has, isMark, isShort } from './day-phrases.ts';
import type { Item } from './items.ts';
import type { Clock, Lexeme } from './lexemes.ts';
import { type Context, PARTS, type Sayings, say } from './sayings.ts';

/** A time of day, read in its surroundings. */
export function clockSaying({ list, items }: Context, clock: Clock, next: number): Sayings {
  const after = list[next];
  if (has(after, "o'clock")) return say(next + 1, { is: 'clock', clock });
  // "2am for 1:30": beside another time of day, a length.
  const timed = items.some((item) => item.is === 'clock') || list.slice(next).some(({ kind }) => kind === 'clock');
  if (has(list[next - 2], 'for') && clock.minutes === true && timed && clock.second === 0) {
    return say(next, { is: 'lengths', texts: [`${clock.hour}h${clock.minute}m`] });
  }
  // "2:00Z": beside UTC or an offset the clock has 24 hours.
  const universal =
    after?.kind === 'zone' && (after.zone.is === 'offset' || (after.zone.is === 'zone' && after.zone.zone === 'UTC'));
  return say(next, {
    is: 'clock',
    clock: universal && clock.minutes === true ? { ...clock, sure: true, day24: true } : clock,
  });
}

/** Numbers: hours of the day, four digits, lengths of time. */
export function counts(context: Context, at: number): Sayings | undefined {
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
    const late =
      has(list[at - 1], 'at') && lexeme.clock === undefined && /^\d{1,2} ?h/.test(text.slice(lexeme.start, lexeme.end));
    if (late && lexeme.length.minutes > 1440) {
      return say(at + 1, {
        is: 'wrong',
        reason: `"${text.slice(lexeme.start, lexeme.end)}" is not a time of day: the last one is 23:59.`,
      });
    }
    if (lexeme.clock !== undefined && readsAsClock(context, at))
      return say(at + 1, { is: 'clock', clock: lexeme.clock });
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
    return say(marked + 1, {
      is: 'clock',
      clock: { hour: (value % 12) + (half === 'pm' ? 12 : 0), minute: 0, second: 0, sure: true },
    });
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
  if (has(lexeme, 'minus') && next?.kind === 'length')
    return say(at + 2, { is: 'length', length: next.length, negative: true });
  if (has(lexeme, 'some hours')) return say(at + 1, { is: 'lengths', texts: ['1 hour', '2 hours', '4 hours'] });
  if (has(lexeme, 'some minutes'))
    return say(at + 1, { is: 'lengths', texts: ['5 minutes', '15 minutes', '30 minutes'] });
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
  const [before, length, after] = [list[at - 1], list[at], list[at + 1]];
  if (text.charAt((list[at]?.start ?? 0) - 1) === '+') return false;
  if (has(before, 'for') || has(before, 'in') || has(before, 'every') || has(before, 'about')) return false;
  const hours = (lexeme: Lexeme | undefined) =>
    lexeme?.kind === 'clock' || (lexeme?.kind === 'length' && lexeme.clock !== undefined);
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
  // "saturday 22h": nobody means 22 hours of it.
  const late =
    length?.kind === 'length' && (length.clock?.hour ?? 0) > 12 && length.clock?.hour !== 24 && last?.is === 'day';
  return hoursAreClock || late || (another && items.some((item) => item.is === 'day' || item.is === 'weekdays'));
}
