import type { TimelineEvent, TimelineEventType } from '../audit/events.ts';
import { eventFields, toTimelineEvent } from '../audit/repository.ts';
import type { Reader } from '../core/permissions.ts';
import { visibleComments } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';

/** A comment or an event of a maintenance. */
export interface TimelineEntry {
  readonly at: Date;
  readonly internal: boolean;
  readonly content: { readonly comment: string } | TimelineEvent;
}

/** The entries of each maintenance that the reader may see, newest first, by its id. The public sees only comments. */
export async function readTimelines(
  db: Queries,
  accountId: number,
  ids: readonly number[],
  types: readonly TimelineEventType[],
  reader: Reader,
): Promise<Map<number, TimelineEntry[]>> {
  const where = { accountId, maintenanceId: { in: [...ids] } };
  const orderBy = { id: 'desc' } as const;
  const comments = await db.comment.findMany({
    where: { ...where, AND: [visibleComments(reader)] },
    orderBy,
    select: { maintenanceId: true, createdAt: true, internal: true, text: true },
  });
  const select = eventFields;
  const events =
    reader === 'public'
      ? []
      : await db.auditEvent.findMany({ where: { ...where, type: { in: [...types] } }, orderBy, select });
  const entries = [
    ...comments.map(({ createdAt: at, text, ...row }) => ({ ...row, at, content: { comment: text } })),
    ...events.map((row) => ({ ...row, content: toTimelineEvent(row) })),
  ].sort((a, b) => b.at.getTime() - a.at.getTime());
  const timelines = new Map<number, TimelineEntry[]>(ids.map((id) => [id, []]));
  for (const { maintenanceId, at, internal, content } of entries) {
    if (maintenanceId !== null) timelines.get(maintenanceId)?.push({ at, internal, content });
  }
  return timelines;
}
