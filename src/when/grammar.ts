import { dayAt, has, isShort, type Lexemes, monthOf } from './day-phrases.ts';
import type { Item, Saying } from './items.ts';
import type { Term } from './languages/language.ts';
import type { Lexeme } from './lexemes.ts';
import { clockSaying, counts } from './number-phrases.ts';
import { repetition, weekdayList } from './repeat-phrases.ts';
import { type Context, PARTS, type Sayings, say } from './sayings.ts';

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
      return (
        repetition(context, at) ??
        closing(context, at) ??
        counts(context, at) ??
        weekdayList(context, at) ??
        days(context, at) ??
        words(context, at)
      );
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
    if (after?.kind === 'length' && has(before, 'for'))
      return say(at + 2, { is: 'length', length: after.length, negative: true });
    if (
      after?.kind === 'length' &&
      glued &&
      (loose || last?.is === 'length') &&
      !(isPoint(before) && after.clock !== undefined && text.charAt(start + 1) !== ' ' && !loose)
    ) {
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
    const point: readonly Term[] = [
      'now',
      'today',
      'tomorrow',
      'overmorrow',
      'tonight',
      'noon',
      'midnight',
      'next day',
      'night',
      'morning',
      'evening',
      'afternoon',
    ];
    return (
      lexeme.weekday !== undefined || lexeme.month !== undefined || point.some((term) => lexeme.terms.includes(term))
    );
  }
  return ['date', 'clock', 'number', 'zone', 'ordinal'].includes(lexeme.kind);
}

function days(context: Context, at: number): Sayings | undefined {
  const { list } = context;
  const lexeme = list[at];
  if (has(lexeme, 'yesterday')) return say(at + 1, { is: 'past' });
  if (has(lexeme, 'tonight')) return say(at + 1, { is: 'tonight' });
  if (has(lexeme, 'this') || has(lexeme, 'on')) {
    const part = PARTS.find((p) => has(list[at + 1], p));
    if (part !== undefined && has(lexeme, 'this')) {
      return part === 'night'
        ? say(at + 2, { is: 'tonight' })
        : say(at + 2, { is: 'day', day: { on: 'relative', days: 0 } }, { is: 'part', part });
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
    return say(at + 1, {
      is: 'wrong',
      reason:
        'After "cron" come five fields: minute, hour, day of the month, month, day of the week, such as 0 3 * * 0.',
    });
  }
  const silent: readonly Term[] = [
    'at',
    'on',
    'for',
    'of',
    'filler',
    'in',
    "o'clock",
    'cron',
    'on the day',
    'time',
    'until',
  ];
  if (silent.some((term) => has(lexeme, term))) return say(at + 1);
  return say(at + 1, { is: 'unknown' });
}

/** The word before an end. Some can say other things as well (`a las`, `au`): they close what is open. */
function closing({ list, items }: Context, at: number): Sayings | undefined {
  const lexeme = list[at];
  if (!has(lexeme, 'until')) return undefined;
  const timed = items.some((item) =>
    ['clock', 'day', 'now', 'in', 'tonight', 'weekdays', 'repeat', 'length'].includes(item.is),
  );
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
