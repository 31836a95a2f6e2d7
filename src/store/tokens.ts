import { createHash } from 'node:crypto';
import type { Queries } from './database.ts';

export const RIGHTS = ['read', 'write', 'admin'] as const;
export type Rights = (typeof RIGHTS)[number];

export interface Token {
  id: number;
  accountId: number;
  name: string;
  rights: Rights;
}

/** Tokens are long and random, so one plain SHA-256 is enough: there is nothing to guess. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The live token with this text, or undefined when it is unknown, revoked or expired. */
export async function findToken(db: Queries, text: string, now: Date): Promise<Token | undefined> {
  const row = await db.apiToken.findUnique({ where: { hash: hashToken(text) } });
  if (row === null || row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= now)) return undefined;
  const rights = RIGHTS.find((right) => right === row.rights);
  return rights && { id: row.id, accountId: row.accountId, name: row.name, rights };
}
