/** A page begins after the row with this value and id. */
export interface Position<Value, Id> {
  readonly value: Value;
  readonly id: Id;
}

/** A page of a list ordered by a field, ties broken by id. Added and removed rows do not shift later pages. */
export interface Page<Field extends string, Value, Id = number> {
  readonly field: Field;
  readonly direction: 'asc' | 'desc';
  readonly after?: Position<Value, Id> | undefined;
  readonly limit: number;
}

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
