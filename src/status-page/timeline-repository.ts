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
  const entries = {
    comments: comments.map(({ createdAt: at, text, ...row }) => ({ ...row, at, content: { comment: text } })),
    events: events.map((row) => ({ ...row, content: toTimelineEvent(row) })),
  };
  return new Map(
    ids.map((id) => {
      const isOf = ({ maintenanceId }: { readonly maintenanceId: number | null }) => maintenanceId === id;
      return [id, insertComments(entries.events.filter(isOf), entries.comments.filter(isOf))];
    }),
  );
}

/** Both are newest first. Events keep the order of the changes, as their instants can be in another order under load. */
function insertComments(events: readonly TimelineEntry[], comments: readonly TimelineEntry[]): TimelineEntry[] {
  const left = [...comments];
  const merged = events.flatMap((event) => {
    const older = left.findIndex(({ at }) => at <= event.at);
    return [...left.splice(0, older === -1 ? left.length : older), event];
  });
  return [...merged, ...left];
}
