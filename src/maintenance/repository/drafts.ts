import { randomUUID } from 'node:crypto';
import type { Prisma } from '../../../prisma/client/client.ts';
import type { Queries } from '../../platform/database.ts';

/** Stores how a sentence was understood until its preview is answered. Returns the id of the draft. */
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

/** The content of a draft, which the caller validates; undefined: the draft was deleted. */
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
