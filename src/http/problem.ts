import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ErrorKind, ErrorParams, Problem, UserError } from '../core/errors.ts';
import { utc } from '../core/time.ts';
import { httpErrorText, httpProblemText } from '../texts/http-errors.ts';
import { type FieldProblem, HTTP_ERRORS, HttpError, type HttpErrorCode } from './errors.ts';

/** Where the codes of errors are documented. */
export const ERROR_DOCS_PATH = '/api/docs/errors';

const params = z
  .record(z.string(), z.unknown())
  .optional()
  .openapi({ description: 'The parameters of the code, as its documentation lists them.' });

/** RFC 9457, with every field that is wrong in `errors`. */
export const problemBody = z
  .object({
    type: z.string().openapi({
      example: `https://lull.example.com${ERROR_DOCS_PATH}#maintenance-not-found`,
      description: `A URI that ends in the code of the error and leads to its documentation. All codes are at ${ERROR_DOCS_PATH}.`,
    }),
    title: z.string().openapi({ example: 'The request cannot be understood' }),
    status: z.int(),
    detail: z.string().openapi({ description: 'What was wrong, and what to do.' }),
    params,
    errors: z
      .array(
        z.object({
          field: z.string(),
          code: z.string().openapi({ example: 'text-too-long' }),
          message: z.string(),
          params,
        }),
      )
      .optional()
      .openapi({ description: 'Every field that is wrong.' }),
    version: z.int().optional().openapi({ description: 'With 409 and 412: the version there is now.' }),
  })
  .openapi('Problem');

export const STATUS_TITLES: Readonly<Record<number, string>> = {
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

export const STATUS_BY_KIND: Record<ErrorKind, 400 | 403 | 404 | 409> = {
  invalid: 400,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
};

/** Lets the answers of all requests link to where people reach Lull. */
export const withPublicUrl = (publicUrl: string | undefined) =>
  createMiddleware<{ Variables: { publicUrl: string | undefined } }>(async (c, next) => {
    c.set('publicUrl', publicUrl);
    await next();
  });

export interface ProblemMore {
  /** Where it is not the usual status of the code. */
  readonly status?: ContentfulStatusCode | undefined;
  readonly errors?: readonly FieldProblem[] | undefined;
  readonly version?: number | undefined;
}

/** Answers an error of the HTTP interface itself. */
export function problem(c: Context, code: HttpErrorCode, detail: string, more: ProblemMore = {}): Response {
  return respond(c, more.status ?? HTTP_ERRORS[code].status, { code, detail, ...more });
}

export function httpProblem(c: Context, { code, message, problems, version }: HttpError): Response {
  return problem(c, code, message, { errors: problems, version });
}

/** Answers an error that a rule or a command raised. */
export function userProblem(c: Context, error: UserError, version?: number): Response {
  return respond(c, STATUS_BY_KIND[error.kind], {
    code: error.code,
    detail: httpErrorText(error),
    params: Object.keys(error.params).length === 0 ? undefined : toWire(error.params),
    errors: error.problems.map(toFieldProblem),
    version,
  });
}

function toFieldProblem(problem: Problem): FieldProblem {
  const { field, code, params } = problem;
  const message = httpProblemText(problem);
  return { field, code, message, ...(Object.keys(params).length === 0 ? {} : { params: toWire(params) }) };
}

function respond(
  c: Context,
  status: ContentfulStatusCode,
  { code, detail, params, errors = [], version }: ProblemMore & { code: string; detail: string; params?: unknown },
): Response {
  const publicUrl: string | undefined = c.get('publicUrl');
  const body = {
    type: `${publicUrl ?? new URL(c.req.url).origin}${ERROR_DOCS_PATH}#${code}`,
    title: STATUS_TITLES[status] ?? 'The request failed',
    status,
    detail,
    ...(params === undefined ? {} : { params }),
    ...(errors.length === 0 ? {} : { errors }),
    ...(version === undefined ? {} : { version }),
  };
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json; charset=utf-8' });
}

/** The longest text in parameters that are answered; more is what the request has anyway. */
const MAX_PARAM_CHARS = 200;

/** Parameters as the HTTP API writes them: names in snake case, instants in UTC. */
export function toWire(params: ErrorParams): Record<string, unknown> {
  const snake = (name: string) => name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [snake(name), toWireValue(value)]));
}

function toWireValue(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, MAX_PARAM_CHARS).toWellFormed();
  if (value instanceof Date) return utc(value);
  if (Array.isArray(value)) return value.map(toWireValue);
  return typeof value === 'object' && value !== null ? toWire({ ...value }) : value;
}

/** What zod found, each at the field it is about, with the value where it is short enough to be shown. */
export function toProblems(error: z.core.$ZodError, input: unknown): FieldProblem[] {
  return error.issues.flatMap((issue): FieldProblem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: [...issue.path, key].join('.'),
        code: 'field-unknown',
        message: `${key} is not a field of this request. Leave it out, or check how it is written.`,
      }));
    }
    const [field, value] = placeOf(issue.path, input);
    if (value === undefined) {
      return [{ field, code: 'field-missing', message: `${field} is missing. ${issue.message}` }];
    }
    const shown = JSON.stringify(value) ?? String(value);
    const expected =
      issue.code === 'invalid_type' && issue.expected === 'object' ? 'Expected an object.' : issue.message;
    const message = `${field} is ${shown.length > 80 ? `${shown.slice(0, 79)}…` : shown}. ${expected}`;
    return [{ field, code: 'field-invalid', message }];
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

/** The error of a request with these problems. */
export function fieldsInvalid(problems: readonly FieldProblem[]): HttpError {
  return new HttpError('field-invalid', problems.map(({ message }) => message).join(' '), problems);
}
