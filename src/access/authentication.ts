import { timingSafeEqual } from 'node:crypto';
import { type Actor, ADMIN_TOKEN_ID, anonymousReader, tokenActorId } from '../core/permissions.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { authenticationTexts } from '../texts/authentication.ts';
import { findAccountNamed, listAnonymousAccounts, listFirstAccounts } from './accounts.ts';
import type { OwnerChecks } from './owner-checks.ts';
import { type OwnerFacts, ROLE_BY_RIGHTS, resolveTokenRole, type Suspension } from './rules.ts';
import { findToken, hashToken, type UsedToken } from './token-repository.ts';

export interface Authentication {
  readonly ctx: ActionContext;
  readonly adminToken: string;
  /** The account of the admin token if the request names none; undefined if there is none or several. */
  readonly account: () => Promise<number | undefined>;
  /** Absent where there is no Slack: then what it said last counts. */
  readonly owners?: OwnerChecks | undefined;
}

interface IdentifyError {
  readonly ok: false;
  readonly status: 400 | 401 | 403 | 503;
  readonly code:
    | 'token-required'
    | 'token-invalid'
    | 'token-suspended'
    | 'role-unverified'
    | 'account-unknown'
    | 'account-forbidden'
    | 'account-required'
    | 'not-ready';
  readonly detail: string;
}

export type Identified = { readonly ok: true; readonly actor: Actor } | IdentifyError;

export type IdentifyErrorCode = IdentifyError['code'];

const fail = (status: IdentifyError['status'], code: IdentifyErrorCode, detail: string): IdentifyError => {
  return { ok: false, status, code, detail };
};

/**
 * Identifies the actor of a request by its token.
 * @param header `Authorization`
 * @param account a Slack team id, required for the admin token if there are several; or the key of a sub-account
 */
export async function identify(
  authentication: Authentication,
  header: string | undefined,
  account?: string,
): Promise<Identified> {
  const token = readBearer(header);
  if (token === undefined) return fail(401, 'token-required', 'Send a token: "Authorization: Bearer <token>".');
  return identifyToken(authentication, token, account);
}

const readBearer = (header: string | undefined) => /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];

/** Whether a request has the admin token, whatever the account. @param header `Authorization` */
export function isAdminToken({ adminToken }: Pick<Authentication, 'adminToken'>, header: string | undefined): boolean {
  const token = readBearer(header);
  return token !== undefined && isSameSecret(token, adminToken);
}

/** Hashes have equal lengths, so that the comparison takes constant time. */
function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashToken(a)), Buffer.from(hashToken(b)));
}

/** Identifies the actor of a token. @param account as in `identify` */
export async function identifyToken(
  authentication: Authentication,
  token: string,
  account?: string,
): Promise<Identified> {
  const { ctx, adminToken } = authentication;
  if (isSameSecret(token, adminToken)) {
    const accountId = await findAdminAccount(authentication, account);
    if (typeof accountId !== 'number') return accountId;
    const actor = { accountId, id: ADMIN_TOKEN_ID, name: 'the admin token', source: 'http', role: 'admin' } as const;
    return { ok: true, actor };
  }
  const known = await findVerified(authentication, token);
  if (known === undefined) {
    return fail(401, 'token-invalid', 'This token is unknown, expired or revoked. Make a new one.');
  }
  const { id, name, rights, scopes, facts, creatorId } = known;
  const resolved = resolveTokenRole(rights, facts);
  if ('suspended' in resolved) return suspended(resolved.suspended, name, facts);
  const named =
    account === undefined ? known.accountId : (await findAccountNamed(ctx.database, account, known.accountId))?.id;
  if (named === undefined) return accountUnknown(account);
  if (scopes !== null && named !== known.accountId) {
    const detail = 'This token is limited to scopes of its account, so it cannot be used in a sub-account.';
    return fail(403, 'account-forbidden', detail);
  }
  const { role, lowered } = resolved;
  const actor: Actor = {
    ...{ accountId: named, id: tokenActorId(id), name, source: 'http', role },
    ...(facts.owner !== null ? { owner: facts.owner.id } : creatorId === null ? {} : { creator: creatorId }),
    ...(role === 'admin' && facts.owner?.known?.isFresh === false ? { unverified: true } : {}),
    ...(lowered ? { loweredFrom: ROLE_BY_RIGHTS[rights] } : {}),
    ...(scopes === null ? {} : { scopes }),
  };
  return { ok: true, actor };
}

/**
 * Finds a token, and asks Slack about its owner if it said nothing within the last minute. The answer is waited for where
 * the owner is unknown or the token can do what only admins can.
 */
async function findVerified({ ctx, owners }: Authentication, text: string): Promise<UsedToken | undefined> {
  const find = () => findToken(ctx.database, text, ctx.clock.now());
  const token = await find();
  const { owner, accountId } = token?.facts ?? {};
  if (owners === undefined || token === undefined || !owner || accountId === undefined) return token;
  if (owner.known?.isFresh) return token;
  if (owner.known !== null && token.rights !== 'admin') {
    void owners.start(accountId, owner.id);
    return token;
  }
  await owners.wait(accountId, owner.id);
  return find();
}

/** The token is valid and works again when its owner or its workspace does. */
function suspended(why: Suspension, name: string, { owner }: OwnerFacts): IdentifyError {
  const texts = authenticationTexts.suspended;
  const detail = texts[why](name, owner?.known?.name ?? owner?.id ?? '');
  return why === 'owner-unknown' ? fail(503, 'role-unverified', detail) : fail(403, 'token-suspended', detail);
}

/** Accounts of others are treated like those that do not exist. */
function accountUnknown(account: string | undefined): IdentifyError {
  const detail = `account is ${JSON.stringify(account)}; this token has no account with that Slack team id and no sub-account with that key. Name another.`;
  return fail(400, 'account-unknown', detail);
}

/** Unlike other tokens, the admin token belongs to no account. */
async function findAdminAccount(
  { ctx, account: findOnly }: Authentication,
  account: string | undefined,
): Promise<number | IdentifyError> {
  if (account !== undefined) return (await findAccountNamed(ctx.database, account))?.id ?? accountUnknown(account);
  const only = await findOnly();
  if (only !== undefined) return only;
  const accounts = await listFirstAccounts(ctx.database);
  if (accounts.length > 1) {
    const detail =
      'Several workspaces use this Lull. Name one with ?account=<Slack team id> or the header "Lull-Account: <Slack team id>", or send a token of its own.';
    return fail(400, 'account-required', detail);
  }
  return fail(503, 'not-ready', 'There is no account yet, for Lull is connected to no workspace. Try again.');
}

/**
 * Identifies the reader of something that may be public: the actor of a token, or an anonymous reader. The one place that
 * decides about reading without a token, by the setting of the account: the status page, its feeds and the calendar, and
 * what the native interface and that of ProdManager let anybody read. NodePing's has no such reading.
 * @param team the Slack team id of the account, required without a token if there are several; with a token as in `identify`
 */
export async function identifyReader(
  authentication: Authentication,
  header: string | undefined,
  team: string | undefined,
): Promise<Identified> {
  if (header !== undefined) return identify(authentication, header, team);
  const [account, other] = await listAnonymousAccounts(authentication.ctx.database, team);
  if (account?.anonymousReads && other === undefined) return { ok: true, actor: anonymousReader(account.id) };
  const send = 'send a token: "Authorization: Bearer <token>".';
  // One that is not open is answered like one that does not exist.
  if (team !== undefined) {
    const detail = `account is ${JSON.stringify(team)}; there is none with that Slack team id that can be read without a token. Name another, or ${send}`;
    return fail(401, 'account-unknown', detail);
  }
  if (other === undefined) return fail(401, 'token-required', `Nothing can be read here without a token: ${send}`);
  const detail = `Several workspaces use this Lull. Name one with ?account=<Slack team id>, or ${send}`;
  return fail(401, 'account-required', detail);
}
