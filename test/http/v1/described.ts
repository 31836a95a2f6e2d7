import { type ErrorObject, Ajv2020 as Validator } from 'ajv/dist/2020.js';
import { z } from 'zod';
import type { TestResponse, TestServer } from '../served.ts';

const schema = z.record(z.string(), z.unknown());
export type Schema = z.infer<typeof schema>;

const parameter = z.looseObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().default(false),
  schema,
});
const response = z.looseObject({
  headers: z.record(z.string(), z.looseObject({ required: z.boolean().default(false) })).default({}),
  content: z.record(z.string(), z.object({ schema })).default({}),
});
const operation = z.looseObject({
  operationId: z.string(),
  parameters: z.array(parameter).default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema })) }).optional(),
  responses: z.record(z.string(), response),
});
const document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), schema) }),
});

export interface Operation extends z.infer<typeof operation> {
  /** Upper case. */
  readonly method: string;
  /** Path template below `/api/v1`, with `{parameters}`. */
  readonly path: string;
}

/** Reads the OpenAPI document at `/api/v1/openapi.json`. */
export async function described(at: TestServer) {
  const { text } = await at.send('GET', '/api/v1/openapi.json');
  const { paths, components } = document.parse(JSON.parse(text));
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]): Operation => ({ ...each, method: method.toUpperCase(), path })),
  );
  return { operations, schemas: components.schemas, complaints: inspector(components.schemas) };
}
export type Described = Awaited<ReturnType<typeof described>>;

const DOCUMENT = 'document';
/** Instants in responses are in UTC with seconds. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** Headers of every response. */
const ALWAYS = ['x-request-id', 'ratelimit', 'ratelimit-policy'];
const ALSO: Readonly<Record<number, string>> = { 401: 'www-authenticate', 429: 'retry-after' };

/** Returns a function that lists the differences between a response and the document. */
function inspector(schemas: Readonly<Record<string, Schema>>) {
  const validator = new Validator({ strict: false, allErrors: true, formats: { 'date-time': INSTANT, uuid: UUID } });
  const components = { schemas: Object.fromEntries(Object.entries(schemas).map(([name, is]) => [name, within(is)])) };
  validator.addSchema({ components }, DOCUMENT);
  const known = new Map<Schema, ReturnType<typeof validator.compile>>();

  function wrongIn(body: unknown, is: Schema): string[] {
    let validate = known.get(is);
    if (validate === undefined) {
      validate = validator.compile(whole(is));
      known.set(is, validate);
    }
    return validate(body) ? [] : (validate.errors ?? []).map(textOf);
  }

  return ({ responses }: Operation, { status, headers, text }: TestResponse): string[] => {
    const expected = responses[status];
    if (expected === undefined) return [`status ${status} is not in the document`];
    const missing = [
      ...ALWAYS,
      ...(ALSO[status] === undefined ? [] : [ALSO[status]]),
      ...Object.entries(expected.headers).flatMap(([name, { required }]) => (required ? [name.toLowerCase()] : [])),
    ].filter((name) => headers[name] === undefined);
    const wrong = missing.map((name) => `${status} without ${name}`);
    const types = Object.keys(expected.content);
    const [type] = (headers['content-type'] ?? '').split(';');
    if (types.length === 0) return [...wrong, ...(text === '' ? [] : [`${status} with a body`])];
    const content = expected.content[type ?? ''];
    if (content === undefined) return [...wrong, `${status} with the content type ${type}`];
    if (!/json$/.test(type ?? '')) return wrong;
    return [...wrong, ...wrongIn(JSON.parse(text), content.schema).map((each) => `${status}: ${each}`)];
  };
}

function textOf({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath.replaceAll(/\/\d+/g, '/n')} ${message} ${JSON.stringify(params)}`;
}

/** A schema of a complete value, without undocumented properties. */
function whole(is: Schema): Schema {
  const named = ['$ref', 'properties', 'allOf', 'anyOf', 'oneOf'].some((word) => is[word] !== undefined);
  return named ? { ...within(is), unevaluatedProperties: false } : within(is);
}

/** A schema of a part of a value, which other schemas extend. */
function within(is: Schema): Schema {
  const { $ref, properties, items, additionalProperties, allOf, anyOf, oneOf } = is;
  const mapped = (of: unknown, each: (is: Schema) => Schema) => z.array(schema).parse(of).map(each);
  return {
    ...is,
    ...(typeof $ref === 'string' ? { $ref: `${DOCUMENT}${$ref}` } : {}),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(z.record(z.string(), schema).parse(properties)).map(([name, of]) => [name, whole(of)]),
          ),
        }),
    ...(items === undefined ? {} : { items: whole(schema.parse(items)) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: whole(schema.parse(additionalProperties)) }
      : {}),
    ...(allOf === undefined ? {} : { allOf: mapped(allOf, within) }),
    ...(anyOf === undefined ? {} : { anyOf: mapped(anyOf, within) }),
    ...(oneOf === undefined ? {} : { oneOf: mapped(oneOf, within) }),
  };
}
