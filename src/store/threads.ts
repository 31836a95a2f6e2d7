import type { Queries } from './database.ts';

/** A thread of an announcement, by the `ts` of the live message that it hangs on. */
export interface AnnouncedThread {
  readonly accountId: number;
  readonly maintenanceId: number;
  readonly channel: string;
  readonly thread: string;
}

/** Which are read first; those that are over last. */
const ORDER: ReadonlyMap<string, number> = new Map([
  ['in-progress', 0],
  ['scheduled', 1],
]);

/**
 * The threads in which people may be talking: of windows that are in progress, begin before `startsBefore`, or were over
 * after `overAfter`. Those in progress come first, then those that begin next. Not of workspaces that removed Lull.
 */
export async function openThreads(
  db: Queries,
  { startsBefore, overAfter }: { readonly startsBefore: Date; readonly overAfter: Date },
): Promise<AnnouncedThread[]> {
  const inWorkspace = { slackTeamId: { not: null }, NOT: { installation: { removedAt: { not: null } } } };
  const open = [
    { status: 'in-progress' },
    { status: 'scheduled', scheduledStart: { lt: startsBefore } },
    { status: { notIn: [...ORDER.keys()] }, endedAt: { gt: overAfter } },
  ];
  const rows = await db.announcement.findMany({
    where: { ts: { not: null }, maintenance: { deletedAt: null, account: inWorkspace, OR: open } },
    orderBy: [{ maintenance: { scheduledStart: 'asc' } }, { maintenanceId: 'asc' }, { channel: 'asc' }],
    select: {
      accountId: true,
      maintenanceId: true,
      channel: true,
      ts: true,
      maintenance: { select: { status: true } },
    },
  });
  const place = ({ maintenance: { status } }: (typeof rows)[number]) => ORDER.get(status) ?? ORDER.size;
  return rows
    .toSorted((a, b) => place(a) - place(b))
    .flatMap(({ ts, maintenance: _, ...row }) => (ts === null ? [] : [{ ...row, thread: ts }]));
}

/** The replies in a channel that are comments on a maintenance: which of its edits each shows, by `ts`. */
export async function repliesKept(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  channel: string,
): Promise<ReadonlyMap<string, string | null>> {
  const rows = await db.comment.findMany({
    where: { accountId, maintenanceId, slackChannel: channel },
    select: { slackTs: true, slackEditedTs: true },
  });
  return new Map(rows.flatMap(({ slackTs, slackEditedTs }) => (slackTs === null ? [] : [[slackTs, slackEditedTs]])));
}
