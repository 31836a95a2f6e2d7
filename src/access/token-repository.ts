import { createHash, randomBytes } from 'node:crypto';
import type { ApiTokenModel } from '../../prisma/client/models.ts';
import { isId } from '../core/keys.ts';
import type { Queries } from '../platform/database.ts';
import { RIGHTS, type Rights } from './rules.ts';

/** How exact the last use is kept (milliseconds): a busy token is not written at each request. */
const LAST_USE_WITHIN = 60_000;

export interface Token {
  readonly id: number;
  readonly accountId: number;
  readonly name: string;
  readonly rights: Rights;
  /** The scopes it is limited to; null: everything. */
  readonly scopes: readonly number[] | null;
  readonly madeBy: { readonly id: string; readonly name: string };
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** As far as a minute back. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** What nobody can guess: 192 random bits. */
export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

/** A new token's text. What makes it a token of Lull's is its beginning, for those who look for secrets in files. */
export function newTokenText(): string {
  return `lull_${newSecret()}`;
}

/** Tokens are long and random, so one plain SHA-256 is enough: there is nothing to guess. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function toToken(row: ApiTokenModel): Token {
  const rights = RIGHTS.find((right) => right === row.rights);
  if (rights === undefined)
    throw new Error(`rights of token ${row.id} are ${row.rights}; expected ${RIGHTS.join(', ')}`);
  const { createdById, createdByName, scopes, hash: _, ...token } = row;
  const madeBy = { id: createdById, name: createdByName };
  return { ...token, rights, scopes: scopes.length === 0 ? null : scopes, madeBy };
}

export async function createToken(
  tx: Queries,
  token: Omit<Token, 'id' | 'lastUsedAt' | 'revokedAt'>,
  text: string,
): Promise<Token> {
  const { madeBy, scopes, ...rest } = token;
  const data = {
    ...rest,
    hash: hashToken(text),
    scopes: [...(scopes ?? [])],
    createdById: madeBy.id,
    createdByName: madeBy.name,
  };
  return toToken(await tx.apiToken.create({ data }));
}

/** The live token with this text, or undefined when it is unknown, revoked or expired. Its use is noted. */
export async function findToken(db: Queries, text: string, now: Date): Promise<Token | undefined> {
  const row = await db.apiToken.findUnique({ where: { hash: hashToken(text) } });
  if (row === null || row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= now)) return undefined;
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() >= LAST_USE_WITHIN) {
    await db.apiToken.updateMany({ where: { id: row.id, accountId: row.accountId }, data: { lastUsedAt: now } });
  }
  return toToken(row);
}

/** What was made in an account, by one person or by anybody, and not revoked. */
export const activeTokens = (accountId: number, madeBy: string | undefined) => ({
  accountId,
  revokedAt: null,
  ...(madeBy === undefined ? {} : { createdById: madeBy }),
});

/** The tokens of an account that were not revoked, the newest first; `madeBy`: of one person alone. */
export async function listTokens(db: Queries, accountId: number, madeBy?: string): Promise<Token[]> {
  const rows = await db.apiToken.findMany({ where: activeTokens(accountId, madeBy), orderBy: { id: 'desc' } });
  return rows.map(toToken);
}

/** One of them; undefined when there is no such token, or it was revoked. */
export async function findTokenById(
  db: Queries,
  accountId: number,
  id: number,
  madeBy?: string,
): Promise<Token | undefined> {
  if (!isId(id)) return undefined;
  const row = await db.apiToken.findFirst({ where: { ...activeTokens(accountId, madeBy), id } });
  return row === null ? undefined : toToken(row);
}

/** @returns undefined when there is no such token, or it was revoked before */
export async function revokeTokenRow(
  tx: Queries,
  accountId: number,
  id: number,
  now: Date,
  madeBy?: string,
): Promise<Token | undefined> {
  if (!isId(id)) return undefined;
  const [row] = await tx.apiToken.updateManyAndReturn({
    where: { ...activeTokens(accountId, madeBy), id },
    data: { revokedAt: now },
  });
  return row && toToken(row);
}
