import type { z } from 'zod';
import type { Fields } from './merge.ts';

/**
 * A table describes each field of a maintenance or a series once, keyed by its property in the code. Types, HTTP
 * schemas, forms, drafts, columns, records and displays derive from it.
 */
export type FieldTable = Readonly<Record<string, Field>>;
export type Field = TextField | ChoiceField | OtherField;
export type PlainField = TextField | ChoiceField;
export type PlainTable = Readonly<Record<string, PlainField>>;

interface Described {
  /** Its name over HTTP, in the database and in records of changes. */
  readonly name: string;
  /** Of the value in the code and in drafts. */
  readonly schema: z.ZodType;
  /** For a history: "reference CHG-2, was CHG-1". */
  readonly label: string;
  /** For the note about a change: "Changed: the reference". Absent if the note words it differently or omits it. */
  readonly changed?: string;
  /** Who is notified of changes. */
  readonly audience: 'public' | 'internal';
}

interface TextField extends Described {
  readonly kind: 'text';
  readonly schema: z.ZodType<string | null>;
  /** The default; null where an empty text counts as no value. Undefined for a required field. */
  readonly initial: '' | null | undefined;
  readonly maxChars: number;
  readonly format?: 'url';
  /** For an error: "Expected the reference, as text." */
  readonly expected: string;
  readonly form: { readonly label: string; readonly placeholder?: string; readonly multiline?: true };
  readonly shown: Shown;
  /** Whether lists can be filtered by its exact value, and whether a search includes it. */
  readonly filter?: true;
  readonly search?: true;
}

/** One of a few values, or null if `initial` is null. */
interface ChoiceField extends Described {
  readonly kind: 'choice';
  readonly schema: z.ZodType<string | null>;
  readonly initial: string | null;
  readonly values: readonly [string, ...string[]];
  /** The labels of the values, in the order of a form: as an option, and where a maintenance is shown. */
  readonly words: Readonly<Record<string, { readonly option: string; readonly shown: string }>>;
  /** For the OpenAPI document. */
  readonly description?: string;
  readonly form: { readonly label: string; readonly style: 'menu' | 'radio'; readonly none?: string };
  readonly shown: Shown;
  readonly filter?: true;
}

/** Where a plain field is shown on its own, rather than with others as the status of services is. */
interface Shown {
  /** In a preview: its label, and how many characters are shown. */
  readonly preview?: { readonly label: string; readonly maxChars: number };
  /**
   * On the status page and in announcements, calendars and feeds. A `main` fact is shown with its label everywhere, an
   * `aside` only where there is room.
   */
  readonly fact?: { readonly label: string; readonly place: 'main' | 'aside' };
  /** The property with the URL it links to, which is shown instead of an empty value. */
  readonly link?: string;
}

/** A field with a structure of its own, such as services. */
interface OtherField extends Described {
  readonly kind: 'other';
  /** The recorded values by name. By default the value under the name of the field. */
  recorded?(value: unknown): Fields;
}

export type ValuesOf<T extends FieldTable> = { readonly [P in keyof T]: z.infer<T[P]['schema']> };
type RequiredIn<T extends PlainTable> = { [P in keyof T]: T[P] extends { initial: undefined } ? P : never }[keyof T];
/** The values of a new maintenance or series, with `initial` for absent ones. */
export type NewValuesOf<T extends PlainTable> = Pick<ValuesOf<T>, RequiredIn<T>> & Partial<ValuesOf<T>>;
/** The values of a table by the names of its fields. */
export type NamedValuesOf<T extends FieldTable> = { [P in keyof T as T[P]['name']]: z.infer<T[P]['schema']> };
type Given<T> = { readonly [K in keyof T]?: T[K] | undefined };
/** Filters of a list: a row must have one of the values of each. */
export type FiltersOf<T extends PlainTable> = {
  readonly [P in keyof T as T[P] extends { filter: true } ? P : never]?: readonly z.infer<T[P]['schema']>[] | undefined;
};

/** An object from entries for each field. TypeScript cannot infer its type, so the caller states it as `R`. */
export function mapTable<T extends FieldTable, R>(
  table: T,
  entries: (field: T[keyof T], property: string & keyof T) => readonly (readonly [string, unknown])[],
): R {
  const properties = Object.keys(table) as (string & keyof T)[];
  return Object.fromEntries(properties.flatMap((property) => entries(table[property], property))) as R;
}

export function pick<T extends FieldTable>(table: T, values: ValuesOf<T>): ValuesOf<T> {
  return mapTable(table, (_, property) => [[property, values[property]]]);
}

export function withInitial<T extends PlainTable>(table: T, values: NewValuesOf<T>): ValuesOf<T> {
  const partial: Partial<ValuesOf<T>> = values;
  return mapTable(table, (field, property) => [[property, partial[property] ?? field.initial]]);
}

export function toNamed<T extends FieldTable>(table: T, values: ValuesOf<T>): NamedValuesOf<T> {
  return mapTable(table, (field, property) => [[field.name, values[property]]]);
}

type SchemasOf<T extends FieldTable> = { [P in keyof T as T[P]['name']]: T[P]['schema'] };

export function namedSchemas<T extends FieldTable>(table: T): SchemasOf<T> {
  return mapTable(table, (field) => [[field.name, field.schema]]);
}

export function fromNamed<T extends FieldTable>(table: T, named: Given<NamedValuesOf<T>>): Partial<ValuesOf<T>> {
  const byName: Readonly<Record<string, unknown>> = named;
  return mapTable(table, ({ name }, property) => (byName[name] === undefined ? [] : [[property, byName[name]]]));
}

type RecordedBy<F extends Field> = F extends { recorded: (value: never) => infer R }
  ? R
  : { readonly [N in F['name']]: z.infer<F['schema']> };
type Merged<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void
  ? { readonly [K in keyof I]: I[K] }
  : never;
/** The recorded values of a table by name. */
type RecordedOf<T extends FieldTable> = Merged<RecordedBy<T[keyof T]>>;

export function toRecorded<T extends FieldTable>(table: T, values: ValuesOf<T>): RecordedOf<T> {
  return mapTable(table, (field, property) => {
    const value: unknown = values[property];
    return field.kind === 'other' && field.recorded ? Object.entries(field.recorded(value)) : [[field.name, value]];
  });
}

/** My values, with the current ones of the fields that others changed. @param theirs the names of those fields */
export function mergeValues<T extends FieldTable>(
  table: T,
  mine: ValuesOf<T>,
  current: ValuesOf<T>,
  theirs: readonly string[],
): ValuesOf<T> {
  return mapTable(table, ({ name }, property) => [[property, (theirs.includes(name) ? current : mine)[property]]]);
}

export function columns<T extends FieldTable>(table: T): { readonly [P in keyof T]: true } {
  return mapTable(table, (_, property) => [[property, true]]);
}

/** @throws Error for a stored choice that is not in the table, which the constraints of the columns prevent */
export function readColumns<T extends PlainTable>(table: T, row: Record<keyof T, string | null>): ValuesOf<T> {
  return mapTable(table, (field, property) => {
    const value = row[property];
    if (field.kind === 'choice' && value !== field.initial && (value === null || !field.values.includes(value))) {
      throw new Error(`${field.name} is ${JSON.stringify(value)}, expected one of ${field.values.join(', ')}`);
    }
    return [[property, value]];
  });
}

/** A field as people read it. */
export interface Fact {
  readonly label: string;
  readonly text: string;
  readonly place: 'main' | 'aside';
  readonly link: string | null;
}

/** The facts to show for the values that are not empty. */
export function facts<T extends PlainTable>(table: T, values: ValuesOf<T>): Fact[] {
  const byProperty: Readonly<Record<string, string | null>> = values;
  return Object.entries(table).flatMap(([property, field]) => {
    const { fact, link: linked } = field.shown;
    const link = linked === undefined ? null : (byProperty[linked] ?? null);
    const text = shownText(field, byProperty[property] ?? null) || link;
    return fact === undefined || text === null ? [] : [{ ...fact, text, link }];
  });
}

/** A value as people read it; empty if there is none. */
export function shownText(field: PlainField, value: string | null): string {
  if (value === null) return '';
  return field.kind === 'choice' ? (field.words[value]?.shown ?? value) : value;
}
