/** A value as the record keeps it. */
export type Value = string | number | boolean | null | readonly (string | number)[];
export type Fields = Readonly<Record<string, Value>>;

export interface Difference {
  readonly before: Fields;
  readonly after: Fields;
}

/** The fields that differ, as they were and as they are; undefined when none does. */
export function difference(before: Fields, after: Fields): Difference | undefined {
  const changed = Object.keys(after).filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  if (changed.length === 0) return undefined;
  const only = (fields: Fields) => Object.fromEntries(changed.map((field) => [field, fields[field] ?? null]));
  return { before: only(before), after: only(after) };
}
