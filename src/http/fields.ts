import { z } from '@hono/zod-openapi';
import { type FiltersOf, mapTable, type PlainField, type PlainTable } from '../core/fields.ts';
import { many, oneOf, orEmpty, searchWord, text } from './schemas.ts';

/** Schemas of the plain fields of a table, under their HTTP names. Their outputs are values as the code uses them. */
export type Shape<T extends PlainTable> = { [P in keyof T as T[P]['name']]: z.ZodType<z.infer<T[P]['schema']>> };

/** The fields of a new one. One that is left out gets the initial value of the table. */
export function newShape<T extends PlainTable>(table: T): Shape<T> {
  return mapTable(table, (field) => [
    [field.name, field.initial === undefined ? changeSchema(field) : newSchema(field)],
  ]);
}

/** The fields of a change. */
export function changeShape<T extends PlainTable>(table: T): Shape<T> {
  return mapTable(table, (field) => [[field.name, changeSchema(field)]]);
}

/** The fields of a response. */
export function answerShape<T extends PlainTable>(table: T): Shape<T> {
  return mapTable(table, (field) => {
    const value = field.kind === 'text' ? z.string() : z.enum(field.values);
    return [[field.name, field.initial === null ? value.nullable() : value]];
  });
}

type FilterShape<T extends PlainTable> = {
  [P in keyof T as T[P] extends { filter: true } ? T[P]['name'] : never]: z.ZodType<
    z.infer<T[P]['schema']>[] | undefined
  >;
};

/** The filter value that matches an empty field. */
const NONE = 'none';

/** The query parameters that filter a list. */
export function filterShape<T extends PlainTable>(table: T): FilterShape<T> {
  return mapTable(table, (field) => {
    if (field.filter !== true) return [];
    if (field.kind === 'text') return [[field.name, many(searchWord)]];
    if (field.initial !== null) return [[field.name, many(oneOf(field.values))]];
    const value = oneOf([...field.values, NONE]).transform((each) => (each === NONE ? null : each));
    return [[field.name, many(value)]];
  });
}

type Filtered<T extends PlainTable> = {
  readonly [K in keyof FilterShape<T>]?: z.infer<FilterShape<T>[K]>;
};

/** The filters in a query with these parameters. */
export function toFilters<T extends PlainTable>(table: T, query: Filtered<T>): FiltersOf<T> {
  const values: Readonly<Record<string, unknown>> = query;
  return mapTable(table, ({ name }, property) => (values[name] === undefined ? [] : [[property, values[name]]]));
}

function changeSchema(field: PlainField): z.ZodType {
  if (field.kind === 'choice') {
    const choice = oneOf(field.values);
    return field.initial === null ? choice.nullable() : choice;
  }
  const value = text(field.expected);
  if (field.initial === undefined) return value;
  return field.initial === null ? value.nullable().transform(orNull) : value.nullable().transform(orEmpty);
}

function newSchema(field: PlainField): z.ZodType {
  if (field.kind === 'choice') {
    const choice = oneOf(field.values);
    const schema = field.initial === null ? choice.nullable().default(null) : choice.default(field.initial);
    return field.description === undefined ? schema : schema.describe(field.description);
  }
  const value = text(field.expected).nullish();
  return field.initial === null ? value.transform(orNull) : value.transform(orEmpty);
}

const orNull = (value: string | null | undefined) => value?.trim() || null;
