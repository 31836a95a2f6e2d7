import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import { findAccount } from '../access/accounts.ts';
import type { ProviderDependencies } from '../checks/provider-commands.ts';
import type { Lister } from '../checks/sync.ts';
import { type Actor, authorize, type Limited, toReader } from '../core/permissions.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { problemBody } from './problem.ts';

export interface Variables {
  /** Who asks; set before any route runs. */
  actor: Actor;
  /** What the actions of this request stand on. */
  ctx: ActionContext;
  /** The version of what is answered, where it has one: its `ETag` begins with it. */
  version?: number;
  /** What is answered without its secret, which is shown this once and not kept to be answered again: the `ETag` is of that. */
  withoutSecret?: object;
}

export type Api = OpenAPIHono<{ Variables: Variables }>;
export type RequestContext = Context<{ Variables: Variables }>;

/** What the routes stand on. */
export interface Resources {
  readonly ctx: ActionContext;
  /** How monitoring systems are configured. */
  readonly providers: ProviderDependencies & { readonly list: Lister };
}

const json = <T extends z.ZodType>(schema: T) => ({ content: { 'application/json': { schema } } });

export const body = <T extends z.ZodType>(schema: T) => ({ body: { ...json(schema), required: true } });

/** A body that may be left out. */
export const optionalBody = <T extends z.ZodType>(schema: T) => ({ body: { ...json(schema), required: false } });

export const jsonResponse = <T extends z.ZodType>(description: string, schema: T) => ({ description, ...json(schema) });

const failure = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemBody } },
});

/** The failures that any route may answer with; document.ts adds those that come with what it takes. */
export const failures = {
  400: failure('Something in the request is wrong; `errors` names every field.'),
  401: failure('No token, or one that is not valid.'),
  403: failure('The token does not have the right.'),
  404: failure('There is none with this id.'),
  409: failure('The present state does not allow it.'),
} as const;

export const security = [{ token: [] as string[] }];
/** Read without a token, too: what is public of it. */
export const readableByAll = [{ token: [] as string[] }, {}];

/** The parameter of every route that is readable by all. */
export const publicQuery = {
  account: z.string({ error: 'Expected one Slack team id.' }).optional().openapi({
    description: 'Without a token: which workspace is read (its Slack team id), where several use this Lull.',
    example: 'T0123456789',
  }),
};

/**
 * As whom somebody of the account reads what is nothing for the public.
 * @throws UserError of kind `forbidden`
 */
export function assertMember(c: RequestContext): Limited | 'internal' {
  authorize(c.get('actor'), 'read');
  const reader = toReader(c.get('actor'));
  if (reader === 'public') throw new Error('somebody who may read is not the public');
  return reader;
}

/** The zone of times without an offset: that of the request, else the account's. */
export async function resolveZone(c: RequestContext, timezone: string | undefined): Promise<string> {
  if (timezone !== undefined) return timezone;
  const account = await findAccount(c.get('ctx').database, c.get('actor').accountId);
  return account?.timezone ?? 'UTC';
}

export const publicQueryOnly = z.strictObject(publicQuery);

/**
 * The route that answers a request, as it is declared: `/api/v1/maintenances/:id`. What answers all paths is none of its
 * own, and what nothing answers has any path that somebody made up: those are `none`.
 */
export function matchedRoute(c: Context): string {
  return matchedRoutes(c).findLast(({ path }) => !path.endsWith('*'))?.path ?? 'none';
}
