import { z } from '@hono/zod-openapi';
import { type FiltersOf, mapTable, type PlainField, type PlainTable } from '../core/fields.ts';
import { many, oneOf, searchWord, text } from './schemas.ts';

/** Schemas of the plain fields of a table, under their names over HTTP; they give values as the code uses them. */
export type Shape<T extends PlainTable> = { [P in keyof T as T[P]['name']]: z.ZodType<z.infer<T[P]['schema']>> };

/** What a new one takes: what is left out is as the table says. */
export function newShape<T extends PlainTable>(table: T): Shape<T> {
  return mapTable(table, (field) => [[field.name, field.initial === undefined ? given(field) : orInitial(field)]]);
}

/** What a change takes, where it is named. */
export function changeShape<T extends PlainTable>(table: T): Shape<T> {
  return mapTable(table, (field) => [[field.name, given(field)]]);
}

/** What is answered. */
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

/** The word of a filter for what has no value. */
const NONE = 'none';

/** The parameters of a list that is filtered by them. */
export function filterShape<T extends PlainTable>(table: T): FilterShape<T> {
  return mapTable(table, (field) => {
    if (field.filter !== true) return [];
    if (field.kind === 'text') return [[field.name, many(searchWord)]];
    if (field.initial !== null) return [[field.name, many(oneOf(field.values))]];
    const word = oneOf([...field.values, NONE]);
    return [[field.name, many(word.transform((each) => (each === NONE ? null : each)))]];
  });
}

type Filtered<T extends PlainTable> = {
  readonly [K in keyof FilterShape<T>]?: z.infer<FilterShape<T>[K]>;
};

/** What such parameters filter by. */
export function toFilters<T extends PlainTable>(table: T, query: Filtered<T>): FiltersOf<T> {
  const asked: Readonly<Record<string, unknown>> = query;
  return mapTable(table, ({ name }, property) => (asked[name] === undefined ? [] : [[property, asked[name]]]));
}

function given(field: PlainField): z.ZodType {
  if (field.kind === 'choice') {
    const word = oneOf(field.values);
    return field.initial === null ? word.nullable() : word;
  }
  const written = text(field.expected);
  if (field.initial === undefined) return written;
  return field.initial === null ? written.nullable().transform(orNull) : written.nullable().transform(orEmpty);
}

function orInitial(field: PlainField): z.ZodType {
  if (field.kind === 'choice') {
    const word = oneOf(field.values);
    const described = field.initial === null ? word.nullable().default(null) : word.default(field.initial);
    return field.description === undefined ? described : described.openapi({ description: field.description });
  }
  const written = text(field.expected).nullish();
  return field.initial === null ? written.transform(orNull) : written.transform(orEmpty);
}

const orNull = (written: string | null | undefined) => written?.trim() || null;
const orEmpty = (written: string | null | undefined) => written ?? '';
