import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Problem, UserErrorKind } from '../core/errors.ts';

/** RFC 9457, with every field that is wrong in `errors`. */
export const problemBody = z
  .object({
    type: z.string().openapi({ example: 'about:blank' }),
    title: z.string().openapi({ example: 'The request cannot be understood' }),
    status: z.int(),
    detail: z.string().openapi({ description: 'What was wrong, and what to do.' }),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'Every field that is wrong.' }),
    version: z.int().optional().openapi({ description: 'With 409 and 412: the version there is now.' }),
  })
  .openapi('Problem');

const TITLES: Record<number, string> = {
  400: 'The request cannot be understood',
  401: 'Who is asking is not known',
  403: 'Not allowed',
  404: 'Not found',
  409: 'The present state does not allow it',
  412: 'Changed since',
  413: 'The request is too large',
  415: 'Not in a form that is read here',
  422: 'The key came with another request',
  429: 'Too many requests',
  500: 'Something went wrong inside Lull',
  503: 'Not ready',
};

export const STATUS_BY_KIND: Record<UserErrorKind, 400 | 403 | 404 | 409> = {
  invalid: 400,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
};

/** Answers with `application/problem+json`. */
export function problem(
  c: Context,
  status: ContentfulStatusCode,
  detail: string,
  errors: readonly Problem[] = [],
  { version }: { readonly version?: number | undefined } = {},
): Response {
  const body: z.infer<typeof problemBody> = {
    type: 'about:blank',
    title: TITLES[status] ?? 'The request failed',
    status,
    detail,
    ...(errors.length === 0 ? {} : { errors: [...errors] }),
    ...(version === undefined ? {} : { version }),
  };
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json; charset=utf-8' });
}

/** What zod found, each at the field it is about, with the value where it is short enough to be shown. */
export function toProblems(error: z.core.$ZodError, input: unknown): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: [...issue.path, key].join('.'),
        message: `${key} is not a field of this request. Leave it out, or check how it is written.`,
      }));
    }
    const [field, value] = placeOf(issue.path, input);
    if (value === undefined) return [{ field, message: `${field} is missing. ${issue.message}` }];
    const shown = JSON.stringify(value) ?? String(value);
    const expected =
      issue.code === 'invalid_type' && issue.expected === 'object' ? 'Expected an object.' : issue.message;
    return [{ field, message: `${field} is ${shown.length > 80 ? `${shown.slice(0, 79)}…` : shown}. ${expected}` }];
  });
}

/** What a path leads to, and how that is called. A parameter that came once is read as a list of one, and called by its name. */
function placeOf(path: readonly PropertyKey[], input: unknown): [field: string, value: unknown] {
  let value = input;
  const names: string[] = [];
  for (const key of path) {
    if (key === 0 && typeof value === 'string') continue;
    names.push(String(key));
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  }
  return [names.join('.') || 'body', value];
}
