import { record } from '../audit/record.ts';
import { UserError } from '../core/errors.ts';
import { type Actor, authorize, ROLES } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { findUnknown } from '../maintenance/commands/coverage.ts';
import { validateName } from '../maintenance/rules/validation.ts';
import type { Queries } from '../platform/database.ts';
import type { Page } from '../platform/rows.ts';
import { type ActionContext, inTransaction, inTransactionOnce, type Repeated } from '../platform/transactions.ts';
import { expiryInvalid, rightsNotAllowed, scopesEmpty, tokenNotFound } from './errors.ts';
import { DEFAULT_TOKEN_DAYS, MAX_TOKEN_DAYS, type Rights, ROLE_BY_RIGHTS } from './rules.ts';
import {
  createToken,
  listTokens,
  markTokenRevoked,
  newTokenText,
  secretColumns,
  type Token,
  visibleSecrets,
} from './token-repository.ts';

const DAY_MS = 24 * 60 * 60_000;

interface TokenInput {
  readonly name: string;
  readonly rights: Rights;
  /** Ids of the scopes it is limited to; null: not limited. */
  readonly scopes: readonly number[] | null;
  /** undefined: `DEFAULT_TOKEN_DAYS`; null: never. */
  readonly expiresAfterDays?: number | null;
}

/**
 * Creates a token for the HTTP API. Nobody can create one with more rights than they have themselves.
 * @returns the token with its text, which is not stored and cannot be shown again
 * @throws UserError `forbidden`, or `invalid` with every field that is wrong
 */
export async function createApiToken<Key extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  input: TokenInput,
  idempotencyKey?: Key,
): Promise<{ readonly token: Token; readonly text: string } | Repeated<Key>> {
  authorize(actor, 'make-token');
  const { rights, expiresAfterDays: days = DEFAULT_TOKEN_DAYS } = input;
  const needed = ROLE_BY_RIGHTS[rights];
  if (ROLES.indexOf(needed) > ROLES.indexOf(actor.role)) {
    throw rightsNotAllowed({ rights, needed, actor: actor.name, role: actor.role }, 'rights');
  }
  const name = input.name.trim();
  const problems = validateName('token', name);
  if (days !== null && !(Number.isInteger(days) && days >= 1 && days <= MAX_TOKEN_DAYS)) {
    problems.push(expiryInvalid.at('expires_after_days', { days, max: MAX_TOKEN_DAYS }));
  }
  if (input.scopes?.length === 0) problems.push(scopesEmpty.at('scopes', {}));
  return inTransactionOnce(ctx, actor, idempotencyKey, async (tx, now) => {
    const scopes = [...new Set(input.scopes)];
    const unknown = await findUnknown(tx, actor.accountId, { scopes });
    if (problems.length + unknown.length > 0) throw UserError.invalid([...problems, ...unknown]);
    const text = newTokenText();
    const expiresAt = days === null ? null : new Date(now.getTime() + days * DAY_MS);
    const token = await createToken(tx, { ...secretColumns(actor, now, text), name, rights, scopes, expiresAt });
    await record(tx, actor, now, {
      type: 'token.created',
      subject: { kind: 'token', id: token.id },
      after: { name, rights, scopes: token.scopes, expires_at: expiresAt && utc(expiresAt) },
    });
    return { token, text };
  });
}

/** @throws UserError `forbidden` */
function visibleTokens(actor: Actor, id?: number) {
  authorize(actor, 'make-token');
  return visibleSecrets(actor, 'manage-tokens-of-others', id);
}

/** The active tokens that somebody created; for an admin those of everybody. @throws UserError `forbidden` */
export async function listVisibleTokens(
  { database }: ActionContext,
  actor: Actor,
  page?: Page<'id', string>,
): Promise<Token[]> {
  return listTokens(database, visibleTokens(actor), page);
}

/** @throws UserError `forbidden` */
export async function getVisibleToken(db: Queries, actor: Actor, id: number): Promise<Token | undefined> {
  return (await listTokens(db, visibleTokens(actor, id)))[0];
}

/** @throws UserError `forbidden`, or `not-found` for a token that is already revoked or somebody else's */
export async function revokeToken(ctx: ActionContext, actor: Actor, id: number): Promise<Token> {
  const where = visibleTokens(actor, id);
  return inTransaction(ctx, async (tx, now) => {
    const token = await markTokenRevoked(tx, where, now);
    if (token === undefined) throw tokenNotFound({ id });
    const subject = { kind: 'token', id } as const;
    await record(tx, actor, now, { type: 'token.revoked', subject, before: { name: token.name } });
    return token;
  });
}
