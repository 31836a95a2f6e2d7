import { isUtf8 } from 'node:buffer';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { z } from 'zod';
import { parseJson } from '../../http/body.ts';
import { bodyTooLarge, MAX_BODY_BYTES } from '../../http/errors.ts';
import type { ADMIT, Admit, WRONG_TOKEN } from '../../http/limits.ts';
import { toProblems } from '../../http/problem.ts';

export type Env = {
  /** On Node's own server. */
  Bindings: Partial<HttpBindings>;
  Variables: { [ADMIT]?: Admit; [WRONG_TOKEN]: boolean };
};

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;

/** A request that is refused, with a text for its reader. */
export class RequestError extends Error {}

type Members = Readonly<Record<string, unknown>>;

export interface NodePingRequest {
  readonly method: (typeof METHODS)[number];
  /** Without those that are null. */
  readonly members: Members;
  readonly token: string | undefined;
}

/**
 * Reads a request without its body: its members from the query and the parameter `json` in it, which wins; its token from
 * one of them, or from the user name of HTTP Basic; its method from `action` in the query, if it is there.
 * @throws RequestError, HttpError `body-malformed`
 */
export function readHead(c: Context<Env>): NodePingRequest {
  const query = readParameters(new URL(c.req.url).searchParams);
  const members = { ...query, ...readJsonParameter(query.json) };
  const action = typeof query.action === 'string' ? query.action : c.req.method;
  const method = METHODS.find((known) => known === action.toUpperCase());
  if (method === undefined) {
    throw new RequestError(`The action is ${JSON.stringify(action)}; expected one of ${METHODS.join(', ')}.`);
  }
  return { method, members: withoutNull(members), token: readToken(members, c.req.header('authorization')) };
}

/**
 * Adds the members of a form, or of a JSON body on any method, and of the parameter `json` in it, each winning over those
 * before it.
 * @throws RequestError, HttpError `body-malformed`
 */
export async function readWhole(c: Context<Env>, head: NodePingRequest): Promise<NodePingRequest> {
  const body = readBody(await readText(c), c.req.header('content-type') ?? '');
  const members = withoutNull({ ...head.members, ...body, ...readJsonParameter(body.json) });
  return { ...head, members, token: readToken(members, c.req.header('authorization')) };
}

const withoutNull = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));

/** The member, the user name of HTTP Basic, with or without a colon after it, or a bearer token. */
function readToken({ token }: Members, header = ''): string | undefined {
  if (typeof token === 'string') return token;
  const [, scheme, credentials = ''] = /^(Basic|Bearer) +(\S+)$/i.exec(header) ?? [];
  if (scheme?.toLowerCase() !== 'basic') return scheme && credentials;
  return Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0];
}

/** JSON whatever its type, as `curl -d` sends it as a form; or a form, unless its type is that of JSON. */
function readBody(text: string, type: string): Record<string, unknown> {
  const body = text.trim();
  if (body === '') return {};
  const isForm = !/json/i.test(type) && /^[^\s[{"=][^\s{"=]*=/.test(body);
  return isForm ? readParameters(new URLSearchParams(body)) : readObject(body, 'The body');
}

function readJsonParameter(parameter: unknown): Record<string, unknown> {
  return typeof parameter === 'string' ? readObject(parameter, 'The parameter json') : {};
}

function readObject(text: string, source: string): Record<string, unknown> {
  const value = parseJson(text, `${source} is not JSON. Send an object, such as {"duration":60}.`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RequestError(`${source} is not a JSON object. Send an object, such as {"duration":60}.`);
  }
  return { ...value };
}

/** A parameter that comes several times is a list. */
function readParameters(parameters: URLSearchParams): Record<string, unknown> {
  const all = new Map<string, string[]>();
  for (const [name, value] of parameters) {
    const values = all.get(name);
    if (values === undefined) all.set(name, [value]);
    else values.push(value);
  }
  return Object.fromEntries([...all].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}

async function readText(c: Context<Env>): Promise<string> {
  const body = await readBytes(c);
  if (!isUtf8(body)) throw new RequestError('The body is not UTF-8. Send it in UTF-8.');
  return body.toString('utf8');
}

async function readBytes(c: Context<Env>): Promise<Buffer> {
  // A web Request has no body on GET, so it is read from Node's.
  const { incoming } = c.env ?? {};
  if (c.req.method !== 'GET' || incoming === undefined) return Buffer.from(await c.req.arrayBuffer());
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES) throw new RequestError(bodyTooLarge(MAX_BODY_BYTES));
  return Buffer.concat(chunks);
}

// In a query everything is text, and some clients write values as their language does.
const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false };

export const flag = z.preprocess(
  (value) => (typeof value === 'string' || typeof value === 'number' ? FLAGS[String(value).toLowerCase()] : value),
  z.boolean({ error: 'Expected true or false.' }),
);

export const minutes = z.preprocess(
  (value) => (typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value),
  z.int({ error: 'Expected a whole number of minutes, such as 60.' }),
);

export const ids = z.preprocess(
  (value) => {
    if (typeof value !== 'string' || value.trim() === '') return value;
    if (!value.trimStart().startsWith('[')) return value.split(',');
    try {
      return parseJson(value, '');
    } catch {
      return value;
    }
  },
  z.array(z.string({ error: 'Expected the id of a check, as text.' }).trim(), {
    error: 'Expected a list of ids of checks.',
  }),
);

export const text = z.string({ error: 'Expected text.' });

/** @throws RequestError with every member that is wrong */
export function readMembers<T extends z.ZodType>(schema: T, members: Readonly<Record<string, unknown>>): z.infer<T> {
  const parsed = schema.safeParse(members);
  if (parsed.success) return parsed.data;
  const problems = toProblems(parsed.error, members);
  throw new RequestError(problems.map(({ message }) => message).join('\n'));
}
