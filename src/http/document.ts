import type { OpenAPIHono } from '@hono/zod-openapi';
import { DOCUMENT_DESCRIPTION, TAGS } from '../texts/openapi.ts';
import { KEY_HEADER } from './idempotency.ts';
import type { Variables } from './route.ts';

type Document = ReturnType<OpenAPIHono<{ Variables: Variables }>['getOpenAPI31Document']>;
type Operation = NonNullable<NonNullable<Document['paths']>[string]['get']>;
type Responses = NonNullable<Operation['responses']>;

/** What every operation has in common, told of each in the document that the routes describe. */
export function buildDocument(api: OpenAPIHono<{ Variables: Variables }>): Document {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Lull', version: '1', description: DOCUMENT_DESCRIPTION, license: { name: 'MIT' } },
    servers: [{ url: '/api/v1' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  });
  // What is at `/freezes` is found at `/freezes/{id}`.
  const one = new Set(
    Object.entries(document.paths ?? {}).flatMap(([path, { get }]) =>
      get !== undefined && path.endsWith('}') ? [path.replace(/\/\{[^/]+\}$/, '')] : [],
    ),
  );
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of ['get', 'put', 'post', 'patch', 'delete'] as const) {
      const operation: Operation | undefined = item[method];
      if (operation !== undefined) complete(path, method, operation, one.has(path));
    }
  }
  return document;
}

function complete(path: string, method: string, operation: Operation, found: boolean): void {
  const reads = method === 'get';
  // What there is one of has no id.
  // A sync is held to the difference that was seen.
  const onOne = (/\{[^}]+\}/.test(path) || method !== 'post') && !path.endsWith('/sync');
  operation.parameters = [
    ...(operation.parameters ?? []),
    ...(method === 'post'
      ? [
          header(
            KEY_HEADER,
            'Any text of 1 to 255 visible ASCII characters, such as a UUID. For 24 hours the same request with the same key is done once, and answered again as it was.',
          ),
        ]
      : []),
    ...(!reads && onOne
      ? [header('If-Match', 'The `ETag` of what is changed, or `*`: it is changed only while that is what there is.')]
      : []),
    ...(reads ? [header('If-None-Match', 'An `ETag`: what has it still is answered with 304 and no body.')] : []),
  ];
  const responses: Responses = operation.responses ?? {};
  for (const status of ['200', '201']) {
    const response = responses[status];
    if (response === undefined || '$ref' in response) continue;
    response.headers = {
      ...response.headers,
      ETag: { description: 'Changes with what is answered.', required: true, schema: { type: 'string' } },
      ...limits,
      ...(reads && listed(operation)
        ? { Link: { description: 'The next page, as `rel="next"`, where there is one.', schema: { type: 'string' } } }
        : {}),
      ...(status === '201' && found
        ? { Location: { description: 'Where it is.', required: true, schema: { type: 'string' } } }
        : {}),
      ...(method === 'post'
        ? {
            'Idempotency-Replayed': {
              description: 'true: answered again, not done again.',
              schema: { type: 'string' },
            },
          }
        : {}),
    };
  }
  operation.responses = {
    ...responses,
    ...(reads ? { 304: { description: 'As it was; no body.' } } : {}),
    ...(reads ? {} : { 413: problemOf('The body is too large.'), 415: problemOf('The body is not JSON.') }),
    ...(!reads && onOne ? { 412: problemOf('It was changed since; `version` says which it has now.') } : {}),
    ...(method === 'post' ? { 422: problemOf('The Idempotency-Key came with another request before.') } : {}),
    429: {
      ...problemOf('Too many requests.'),
      headers: { ...limits, 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } },
    },
    500: problemOf('Something went wrong inside Lull.'),
    503: problemOf('Lull is not ready yet.'),
  };
}

const limits = {
  RateLimit: { description: 'How many requests are left, and for how many seconds.', schema: { type: 'string' } },
  'RateLimit-Policy': { description: 'How many requests are allowed in how many seconds.', schema: { type: 'string' } },
} as const;

function header(name: string, description: string) {
  return { name, in: 'header' as const, required: false, description, schema: { type: 'string' as const } };
}

function problemOf(description: string) {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** A list has pages where it takes a cursor. */
function listed({ parameters = [] }: Operation): boolean {
  return parameters.some((parameter) => 'name' in parameter && parameter.name === 'cursor');
}
