import type { AuditEventModel } from './client/models.ts';
import type { Queries } from './database.ts';
import { beyond, inOrder, type Page } from './keyset.ts';
import { sought } from './stored.ts';

/** What audit rows are looked for by: those of one list are "or", the lists are "and". Instants are UTC. */
export interface AuditSearch {
  readonly actions?: readonly string[] | undefined;
  /** Ids as their source knows them: a Slack user id, `token:5`, `lull`. */
  readonly actors?: readonly string[] | undefined;
  readonly maintenances?: readonly number[] | undefined;
  /** What it was about, such as `service:4`. */
  readonly subjects?: readonly string[] | undefined;
  readonly after?: Date | undefined;
  readonly before?: Date | undefined;
}

export type AuditRow = AuditEventModel;

/** One page of what happened in an account. */
export async function searchAudit(
  db: Queries,
  accountId: number,
  search: AuditSearch,
  page: Page<'id', number>,
): Promise<AuditRow[]> {
  return db.auditEvent.findMany({
    where: {
      accountId,
      AND: [beyond(page)],
      ...(search.actions === undefined ? {} : { action: { in: search.actions.map(sought) } }),
      ...(search.actors === undefined ? {} : { actorId: { in: search.actors.map(sought) } }),
      ...(search.maintenances === undefined ? {} : { maintenanceId: { in: [...search.maintenances] } }),
      ...(search.subjects === undefined ? {} : { subject: { in: search.subjects.map(sought) } }),
      at: {
        ...(search.after === undefined ? {} : { gt: search.after }),
        ...(search.before === undefined ? {} : { lt: search.before }),
      },
    },
    orderBy: inOrder(page),
    take: page.limit,
  });
}
