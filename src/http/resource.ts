import type { z } from '@hono/zod-openapi';
import type { UserError } from '../core/errors.ts';
import type { Actor, Reader } from '../core/permissions.ts';
import type { Queries } from '../platform/database.ts';
import type { Page } from '../platform/rows.ts';
import type { OperationId } from '../texts/openapi.ts';
import { withPreconditions } from './conditional.ts';
import { type Listing, paged } from './paging.ts';
import type { Access, Api, Call, None, OperationOptions, OutputOf, Parsed } from './route.ts';
import { operation, publicQueryOnly } from './route.ts';

type Key = string | number;
type PageOptions = Pick<OperationOptions<None, None, None>, 'permission'>;
type ChangeMethod = 'put' | 'patch' | 'post' | 'delete';
type Missing = null | undefined;

interface ResourceOptions<Row, Name extends string, Params extends z.ZodType, Output extends z.ZodType> {
  /** The path of the list, such as `/scopes`. */
  readonly path: `/${string}`;
  /** The parameter that names one of them, and the field of the response that holds it. */
  readonly key: Name;
  readonly params: Params;
  readonly output: Output;
  toOutput(row: Row, reader: Reader): OutputOf<Output>;
  notFound(params: OutputOf<Params>): UserError;
  /** The lock that its commands take, such as `scope` for `scope:4`. */
  readonly lock: string;
  /**
   * Reads what is about to be changed, inside the transaction. `If-Match` is compared with its version, if it has one: of
   * nothing that this actor cannot see.
   */
  current(tx: Queries, actor: Actor, params: OutputOf<Params>, now: Date): Promise<Row | Missing>;
}

/** How one of them is changed. */
interface ChangeOptions<Query, Body>
  extends Pick<OperationOptions<Query, None, Body>, 'permission' | 'query' | 'body' | 'status'> {
  /** After the path of one of them, such as `/pause`. */
  readonly suffix?: `/${string}` | '';
}

/**
 * Declares the operations of a resource. Changes honor `If-Match`, a created one has a `Location`, and a missing one is
 * a 404. A handler returns the row, or undefined when there is none.
 */
export function resource<
  Row extends object,
  Name extends string,
  Params extends z.ZodType<Readonly<Record<Name, Key>>>,
  Output extends z.ZodType<Readonly<Record<Name, Key>>>,
>(
  api: Api,
  { path, key, params, output, toOutput, notFound, lock, current }: ResourceOptions<Row, Name, Params, Output>,
) {
  const one = `${path}/{${key}}` as const;

  function respond(row: Row | Missing, call: Call & { readonly params: OutputOf<Params> }): OutputOf<Output> {
    if (row == null) throw notFound(call.params);
    return toOutput(row, call.reader);
  }

  /** The context of a command that is refused when `If-Match` does not hold. */
  function guard(call: Call & { readonly params: OutputOf<Params> }) {
    // PostgreSQL has no text with U+0000 in it.
    if (String(call.params[key]).includes('\0')) throw notFound(call.params);
    return withPreconditions(call.c, `${lock}:${call.params[key]}`, async (tx) => {
      const found = await current(tx, call.actor, call.params, call.ctx.clock.now());
      if (found == null) return undefined;
      return 'version' in found && typeof found.version === 'number'
        ? { version: found.version }
        : { answer: toOutput(found, 'internal') };
    });
  }

  return {
    guard,

    /** Lists them in pages. @param find reads `page.limit` rows */
    page<Query extends z.ZodType, Field extends string, Value, Id extends Key>(
      id: OperationId,
      options: PageOptions & { query: Query; list: Listing<Row, Field, Value, Id> },
      find: (call: Call & Parsed<Query>, page: Page<Field, Value, Id>) => Promise<readonly Row[]>,
    ) {
      paged(api, id, `get ${path}`, { ...options, item: output, toItem: toOutput }, find);
    },

    create<Body extends z.ZodType>(
      id: OperationId,
      permission: Access,
      body: Body,
      make: (call: Call & Parsed<None, None, Body>) => Promise<Row>,
    ) {
      this.createAs(id, permission, body, output, async (call) => toOutput(await make(call), call.reader));
    },

    /** Creates one and responds with more than its usual fields, such as a secret. */
    createAs<Body extends z.ZodType, Made extends z.ZodType<Readonly<Record<Name, Key>>>>(
      id: OperationId,
      permission: Access,
      body: Body,
      made: Made,
      make: (call: Call & Parsed<None, None, Body>) => Promise<OutputOf<Made>>,
    ) {
      operation(api, id, `post ${path}`, { permission, body, output: made, status: 201 }, async (call) => {
        const response = await make(call);
        call.c.header('Location', `/api/v1${path}/${encodeURIComponent(response[key])}`);
        return response;
      });
    },

    get(
      id: OperationId,
      options: PageOptions,
      find: (call: Call & { readonly params: OutputOf<Params> }) => Promise<Row | Missing>,
    ) {
      const query = options.permission === 'public' ? publicQueryOnly : undefined;
      operation(api, id, `get ${one}`, { ...options, query, params, output }, async (call) =>
        respond(await find(call), call),
      );
    },

    change<Query extends z.ZodType = None, Body extends z.ZodType = None>(
      method: ChangeMethod,
      id: OperationId,
      options: ChangeOptions<Query, Body>,
      apply: (call: Call & Parsed<Query, Params, Body>) => Promise<Row | Missing>,
    ) {
      this.changeAs(method, id, { ...options, output }, async (call) => respond(await apply(call), call));
    },

    /** Changes one and responds with something else than its usual fields. */
    changeAs<Other extends z.ZodType, Query extends z.ZodType = None, Body extends z.ZodType = None>(
      method: ChangeMethod,
      id: OperationId,
      { suffix = '', ...options }: ChangeOptions<Query, Body> & { output: Other },
      apply: (call: Call & Parsed<Query, Params, Body>) => Promise<OutputOf<Other>>,
    ) {
      operation(api, id, `${method} ${one}${suffix}`, { ...options, params }, (call) =>
        apply({ ...call, ctx: guard(call) }),
      );
    },
  };
}
