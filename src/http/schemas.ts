import { z } from '@hono/zod-openapi';
import { Temporal } from 'temporal-polyfill';
import { isZone, resolve, type WallClock } from '../core/time.ts';
import { commonFieldTexts } from '../texts/openapi.ts';

const EXAMPLE_INSTANT = '2026-12-05T22:00:00Z';

/** ISO 8601 with an offset or `Z`; seconds may be left out. `new Date()` would read February 30 as March 2. */
export const instant = parsed(
  `Expected a time with its offset, such as ${EXAMPLE_INSTANT}.`,
  `Expected a time that exists, with its offset, such as ${EXAMPLE_INSTANT} or 2026-12-05T23:00+01:00.`,
  (text) => new Date(Temporal.Instant.from(text).epochMilliseconds),
).openapi({ type: 'string', format: 'date-time', example: EXAMPLE_INSTANT });

/** @param parse returns undefined, or throws, for a text that is not valid */
function parsed<T>(expectedText: string, expected: string, parse: (text: string) => T | undefined) {
  return z.string({ error: expectedText }).transform((text, context) => {
    try {
      const value = parse(text);
      if (value !== undefined) return value;
    } catch {
      // Reported below.
    }
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

export const utcText = z.string().openapi({ format: 'date-time', example: EXAMPLE_INSTANT });

export const id = z
  .int({ error: 'Expected the id, a whole number.' })
  .positive({ error: 'Expected the id, a whole number from 1.' })
  .max(2_147_483_647, { error: 'Expected an id; none is as large as this.' })
  .openapi({ example: 4 });
export const text = (what: string) => z.string({ error: `Expected ${what}, as text.` });
export const oneOf = <const T extends readonly string[]>(words: T) =>
  z.enum(words, { error: `Expected one of ${words.join(', ')}.` });

const number = z
  .string({ error: 'Expected the id, a whole number.' })
  .regex(/^\d{1,15}$/, { error: 'Expected the id, a whole number.' })
  .transform(Number);

/** The numeric `{id}` of a path. */
export const idInPath = z.object({
  id: number.openapi({ param: { name: 'id', in: 'path' }, type: 'integer', minimum: 0, example: 12 }),
});

/** The key of resources that have a number. */
export const numbered = { key: 'id', params: idInPath } as const;

/** An id in the query. One that is too large for the column finds nothing. */
export const idInQuery = number
  .transform((id) => Math.min(id, 2_147_483_647))
  .openapi({ type: 'integer', minimum: 0, example: 4 });

export const orEmpty = (text: string | null | undefined) => text ?? '';
/** Descriptions: null is stored as an empty text. */
export const newDescription = text('the description').nullish().transform(orEmpty);
export const changedDescription = text('the description').nullable().transform(orEmpty);

export const idsOf = (what: string) => z.array(id, { error: `Expected a list of ids of ${what}.` });

const EXPECTED_BOOLEAN = 'Expected true or false.';
export const boolean = z.boolean({ error: EXPECTED_BOOLEAN });
/** A boolean in the query, which `isTrue` reads. */
export const flag = z.enum(['true', 'false'], { error: EXPECTED_BOOLEAN });
export const isTrue = (flag: 'true' | 'false' | undefined) => (flag === undefined ? undefined : flag === 'true');

export const searchWord = z.string({ error: 'Expected a text.' });

const MAX_TIMES = 100;

/** A parameter that may come several times. */
export const many = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z
      .array(item)
      .min(1)
      .max(MAX_TIMES, { error: `Expected at most ${MAX_TIMES} of them.` })
      .optional(),
  );

/** In a change: the version it was made on. */
export const versionBefore = z
  .int({ error: 'Expected the version that is changed, a whole number.' })
  .describe(commonFieldTexts.versionBefore);

const ignored = z.unknown().optional().describe(commonFieldTexts.ignored);

/** In a replacement: fields of a response that may be sent back. */
export const ignoredFields = <Name extends string>(...names: Name[]) =>
  // TypeScript widens the keys of `fromEntries`.
  Object.fromEntries(names.map((name) => [name, ignored])) as Record<Name, typeof ignored>;

export const timezone = text('an IANA time zone')
  .refine(isZone, { error: 'Expected an IANA time zone, such as Europe/Berlin.' })
  .openapi({ example: 'Europe/Berlin' });

export const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });

/** A time in a request: an instant, or a wall-clock time in a zone that another field names. */
export type Moment = { readonly at: Date } | { readonly wall: WallClock };

const EXPECTED_MOMENT = `Expected a time that exists, with its offset, such as ${EXAMPLE_INSTANT} or 2026-12-05T23:00+01:00, or on the clocks of the time zone, such as 2026-12-05T23:00.`;
const WALL_CLOCK = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/;
/** PostgreSQL and common date formats do not cover more. */
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(9999, 11, 30);

/** ISO 8601, with or without an offset. */
export const moment = parsed(EXPECTED_MOMENT, EXPECTED_MOMENT, (text): Moment | undefined => {
  if (WALL_CLOCK.test(text)) return { wall: Temporal.PlainDateTime.from(text) };
  const at = new Date(Temporal.Instant.from(text).epochMilliseconds);
  return at.getTime() >= EARLIEST && at.getTime() <= LATEST ? { at } : undefined;
}).openapi({ type: 'string', description: commonFieldTexts.moment, example: EXAMPLE_INSTANT });

/** @param zone the IANA zone of a wall-clock time */
export function toInstant(moment: Moment, zone: string): Date;
export function toInstant(moment: Moment | undefined, zone: string): Date | undefined;
export function toInstant(moment: Moment | undefined, zone: string): Date | undefined {
  if (moment === undefined) return undefined;
  return 'at' in moment ? moment.at : resolve(moment.wall, zone).instant;
}
