import type { Context } from 'hono';
import type { Logger } from 'pino';
import type { Actor } from '../core/permissions.ts';
import type { ActionContext } from '../platform/transactions.ts';

/** What is known of a request. */
export interface Variables {
  /** Who sent the request; set before any route runs. */
  actor: Actor;
  /** Dependencies of the commands of this request. */
  ctx: ActionContext;
  log: Logger;
  /** The version of the resource in the response, where it has one: its `ETag` begins with it. */
  version?: number;
  /** The response without its secret, which is shown only once and never stored: the `ETag` is computed from this. */
  withoutSecret?: object;
}

export type RequestContext = Context<{ Variables: Variables }>;
