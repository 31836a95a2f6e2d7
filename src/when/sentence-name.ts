import type { Phrase } from './phrases.ts';
import type { Span } from './source-text.ts';

/** Where services and time end, and where the name begins. */
export interface NameSplit {
  readonly headEnd: number;
  readonly nameStart: number;
}

/** Bounds the work per text. */
const MAX_SEPARATORS = 40;

const TIME_KINDS: readonly Phrase['kind'][] = [
  'clock',
  'now',
  'in',
  'all day',
  'duration',
  'cron',
  'tonight',
  'repeat',
];

const TEMPORAL_KINDS: readonly Phrase['kind'][] = [
  ...TIME_KINDS,
  'day',
  'weekdays',
  'part',
  'month',
  'count',
  'inexact duration',
  'past',
  'irregular',
  'invalid',
];

/**
 * The first colon or spaced dash after the words about time. `parseRange` parses a stretch of the text; `taken` are
 * stretches that cannot contain a separator.
 */
export function findNameSplit(
  folded: string,
  taken: readonly Span[],
  parseRange: (start: number, end: number) => readonly Phrase[],
): NameSplit | undefined {
  let tried = 0;
  for (const found of folded.matchAll(/:(?!\/\/)|-{1,2}/gu)) {
    const at = found.index;
    if (taken.some((span) => span.start <= at && at < span.end)) continue;
    const end = at + found[0].length;
    const separates = found[0] === ':' ? colonSeparates(folded, at) : dashSeparates(folded, at, end);
    if (!separates) continue;
    tried += 1;
    if (tried > MAX_SEPARATORS) return undefined;
    const head = parseRange(0, at);
    if (!head.some((phrase) => TEMPORAL_KINDS.includes(phrase.kind))) continue;
    if (found[0] === ':' ? introducesTime(head, folded, end, parseRange) : joinsTimes(head, folded, end, parseRange))
      continue;
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

/** Whether a required time follows the colon: `tomorrow: 2am for 2h`. */
function introducesTime(
  head: readonly Phrase[],
  folded: string,
  end: number,
  parseRange: (start: number, end: number) => readonly Phrase[],
): boolean {
  if (head.some((phrase) => TIME_KINDS.includes(phrase.kind))) return false;
  return isOnlyTime(parseNextPart(folded, end, parseRange));
}

/** Whether a dash joins two times: `22:00 - 23:30`, not `22:00 for 1h - 2 disks`. */
function joinsTimes(
  head: readonly Phrase[],
  folded: string,
  end: number,
  parseRange: (start: number, end: number) => readonly Phrase[],
): boolean {
  if (head.some((phrase) => phrase.kind === 'duration' || phrase.kind === 'to' || phrase.kind === 'all day'))
    return false;
  const last = head.at(-1);
  if (last === undefined || !['clock', 'day', 'now', 'zone', 'tonight', 'part', 'in'].includes(last.kind)) return false;
  const phrases = parseNextPart(folded, end, parseRange);
  const [first] = phrases;
  if (first === undefined || !['clock', 'day', 'tonight', 'duration'].includes(first.kind)) return false;
  if (first.kind === 'duration') return isOnlyTime(phrases);
  const run = phrases.slice(0, findUnknown(phrases));
  const strong =
    run.some((phrase) => phrase.kind === 'clock' && phrase.clock.isCertain && !phrase.clock.isMidnight) &&
    run.length > 0;
  return isOnlyTime(phrases) || strong;
}

function findUnknown(phrases: readonly Phrase[]): number {
  const at = phrases.findIndex((phrase) => phrase.kind === 'unknown');
  return at < 0 ? phrases.length : at;
}

function isOnlyTime(phrases: readonly Phrase[]): boolean {
  return (
    phrases.some((phrase) => TEMPORAL_KINDS.includes(phrase.kind)) &&
    !phrases.some((phrase) => phrase.kind === 'unknown')
  );
}

/** Parses up to the next separator. */
function parseNextPart(
  folded: string,
  start: number,
  parseRange: (start: number, end: number) => readonly Phrase[],
): readonly Phrase[] {
  const next = /:(?=[ \p{L}]|$)| -{1,2}(?=[ \p{L}])/u.exec(folded.slice(start + 1));
  return parseRange(start, next === null ? folded.length : start + 1 + next.index);
}
