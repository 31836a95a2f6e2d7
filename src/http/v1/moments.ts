import { z } from '@hono/zod-openapi';
import { Temporal } from 'temporal-polyfill';
import { resolve, type WallClock } from '../../domain/time.ts';

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
export function instantOf(moment: Moment, zone: string): Date;
export function instantOf(moment: Moment | undefined, zone: string): Date | undefined;
export function instantOf(moment: Moment | undefined, zone: string): Date | undefined {
  if (moment === undefined) return undefined;
  return 'at' in moment ? moment.at : resolve(moment.wall, zone).instant;
}
