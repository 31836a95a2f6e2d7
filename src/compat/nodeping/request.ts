import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { WRONG_TOKEN } from '../../http/limits.ts';
import { RequestError } from './request-error.ts';

export type Env = {
  /** Where it runs on Node's own server, what that knows of the request. */
  Bindings: Partial<HttpBindings>;
  Variables: { [WRONG_TOKEN]: boolean };
};

export const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/** The largest body (bytes). */
export const MAX_BODY_BYTES = 1_000_000;

/** A request, wherever its client put what it has to say. */
export interface NodePingRequest {
  readonly method: Method;
  /** What the client names; null means that it says nothing of it. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly token: string | undefined;
}

/**
 * Reads a request: its members from the query, from a form, from a JSON body on any method, and from a parameter `json`,
 * each winning over those before it; its token from any of them, or from the user name of HTTP Basic; its method from
 * `action` in the query, if that is there.
 * @throws RequestError
 */
export async function readRequest(c: Context<Env>): Promise<NodePingRequest> {
  const query = parametersOf(new URL(c.req.url).searchParams);
  const body = bodyOf(await textOf(c));
  const all = { ...query, ...jsonIn(query.json), ...body, ...jsonIn(body.json) };
  const members = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
  return {
    method: methodOf(typeof query.action === 'string' ? query.action : c.req.method),
    members,
    token: typeof members.token === 'string' ? members.token : tokenIn(c.req.header('authorization')),
  };
}

function methodOf(asked: string): Method {
  const method = METHODS.find((known) => known === asked.toUpperCase());
  if (method !== undefined) return method;
  throw new RequestError(`The action is ${JSON.stringify(asked)}; expected one of ${METHODS.join(', ')}.`);
}

/** The user name of HTTP Basic, with or without the colon after it, or a bearer token. */
function tokenIn(header: string | undefined): string | undefined {
  const [, scheme, credentials = ''] = /^(Basic|Bearer) +(\S+)$/i.exec(header ?? '') ?? [];
  if (scheme === undefined) return undefined;
  if (scheme.toLowerCase() === 'bearer') return credentials;
  return Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0];
}

/** A body that is an object is JSON, whatever its type says; anything else is a form. */
function bodyOf(text: string): Record<string, unknown> {
  const body = text.trim();
  if (body === '') return {};
  return /^[[{"]/.test(body) ? objectIn(body, 'The body') : parametersOf(new URLSearchParams(body));
}

function jsonIn(parameter: unknown): Record<string, unknown> {
  return typeof parameter === 'string' ? objectIn(parameter, 'The parameter json') : {};
}

function objectIn(text: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RequestError(`${where} is not JSON. Send an object, such as {"duration":60}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RequestError(`${where} is not a JSON object. Send an object, such as {"duration":60}.`);
  }
  return { ...value };
}

/** A parameter that comes several times is a list. */
function parametersOf(parameters: URLSearchParams): Record<string, unknown> {
  const names = [...new Set(parameters.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

async function textOf(c: Context<Env>): Promise<string> {
  // The body of a GET is lost in a web Request: it is read from Node's.
  const { incoming } = c.env ?? {};
  if (c.req.method !== 'GET' || incoming === undefined) return c.req.text();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES) throw new RequestError(`The body is larger than ${MAX_BODY_BYTES} bytes. Send less.`);
  return Buffer.concat(chunks).toString('utf8');
}
