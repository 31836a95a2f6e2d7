import { z } from 'zod';
import type { Tier } from '../limits.ts';
import type { World } from '../world.ts';

/** An answer `{ok: false, error}`. */
export class SlackFailure extends Error {
  /** Slack's word, such as `not_in_channel`. */
  readonly code: string;
  /** What else stands in the answer. */
  readonly rest: Record<string, unknown>;
  /** Seconds for `Retry-After`; with it the answer is a 429. */
  readonly retryAfter: number | undefined;

  constructor(code: string, rest: Record<string, unknown> = {}, retryAfter?: number) {
    super(code);
    this.name = 'SlackFailure';
    this.code = code;
    this.rest = rest;
    this.retryAfter = retryAfter;
  }

  /** With the single errors, in both places where Slack puts them. */
  static because(code: string, errors: string[]): SlackFailure {
    const messages = errors.map((error) => `[ERROR] ${error}`);
    return new SlackFailure(code, { errors, response_metadata: { messages } });
  }
}

export interface Method {
  token: 'bot' | 'app' | 'either' | 'none';
  /** Any one of these suffices; empty: none is needed. */
  scopes: string[];
  /** Undefined: no limit of its own. */
  tier: Tier | undefined;
  run(input: Record<string, unknown>, world: World): Record<string, unknown>;
}

/** A Web API method whose arguments are of that shape. */
export function method<Shape extends z.ZodRawShape>(definition: {
  token?: Method['token'];
  scopes?: string[];
  tier?: Tier;
  input: Shape;
  run(args: z.output<z.ZodObject<Shape>>, world: World): Record<string, unknown>;
}): Method {
  const schema = z.object(definition.input);
  return {
    token: definition.token ?? 'bot',
    scopes: definition.scopes ?? [],
    tier: definition.tier,
    run(input, world) {
      const parsed = schema.safeParse(input);
      if (!parsed.success) {
        throw SlackFailure.because(
          'invalid_arguments',
          parsed.error.issues.map((issue) => {
            const name = issue.path.map(String).join('/');
            const missing = issue.path.length === 1 && input[String(issue.path[0])] === undefined;
            return missing ? `missing required field: ${name}` : `${issue.message} [json-pointer:/${name}]`;
          }),
        );
      }
      return definition.run(parsed.data, world);
    },
  };
}

// Arguments come as strings from a form and as themselves from JSON.

export const text = z.string();

export const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1'),
]);

export const count = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);

/** A nested value: JSON in a string, or the value itself. What cannot be read comes out as undefined. */
export const nested = z.unknown().transform((value) => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return new Unreadable(value);
  }
});

/** A nested value that was no JSON. */
export class Unreadable {
  readonly text: string;
  constructor(value: string) {
    this.text = value;
  }
}

/** Comma-separated words. */
export const words = z.string().transform((value) => value.split(',').map((word) => word.trim()));

/** One page of a list, and the cursor of the next. */
export function page<T>(
  items: T[],
  cursor: string | undefined,
  limit: number,
): { items: T[]; more: boolean; metadata: { next_cursor: string } } {
  const start = cursor === undefined || cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) throw new SlackFailure('invalid_cursor');
  const end = start + limit;
  const more = end < items.length;
  return {
    items: items.slice(start, end),
    more,
    metadata: { next_cursor: more ? Buffer.from(String(end)).toString('base64url') : '' },
  };
}
