import { isUtf8 } from 'node:buffer';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { HttpError } from './errors.ts';

/**
 * Hono's limit of bodies, which makes a stream of every body it looks at: here of those alone that do not say how long they
 * are, or are too long.
 * @param maxSize bytes
 */
export function limitBody(options: Required<Parameters<typeof bodyLimit>[0]>): MiddlewareHandler {
  const limit = bodyLimit(options);
  return (c, next) => {
    const length = Number(c.req.header('content-length') ?? 0);
    const isShort = length <= options.maxSize && c.req.header('transfer-encoding') === undefined;
    return isShort ? next() : limit(c, next);
  };
}

const METHODS_WITH_BODY = ['POST', 'PUT', 'PATCH', 'DELETE'];
const SUPPORTED = /^application\/([\w.-]+\+)?(json|yaml)\b/i;
const JSON_TYPE = /^application\/([\w.-]+\+)?json$/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)/i;

/** Parsers of bodies that are not JSON, by media type. */
export type BodyParsers = Readonly<Record<string, (text: string) => Promise<unknown>>>;

/**
 * Refuses a body that is not JSON or YAML in UTF-8. An empty one is an object without fields.
 * @throws HttpError `media-type-unsupported`, `body-malformed`
 */
export const checkBody = createMiddleware(async (c, next) => {
  if (!METHODS_WITH_BODY.includes(c.req.method)) return next();
  const body = await c.req.arrayBuffer();
  if (body.byteLength === 0) {
    // Some clients send the type of JSON with no body.
    const { url, method } = c.req.raw;
    const headers = new Headers(c.req.raw.headers);
    headers.set('content-type', 'application/json');
    c.req.raw = new Request(url, { method, headers, body: '{}' });
    c.req.bodyCache = {};
    return next();
  }
  const coding = c.req.header('content-encoding') ?? 'identity';
  if (coding.toLowerCase() !== 'identity') {
    const detail = `The body has the Content-Encoding ${JSON.stringify(coding)}. Send it as it is, without one.`;
    throw new HttpError('media-type-unsupported', detail);
  }
  const type = c.req.header('content-type') ?? '';
  if (!SUPPORTED.test(type) || !/^(utf-?8|us-ascii)$/i.test(CHARSET.exec(type)?.[1] ?? 'utf-8')) {
    const label = type === '' ? 'no Content-Type' : `the Content-Type ${JSON.stringify(type)}`;
    const yaml = /yaml/i.test(type) ? ' YAML, which a catalogue may be in, is application/yaml.' : '';
    const detail = `The body has ${label}. Send JSON in UTF-8, with Content-Type: application/json.${yaml}`;
    throw new HttpError('media-type-unsupported', detail);
  }
  if (!isUtf8(Buffer.from(body))) throw new HttpError('body-malformed', 'The body is not UTF-8. Send it in UTF-8.');
  return next();
});

/** Bounds the work of the schemas. A catalogue of ten thousand entries has about as many values. */
const MAX_VALUES = 100_000;
const MAX_LIST_ITEMS = 10_000;
/** More than any request has. */
const MAX_DEPTH = 32;

/** @throws HttpError `media-type-unsupported`, `body-malformed` */
export async function readBody(c: Context, parsers: BodyParsers = {}): Promise<unknown> {
  const type = (c.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const parse = parsers[type];
  if (parse !== undefined) {
    const body = await parse(await c.req.text());
    assertBounded(body);
    return body;
  }
  if (!JSON_TYPE.test(type)) {
    const detail = 'The body is in another form. Send JSON, with Content-Type: application/json.';
    throw new HttpError('media-type-unsupported', detail);
  }
  // Hono would make a response of the bytes to decode them.
  const text = new TextDecoder().decode(await c.req.arrayBuffer());
  return parseJson(text, 'The body is not JSON. Send a JSON object, with Content-Type: application/json.');
}

/** @throws HttpError `body-malformed` */
function assertBounded(body: unknown): void {
  let values = 0;
  let level = [body];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw malformed(`nested more than ${MAX_DEPTH} levels deep`);
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      const items: unknown[] = Array.isArray(value) ? value : Object.values(value);
      if (items.length > MAX_LIST_ITEMS)
        throw malformed(`with a list or object of more than ${MAX_LIST_ITEMS} entries`);
      // Parts that aliases of YAML share count each time.
      values += items.length;
      if (values > MAX_VALUES) throw malformed(`of more than ${MAX_VALUES} values`);
      for (const item of items) next.push(item);
    }
    level = next;
  }
}

const malformed = (why: string) => new HttpError('body-malformed', `The body is ${why}. Send less in one request.`);

/** Every text in a request that is JSON is parsed here. @throws HttpError `body-malformed` */
export function parseJson(text: string, malformedDetail: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpError('body-malformed', malformedDetail);
  }
  assertBounded(value);
  return value;
}
