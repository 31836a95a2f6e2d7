import { record } from '../audit/record.ts';
import { UserError } from '../core/errors.ts';
import { MAX_NAME_CHARS } from '../core/limits.ts';
import { type Actor, authorize, ROLES, readTokenId } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { findUnknown } from '../maintenance/commands/coverage.ts';
import { validateName, validateText } from '../maintenance/rules/validation.ts';
import type { Queries } from '../platform/database.ts';
import type { Page } from '../platform/rows.ts';
import { type ActionContext, inTransaction, inTransactionOnce, type Repeated } from '../platform/transactions.ts';
import {
  creatorRevoked,
  expiryAfterCreator,
  expiryInvalid,
  rightsNotAllowed,
  scopesEmpty,
  serviceTokenNotAllowed,
  tokenNotFound,
} from './errors.ts';
import { DEFAULT_TOKEN_DAYS, MAX_TOKEN_DAYS, type Rights, ROLE_BY_RIGHTS } from './rules.ts';
import {
  createToken,
  findOwner,
  listTokens,
  lockCreator,
  markTokenRevoked,
  newTokenText,
  type Revoked,
  revokeCreated,
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
  /** For a service token, which belongs to no person. Default, where nothing else can be created: the name. */
  readonly purpose?: string | null;
  /** undefined: `DEFAULT_TOKEN_DAYS`, or until the token that creates it expires; null: never. */
  readonly expiresAfterDays?: number | null;
}

/**
 * Creates a token for the HTTP API. Nobody can create one with more rights than they have themselves, and no token one
 * that outlives it. It belongs to the person who creates it, or to the owner of the token that does, with whose role it
 * acts. With a purpose it is a service token: only admins create those, as they work when the person has left.
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
  const { rights, expiresAfterDays: days } = input;
  const needed = ROLE_BY_RIGHTS[rights];
  if (ROLES.indexOf(needed) > ROLES.indexOf(actor.role)) {
    throw rightsNotAllowed({ rights, needed, actor: actor.name, role: actor.role }, 'rights');
  }
  const name = input.name.trim();
  const purpose = findPurpose(actor, input.purpose?.trim() ?? null, name);
  const problems = validateName('token', name);
  if (purpose !== null) problems.push(...validateText('purpose', purpose, MAX_NAME_CHARS));
  if (days !== undefined && days !== null && !(Number.isInteger(days) && days >= 1 && days <= MAX_TOKEN_DAYS)) {
    problems.push(expiryInvalid.at('expires_after_days', { days, max: MAX_TOKEN_DAYS }));
  }
  if (input.scopes?.length === 0) problems.push(scopesEmpty.at('scopes', {}));
  return inTransactionOnce(ctx, actor, idempotencyKey, async (tx, now) => {
    const scopes = [...new Set(input.scopes)];
    const unknown = await findUnknown(tx, actor, { scopes });
    if (problems.length + unknown.length > 0) throw UserError.invalid([...problems, ...unknown]);
    const creator = await getCreator(tx, actor);
    const expiresAt = resolveExpiry(now, days, creator?.expiresAt ?? null);
    const text = newTokenText();
    const token = await createToken(tx, {
      ...secretColumns(actor, now, text),
      ownerId: purpose === null ? findOwner(actor) : null,
      ...{ name, rights, scopes, expiresAt, purpose },
      creatorId: findOwner(actor) ?? actor.creator ?? null,
      parentId: creator?.id ?? null,
    });
    await record(tx, actor, now, {
      type: 'token.created',
      subject: { kind: 'token', id: token.id },
      after: {
        ...{ name, rights, scopes: token.scopes, expires_at: expiresAt && utc(expiresAt) },
        ...{ owner: token.ownerId, purpose, created_with: token.parentId },
      },
    });
    return { token, text };
  });
}

/**
 * The purpose of a new token, which makes it a service token; null for one that belongs to a person.
 * @throws UserError `service-token-not-allowed` when this actor cannot create the one that is requested
 */
function findPurpose(actor: Actor, requested: string | null, name: string): string | null {
  const isPersonal = findOwner(actor) !== null;
  if (isPersonal && requested === null) return null;
  // What a person's token creates ends with that person.
  if (actor.owner !== undefined) throw serviceTokenNotAllowed({ actor: actor.name });
  if (isPersonal) authorize(actor, 'make-service-token');
  return requested === null || requested === '' ? name : requested;
}

/**
 * The token with which something is created, locked; undefined when it is not created with one.
 * @throws UserError `creator-revoked`
 */
export async function getCreator(tx: Queries, actor: Actor) {
  const id = readTokenId(actor);
  if (id === undefined) return undefined;
  const creator = await lockCreator(tx, id);
  if (creator === undefined) throw creatorRevoked({ actor: actor.name });
  return { id, ...creator };
}

/**
 * @param days undefined: the default, or less so that it is not after `latest`; null: never
 * @param latest when the token that creates it expires; null: never
 */
function resolveExpiry(now: Date, days: number | null | undefined, latest: Date | null): Date | null {
  const after = (count: number) => new Date(now.getTime() + count * DAY_MS);
  if (days === undefined) {
    const usual = after(DEFAULT_TOKEN_DAYS);
    return latest !== null && latest < usual ? latest : usual;
  }
  const expiresAt = days === null ? null : after(days);
  if (latest !== null && (expiresAt === null || expiresAt > latest)) {
    throw expiryAfterCreator({ latest }, 'expires_after_days');
  }
  return expiresAt;
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

/**
 * Revokes a token and everything that was created with it.
 * @throws UserError `forbidden`, or `not-found` for a token that is already revoked or somebody else's
 */
export async function revokeToken(ctx: ActionContext, actor: Actor, id: number): Promise<Token> {
  const where = visibleTokens(actor, id);
  return inTransaction(ctx, async (tx, now) => {
    const token = await markTokenRevoked(tx, where, now);
    if (token === undefined) throw tokenNotFound({ id });
    const revoked: Revoked[] = [{ kind: 'token', id, name: token.name }];
    // A generation is locked before the next one is read, so that nothing is added to that.
    for (let creators = [id]; creators.length > 0; ) {
      const created = await revokeCreated(tx, creators, now);
      revoked.push(...created);
      creators = created.filter(({ kind }) => kind === 'token').map((each) => each.id);
    }
    for (const { kind, id: each, name } of revoked) {
      const with_token = each === id && kind === 'token' ? null : id;
      const before = { name };
      const event =
        kind === 'token'
          ? ({ type: 'token.revoked', subject: { kind, id: each }, before, after: { with_token } } as const)
          : ({ type: 'calendar.revoked', subject: { kind, id: each }, before, after: { with_token } } as const);
      await record(tx, actor, now, event);
    }
    return token;
  });
}
