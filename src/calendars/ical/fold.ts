/** RFC 5545 allows 75 bytes in a line. */
const MAX_LINE_BYTES = 74;

/** Folds a content line. ical-generator does too, at the cost of an encoder for each character. */
export function foldLine(line: string): string {
  // No character of UTF-16 has more than three bytes in UTF-8.
  if (line.length * 3 <= MAX_LINE_BYTES) return line;
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
