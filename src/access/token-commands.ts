import { record } from '../audit/record.ts';
import { UserError } from '../core/errors.ts';
import { type Actor, authorize, isAllowed, ROLES } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { validateScopeIds } from '../maintenance/commands/coverage.ts';
import { validateName } from '../maintenance/rules/validation.ts';
import type { Queries } from '../platform/database.ts';
import { type ActionContext, inTransaction, inTransactionOnce } from '../platform/transactions.ts';
import { expiryInvalid, rightsNotAllowed, scopesEmpty, tokenNotFound } from './errors.ts';
import { DEFAULT_TOKEN_DAYS, MAX_TOKEN_DAYS, type Rights, ROLE_BY_RIGHTS } from './rules.ts';
import {
  createToken,
  findTokenById,
  listTokens,
  newTokenText,
  revokeTokenRow,
  type Token,
} from './token-repository.ts';

const DAY = 24 * 60 * 60_000;

export interface TokenInput {
  readonly name: string;
  readonly rights: Rights;
  /** Ids of the scopes it is limited to; null: everything. */
  readonly scopes: readonly number[] | null;
  /** Days; undefined: EXPIRES_AFTER; null: never. */
  readonly expiresAfterDays?: number | null;
}

/** A token with its text, which is nowhere kept and cannot be shown again. */
export interface CreatedToken {
  readonly token: Token;
  readonly text: string;
}

/**
 * Makes a token for the HTTP interface. Nobody makes one that may do more than they may themselves.
 * @throws UserError `forbidden`, or `invalid` with every field that is wrong
 */
export async function createApiToken(ctx: ActionContext, actor: Actor, input: TokenInput): Promise<CreatedToken>;
/**
 * The same for a request that may come twice.
 * @returns undefined when the request `once` was acted upon before
 */
export async function createApiToken(
  ctx: ActionContext,
  actor: Actor,
  input: TokenInput,
  once: string | undefined,
): Promise<CreatedToken | undefined>;
export async function createApiToken(
  ctx: ActionContext,
  actor: Actor,
  input: TokenInput,
  once?: string,
): Promise<CreatedToken | undefined> {
  authorize(actor, 'make-token');
  const { rights } = input;
  if (ROLES.indexOf(ROLE_BY_RIGHTS[rights]) > ROLES.indexOf(actor.role)) {
    const { name: by, role } = actor;
    throw rightsNotAllowed({ rights, needed: ROLE_BY_RIGHTS[rights], actor: by, role }, 'rights');
  }
  const name = input.name.trim();
  const days = input.expiresAfterDays === undefined ? DEFAULT_TOKEN_DAYS : input.expiresAfterDays;
  const problems = validateName('token', name);
  if (days !== null && !(Number.isInteger(days) && days >= 1 && days <= MAX_TOKEN_DAYS)) {
    problems.push(expiryInvalid.at('expires_after_days', { days, max: MAX_TOKEN_DAYS }));
  }
  if (input.scopes?.length === 0) {
    problems.push(scopesEmpty.at('scopes', {}));
  }
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const scopes = input.scopes === null ? null : [...new Set(input.scopes)];
    const unknown = await validateScopeIds(tx, actor.accountId, scopes ?? []);
    if (problems.length + unknown.length > 0) throw UserError.invalid([...problems, ...unknown]);
    const text = newTokenText();
    const expiresAt = days === null ? null : new Date(now.getTime() + days * DAY);
    const madeBy = { id: actor.id, name: actor.name };
    const token = await createToken(
      tx,
      { accountId: actor.accountId, name, rights, scopes, madeBy, createdAt: now, expiresAt },
      text,
    );
    await record(tx, actor, now, {
      type: 'token.created',
      subject: { kind: 'token', id: token.id },
      after: { name, rights, scopes, expires_at: expiresAt && utc(expiresAt) },
    });
    return { token, text };
  });
}

/** Whose tokens somebody sees and revokes: undefined for everybody's, else their own alone. */
const whose = (actor: Actor) => (isAllowed(actor, 'manage-tokens-of-others') ? undefined : actor.id);

/**
 * The tokens there are: to an admin all, to others those they made.
 * @throws UserError `forbidden`
 */
export async function listVisibleTokens(ctx: ActionContext, actor: Actor): Promise<Token[]> {
  authorize(actor, 'make-token');
  return listTokens(ctx.database, actor.accountId, whose(actor));
}

/**
 * One of those.
 * @returns undefined where there is none, it was revoked, or it is another's
 * @throws UserError `forbidden`
 */
export async function getVisibleToken(db: Queries, actor: Actor, id: number): Promise<Token | undefined> {
  authorize(actor, 'make-token');
  return findTokenById(db, actor.accountId, id, whose(actor));
}

/**
 * Revokes a token: the next request with it is refused.
 * @throws UserError `forbidden`, or `not-found` where it was revoked before or is another's
 */
export async function revokeToken(ctx: ActionContext, actor: Actor, id: number): Promise<Token> {
  authorize(actor, 'make-token');
  return inTransaction(ctx, async (tx, now) => {
    const token = await revokeTokenRow(tx, actor.accountId, id, now, whose(actor));
    if (token === undefined) throw tokenNotFound({ id });
    await record(tx, actor, now, {
      type: 'token.revoked',
      subject: { kind: 'token', id },
      before: { name: token.name },
    });
    return token;
  });
}
