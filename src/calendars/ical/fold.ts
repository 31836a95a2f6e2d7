import { ANY_ORIGIN, fillOrigin } from '../../core/origin.ts';

/** RFC 5545 allows 75 bytes in a line. */
const MAX_LINE_BYTES = 74;

/** How a link to Lull begins, which is folded when its origin is known. */
const UNFILLED = `URL;VALUE=URI:${ANY_ORIGIN}`;
const UNFILLED_LINES = new RegExp(`^${UNFILLED.replaceAll('.', '\\.')}.*$`, 'gm');

/** Puts an origin into the links to Lull of a calendar, and folds them. */
export function fillLinks(calendar: string, origin: string): string {
  return calendar.replace(UNFILLED_LINES, (line) => foldLine(fillOrigin(line, origin)));
}

/** Folds a content line. ical-generator does too, at the cost of an encoder for each character. */
export function foldLine(line: string): string {
  // No character of UTF-16 has more than three bytes in UTF-8.
  if (line.length * 3 <= MAX_LINE_BYTES || line.startsWith(UNFILLED)) return line;
  const parts: string[] = [];
  let [start, bytes] = [0, 0];
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    const isPair = code >= 0xd800 && code <= 0xdbff;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : isPair ? 4 : 3;
    if (bytes + size > MAX_LINE_BYTES) {
      parts.push(line.slice(start, at));
      [start, bytes] = [at, 0];
    }
    bytes += size;
    if (isPair) at += 1;
  }
  return [...parts, line.slice(start)].join('\r\n ');
}
