import type { Actor } from '../core/permissions.ts';

/** Comparing without case is a pattern match in PostgreSQL: this is the pattern for a text itself. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

export const byName = [{ name: 'asc' }, { id: 'asc' }] as const;

/** PostgreSQL refuses U+0000. U+FFFD in its place finds nothing. */
export const searchText = (text: string): string => text.replaceAll('\0', '\uFFFD');

/** Rows with this part of a name, in any case. */
export const nameContains = (text: string) =>
  ({ name: { contains: escapeLike(searchText(text)), mode: 'insensitive' } }) as const;

/** The columns of a new row that say who created it. */
export function creationColumns({ accountId, id, name }: Actor, now: Date) {
  return { accountId, createdById: id, createdByName: name, createdAt: now };
}

/** Such a row with its creator as one member, and without the hash of its secret if it has one. */
export function withCreator<Row extends { createdById: string; createdByName: string; hash?: string }>(row: Row) {
  const { createdById, createdByName, hash: _, ...rest } = row;
  return { ...rest, createdBy: { id: createdById, name: createdByName } };
}

const MAX_ANSWER_CHARS = 500;

/** The beginning of a text from another system, without what PostgreSQL cannot store. */
export function toStorable(text: string): string {
  return text.slice(0, MAX_ANSWER_CHARS).replaceAll('\0', '').toWellFormed();
}

/** A page begins after the row with this value and id. */
export type Position<Value, Id> = { readonly value: Value; readonly id: Id };

/** A page of a list ordered by a field, ties broken by id. Added and removed rows do not shift later pages. */
export interface Page<Field extends string, Value, Id = number> {
  readonly field: Field;
  readonly direction: 'asc' | 'desc';
  readonly after?: Position<Value, Id> | undefined;
  readonly limit: number;
}

/** The newest, and so many that they are all. */
export const NEWEST: Page<'id', string> = { field: 'id', direction: 'desc', limit: 10_000 };

/** The condition for the rows of a page, for `AND`. */
export function afterPosition<Value, Id>({ field, direction, after }: Page<string, Value, Id>) {
  if (after === undefined) return {};
  const past = <T>(value: T) => (direction === 'asc' ? { gt: value } : { lt: value });
  const { value, id } = after;
  return field === 'id' ? { id: past(id) } : { OR: [{ [field]: past(value) }, { [field]: value, id: past(id) }] };
}

/** The order that `afterPosition` requires. */
export function pageOrder<Field extends string>({ field, direction }: { field: Field; direction: 'asc' | 'desc' }) {
  return field === 'id' ? [{ id: direction }] : [{ [field]: direction }, { id: direction }];
}
