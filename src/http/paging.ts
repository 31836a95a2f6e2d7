import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Page } from '../platform/paging.ts';
import { HttpError } from './errors.ts';
import { many } from './schemas.ts';

const MOST = 200;
const USUAL = 50;
const EXPECTED_LIMIT = `Expected a whole number from 1 to ${MOST}.`;

const limit = z
  .string({ error: EXPECTED_LIMIT })
  .regex(/^\d{1,3}$/, { error: EXPECTED_LIMIT })
  .transform(Number)
  .refine((count) => count >= 1 && count <= MOST, { error: EXPECTED_LIMIT })
  .openapi({ type: 'integer', minimum: 1, maximum: MOST, default: USUAL, description: 'How many a page has at most.' });

const cursor = z.string({ error: 'Expected one cursor.' }).openapi({
  description: 'Where the page begins: the `next_cursor` of the page before it, which its `Link` header has too.',
});

export const pageSchema = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    next_cursor: z.string().nullable().openapi({ description: 'Of the next page; null: this is the last one.' }),
  });

/** How a value that a list is ordered by goes into a cursor, and comes out of it. */
interface Written<V> {
  write(value: V): string;
  /** Undefined for what is none. */
  read(text: string): V | undefined;
}

export const byInstant: Written<Date> = {
  write: (at) => at.toISOString(),
  read: (text) => (Number.isNaN(Date.parse(text)) ? undefined : new Date(text)),
};
export const byText: Written<string> = { write: (text) => text, read: (text) => text };

interface Asked {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly order?: string | undefined;
}

/** A list that is answered in pages. `Field` is the column it is ordered by, `Value` what that holds. */
export interface Listing<Row, Field extends string, Value, Id extends number | string> {
  /** What it may be ordered by, as the interface calls it, with the columns; the first is the usual one. */
  readonly orders: Readonly<Record<string, Field>>;
  /** Descending where nothing is said. */
  readonly newestFirst?: boolean;
  readonly value: Written<Value>;
  readonly id: z.ZodType<Id>;
  valueOf(row: Row, field: Field): Value;
  idOf(row: Row): Id;
}

/**
 * The three things that a route needs of a listing: its query parameters, the page that is asked for, and the answer.
 *
 *     const list = listing({...});
 *     query: z.strictObject({ ...list.query })
 *     const page = list.page(c, c.req.valid('query'));
 *     return c.json(list.answer(c, await searchIt(list.oneMore(page)), page, toItem), 200);
 */
export function listing<Row, Field extends string, Value, Id extends number | string>(
  list: Listing<Row, Field, Value, Id>,
) {
  const [first = ''] = Object.keys(list.orders);
  const usual = list.newestFirst === true ? `-${first}` : first;
  const orders = Object.keys(list.orders).flatMap((name) => [name, `-${name}`]);
  const order = z
    .enum(orders, { error: `Expected one of ${orders.join(', ')}.` })
    .openapi({ description: 'A name with `-` before it is descending. Ties are broken by id.', default: usual });

  return {
    query: { limit: limit.optional(), cursor: cursor.optional(), order: order.optional() },

    /** @throws HttpError `cursor-invalid` for a cursor that this list did not give */
    page(c: Context, asked: Asked): Page<Field, Value, Id> {
      const by = asked.order ?? usual;
      const field = list.orders[by.replace(/^-/, '')];
      if (field === undefined) throw new Error(`the list at ${c.req.path} has no order ${by}`);
      return {
        field,
        direction: by.startsWith('-') ? 'desc' : 'asc',
        limit: asked.limit ?? USUAL,
        after: asked.cursor === undefined ? undefined : readCursor(c, asked.cursor, list),
      };
    },

    /** What to look for: a row more tells that there is another page. */
    oneMore: (page: Page<Field, Value, Id>): Page<Field, Value, Id> => ({ ...page, limit: page.limit + 1 }),

    answer<Item>(
      c: Context,
      rows: readonly Row[],
      page: Page<Field, Value, Id>,
      toItem: (row: Row) => Item,
    ): { items: Item[]; next_cursor: string | null } {
      const shown = rows.slice(0, page.limit);
      const last = shown.at(-1);
      const items = shown.map(toItem);
      if (rows.length <= page.limit || last === undefined) return { items, next_cursor: null };
      const payload = JSON.stringify([list.value.write(list.valueOf(last, page.field)), list.idOf(last)]);
      const encoded = Buffer.from(payload).toString('base64url');
      const next = `${encoded}.${seal(c, encoded)}`;
      const query = new URLSearchParams(parametersOf(c));
      query.set('limit', String(page.limit));
      query.set('cursor', next);
      c.header('Link', `<${c.req.path}?${query}>; rel="next"`);
      return { items, next_cursor: next };
    },
  };
}

function readCursor<Row, Field extends string, Value, Id extends number | string>(
  c: Context,
  cursor: string,
  { value, id }: Listing<Row, Field, Value, Id>,
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

/** A cursor that this list did not give, or gave for other filters, is refused rather than understood by chance. */
function seal(c: Context, encoded: string): string {
  const list = JSON.stringify([c.req.path, parametersOf(c).sort(), encoded]);
  return createHash('sha256').update(list).digest('base64url').slice(0, 12);
}

/** What the list is of, wherever a page of it begins. */
function parametersOf(c: Context): [string, string][] {
  return Object.entries(c.req.queries())
    .filter(([name]) => name !== 'cursor' && name !== 'limit')
    .flatMap(([name, values]) => values.map((value): [string, string] => [name, value]));
}

/** The catalogue by name, as each of its lists is. */
export const byName = {
  orders: { name: 'name', id: 'id' },
  value: byText,
  valueOf: ({ name }: { name: string }) => name,
} as const;

export const nameContains = many(z.string({ error: 'Expected a text.' })).openapi({
  description: 'Anywhere in the name, whatever the case.',
});
