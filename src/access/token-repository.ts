import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { ApiTokenModel } from '../../prisma/client/models.ts';
import { isId } from '../core/keys.ts';
import { type Actor, isAllowed, type Permission } from '../core/permissions.ts';
import type { Queries } from '../platform/database.ts';
import { keepIds } from '../platform/ids.ts';
import { afterPosition, creationColumns, NEWEST, pageOrder, withCreator } from '../platform/rows.ts';
import { execute, queryRows, sql } from '../platform/sql.ts';
import { OWNER_FACTS, OWNER_TABLES } from './people-repository.ts';
import { type OwnerFacts, RIGHTS, type Rights } from './rules.ts';

/** A busy token is not written at each request. */
const LAST_USE_PRECISION_MS = 60_000;

/** 192 random bits. */
export const newSecret = (): string => randomBytes(24).toString('base64url');

/** The prefix lets secret scanners recognize a token of Lull. */
export const newTokenText = (): string => `lull_${newSecret()}`;

/** One plain SHA-256 is enough: tokens are long and random. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** The columns of a new row with a secret: a token or a calendar. What a token creates belongs to the owner of the token. */
export const secretColumns = (actor: Actor, now: Date, secret: string) => {
  return { ...creationColumns(actor, now), hash: hashToken(secret), ownerId: findOwner(actor) };
};

/** The Slack id of the person with whose role something of this actor's acts; null: it belongs to no person. */
export function findOwner(actor: Actor): string | null {
  return actor.source === 'slack' ? actor.id : (actor.owner ?? null);
}

/**
 * Selects the rows with a secret that somebody can see and revoke: a person those that they own, a token those that it
 * created, and with this permission everybody's.
 */
export function visibleSecrets(actor: Actor, manageOthers: Permission, id?: number) {
  return {
    accountId: actor.accountId,
    revokedAt: null,
    ...(isAllowed(actor, manageOthers)
      ? {}
      : actor.source === 'slack'
        ? { ownerId: actor.id }
        : { createdById: actor.id }),
    ...(id === undefined ? {} : { id: { in: [id].filter(isId) } }),
  };
}

export type Token = ReturnType<typeof toToken>;

function toToken(row: ApiTokenModel) {
  const { scopes, ...token } = withCreator(row);
  return {
    ...token,
    rights: z.enum(RIGHTS).parse(row.rights),
    /** Ids of the scopes it is limited to; null: not limited. */
    scopes: scopes.length === 0 ? null : scopes,
  };
}

interface NewToken extends ReturnType<typeof secretColumns> {
  readonly name: string;
  readonly purpose: string | null;
  readonly creatorId: string | null;
  readonly parentId: number | null;
  readonly rights: Rights;
  readonly scopes: number[];
  readonly expiresAt: Date | null;
}

export async function createToken(tx: Queries, data: NewToken): Promise<Token> {
  return toToken(await tx.apiToken.create({ data }));
}

export interface UsedToken extends Pick<Token, 'id' | 'accountId' | 'name' | 'rights' | 'scopes' | 'creatorId'> {
  readonly facts: OwnerFacts;
}
type UsedRow = Omit<UsedToken, 'scopes'> & { readonly scopes: number[]; readonly lastUsedAt: Date | null };

const USED = sql`owned.id, owned.account_id as "accountId", owned.name, owned.rights, owned.scopes,
  owned.creator_id as "creatorId",
  owned.last_used_at as "lastUsedAt", ${OWNER_FACTS} as facts`;

/**
 * The active token with this text and what decides its role, or undefined when it is unknown, revoked or expired. Updates
 * its last use.
 */
export async function findToken(db: Queries, text: string, now: Date): Promise<UsedToken | undefined> {
  const [row] = await queryRows<UsedRow>(
    db,
    sql`select ${USED} from api_tokens owned ${OWNER_TABLES}
      where owned.hash = ${hashToken(text)} and owned.revoked_at is null
        and (owned.expires_at is null or owned.expires_at > ${now})`,
  );
  if (row === undefined) return undefined;
  const { lastUsedAt, scopes, ...token } = row;
  if (lastUsedAt === null || now.getTime() - lastUsedAt.getTime() >= LAST_USE_PRECISION_MS) {
    await execute(db, sql`update api_tokens set last_used_at = ${now} where id = ${row.id}`);
  }
  return { ...token, scopes: scopes.length === 0 ? null : scopes };
}

type VisibleSecrets = ReturnType<typeof visibleSecrets>;

export async function listTokens(db: Queries, visible: VisibleSecrets, page = NEWEST): Promise<Token[]> {
  const where = { AND: [visible, afterPosition(page)] };
  return (await db.apiToken.findMany({ where, orderBy: pageOrder(page), take: page.limit })).map(toToken);
}

/**
 * Locks the token that creates something, so that it is not revoked before that is stored.
 * @returns undefined when it was revoked
 */
export async function lockCreator(tx: Queries, id: number): Promise<{ readonly expiresAt: Date | null } | undefined> {
  const { rows } = await execute<{ expiresAt: Date | null }>(
    tx,
    sql`select expires_at as "expiresAt" from api_tokens where id = ${id} and revoked_at is null for share`,
  );
  return rows[0];
}

/** @returns the token it revoked, if any */
export async function markTokenRevoked(tx: Queries, where: VisibleSecrets, now: Date): Promise<Token | undefined> {
  return (await tx.apiToken.updateManyAndReturn({ where, data: { revokedAt: now } })).map(toToken)[0];
}

/** What was revoked with a token. */
export type Revoked = { readonly kind: 'token' | 'calendar'; readonly id: number; readonly name: string };

/**
 * Revokes the tokens and calendars that the revoked tokens with these ids created, and keeps the id of an event for each of
 * the creators. @returns what it revoked
 */
export async function revokeCreated(tx: Queries, creators: readonly number[], now: Date): Promise<readonly Revoked[]> {
  const { rows } = await execute<{ revoked: readonly Revoked[]; eventIds: readonly number[] }>(
    tx,
    sql`with tokens as (
        update api_tokens set revoked_at = ${now} where parent_id = any(${[...creators]}) and revoked_at is null
        returning id, name
      ), feeds as (
        update calendars set revoked_at = ${now} where token_id = any(${[...creators]}) and revoked_at is null
        returning id, name
      ), revoked as (
        select 'token' as kind, id, name from tokens union all select 'calendar', id, name from feeds
      )
      select (select coalesce(json_agg(revoked order by kind desc, id), '[]') from revoked) as revoked,
        array(select nextval('audit_events_id_seq')::int from generate_series(1, ${creators.length}::int)) as "eventIds"`,
  );
  const [row] = rows;
  keepIds(tx, 'audit_events', row?.eventIds ?? []);
  return row?.revoked ?? [];
}
