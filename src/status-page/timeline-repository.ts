import type { TimelineEvent, TimelineEventType } from '../audit/events.ts';
import { eventFields, toTimelineEvent } from '../audit/repository.ts';
import type { Reader } from '../core/permissions.ts';
import { visibleComments } from '../maintenance/repository/visibility.ts';
import type { Queries } from '../platform/database.ts';

/** Something that is told of a maintenance: what somebody wrote, or what was done to it. */
export interface TimelineEntry {
  readonly at: Date;
  readonly internal: boolean;
  readonly told: { readonly comment: string } | TimelineEvent;
}

/** What is told of these maintenances to somebody, newest first, by their ids. The public hears comments alone. */
export async function readTimelines(
  db: Queries,
  accountId: number,
  ids: readonly number[],
  types: readonly TimelineEventType[],
  reader: Reader,
): Promise<Map<number, TimelineEntry[]>> {
  const those = { accountId, maintenanceId: { in: [...ids] } };
  const comments = await db.comment.findMany({
    where: { ...those, AND: [visibleComments(reader)] },
    orderBy: { id: 'desc' },
    select: { maintenanceId: true, createdAt: true, internal: true, text: true },
  });
  const events =
    reader === 'public'
      ? []
      : await db.auditEvent.findMany({
          where: { ...those, type: { in: [...types] } },
          orderBy: { id: 'desc' },
          select: eventFields,
        });
  const all = [
    ...comments.map(({ maintenanceId, createdAt: at, internal, text }) => ({
      maintenanceId,
      happening: { at, internal, told: { comment: text } },
    })),
    ...events.map((row) => ({
      maintenanceId: row.maintenanceId,
      happening: { at: row.at, internal: row.internal, told: toTimelineEvent(row) },
    })),
  ].sort((a, b) => b.happening.at.getTime() - a.happening.at.getTime());
  const found = new Map<number, TimelineEntry[]>(ids.map((id) => [id, []]));
  for (const { maintenanceId, happening } of all) {
    if (maintenanceId !== null) found.get(maintenanceId)?.push(happening);
  }
  return found;
}
