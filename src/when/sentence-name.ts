import type { Item } from './items.ts';
import type { Span } from './text.ts';

/** Where the words about services and time end, and where the name begins. */
export interface Split {
  readonly headEnd: number;
  readonly nameStart: number;
}

/** More of them are no sentence. */
const MOST_SEPARATORS = 40;

const DURABLE: readonly Item['is'][] = ['clock', 'now', 'in', 'all day', 'length', 'cron', 'tonight', 'repeat'];
const TIMELY: readonly Item['is'][] = [
  ...DURABLE,
  'day',
  'weekdays',
  'part',
  'month',
  'count',
  'lengths',
  'past',
  'irregular',
  'wrong',
];

/**
 * The first colon or loose dash that ends the words about time. `itemsIn` reads a stretch of the text; `taken` are
 * stretches that no separator can stand in.
 */
export function splitOf(
  folded: string,
  taken: readonly Span[],
  itemsIn: (start: number, end: number) => readonly Item[],
): Split | undefined {
  let tried = 0;
  for (const found of folded.matchAll(/:(?!\/\/)|-{1,2}/gu)) {
    const at = found.index;
    if (taken.some((span) => span.start <= at && at < span.end)) continue;
    const end = at + found[0].length;
    const separates = found[0] === ':' ? colonSeparates(folded, at) : dashSeparates(folded, at, end);
    if (!separates) continue;
    tried += 1;
    if (tried > MOST_SEPARATORS) return undefined;
    const head = itemsIn(0, at);
    if (!head.some((item) => TIMELY.includes(item.is))) continue;
    if (found[0] === ':' ? opensTime(head, folded, end, itemsIn) : goesOn(head, folded, end, itemsIn)) continue;
    return { headEnd: at, nameStart: end };
  }
  return undefined;
}

function colonSeparates(folded: string, at: number): boolean {
  const [before, after] = [folded.charAt(at - 1), folded.charAt(at + 1)];
  return after === ' ' || after === '' || !(/\d/.test(before) && /\d/.test(after))
    ? after !== '' || before !== ''
    : false;
}

function dashSeparates(folded: string, at: number, end: number): boolean {
  const [before, after] = [folded.charAt(at - 1), folded.charAt(end)];
  return before === ' ' && (after === ' ' || /[\p{L}"'`]/u.test(after));
}

/** `tomorrow: 2am for 2h`: nothing but time follows, and it is needed. */
function opensTime(
  head: readonly Item[],
  folded: string,
  end: number,
  itemsIn: (start: number, end: number) => readonly Item[],
): boolean {
  if (head.some((item) => DURABLE.includes(item.is))) return false;
  return isTime(firstPart(folded, end, itemsIn));
}

/** Whether a dash joins two times: `22:00 - 23:30`, not `22:00 for 1h - 2 disks`. */
function goesOn(
  head: readonly Item[],
  folded: string,
  end: number,
  itemsIn: (start: number, end: number) => readonly Item[],
): boolean {
  if (head.some((item) => item.is === 'length' || item.is === 'to' || item.is === 'all day')) return false;
  const last = head.at(-1);
  if (last === undefined || !['clock', 'day', 'now', 'zone', 'tonight', 'part', 'in'].includes(last.is)) return false;
  const items = firstPart(folded, end, itemsIn);
  const [first] = items;
  if (first === undefined || !['clock', 'day', 'tonight', 'length'].includes(first.is)) return false;
  if (first.is === 'length') return isTime(items);
  const run = items.slice(0, indexOfUnknown(items));
  const strong = run.some((item) => item.is === 'clock' && item.clock.sure && !item.clock.midnight) && run.length > 0;
  return isTime(items) || strong;
}

function indexOfUnknown(items: readonly Item[]): number {
  const at = items.findIndex((item) => item.is === 'unknown');
  return at < 0 ? items.length : at;
}

function isTime(items: readonly Item[]): boolean {
  return items.some((item) => TIMELY.includes(item.is)) && !items.some((item) => item.is === 'unknown');
}

/** What is said up to the next separator. */
function firstPart(
  folded: string,
  start: number,
  itemsIn: (start: number, end: number) => readonly Item[],
): readonly Item[] {
  const next = /:(?=[ \p{L}]|$)| -{1,2}(?=[ \p{L}])/u.exec(folded.slice(start + 1));
  return itemsIn(start, next === null ? folded.length : start + 1 + next.index);
}
