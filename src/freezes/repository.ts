import type { Prisma } from '../../prisma/client/client.ts';
import { isId } from '../core/keys.ts';
import type { Limited } from '../core/permissions.ts';
import type { Interval } from '../core/time.ts';
import { visibleFreezes } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';
import { afterPosition, type Page, pageOrder } from '../platform/rows.ts';
import { execute, sql } from '../platform/sql.ts';
import { type FreezeTimes, findNextPeriod, readTimes, toColumns } from './rules/times.ts';
import { FREEZE_EFFECTS, type FreezeEffect } from './rules.ts';

const fields = {
  id: true,
  scope: { select: { id: true, name: true } },
  start: true,
  end: true,
  cron: true,
  timezone: true,
  durationMinutes: true,
  url: true,
  failingSince: true,
  failure: true,
  reason: true,
  effect: true,
  createdById: true,
  createdByName: true,
  createdAt: true,
} as const satisfies Prisma.FreezeSelect;

/** @param now of a calendar, the period then or the next one is read */
const fieldsAt = (now: Date) =>
  ({
    ...fields,
    periods: { where: { end: { gt: now } }, orderBy: { start: 'asc' }, take: 1, select: { start: true, end: true } },
  }) as const satisfies Prisma.FreezeSelect;

export type StoredFreeze = ReturnType<typeof toFreeze>;

type Row = Prisma.FreezeGetPayload<{ select: ReturnType<typeof fieldsAt> }>;

function toFreeze(
  { id, scope, reason, effect, createdById, createdByName, createdAt, failingSince, failure, ...row }: Row,
  now: Date,
) {
  const times = readTimes(row, row.periods);
  return {
    id,
    scope,
    reason,
    times,
    /** The period that it is in, or the next one. */
    next: findNextPeriod(times, now),
    /** Since when its calendar cannot be read, and why. */
    failing: failingSince && { since: failingSince, reason: failure ?? '' },
    // An unknown one is treated as the stricter one.
    effect: FREEZE_EFFECTS.find((known) => known === effect) ?? 'block',
    createdBy: { id: createdById, name: createdByName },
    createdAt,
  };
}

const byStart = [{ start: 'asc' }, { id: 'asc' }] as const satisfies Prisma.FreezeFindManyArgs['orderBy'];

/** Freezes of a query, which limits them to an account; the first to begin first. */
async function readFreezes(
  db: Queries,
  now: Date,
  { orderBy = [...byStart], ...query }: Pick<Prisma.FreezeFindManyArgs, 'where' | 'orderBy' | 'take'>,
): Promise<StoredFreeze[]> {
  return (await db.freeze.findMany({ ...query, orderBy, select: fieldsAt(now) })).map((row) => toFreeze(row, now));
}

/** How many freezes are not over. */
export async function countFreezes(db: Queries, accountId: number, now: Date): Promise<number> {
  return db.freeze.count({ where: { accountId, ...notOver(now) } });
}

const notOver = (now: Date) => ({ OR: [{ end: null }, { end: { gt: now } }] });

/** Those that are not over, the next one first. */
export async function listFreezes(db: Queries, accountId: number, now: Date): Promise<StoredFreeze[]> {
  const freezes = await readFreezes(db, now, { where: { accountId, ...notOver(now) } });
  const order = ({ next }: StoredFreeze) => next?.start.getTime() ?? Number.POSITIVE_INFINITY;
  return freezes.sort((one, other) => (order(one) < order(other) ? -1 : order(one) > order(other) ? 1 : 0));
}

export async function findFreeze(
  db: Queries,
  accountId: number,
  id: number,
  now: Date,
  reader: Limited | 'internal' = 'internal',
): Promise<StoredFreeze | undefined> {
  if (!isId(id)) return undefined;
  const [freeze] = await readFreezes(db, now, { where: { accountId, id, AND: [visibleFreezes(reader)] } });
  return freeze;
}

/** One page of those that a reader can see; `over`: those that are over, too. */
export async function listFreezesPage(
  db: Queries,
  accountId: number,
  reader: Limited | 'internal',
  { scopes, over }: { readonly scopes?: readonly number[] | undefined; readonly over: boolean },
  now: Date,
  page: Page<'start' | 'id', Date>,
): Promise<StoredFreeze[]> {
  const where = {
    accountId,
    ...(scopes && { scopeId: { in: [...scopes] } }),
    AND: [visibleFreezes(reader), afterPosition(page), over ? {} : notOver(now)],
  };
  return readFreezes(db, now, { where, orderBy: pageOrder(page), take: page.limit });
}

export interface FreezeValues {
  readonly scopeId: number | null;
  readonly reason: string;
  readonly effect: FreezeEffect;
  readonly times: FreezeTimes;
  /** Of the calendar, if it is a new one. */
  readonly sealedUrl?: string | undefined;
}

/** @returns undefined: there are `max` already that are not over */
export async function insertFreeze(
  tx: Queries,
  { accountId, id, name }: { readonly accountId: number; readonly id: string; readonly name: string },
  { scopeId, reason, effect, times, sealedUrl }: FreezeValues,
  now: Date,
  max: number,
): Promise<StoredFreeze | undefined> {
  const { start, end, cron, timezone, durationMinutes, url } = toColumns(times);
  const { rows } = await execute<Omit<Row, 'periods'>>(
    tx,
    sql`
      insert into freezes as f (account_id, scope_id, start_date, end_date, cron, timezone, duration_minutes, url, sealed_url,
        next_read_at, reason, effect, created_by_id, created_by_name, creation_date)
      select ${accountId}::int, ${scopeId}::int, ${start}::timestamptz, ${end}::timestamptz, ${cron}, ${timezone},
        ${durationMinutes}::int, ${url}, ${sealedUrl ?? null}, ${url === null ? null : now}::timestamptz, ${reason}, ${effect}, ${id}, ${name}, ${now}::timestamptz
      where (select count(*) from freezes where account_id = ${accountId} and (end_date is null or end_date > ${now})) < ${max}
      returning id, start_date as start, end_date as end, cron, timezone, duration_minutes as "durationMinutes", url, reason,
        failing_since as "failingSince", failure, effect, created_by_id as "createdById",
        created_by_name as "createdByName", creation_date as "createdAt",
        (select json_build_object('id', s.id, 'name', s.name) from scopes s where s.id = f.scope_id) as scope`,
  );
  return rows[0] && toFreeze({ ...rows[0], periods: [] }, now);
}

export async function updateFreeze(
  tx: Queries,
  accountId: number,
  id: number,
  { times, sealedUrl, ...values }: FreezeValues,
  now: Date,
): Promise<StoredFreeze> {
  const calendar = { nextReadAt: now, etag: null, failingSince: null, failure: null };
  const data = { ...values, ...toColumns(times), ...(sealedUrl !== undefined && { sealedUrl, ...calendar }) };
  return toFreeze(await tx.freeze.update({ where: { accountId, id }, data, select: fieldsAt(now) }), now);
}

export async function deleteFreeze(tx: Queries, accountId: number, id: number): Promise<boolean> {
  return (await tx.freeze.deleteMany({ where: { accountId, id } })).count === 1;
}

export const freezeSealPurpose = (accountId: number) => `freeze:${accountId}`;

/** The calendars that are read by now, of all accounts. */
export async function listDueCalendars(db: Queries, now: Date): Promise<{ accountId: number; freezeId: number }[]> {
  const rows = await db.freeze.findMany({ where: { nextReadAt: { lte: now } }, select: { accountId: true, id: true } });
  return rows.map(({ accountId, id }) => ({ accountId, freezeId: id }));
}

/** What reading the calendar of a freeze needs; undefined: it has none any more. */
export async function findCalendar(db: Queries, accountId: number, id: number, now: Date) {
  const select = {
    ...{ sealedUrl: true, etag: true, nextReadAt: true, failingSince: true, account: { select: { timezone: true } } },
    periods: {
      where: { end: { gt: now } },
      orderBy: [{ start: 'asc' }, { end: 'asc' }],
      select: { start: true, end: true },
    },
  } as const satisfies Prisma.FreezeSelect;
  const row = await db.freeze.findFirst({ where: { accountId, id }, select });
  if (row === null || row.sealedUrl === null || row.nextReadAt === null) return undefined;
  const { sealedUrl, nextReadAt, account, ...rest } = row;
  return { ...rest, sealedUrl, nextReadAt, timezone: account.timezone };
}

/** @param values `periods`: those from now on; left out: they stay */
export async function saveCalendar(
  tx: Queries,
  accountId: number,
  id: number,
  { periods, ...values }: CalendarState & { readonly periods?: readonly Interval[] },
): Promise<void> {
  await tx.freeze.updateMany({ where: { accountId, id }, data: values });
  if (periods === undefined) return;
  await tx.freezePeriod.deleteMany({ where: { accountId, freezeId: id } });
  const data = periods.map(({ start, end }) => ({ accountId, freezeId: id, start, end }));
  await tx.freezePeriod.createMany({ data });
}

interface CalendarState {
  readonly nextReadAt: Date;
  readonly failure: string | null;
  readonly failingSince: Date | null;
  /** Left out: as it is. */
  readonly etag?: string | null;
}
