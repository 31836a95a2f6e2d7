import type { Actor } from '../domain/permissions.ts';
import type { Queries } from './database.ts';

export interface Comment {
  readonly id: number;
  readonly text: string;
  readonly internal: boolean;
  readonly author: { readonly id: string; readonly name: string };
  readonly source: string;
  readonly createdAt: Date;
}

const fields = {
  id: true,
  text: true,
  internal: true,
  authorId: true,
  authorName: true,
  source: true,
  createdAt: true,
} as const;

interface Row {
  id: number;
  text: string;
  internal: boolean;
  authorId: string;
  authorName: string;
  source: string;
  createdAt: Date;
}

function toComment({ authorId, authorName, ...row }: Row): Comment {
  return { ...row, author: { id: authorId, name: authorName } };
}

export async function insertComment(
  tx: Queries,
  actor: Actor,
  maintenanceId: number,
  comment: { text: string; internal: boolean },
  now: Date,
): Promise<Comment> {
  const row = await tx.comment.create({
    data: {
      accountId: actor.accountId,
      maintenanceId,
      ...comment,
      authorId: actor.id,
      authorName: actor.name,
      source: actor.source,
      createdAt: now,
    },
    select: fields,
  });
  return toComment(row);
}

/** Oldest first. */
export async function listComments(db: Queries, accountId: number, maintenanceId: number): Promise<Comment[]> {
  const rows = await db.comment.findMany({
    where: { accountId, maintenanceId },
    orderBy: { id: 'asc' },
    select: fields,
  });
  return rows.map(toComment);
}
