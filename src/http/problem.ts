import { z } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ErrorKind, ErrorParams, Problem, UserError } from '../core/errors.ts';
import { utc } from '../core/time.ts';
import { httpErrorText, httpProblemText } from '../texts/http-errors.ts';
import { commonFieldTexts } from '../texts/openapi.ts';
import { type FieldProblem, HTTP_ERRORS, HttpError, type HttpErrorCode } from './errors.ts';

/** Where the codes of errors are documented. */
const ERROR_DOCS_PATH = '/api/docs/errors';

const params = z.record(z.string(), z.unknown()).optional().describe(commonFieldTexts.params);

/** RFC 9457, with every field that is not valid in `errors`. */
export const problemBody = z
  .object({
    type: z.string().openapi({
      example: `https://lull.example.com${ERROR_DOCS_PATH}#maintenance-not-found`,
      description: `A URI that ends in the code of the error and leads to its documentation. All codes are at ${ERROR_DOCS_PATH}.`,
    }),
    title: z.string().openapi({ example: 'The request cannot be understood' }),
    status: z.int(),
    detail: z.string().describe(commonFieldTexts.detail),
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
      .describe(commonFieldTexts.errors),
    version: z.int().optional().describe(commonFieldTexts.version),
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

export const STATUS_BY_KIND: Record<ErrorKind, 400 | 403 | 404 | 409 | 503> = {
  invalid: 400,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  unavailable: 503,
};

/** How long Slack is not asked again about somebody. */
const RETRY_AFTER_SECONDS = 60;

/** Makes the `type` of every problem lead to the public address. */
export const withPublicUrl = (publicUrl: string | undefined) =>
  createMiddleware<{ Variables: { publicUrl: string | undefined } }>(async (c, next) => {
    c.set('publicUrl', publicUrl);
    await next();
  });

interface ProblemOptions {
  /** Default: the status of the code. */
  readonly status?: ContentfulStatusCode | undefined;
  readonly errors?: readonly FieldProblem[] | undefined;
  readonly version?: number | undefined;
}

/** The response to an error of the HTTP interface itself. */
export function problem(c: Context, code: HttpErrorCode, detail: string, options: ProblemOptions = {}): Response {
  return respond(c, options.status ?? HTTP_ERRORS[code].status, { code, detail, ...options });
}

export function httpProblem(c: Context, { code, message, problems, version }: HttpError): Response {
  return problem(c, code, message, { errors: problems, version });
}

/** The response to an error that a rule or a command raised. */
export function userProblem(c: Context, error: UserError, version?: number): Response {
  return respond(c, STATUS_BY_KIND[error.kind], {
    code: error.code,
    detail: httpErrorText(error),
    ...optionalParams(error.params),
    errors: error.problems.map(toFieldProblem),
    version,
  });
}

function toFieldProblem(problem: Problem): FieldProblem {
  const { field, code, params } = problem;
  return { field, code, message: httpProblemText(problem), ...optionalParams(params) };
}

function optionalParams(params: ErrorParams) {
  return Object.keys(params).length === 0 ? {} : { params: toWire(params) };
}

function respond(
  c: Context,
  status: ContentfulStatusCode,
  { code, detail, params, errors = [], version }: ProblemOptions & { code: string; detail: string; params?: unknown },
): Response {
  if (status === 503) c.header('Retry-After', String(RETRY_AFTER_SECONDS));
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

/** Gives the problems that a compatible interface did not answer itself, such as those of the limits, its own body. */
export function problemsAs(toBody: (detail: string) => object): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (!c.res.headers.get('content-type')?.startsWith('application/problem+json')) return;
    const { detail } = problemBody.parse(await c.res.json());
    const headers = new Headers(c.res.headers);
    headers.set('content-type', 'application/json');
    headers.delete('content-length');
    const { status } = c.res;
    c.res = undefined;
    c.res = new Response(JSON.stringify(toBody(detail)), { status, headers });
  };
}

/** Longer texts are in the request anyway. */
const MAX_PARAM_CHARS = 200;

/** Parameters under their HTTP names (snake case), with instants in UTC. */
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

/** More help nobody, and a body of nothing but mistakes has thousands. */
const MAX_PROBLEMS = 100;

/** The first issues that zod found, each with its field and the value. */
export function toProblems(error: z.core.$ZodError, input: unknown): FieldProblem[] {
  const problems = error.issues.slice(0, MAX_PROBLEMS).flatMap((issue): FieldProblem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.slice(0, MAX_PROBLEMS).map((key) => ({
        field: [...issue.path, key].join('.'),
        code: 'field-unknown',
        message: `${key} is not a field of this request. Leave it out, or check how it is written.`,
      }));
    }
    const [field, value] = fieldAt(issue.path, input);
    if (value === undefined) {
      return [{ field, code: 'field-missing', message: `${field} is missing. ${issue.message}` }];
    }
    const shown = JSON.stringify(value) ?? String(value);
    const expected =
      issue.code === 'invalid_type' && issue.expected === 'object' ? 'Expected an object.' : issue.message;
    const message = `${field} is ${shown.length > 80 ? `${shown.slice(0, 79)}…` : shown}. ${expected}`;
    return [{ field, code: 'field-invalid', message }];
  });
  return problems.slice(0, MAX_PROBLEMS);
}

/** The name and value at a path. A parameter that came once is parsed as a list of one, but keeps its name. */
function fieldAt(path: readonly PropertyKey[], input: unknown): [field: string, value: unknown] {
  let value = input;
  const names: string[] = [];
  for (const key of path) {
    if (key === 0 && typeof value === 'string') continue;
    names.push(String(key));
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  }
  return [names.join('.') || 'body', value];
}

export function fieldsInvalid(problems: readonly FieldProblem[]): HttpError {
  return new HttpError('field-invalid', problems.map(({ message }) => message).join(' '), problems);
}
