import { hasPhrase, type Phrase, selectPhrases } from './phrases.ts';
import { createSpanCursor, type Span } from './source-text.ts';

/** Bounds the work per text. */
const MAX_SEPARATORS = 10;

type ParseRange = (start: number, end: number) => readonly Phrase[];

function hasTimeOfDay(phrases: readonly Phrase[]): boolean {
  return hasPhrase(phrases, 'clock', 'now', 'in', 'all day', 'duration', 'cron', 'tonight', 'repeat');
}

function hasTime(phrases: readonly Phrase[]): boolean {
  return (
    hasTimeOfDay(phrases) ||
    hasPhrase(phrases, 'day', 'weekdays', 'part', 'month', 'count', 'inexact duration', 'past', 'irregular', 'invalid')
  );
}

/** The first colon or spaced dash after the words about time, outside of `excluded`. */
export function findNameSplit(folded: string, excluded: readonly Span[], parseRange: ParseRange) {
  const excludedAt = createSpanCursor(excluded);
  let tried = 0;
  for (const found of folded.matchAll(/:(?!\/\/)|-{1,2}/gu)) {
    const at = found.index;
    if ((excludedAt(at)?.start ?? folded.length) <= at) continue;
    const end = at + found[0].length;
    const separates = found[0] === ':' ? colonSeparates(folded, at) : dashSeparates(folded, at, end);
    if (!separates) continue;
    tried += 1;
    if (tried > MAX_SEPARATORS) return undefined;
    const head = parseRange(0, at);
    if (!hasTime(head)) continue;
    if (found[0] === ':' ? introducesTime(head, folded, end, parseRange) : joinsTimes(head, folded, end, parseRange))
      continue;
    return { headEnd: at, nameStart: end };
  }
  return undefined;
}

/** Not the colon of `10:30`. */
function colonSeparates(folded: string, at: number): boolean {
  const [before, after] = [folded.charAt(at - 1), folded.charAt(at + 1)];
  return !(/\d/.test(before) && /\d/.test(after)) && before + after !== '';
}

function dashSeparates(folded: string, at: number, end: number): boolean {
  const [before, after] = [folded.charAt(at - 1), folded.charAt(end)];
  return before === ' ' && (after === ' ' || /[\p{L}"'`]/u.test(after));
}

/** Whether a required time follows the colon: `tomorrow: 2am for 2h`. */
function introducesTime(head: readonly Phrase[], folded: string, end: number, parseRange: ParseRange): boolean {
  return !hasTimeOfDay(head) && isOnlyTime(parseNextPart(folded, end, parseRange));
}

/** Whether a dash joins two times: `22:00 - 23:30`, not `22:00 for 1h - 2 disks`. */
function joinsTimes(head: readonly Phrase[], folded: string, end: number, parseRange: ParseRange): boolean {
  if (hasPhrase(head, 'duration', 'to', 'all day')) return false;
  if (!hasPhrase(head.slice(-1), 'clock', 'day', 'now', 'zone', 'tonight', 'part', 'in')) return false;
  const phrases = parseNextPart(folded, end, parseRange);
  const [first] = phrases;
  if (first === undefined || !hasPhrase([first], 'clock', 'day', 'tonight', 'duration')) return false;
  if (isOnlyTime(phrases)) return true;
  const unknown = phrases.findIndex((phrase) => phrase.kind === 'unknown');
  const known = unknown < 0 ? phrases : phrases.slice(0, unknown);
  const isCertain = selectPhrases(known, 'clock').some(({ clock }) => clock.isCertain && !clock.isMidnight);
  return first.kind !== 'duration' && isCertain;
}

function isOnlyTime(phrases: readonly Phrase[]): boolean {
  return hasTime(phrases) && !hasPhrase(phrases, 'unknown');
}

function parseNextPart(folded: string, start: number, parseRange: ParseRange): readonly Phrase[] {
  const next = /:(?=[ \p{L}]|$)| -{1,2}(?=[ \p{L}])/u.exec(folded.slice(start + 1));
  return parseRange(start, next === null ? folded.length : start + 1 + next.index);
}
