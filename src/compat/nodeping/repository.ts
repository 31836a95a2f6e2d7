import type { Prisma } from '../../../prisma/client/client.ts';
import { isKey } from '../../core/keys.ts';
import { type Actor, ADMIN_TOKEN_ID, type Limited } from '../../core/permissions.ts';
import { visibleChecks } from '../../maintenance/repository/visibility.ts';
import type { Queries } from '../../platform/database.ts';
import { execute, sql } from '../../platform/sql.ts';

/** An ad-hoc window that waits to be enabled; then it becomes a maintenance with the same key. */
export type AdHoc = ReturnType<typeof toAdHoc>;

/** Who changed something last, as this API names people and tokens. Lull does not ask Slack for email addresses. */
export const toUser = (actorId: string, name: string) => (actorId === ADMIN_TOKEN_ID ? 'admin' : name);

export type AdHocValues = Pick<AdHoc, 'name' | 'durationMinutes'> & { readonly checks: readonly string[] };

const fields = {
  accountId: true,
  key: true,
  name: true,
  durationMinutes: true,
  checks: {
    where: { check: { removedAt: null } },
    select: { checkId: true },
    orderBy: [{ position: 'asc' }, { checkId: 'asc' }],
  },
  editedBy: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.AdHocSelect;

function toAdHoc({ checks, ...row }: Prisma.AdHocGetPayload<{ select: typeof fields }>) {
  return { ...row, checks: checks.map(({ checkId }) => checkId) };
}

/** The ad-hoc windows that the reader may see, oldest first. */
export async function listAdHocs(db: Queries, accountId: number, reader: Limited | 'internal'): Promise<AdHoc[]> {
  const visible = reader === 'internal' ? {} : { checks: { some: { check: visibleChecks(reader) } } };
  const rows = await db.adHoc.findMany({
    where: { accountId, ...visible },
    orderBy: [{ createdAt: 'asc' }, { key: 'asc' }],
    select: fields,
  });
  return rows.map(toAdHoc);
}

export async function lockAdHoc(tx: Queries, accountId: number, key: string): Promise<AdHoc | undefined> {
  if (!isKey(key)) return undefined;
  await execute(tx, sql`select 1 from ad_hocs where account_id = ${accountId} and key = ${key} for update`);
  const row = await tx.adHoc.findUnique({ where: { accountId_key: { accountId, key } }, select: fields });
  return row === null ? undefined : toAdHoc(row);
}

/** Adds an ad-hoc window, or replaces the values of the one with this key. */
export async function saveAdHoc(
  tx: Queries,
  { accountId, key }: Pick<AdHoc, 'accountId' | 'key'>,
  { name, durationMinutes, checks }: AdHocValues,
  editor: Actor,
  now: Date,
): Promise<AdHoc> {
  const where = { accountId_key: { accountId, key } };
  const update = { name, durationMinutes, editedBy: toUser(editor.id, editor.name), updatedAt: now };
  await tx.adHoc.upsert({ where, update, create: { ...update, accountId, key, createdAt: now } });
  await tx.adHocCheck.deleteMany({ where: { accountId, key } });
  const data = [...new Set(checks)].map((checkId, position) => ({ accountId, key, checkId, position }));
  await tx.adHocCheck.createMany({ data });
  return toAdHoc(await tx.adHoc.findUniqueOrThrow({ where, select: fields }));
}

/** When ad-hoc windows were added, by their keys; those that started at once are not among them. */
export async function readAdHocCreation(
  db: Queries,
  accountId: number,
  keys: readonly string[],
): Promise<Map<string, Date>> {
  const rows = await db.auditEvent.findMany({
    where: { accountId, subjectKind: 'ad_hoc', subjectId: { in: [...keys] }, type: 'ad_hoc.added' },
    select: { subjectId: true, at: true },
  });
  return new Map(rows.map(({ subjectId, at }) => [subjectId ?? '', at]));
}

export async function deleteAdHoc(tx: Queries, { accountId, key }: AdHoc): Promise<void> {
  await tx.adHoc.delete({ where: { accountId_key: { accountId, key } } });
}
