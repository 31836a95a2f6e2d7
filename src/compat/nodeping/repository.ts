import type { Prisma } from '../../../prisma/client/client.ts';
import { isKey } from '../../core/keys.ts';
import type { Limited } from '../../core/permissions.ts';
import { visibleChecks } from '../../maintenance/repository/visibility.ts';
import type { Queries } from '../../platform/database.ts';

/** A one-off window that waits to be enabled. What is enabled is a maintenance, of the same key. */
export interface AdHoc {
  readonly accountId: number;
  readonly key: string;
  readonly name: string;
  readonly durationMinutes: number;
  /** The ids of its checks. */
  readonly checks: readonly string[];
  /** The name of who changed it last. */
  readonly editedBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a tool says of it. */
export type AdHocValues = Pick<AdHoc, 'name' | 'durationMinutes' | 'checks'>;

const fields = {
  accountId: true,
  key: true,
  name: true,
  durationMinutes: true,
  checks: { where: { check: { removedAt: null } }, select: { checkId: true }, orderBy: { checkId: 'asc' } },
  editedBy: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.AdHocSelect;

function toAdHoc({ checks, ...row }: Prisma.AdHocGetPayload<{ select: typeof fields }>): AdHoc {
  return { ...row, checks: checks.map(({ checkId }) => checkId) };
}

/** Those that wait and that somebody may know of, oldest first. */
export async function listAdHocs(db: Queries, accountId: number, reader: Limited | 'internal'): Promise<AdHoc[]> {
  const seen = reader === 'internal' ? {} : { checks: { some: { check: visibleChecks(reader) } } };
  const rows = await db.adHoc.findMany({
    where: { accountId, ...seen },
    orderBy: [{ createdAt: 'asc' }, { key: 'asc' }],
    select: fields,
  });
  return rows.map(toAdHoc);
}

/** One, locked until the transaction ends. */
export async function lockAdHoc(tx: Queries, accountId: number, key: string): Promise<AdHoc | undefined> {
  if (!isKey(key)) return undefined;
  await tx.$queryRaw`select 1 from ad_hocs where account_id = ${accountId} and key = ${key} for update`;
  const row = await tx.adHoc.findUnique({ where: { accountId_key: { accountId, key } }, select: fields });
  return row === null ? undefined : toAdHoc(row);
}

export async function insertAdHoc(
  tx: Queries,
  accountId: number,
  key: string,
  { checks, ...values }: AdHocValues,
  editedBy: string,
  now: Date,
): Promise<AdHoc> {
  await tx.adHoc.create({ data: { accountId, key, ...values, editedBy, createdAt: now, updatedAt: now } });
  await keepChecks(tx, accountId, key, checks);
  return existing(tx, accountId, key);
}

export async function updateAdHoc(
  tx: Queries,
  { accountId, key }: AdHoc,
  { checks, ...values }: AdHocValues,
  editedBy: string,
  now: Date,
): Promise<AdHoc> {
  await tx.adHoc.update({
    where: { accountId_key: { accountId, key } },
    data: { ...values, editedBy, updatedAt: now },
  });
  await tx.adHocCheck.deleteMany({ where: { accountId, key } });
  await keepChecks(tx, accountId, key, checks);
  return existing(tx, accountId, key);
}

async function existing(tx: Queries, accountId: number, key: string): Promise<AdHoc> {
  return toAdHoc(await tx.adHoc.findUniqueOrThrow({ where: { accountId_key: { accountId, key } }, select: fields }));
}

async function keepChecks(tx: Queries, accountId: number, key: string, checks: readonly string[]): Promise<void> {
  await tx.adHocCheck.createMany({ data: [...new Set(checks)].map((checkId) => ({ accountId, key, checkId })) });
}

export async function deleteAdHoc(tx: Queries, { accountId, key }: AdHoc): Promise<void> {
  await tx.adHoc.delete({ where: { accountId_key: { accountId, key } } });
}
