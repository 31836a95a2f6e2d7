import type { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Ground } from '../../actions/action.ts';
import type { Actor } from '../../domain/permissions.ts';
import { problemBody } from '../problem.ts';

export interface Variables {
  /** Who asks; set before any route runs. */
  actor: Actor;
}

export type Api = OpenAPIHono<{ Variables: Variables }>;

/** What the routes stand on. */
export interface Resources {
  readonly ground: Ground;
  /** The names of the providers that are configured. */
  readonly providers: readonly string[];
}

const json = <T extends z.ZodType>(schema: T) => ({ content: { 'application/json': { schema } } });

export const body = <T extends z.ZodType>(schema: T) => ({ body: { ...json(schema), required: true } });

export const answers = <T extends z.ZodType>(description: string, schema: T) => ({ description, ...json(schema) });

const failure = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemBody } },
});

/** The failures that any route may answer with. */
export const failures = {
  400: failure('Something in the request is wrong; `errors` names every field.'),
  401: failure('No token, or one that is not valid.'),
  403: failure('The token does not have the right.'),
  404: failure('There is none with this id.'),
  409: failure('The present state does not allow it.'),
} as const;

export const security = [{ token: [] as string[] }];
