import { type Actor, may, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { record } from '../store/audit.ts';
import type { Queries } from '../store/database.ts';
import { listTokens, revokeTokenRow, type Token, tokenWithId } from '../store/tokens.ts';
import { type Ground, transact } from './action.ts';

/** Whose tokens somebody sees and revokes: undefined for everybody's, else their own alone. */
const whose = (actor: Actor) => (may(actor, 'manage-tokens-of-others') ? undefined : actor.id);

/**
 * The tokens there are: to an admin all, to others those they made.
 * @throws Refusal `forbidden`
 */
export async function tokensFor(ground: Ground, actor: Actor): Promise<Token[]> {
  mustBeAllowed(actor, 'make-token');
  return listTokens(ground.database, actor.accountId, whose(actor));
}

/**
 * One of those.
 * @returns undefined where there is none, it was revoked, or it is another's
 * @throws Refusal `forbidden`
 */
export async function tokenFor(db: Queries, actor: Actor, id: number): Promise<Token | undefined> {
  mustBeAllowed(actor, 'make-token');
  return tokenWithId(db, actor.accountId, id, whose(actor));
}

export function noSuchToken(id: number): Refusal {
  return new Refusal('not-found', `There is no token ${id}. It may have been revoked already.`);
}

/**
 * Revokes a token: the next request with it is refused.
 * @throws Refusal `forbidden`, or `not-found` where it was revoked before or is another's
 */
export async function revokeToken(ground: Ground, actor: Actor, id: number): Promise<Token> {
  mustBeAllowed(actor, 'make-token');
  return transact(ground, async (tx, now) => {
    const token = await revokeTokenRow(tx, actor.accountId, id, now, whose(actor));
    if (token === undefined) throw noSuchToken(id);
    await record(tx, actor, now, { action: 'revoke-token', subject: `token:${id}`, before: { name: token.name } });
    return token;
  });
}
