import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { readContentVersion } from '../access/accounts.ts';
import type { Reader } from '../core/permissions.ts';
import type { Page, Position } from '../platform/rows.ts';
import { commonFieldTexts, type OperationId } from '../texts/openapi.ts';
import { isHeld, send } from './conditional.ts';
import { HttpError } from './errors.ts';
import type { Api, Call, None, OperationOptions, OutputOf, Parsed } from './route.ts';
import { operation, rawQuery } from './route.ts';
import { many, searchWord } from './schemas.ts';

const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;
const EXPECTED_LIMIT = `Expected a whole number from 1 to ${MAX_LIMIT}.`;

const limit = z
  .string({ error: EXPECTED_LIMIT })
  .regex(/^\d{1,3}$/, { error: EXPECTED_LIMIT })
  .transform(Number)
  .refine((count) => count >= 1 && count <= MAX_LIMIT, { error: EXPECTED_LIMIT })
  .openapi({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
    description: commonFieldTexts.limit,
  });

const cursor = z.string({ error: 'Expected one cursor.' }).describe(commonFieldTexts.cursor);

const pageSchema = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable().describe(commonFieldTexts.nextCursor) });

/** Writes a value that a list is ordered by into a cursor, and reads it back. */
interface CursorValue<V> {
  write(value: V): string;
  /** Undefined when the text is not valid. */
  read(text: string): V | undefined;
}

export const byInstant: CursorValue<Date> = {
  write: (at) => at.toISOString(),
  read: (text) => (Number.isNaN(Date.parse(text)) ? undefined : new Date(text)),
};
export const byText: CursorValue<string> = { write: (text) => text, read: (text) => text };

/** A list whose responses are pages. `Field` is the column it is ordered by, `Value` what that holds. */
interface ListOptions<Row, Field extends string, Value, Id extends Key> {
  /** Names of orders in the HTTP API, each with its column; the first is the default. */
  readonly orders: Readonly<Record<string, Field>>;
  /** Whether the default order is descending. */
  readonly newestFirst?: boolean;
  readonly value: CursorValue<Value>;
  readonly id: z.ZodType<Id>;
  valueOf(row: Row, field: Field): Value;
  idOf(row: Row): Id;
}
type Key = number | string;

export type Listing<Row, Field extends string, Value, Id extends Key> = ReturnType<
  typeof listing<Row, Field, Value, Id>
>;

export function listing<Row, Field extends string, Value, Id extends Key>(list: ListOptions<Row, Field, Value, Id>) {
  const [first = ''] = Object.keys(list.orders);
  const usual = list.newestFirst === true ? `-${first}` : first;
  const orders = Object.keys(list.orders).flatMap((name) => [name, `-${name}`]);
  const order = z
    .enum(orders, { error: `Expected one of ${orders.join(', ')}.` })
    .openapi({ description: commonFieldTexts.order, default: usual });
  const params = { limit: limit.optional(), cursor: cursor.optional(), order: order.optional() };
  const query = z.object(params);

  return {
    params,

    /** @throws HttpError `cursor-invalid` for a cursor that does not come from this list */
    page(c: Context): Page<Field, Value, Id> {
      const { order: by = usual, limit: size = DEFAULT_LIMIT, cursor: from } = query.parse(rawQuery(c));
      const field = list.orders[by.replace(/^-/, '')];
      if (field === undefined) throw new Error(`the list at ${c.req.path} has no order ${by}`);
      return {
        field,
        direction: by.startsWith('-') ? 'desc' : 'asc',
        limit: size,
        after: from === undefined ? undefined : readCursor(c, from, list),
      };
    },

    /** @param rows one more than fits when there is another page */
    lastOf(rows: readonly Row[], { field, limit }: Page<Field, Value, Id>): Position<Value, Id> | undefined {
      const last = rows[limit - 1];
      return last && rows.length > limit ? { value: list.valueOf(last, field), id: list.idOf(last) } : undefined;
    },

    /** The cursor of the next page, which the `Link` header names, too. @param last the last of this page, if there are more */
    next(c: Context, { limit }: Page<Field, Value, Id>, last: Position<Value, Id> | undefined): string | null {
      if (last === undefined) return null;
      const payload = JSON.stringify([list.value.write(last.value), last.id]);
      const encoded = Buffer.from(payload).toString('base64url');
      const next = `${encoded}.${seal(c, encoded)}`;
      const query = new URLSearchParams(filtersOf(c));
      query.set('limit', String(limit));
      query.set('cursor', next);
      c.header('Link', `<${c.req.path}?${query}>; rel="next"`);
      return next;
    },
  };
}

/**
 * Declares an operation that responds with a page of a list.
 * @param find reads `page.limit` rows
 */
export function paged<
  Item extends z.ZodType,
  Row,
  Field extends string,
  Value,
  Id extends Key,
  Query extends z.ZodType = None,
  Params extends z.ZodType = None,
>(
  api: Api,
  id: OperationId,
  route: `get /${string}`,
  options: OperationOptions<Query, Params, None> & {
    readonly list: Listing<Row, Field, Value, Id>;
    readonly item: Item;
    toItem(row: Row, reader: Reader): OutputOf<Item>;
  },
  find: (call: Call & Parsed<Query, Params>, page: Page<Field, Value, Id>) => Promise<readonly Row[]>,
): void {
  const { list, item, toItem } = options;
  operation(api, id, route, { ...options, output: pageSchema(item) }, async (call) => {
    const page = list.page(call.c);
    const rows = await find(call, { ...page, limit: page.limit + 1 });
    const items = rows.slice(0, page.limit).map((row) => toItem(row, call.reader));
    return send(call.c, JSON.stringify({ items, next_cursor: list.next(call.c, page, list.lastOf(rows, page)) }));
  });
}

/** A page whose items PostgreSQL wrote as JSON. */
export interface JsonPage<Value, Id> {
  /** JSON objects, separated by commas. */
  readonly items: string;
  /** The last of them, if there are more. */
  readonly last: Position<Value, Id> | undefined;
  /** Changes whenever one of the items does, and also when something else of the account does. */
  readonly version: string;
}

/**
 * As `paged`, for items that are JSON already.
 * @param find reads the page
 */
export function pagedJson<
  Row,
  Field extends string,
  Value,
  Id extends Key,
  Query extends z.ZodType = None,
  Params extends z.ZodType = None,
>(
  api: Api,
  id: OperationId,
  route: `get /${string}`,
  options: OperationOptions<Query, Params, None> & {
    readonly list: Listing<Row, Field, Value, Id>;
    readonly item: z.ZodType;
  },
  find: (call: Call & Parsed<Query, Params>, page: Page<Field, Value, Id>) => Promise<JsonPage<Value, Id>>,
): void {
  const { list, item } = options;
  operation(api, id, route, { ...options, output: pageSchema(item) }, async (call) => {
    const { c, db, accountId } = call;
    const page = list.page(c);
    // To others the version would tell of changes that they cannot see.
    const hasVersion = call.reader === 'internal';
    if (hasVersion && c.req.header('if-none-match') !== undefined) {
      const { version: bodyVersion } = await readContentVersion(db, accountId);
      if (isHeld(c, `"${bodyVersion}"`)) return send(c, '', { bodyVersion });
    }
    const { items, last, version } = await find(call, page);
    const next = JSON.stringify(list.next(c, page, last));
    return send(c, `{"items":[${items}],"next_cursor":${next}}`, hasVersion ? { bodyVersion: version } : {});
  });
}

function readCursor<Row, Field extends string, Value, Id extends Key>(
  c: Context,
  cursor: string,
  { value, id }: ListOptions<Row, Field, Value, Id>,
): { value: Value; id: Id } {
  const [encoded = '', mark] = cursor.split('.');
  if (mark === seal(c, encoded)) {
    const payload = Buffer.from(encoded, 'base64url').toString();
    const [text, key] = z.tuple([z.string(), id]).parse(JSON.parse(payload));
    const read = value.read(text);
    if (read !== undefined) return { value: read, id: key };
  }
  const message =
    'This cursor is not one of this list, with these filters and in this order. Take it from `next_cursor`, or leave it out for the first page.';
  throw new HttpError('cursor-invalid', message, 'cursor');
}

/** Refuses a cursor of another list, or of other filters, which would skip rows. */
function seal(c: Context, encoded: string): string {
  const list = JSON.stringify([c.req.path, filtersOf(c).sort(), encoded]);
  return createHash('sha256').update(list).digest('base64url').slice(0, 12);
}

/** Every parameter that is the same on all pages. */
function filtersOf(c: Context): [string, string][] {
  return Object.entries(c.req.queries())
    .filter(([name]) => name !== 'cursor' && name !== 'limit')
    .flatMap(([name, values]) => values.map((value): [string, string] => [name, value]));
}

/** By name or id, as the lists of the catalogue are. */
export function listingByName<Row extends { readonly name: string; readonly id: Id }, Id extends Key>(
  id: z.ZodType<Id>,
) {
  return listing<Row, 'name' | 'id', string, Id>({
    orders: { name: 'name', id: 'id' },
    value: byText,
    id,
    valueOf: ({ name }) => name,
    idOf: (row) => row.id,
  });
}

export function listingById<Row extends { readonly id: number }>({ newestFirst = false } = {}) {
  return listing<Row, 'id', string, number>({
    newestFirst,
    orders: { id: 'id' },
    value: byText,
    id: z.int(),
    valueOf: (row) => String(row.id),
    idOf: (row) => row.id,
  });
}

export const nameContains = many(searchWord).describe(commonFieldTexts.nameContains);
