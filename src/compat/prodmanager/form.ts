import type { Context } from 'hono';
import { Failure } from './failure.ts';

/** What a request fills in, as text; what it does not name, and what it says is null, is not there. */
export type Form = ReadonlyMap<string, string>;

/**
 * Reads a form in any of the three ways that clients send one. Fields that nobody asks for may hold anything.
 * @throws Failure
 */
export async function readForm(c: Context): Promise<Form> {
  const type = c.req.header('content-type') ?? '';
  if (/^application\/(.+\+)?json\b/i.test(type)) return fieldsOf(await jsonOf(c));
  if (!/^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(type)) return new Map();
  try {
    const fields = new Map<string, string>();
    // Of a field that comes several times the first counts.
    for (const [name, value] of await c.req.formData()) {
      if (typeof value === 'string' && !fields.has(name)) fields.set(name, value);
    }
    return fields;
  } catch {
    throw new Failure(400, { body: [`The body is not what its type, ${type}, says.`] });
  }
}

async function jsonOf(c: Context): Promise<object> {
  let value: unknown;
  try {
    const text = await c.req.text();
    value = text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    throw new Failure(400, { body: ['The body is not JSON.'] });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Failure(400, { body: ['The body is not a JSON object.'] });
}

function fieldsOf(body: object): Form {
  return new Map(
    Object.entries(body).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [[name, String(value)]]
        : [],
    ),
  );
}
