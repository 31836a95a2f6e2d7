/** Comparing without case is a pattern match in PostgreSQL: this is the pattern for a text itself. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

export const byName = [{ name: 'asc' }, { id: 'asc' }] as const;

/** A text to look for. PostgreSQL takes none with U+0000, and none is stored: U+FFFD stands for it, looked for in vain. */
export function searchText(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

const MAX_ANSWER_CHARS = 500;

/** The beginning of a text from another system, without what PostgreSQL cannot store. */
export function toStorable(text: string): string {
  return text.slice(0, MAX_ANSWER_CHARS).replaceAll('\0', '').toWellFormed();
}
