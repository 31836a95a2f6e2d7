import type { Found } from './zones.ts';

const FIELD =
  /(?:[\d*?#/,-]|l|sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|[hw](?![a-z]))+(?![\p{L}\d])/uy;
const STARRED = /(?:\*|\?)/;
const ALIAS = /@[a-z]+(?![\p{L}\d])/uy;

/**
 * The cron line that stands at a place of the folded text. When it was `announced` by the word "cron", anything that looks
 * like fields is taken, right or wrong; else only five fields with an asterisk among them.
 */
export function cronAt(text: string, at: number, announced: boolean): Found<string> | undefined {
  ALIAS.lastIndex = at;
  const alias = ALIAS.exec(text);
  if (alias !== null) return { value: alias[0], end: at + alias[0].length };
  const fields: string[] = [];
  let end = at;
  for (let place = at; fields.length < 8; ) {
    FIELD.lastIndex = place;
    const field = FIELD.exec(text)?.[0];
    // "2h" is the duration after the line.
    if (field === undefined || /^-+$|^\d+[hw]$/.test(field)) break;
    fields.push(field);
    end = place + field.length;
    const space = /^ +/.exec(text.slice(end));
    if (space === null) break;
    place = end + space[0].length;
  }
  // The name of the window may begin with a number: the sixth field and on count only when the word said so.
  if (!announced && (fields.length < 5 || !STARRED.test(fields.slice(0, 5).join('')))) return undefined;
  if (announced ? fields.length === 0 : !fields.slice(0, 5).every(plausible)) return undefined;
  const taken = announced ? fields : fields.slice(0, 5);
  if (taken.length < fields.length) end = endOf(text, at, taken.length);
  return { value: taken.join(' '), end };
}

function plausible(field: string): boolean {
  return /^(?:\*|\?|\d|l|[a-z]{3})/.test(field);
}

function endOf(text: string, at: number, fields: number): number {
  const found = new RegExp(`^(?:\\S+ +){${fields - 1}}\\S+`).exec(text.slice(at));
  return at + (found?.[0].length ?? 0);
}
