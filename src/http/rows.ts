import type { z } from '@hono/zod-openapi';
import type { Reader } from '../core/permissions.ts';
import { utc } from '../core/time.ts';

type Camel<Name> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name;
/** The property of a row with the value of a field. */
type Property<Name> = Name extends keyof typeof DATES ? (typeof DATES)[Name] : Camel<Name>;
type Sent<Value> = Value extends Date
  ? string
  : Value extends { readonly id: infer Id }
    ? Id
    : Value extends readonly (infer Item)[]
      ? Sent<Item>[]
      : Value;
type Copied<Row, Output> = {
  [Name in keyof Output]: Property<Name> extends keyof Row
    ? Sent<Row[Property<Name>]> extends Output[Name]
      ? Name
      : never
    : never;
}[keyof Output];

const DATES = { creation_date: 'createdAt', update_date: 'updatedAt' } as const;
const toCamel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/**
 * Makes the mapper from a row to the response that shows it: `external_id` is `externalId`, an instant is in UTC, and
 * another row is its id.
 * @param rest the fields that are not in the row like that
 */
export function outputMapper<Row extends object, Output extends z.ZodObject>(
  output: Output,
  rest: (row: Row, reader: Reader) => Omit<z.infer<Output>, Copied<Row, z.infer<Output>>> & Partial<z.infer<Output>>,
) {
  const dates: Readonly<Record<string, string>> = DATES;
  const properties = Object.keys(output.shape).map((name) => [name, dates[name] ?? toCamel(name)] as const);
  return (row: Row, reader: Reader): z.infer<Output> => {
    const fields: Readonly<Record<string, unknown>> = rest(row, reader);
    const toValue = (name: string, property: string) =>
      name in fields ? fields[name] : send(Reflect.get(row, property));
    // The type of `rest` says that every field is there.
    return Object.fromEntries(properties.map(([name, property]) => [name, toValue(name, property)])) as z.infer<Output>;
  };
}

function send(value: unknown): unknown {
  if (value instanceof Date) return utc(value);
  if (Array.isArray(value)) return value.map(send);
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
}

/** The fields of a request under the names of commands, without those that are left out. */
export function fromBody<Body extends object>(
  body: Body,
): { [Name in keyof Body as Camel<Name> & string]: Exclude<Body[Name], undefined> } {
  const fields = Object.entries(body).filter(([, value]) => value !== undefined);
  return Object.fromEntries(fields.map(([name, value]) => [toCamel(name), value])) as ReturnType<typeof fromBody<Body>>;
}
