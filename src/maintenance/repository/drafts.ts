import { randomUUID } from 'node:crypto';
import type { Prisma } from '../../../prisma/client/client.ts';
import type { Queries } from '../../platform/database.ts';

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

/** @param before UTC */
export async function deleteDraftsBefore(db: Queries, before: Date): Promise<void> {
  await db.draft.deleteMany({ where: { createdAt: { lt: before } } });
}
