import type { z } from 'zod';
import type { Fields } from './merge.ts';

/**
 * A table describes each field of a thing once: `maintenance/fields.ts`, `series/fields.ts`. Types, HTTP schemas, forms,
 * drafts, columns, records and displays derive from it. Its keys are the properties that the code uses.
 */
export type FieldTable = Readonly<Record<string, Field>>;
export type Field = TextField | ChoiceField | OtherField;
/** A field whose value is one text. */
export type PlainField = TextField | ChoiceField;
export type PlainTable = Readonly<Record<string, PlainField>>;

interface Described {
  /** Its name over HTTP, in the database and in what is recorded. */
  readonly name: string;
  /** A value as the code and a draft keep it. */
  readonly schema: z.ZodType;
  /** In a history: "reference CHG-2, was CHG-1". */
  readonly label: string;
  /** In the note that says it changed: "Changed: the reference". Undefined: a note words it otherwise, or not at all. */
  readonly changed?: string;
  /** Whose notes say that it changed. */
  readonly audience: 'public' | 'internal';
}

export interface TextField extends Described {
  readonly kind: 'text';
  readonly schema: z.ZodType<string | null>;
  /** The value of a new one that does not name it: null where an empty text is none. Undefined: it must be named. */
  readonly initial: '' | null | undefined;
  readonly maxChars: number;
  readonly format?: 'url';
  /** "Expected the reference, as text." */
  readonly expected: string;
  readonly form: { readonly label: string; readonly placeholder?: string; readonly multiline?: true };
  readonly shown: Shown;
  /** Whether lists can be filtered by its whole value, and whether a search looks into it. */
  readonly filter?: true;
  readonly search?: true;
}

/** One of a few words; where `initial` is null, it may be none of them. */
export interface ChoiceField extends Described {
  readonly kind: 'choice';
  readonly schema: z.ZodType<string | null>;
  readonly initial: string | null;
  readonly values: readonly [string, ...string[]];
  /** Each of them, in the order of a form, with what people read: there, and where a window is shown. */
  readonly words: Readonly<Record<string, { readonly option: string; readonly shown: string }>>;
  /** For the document of the HTTP interface. */
  readonly description?: string;
  readonly form: { readonly label: string; readonly style: 'menu' | 'radio'; readonly none?: string };
  readonly shown: Shown;
  readonly filter?: true;
}

/** Where a plain field is shown as a fact of its own. Where it is shown with others, as the services with their status, it is not. */
interface Shown {
  /** Its label in a preview, and how much of it is shown (characters). */
  readonly preview?: { readonly label: string; readonly maxChars: number };
  /**
   * Its label where a window is shown: on the page, in announcements, calendars and feeds. A `main` one is shown with its
   * label everywhere, an `aside` only where there is room.
   */
  readonly fact?: { readonly label: string; readonly place: 'main' | 'aside' };
  /** The property of the address it links to, which is the fact itself while this one is empty. */
  readonly link?: string;
}

/** A field with a structure of its own, such as services. */
export interface OtherField extends Described {
  readonly kind: 'other';
  /** What is recorded of it, by name. By default its value under its name. */
  recorded?(value: unknown): Fields;
}

/** The values of a table, under its properties. */
export type ValuesOf<T extends FieldTable> = { readonly [P in keyof T]: z.infer<T[P]['schema']> };
type RequiredIn<T extends PlainTable> = { [P in keyof T]: T[P] extends { initial: undefined } ? P : never }[keyof T];
/** The values of a new one: what is left out is as the table says. */
export type NewValuesOf<T extends PlainTable> = Pick<ValuesOf<T>, RequiredIn<T>> & Partial<ValuesOf<T>>;
/** The values of a table, under the names of its fields. */
export type NamedValuesOf<T extends FieldTable> = { [P in keyof T as T[P]['name']]: z.infer<T[P]['schema']> };
type Given<T> = { readonly [K in keyof T]?: T[K] | undefined };
/** What lists are filtered by: one of these values is enough. */
export type FiltersOf<T extends PlainTable> = {
  readonly [P in keyof T as T[P] extends { filter: true } ? P : never]?: readonly z.infer<T[P]['schema']>[] | undefined;
};

/** Pairs under the keys of a table. TypeScript does not follow mapped types through entries: `R` is the caller's promise. */
export function mapTable<T extends FieldTable, R>(
  table: T,
  entries: (field: T[keyof T], property: string & keyof T) => readonly (readonly [string, unknown])[],
): R {
  const properties = Object.keys(table) as (string & keyof T)[];
  return Object.fromEntries(properties.flatMap((property) => entries(table[property], property))) as R;
}

/** The values of a table out of something that has more. */
export function pick<T extends FieldTable>(table: T, values: ValuesOf<T>): ValuesOf<T> {
  return mapTable(table, (_, property) => [[property, values[property]]]);
}

/** The values of a new one, complete. */
export function withInitial<T extends PlainTable>(table: T, values: NewValuesOf<T>): ValuesOf<T> {
  const given: Partial<ValuesOf<T>> = values;
  return mapTable(table, (field, property) => [[property, given[property] ?? field.initial]]);
}

/** The values under the names of their fields. */
export function toNamed<T extends FieldTable>(table: T, values: ValuesOf<T>): NamedValuesOf<T> {
  return mapTable(table, (field, property) => [[field.name, values[property]]]);
}

type SchemasOf<T extends FieldTable> = { [P in keyof T as T[P]['name']]: T[P]['schema'] };

/** The schemas of the values under the names of their fields. */
export function namedSchemas<T extends FieldTable>(table: T): SchemasOf<T> {
  return mapTable(table, (field) => [[field.name, field.schema]]);
}

/** The values that were named, under their properties. */
export function fromNamed<T extends FieldTable>(table: T, named: Given<NamedValuesOf<T>>): Partial<ValuesOf<T>> {
  const given: Readonly<Record<string, unknown>> = named;
  return mapTable(table, ({ name }, property) => (given[name] === undefined ? [] : [[property, given[name]]]));
}

/** The values as they are recorded, by name. */
export function toRecorded<T extends FieldTable>(table: T, values: ValuesOf<T>): Fields {
  return mapTable(table, (field, property) => {
    const value: unknown = values[property];
    return field.kind === 'other' && field.recorded ? Object.entries(field.recorded(value)) : [[field.name, value]];
  });
}

/** Mine, with what others changed since in its place. @param theirs the names of those fields */
export function mergeValues<T extends FieldTable>(
  table: T,
  mine: ValuesOf<T>,
  current: ValuesOf<T>,
  theirs: readonly string[],
): ValuesOf<T> {
  return mapTable(table, ({ name }, property) => [[property, (theirs.includes(name) ? current : mine)[property]]]);
}

/** The columns of a table, for a query. */
export function columns<T extends FieldTable>(table: T): { readonly [P in keyof T]: true } {
  return mapTable(table, (_, property) => [[property, true]]);
}

/** @throws when a stored word is none of the table's: the columns have constraints with the same words */
export function readColumns<T extends PlainTable>(
  table: T,
  row: { readonly [P in keyof T]: string | null },
): ValuesOf<T> {
  return mapTable(table, (field, property) => {
    const value = row[property];
    if (field.kind === 'choice' && value !== field.initial && (value === null || !field.values.includes(value))) {
      throw new Error(`${field.name} is ${JSON.stringify(value)}, expected one of ${field.values.join(', ')}`);
    }
    return [[property, value]];
  });
}

type Condition<T extends PlainTable> = {
  readonly [P in keyof T]?: { in: string[] } | (null extends z.infer<T[P]['schema']> ? null : never);
};

/** Conditions on rows, for a query: all of them. @param storable makes a text one that can be looked for */
export function conditions<T extends PlainTable>(
  table: T,
  filters: FiltersOf<T>,
  storable: (text: string) => string,
): { OR: Condition<T>[] }[] {
  const given: Readonly<Record<string, readonly (string | null)[] | undefined>> = filters;
  return Object.keys(table).flatMap((property) => {
    const values = given[property];
    if (values === undefined) return [];
    const only = (is: { in: string[] } | null) =>
      mapTable<T, Condition<T>>(table, (_, each) => (each === property ? [[each, is]] : []));
    const words = only({ in: values.filter((value) => value !== null).map(storable) });
    return [{ OR: values.includes(null) ? [words, only(null)] : [words] }];
  });
}

/** The same condition on each field that a search looks into, for a query: one of them. */
export function searched<T extends PlainTable, C>(table: T, condition: C): { readonly [P in keyof T]?: C }[] {
  return Object.entries(table).flatMap(([property, field]) =>
    field.kind === 'text' && field.search === true
      ? [mapTable<T, { [P in keyof T]?: C }>(table, (_, each) => (each === property ? [[each, condition]] : []))]
      : [],
  );
}

/** A fact about a window, as people read it. */
export interface Fact {
  readonly label: string;
  readonly text: string;
  readonly place: 'main' | 'aside';
  readonly link: string | null;
}

/** What a table's plain fields say of a window, where they say anything. */
export function facts<T extends PlainTable>(table: T, values: ValuesOf<T>): Fact[] {
  const given: Readonly<Record<string, string | null>> = values;
  return Object.entries(table).flatMap(([property, field]) => {
    const { fact, link: linked } = field.shown;
    const link = linked === undefined ? null : (given[linked] ?? null);
    const text = shownText(field, given[property] ?? null) || link;
    return fact === undefined || text === null ? [] : [{ ...fact, text, link }];
  });
}

/** A value as people read it where a window is shown; empty: there is nothing to show. */
export function shownText(field: PlainField, value: string | null): string {
  if (value === null) return '';
  return field.kind === 'choice' ? (field.words[value]?.shown ?? value) : value;
}
