import { z } from '@hono/zod-openapi';
import { Temporal } from 'temporal-polyfill';
import { isZone, resolve, type WallClock } from '../core/time.ts';
import type { Selector } from '../maintenance/rules/selector.ts';

const EXAMPLE_INSTANT = '2026-12-05T22:00:00Z';

/** ISO 8601 with an offset or `Z`; seconds may be left out. JavaScript's own parser would take 30 February for 2 March. */
export const instant = z
  .string({ error: `Expected a time with its offset, such as ${EXAMPLE_INSTANT}.` })
  .transform((text, context) => {
    try {
      return new Date(Temporal.Instant.from(text).epochMilliseconds);
    } catch {
      context.addIssue({
        code: 'custom',
        message: `Expected a time that exists, with its offset, such as ${EXAMPLE_INSTANT} or 2026-12-05T23:00+01:00.`,
      });
      return z.NEVER;
    }
  })
  .openapi({ type: 'string', format: 'date-time', example: EXAMPLE_INSTANT });

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

/** The fields of a selector of checks. */
export const selectorFields = {
  selector: text('a selector').nullable().openapi({
    description:
      'Chooses checks beside those: by tag:, service:, scope:, provider:, name: or a bare name, with * and ?; a comma is "or", a minus "not". null: none.',
    example: 'tag:db -tag:canary',
  }),
  selector_follows: z.boolean({ error: 'Expected true or false.' }).openapi({
    description: 'true: what it chooses is kept up to date while a window runs. false: it is chosen at the start.',
  }),
};

export const toSelector = (selector: Selector | null) => ({
  selector: selector?.text ?? null,
  selector_follows: selector?.follows ?? false,
});

/** @returns undefined when nothing was said of it */
export function selecting(
  asked: { readonly selector?: string | null | undefined; readonly selector_follows?: boolean | undefined },
  present: Selector | null = null,
): Selector | null | undefined {
  if (asked.selector === undefined && asked.selector_follows === undefined) return undefined;
  const text = asked.selector === undefined ? present?.text : asked.selector;
  return text == null ? null : { text, follows: asked.selector_follows ?? present?.follows ?? false };
}

/** The `{id}` of a path, where it is a whole number. */
export const idInPath = z.object({
  id: number.openapi({ param: { name: 'id', in: 'path' }, type: 'integer', minimum: 0, example: 12 }),
});

/** An id among the parameters: one that no row can have finds nothing. */
export const idInQuery = number
  .transform((id) => Math.min(id, 2_147_483_647))
  .openapi({ type: 'integer', minimum: 0, example: 4 });

/** A text among the parameters. */
export const searchWord = z.string({ error: 'Expected a text.' });

/** How many times a parameter may come. */
const MOST_TIMES = 100;

/** A parameter that may come several times. */
export const many = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z
      .array(item)
      .min(1)
      .max(MOST_TIMES, { error: `Expected at most ${MOST_TIMES} of them.` })
      .optional(),
  );

export const timezone = text('an IANA time zone')
  .refine(isZone, { error: 'Expected an IANA time zone, such as Europe/Berlin.' })
  .openapi({ example: 'Europe/Berlin' });

export const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });

/** A time as somebody sent it: an instant, or what the clocks of a zone show that is said elsewhere. */
export type Moment = { readonly at: Date } | { readonly wall: WallClock };

const EXPECTED =
  'Expected a time that exists, with its offset, such as 2026-12-05T22:00:00Z or 2026-12-05T23:00+01:00, or on the clocks of the time zone, such as 2026-12-05T23:00.';
const ON_CLOCKS = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/;
/** Neither side of it has a form that everybody reads, nor one that PostgreSQL takes. */
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(9999, 11, 30);

/** ISO 8601. JavaScript's own parser would take 30 February for 2 March. */
export const moment = z
  .string({ error: EXPECTED })
  .transform((text, context): Moment => {
    const read = readMoment(text);
    if (read !== undefined) return read;
    context.addIssue({ code: 'custom', message: EXPECTED });
    return z.NEVER;
  })
  .openapi({
    type: 'string',
    description:
      'ISO 8601 with an offset or Z; without one, as the clocks of `timezone` show it, else those of the account. A time that is skipped when clocks go forward is the end of the gap; of one that comes twice when they go back, the first is meant.',
    example: '2026-12-05T22:00:00Z',
  });

function readMoment(text: string): Moment | undefined {
  try {
    if (ON_CLOCKS.test(text)) return { wall: Temporal.PlainDateTime.from(text) };
    const at = new Date(Temporal.Instant.from(text).epochMilliseconds);
    return at.getTime() >= EARLIEST && at.getTime() <= LATEST ? { at } : undefined;
  } catch {
    return undefined;
  }
}

/** The instant that is meant. @param zone the IANA zone of a time that has no offset */
export function toInstant(moment: Moment, zone: string): Date;
export function toInstant(moment: Moment | undefined, zone: string): Date | undefined;
export function toInstant(moment: Moment | undefined, zone: string): Date | undefined {
  if (moment === undefined) return undefined;
  return 'at' in moment ? moment.at : resolve(moment.wall, zone).instant;
}
