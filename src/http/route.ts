import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import { findAccount } from '../access/accounts.ts';
import { type Actor, authorizeAny, leastRole, type Permission, type Reader, toReader } from '../core/permissions.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { commonFieldTexts, DOCUMENT_TEXTS, type OperationId, operationText } from '../texts/openapi.ts';
import { type BodyParsers, checkBody, limitBody, readBody } from './body.ts';
import { send } from './conditional.ts';
import type { RequestContext, Variables } from './context.ts';
import { bodyTooLarge, MAX_BODY_BYTES } from './errors.ts';
import { idempotent } from './idempotency.ts';
import { fieldsInvalid, problem, problemBody, toProblems } from './problem.ts';

export type Api = OpenAPIHono<{ Variables: Variables }>;

/** What a handler gets, besides the parts of its request. */
export interface Call {
  readonly c: RequestContext;
  readonly ctx: ActionContext;
  readonly db: ActionContext['database'];
  readonly actor: Actor;
  readonly accountId: number;
  readonly reader: Reader;
}

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete';
/** The schema of a part of a request that an operation does not have. */
export type None = z.ZodUndefined;
export type OutputOf<Schema extends z.ZodType> = Schema['_zod']['output'];
/** What a handler gets of a request. */
export interface Parsed<Query extends z.ZodType, Params extends z.ZodType = None, Body extends z.ZodType = None> {
  readonly query: OutputOf<Query>;
  readonly params: OutputOf<Params>;
  readonly body: OutputOf<Body>;
}

/** Who may call an operation: those with the permission, those with one of several, or anybody, without a token. */
export type Access = Permission | readonly [Permission, ...Permission[]] | 'public';

export interface OperationOptions<Query, Params, Body> {
  readonly query?: Query | undefined;
  readonly params?: Params;
  readonly body?: Body;
  /** Checked before the body is read, and shown in the document. */
  readonly permission: Access;
  /** Default: 200 */
  readonly status?: 200 | 201 | 202;
  /** Default: `application/json`. The handler of another type returns a Response. */
  readonly type?: string;
  /** A second status with the same body. */
  readonly otherwise?: { readonly status: number; readonly answer: string };
  /** For bodies that are not JSON. */
  readonly parsers?: BodyParsers;
  /** Default: `MAX_BODY_BYTES` */
  readonly maxBodyBytes?: number;
}

type OptionName = keyof OperationOptions<unknown, unknown, unknown> | 'output' | 'list' | 'item' | 'toItem' | 'suffix';
/** For options in a constant, where TypeScript would not report a misspelled `permission`: `satisfies NamedOptions`. */
export type NamedOptions = { readonly [Name in OptionName]?: unknown };

export const jsonContent = (schema: z.ZodType, types = ['application/json']) => ({
  content: Object.fromEntries(types.map((type) => [type, { schema }])),
});

/** The failures of every operation; document.ts adds those that depend on its method. */
const FAILURES = Object.fromEntries(
  ([400, 401, 403, 404, 409] as const).map((status) => [
    status,
    { description: DOCUMENT_TEXTS.failures[status], ...jsonContent(problemBody, ['application/problem+json']) },
  ]),
);

/**
 * Declares an operation: its route, its description in the OpenAPI document, and its handler.
 *
 *     operation(api, 'getSettings', 'get /settings', { output: settingsOut }, ({ ctx, actor }) => ...);
 *
 * @param id names its texts in `texts/openapi.ts`
 * @param route method and path, such as `get /scopes/{id}`
 * @param handle returns the body of the response, or a Response
 */
export function operation<
  Output extends z.ZodType,
  Query extends z.ZodType = None,
  Params extends z.ZodType = None,
  Body extends z.ZodType = None,
>(
  api: Api,
  id: OperationId,
  route: `${Method} /${string}`,
  options: OperationOptions<Query, Params, Body> & { readonly output: Output },
  handle: (call: Call & Parsed<Query, Params, Body>) => Promise<OutputOf<Output> | Response>,
): void {
  const [method, path] = route.split(' ') as [Method, string];
  const { query, params, body, output, permission, status = 200, type, otherwise, parsers } = options;
  const { maxBodyBytes = MAX_BODY_BYTES } = options;
  const { tag, summary, answer, description } = operationText(id);
  api.openAPIRegistry.registerPath({
    method,
    path,
    operationId: id,
    summary,
    ...(description !== undefined && { description }),
    tags: [tag],
    ...describeAccess(permission),
    request: {
      ...(query instanceof z.ZodObject && { query }),
      ...(params instanceof z.ZodObject && { params }),
      ...(body && {
        body: {
          ...jsonContent(body, ['application/json', ...Object.keys(parsers ?? {})]),
          // An empty change changes nothing, so it is more likely a mistake than a shorthand.
          required: method === 'patch' || !body.safeParse({}).success,
        },
      }),
    },
    responses: {
      [status]: { description: answer, ...jsonContent(output, type === undefined ? undefined : [type]) },
      ...(otherwise && { [otherwise.status]: { description: otherwise.answer, ...jsonContent(output) } }),
      ...FAILURES,
    },
  });
  const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1');
  api.on(method, pattern, permit(permission));
  if (method !== 'get') {
    const onError = (c: Context) => problem(c, 'body-too-large', bodyTooLarge(maxBodyBytes));
    api.on(method, pattern, limitBody({ maxSize: maxBodyBytes, onError }), checkBody);
  }
  if (method === 'post') api.on(method, pattern, idempotent);
  api.on(method, pattern, async (c) => {
    const [actor, ctx] = [c.get('actor'), c.get('ctx')];
    const parts = await parseRequest(c, options);
    const { accountId } = actor;
    const result = await handle({ c, ctx, db: ctx.database, actor, accountId, reader: toReader(actor), ...parts });
    if (result instanceof Response) return result;
    if (typeof result === 'object' && result !== null && 'version' in result && typeof result.version === 'number') {
      c.set('version', result.version);
    }
    return send(c, JSON.stringify(result), { status });
  });
}

/** A permission, or a list of which any one is enough, as `x-permission`; and the least role that has it. */
function describeAccess(access: Access) {
  if (access === 'public') return { security: [{ token: [] }, {}] };
  const [first] = typeof access === 'string' ? [access] : access;
  return { security: [{ token: [leastRole(first)] }], 'x-permission': access };
}

/** @throws UserError `role-required` or `limited-to-scopes`, before anything of the body is read */
function permit(access: Access) {
  return createMiddleware<{ Variables: Variables }>(async (c, next) => {
    if (access !== 'public') authorizeAny(c.get('actor'), typeof access === 'string' ? [access] : access);
    return next();
  });
}

/** @throws HttpError `field-invalid` and the like with the problems of the first part that is not valid */
async function parseRequest<Query extends z.ZodType, Params extends z.ZodType, Body extends z.ZodType>(
  c: Context,
  { query, params, body, parsers }: OperationOptions<Query, Params, Body>,
): Promise<Parsed<Query, Params, Body>> {
  return {
    query: query && parsePart(query, knownQuery(query, rawQuery(c))),
    params: params && parsePart(params, c.req.param()),
    body: body && parsePart(body, await readBody(c, parsers)),
  };
}

/** Every operation takes `account`, which is read before the operation. */
function knownQuery(schema: z.ZodType, { account, ...query }: ReturnType<typeof rawQuery>) {
  const isKnown = schema instanceof z.ZodObject && 'account' in schema.shape;
  return isKnown && account !== undefined ? { ...query, account } : query;
}

function parsePart<Schema extends z.ZodType>(schema: Schema, input: unknown): OutputOf<Schema> {
  const result = schema.safeParse(input);
  if (!result.success) throw fieldsInvalid(toProblems(result.error, input));
  return result.data;
}

/** The parameters as they were sent: a text, or a list of texts where one came several times. */
export function rawQuery(c: Context): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  );
}

/** Adds the secret of something just made to its response, and keeps it out of what is stored. */
export function withSecret<Plain extends object, Secret extends object>(
  { c }: Pick<Call, 'c'>,
  plain: Plain,
  secret: Secret,
): Plain & Secret {
  c.set('withoutSecret', plain);
  return { ...plain, ...secret };
}

/** The parameter of every operation that can be read without a token. */
export const publicQuery = {
  account: z
    .string({ error: 'Expected one Slack team id.' })
    .optional()
    .openapi({ description: commonFieldTexts.account, example: 'T0123456789' }),
};

export const publicQueryOnly = z.strictObject(publicQuery);

/** The zone of times without an offset: that of the request, else the account's. */
export async function resolveZone({ db, accountId }: Call, timezone: string | undefined): Promise<string> {
  return timezone ?? (await findAccount(db, accountId))?.timezone ?? 'UTC';
}

/**
 * The route that serves a request, as it is declared: `/api/v1/maintenances/:id`. `none` for a path that no route serves,
 * so that metrics do not grow with made-up paths.
 */
export function matchedRoute(c: Context): string {
  return matchedRoutes(c).findLast(({ path }) => !path.endsWith('*'))?.path ?? 'none';
}
