import type { Logger } from 'pino';
import type { Interval } from '../core/time.ts';
import type { Jobs } from '../platform/jobs.ts';
import { type Fetch, OutboundError } from '../platform/outbound/client.ts';
import { toStorable } from '../platform/rows.ts';
import { advisoryLock } from '../platform/sql.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { UnreadableSecret, type Vault } from '../platform/vault.ts';
import { requestRevision } from '../series/repository.ts';
import { CalendarError, readPeriods } from './calendar.ts';
import { findCalendar, freezeSealPurpose, saveCalendar } from './repository.ts';

const READ_EVERY_MS = 15 * 60_000;
/** How far ahead events are searched for. */
const HORIZON_MS = 5 * 366 * 86_400_000;
const MAX_BYTES = 1_000_000;
const RESPONSE_TIMEOUT_MS = 15_000;

export interface CalendarContext {
  readonly fetch: Fetch;
  readonly vault: Vault;
}

/** `periods` undefined: they have not changed. */
type Reading =
  | { readonly periods: readonly Interval[] | undefined; readonly etag: string | null }
  | { readonly failure: string };

/** Reads the calendar of a freeze, if it is due. While it cannot be read, the events that were read last hold. */
export async function readCalendar(
  ctx: ActionContext,
  context: CalendarContext,
  log: Logger,
  { accountId, freezeId: id }: Jobs['read-calendar'],
): Promise<void> {
  const at = ctx.clock.now();
  const calendar = await findCalendar(ctx.database, accountId, id, at);
  if (calendar === undefined || calendar.nextReadAt > at) return;
  const reading = await read(context, accountId, calendar, at);
  await inTransaction(ctx, async (tx, now) => {
    await advisoryLock(tx, accountId, `freeze:${id}`);
    const current = await findCalendar(tx, accountId, id, now);
    // It has another address since.
    if (current === undefined || current.sealedUrl !== calendar.sealedUrl) return;
    const nextReadAt = new Date(now.getTime() + READ_EVERY_MS);
    if ('failure' in reading) {
      const { failure } = reading;
      log.warn({ accountId, freeze: id, failure }, 'the calendar of a freeze cannot be read');
      await saveCalendar(tx, accountId, id, { nextReadAt, failure, failingSince: current.failingSince ?? now });
      return;
    }
    const { etag, periods } = reading;
    const changed = periods !== undefined && JSON.stringify(periods) !== JSON.stringify(current.periods);
    const values = { nextReadAt, etag, failure: null, failingSince: null };
    await saveCalendar(tx, accountId, id, { ...values, ...(changed && { periods }) });
    if (!changed) return;
    // What changed may be anywhere ahead.
    await requestRevision(tx, accountId, [{ start: now, end: new Date(now.getTime() + HORIZON_MS) }], now);
  });
}

async function read(
  { fetch, vault }: CalendarContext,
  accountId: number,
  { sealedUrl, etag, timezone }: { sealedUrl: string; etag: string | null; timezone: string },
  now: Date,
): Promise<Reading> {
  try {
    const headers = { accept: 'text/calendar', ...(etag !== null && { 'if-none-match': etag }) };
    const signal = AbortSignal.timeout(RESPONSE_TIMEOUT_MS);
    const response = await fetch(vault.open(sealedUrl, freezeSealPurpose(accountId)), { headers, signal });
    if (response.status === 304) return { periods: undefined, etag };
    if (!response.ok) return { failure: `The calendar answered ${response.status}.` };
    const body = await response.arrayBuffer();
    if (body.byteLength > MAX_BYTES) return { failure: `The calendar has more than ${MAX_BYTES} bytes.` };
    const between = { start: now, end: new Date(now.getTime() + HORIZON_MS) };
    return {
      periods: await readPeriods(new TextDecoder().decode(body), timezone, between),
      etag: response.headers.get('etag'),
    };
  } catch (error) {
    const isKnown =
      error instanceof CalendarError || error instanceof OutboundError || error instanceof UnreadableSecret;
    return { failure: isKnown ? toStorable(error.message) : 'The calendar cannot be read.' };
  }
}
