import { DOCUMENT_DESCRIPTION, DOCUMENT_TEXTS, TAGS } from '../texts/openapi.ts';
import { KEY_HEADER } from './idempotency.ts';
import type { Api } from './route.ts';

export type Document = ReturnType<Api['getOpenAPI31Document']>;
type PathItem = NonNullable<Document['paths']>[string];
export type DescribedOperation = NonNullable<PathItem['get']>;

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;

/** Every operation of a document, in its order. */
export function listOperations({ paths = {} }: Document) {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const described = item[method];
      return described === undefined ? [] : [{ path, method, described }];
    }),
  );
}

/** The OpenAPI document of the routes, with the headers and failures that operations have in common. */
export function buildDocument(api: Api): Document {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Lull', version: '1', description: DOCUMENT_DESCRIPTION, license: { name: 'MIT' } },
    servers: [{ url: '/api/v1' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  });
  const operations = listOperations(document);
  // A list has a `Location` for each new item where `GET` finds one.
  const withItems = operations.flatMap(({ path, method }) =>
    method === 'get' && path.endsWith('}') ? [path.replace(/\/\{[^/]+\}$/, '')] : [],
  );
  for (const { path, method, described } of operations) {
    complete(path, method, described, withItems.includes(path));
  }
  return document;
}

function complete(path: string, method: string, operation: DescribedOperation, hasLocation: boolean): void {
  const [isGet, isPost] = [method === 'get', method === 'post'];
  // A resource without siblings has no id. A sync is compared with the difference that was previewed instead.
  const hasIfMatch = !isGet && (path.includes('{') || !isPost) && !path.endsWith('/sync');
  const { parameters = [], responses = {} } = operation;
  const texts = DOCUMENT_TEXTS.headers;
  const isPaged = isGet && parameters.some((parameter) => 'name' in parameter && parameter.name === 'cursor');
  operation.parameters = [
    ...parameters,
    ...(isPost ? [requestHeader(KEY_HEADER, texts.idempotencyKey)] : []),
    ...(hasIfMatch ? [requestHeader('If-Match', texts.ifMatch)] : []),
    ...(isGet ? [requestHeader('If-None-Match', texts.ifNoneMatch)] : []),
  ];
  for (const status of ['200', '201']) {
    const response = responses[status];
    if (response === undefined || '$ref' in response) continue;
    response.headers = {
      ...response.headers,
      ETag: { description: texts.etag, required: true, schema: { type: 'string' } },
      ...LIMIT_HEADERS,
      ...(isPaged && { Link: { description: texts.link, schema: { type: 'string' } } }),
      ...(status === '201' &&
        hasLocation && { Location: { description: texts.location, required: true, schema: { type: 'string' } } }),
      ...(isPost && { 'Idempotency-Replayed': { description: texts.replayed, schema: { type: 'string' } } }),
    };
  }
  const { failures } = DOCUMENT_TEXTS;
  operation.responses = {
    ...responses,
    ...(isGet
      ? { 304: { description: DOCUMENT_TEXTS.unchanged } }
      : { 413: problem(failures[413]), 415: problem(failures[415]) }),
    ...(hasIfMatch && { 412: problem(failures[412]) }),
    ...(isPost && { 422: problem(failures[422]) }),
    429: {
      ...problem(failures[429]),
      headers: { ...LIMIT_HEADERS, 'Retry-After': { description: texts.retryAfter, schema: { type: 'integer' } } },
    },
    500: problem(failures[500]),
    503: problem(failures[503]),
  };
}

const LIMIT_HEADERS = {
  RateLimit: { description: DOCUMENT_TEXTS.headers.rateLimit, schema: { type: 'string' } },
  'RateLimit-Policy': { description: DOCUMENT_TEXTS.headers.rateLimitPolicy, schema: { type: 'string' } },
} as const;

function requestHeader(name: string, description: string) {
  return { name, in: 'header' as const, required: false, description, schema: { type: 'string' as const } };
}

function problem(description: string) {
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}
