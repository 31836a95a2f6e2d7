import { randomUUID } from 'node:crypto';
import type { Prisma } from '../../prisma/client/client.ts';
import type { Queries } from '../platform/database.ts';

/** Drafts older than this (milliseconds) are swept away; a `response_url` lives no longer than 30 minutes anyway. */
const KEPT = 24 * 60 * 60_000;

/** Keeps what a sentence was understood as until its preview is answered. Returns the draft's id. */
export async function saveDraft(
  db: Queries,
  accountId: number,
  personId: string,
  content: Prisma.InputJsonObject,
  now: Date,
): Promise<string> {
  const id = randomUUID();
  await db.draft.create({ data: { id, accountId, personId, content, createdAt: now } });
  return id;
}

/** The content of a draft, or undefined when it is gone. The reader validates it. */
export async function findDraft(db: Queries, accountId: number, id: string): Promise<unknown> {
  const row = await db.draft.findFirst({ where: { accountId, id }, select: { content: true } });
  return row?.content;
}

export async function discardDraft(db: Queries, accountId: number, id: string): Promise<void> {
  await db.draft.deleteMany({ where: { accountId, id } });
}

/** Removes drafts that nothing can ask for any more. */
export async function sweepDrafts(db: Queries, now: Date): Promise<void> {
  await db.draft.deleteMany({ where: { createdAt: { lt: new Date(now.getTime() - KEPT) } } });
}
