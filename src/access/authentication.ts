import { timingSafeEqual } from 'node:crypto';
import { type Actor, anonymousReader } from '../core/permissions.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { listReadableAccounts } from './accounts.ts';
import { ROLE_BY_RIGHTS } from './rules.ts';
import { findToken, hashToken } from './token-repository.ts';

/** Who a bearer token stands for. */
export interface Authentication {
  readonly ctx: ActionContext;
  readonly adminToken: string;
  /** The account that the admin token acts in where none is named; undefined until there is one, or where there are several. */
  readonly account: () => Promise<number | undefined>;
}

export type Identified =
  | { readonly ok: true; readonly actor: Actor }
  | {
      readonly ok: false;
      readonly status: 400 | 401 | 503;
      readonly code: IdentifyErrorCode;
      readonly detail: string;
    };

export type IdentifyErrorCode =
  | 'token-required'
  | 'token-invalid'
  | 'account-unknown'
  | 'account-required'
  | 'not-ready';

/**
 * Who asks, with a token.
 * @param header the request's `Authorization`, if it has one
 * @param team which account the admin token acts in (a Slack team id), to be named where there are several
 */
export async function identify(
  authentication: Authentication,
  header: string | undefined,
  team?: string,
): Promise<Identified> {
  const token = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) {
    return { ok: false, status: 401, code: 'token-required', detail: 'Send a token: "Authorization: Bearer <token>".' };
  }
  return identifyToken(authentication, token, team);
}

/**
 * Who a token stands for, however it was sent.
 * @param team as `identify` takes it
 */
export async function identifyToken(authentication: Authentication, token: string, team?: string): Promise<Identified> {
  const { ctx, adminToken } = authentication;
  // Both are hashed, so that they have one length and the comparison takes one time.
  if (timingSafeEqual(Buffer.from(hashToken(token)), Buffer.from(hashToken(adminToken)))) {
    const named = await accountOfAdmin(authentication, team);
    if (!named.ok) return named;
    const { accountId } = named;
    return {
      ok: true,
      actor: { accountId, id: 'admin-token', name: 'the admin token', source: 'http', role: 'admin' },
    };
  }
  const known = await findToken(ctx.database, token, ctx.clock.now());
  if (known === undefined) {
    return {
      ok: false,
      status: 401,
      code: 'token-invalid',
      detail: 'This token is unknown, expired or revoked. Make a new one.',
    };
  }
  const { accountId, id, name, rights, scopes } = known;
  const actor = { accountId, id: `token:${id}`, name, source: 'http', role: ROLE_BY_RIGHTS[rights] } as const;
  return { ok: true, actor: scopes === null ? actor : { ...actor, scopes } };
}

/** Every other token belongs to one account; the admin token has to say which it means, where there are several. */
async function accountOfAdmin(
  { ctx, account }: Authentication,
  team: string | undefined,
): Promise<{ ok: true; accountId: number } | Extract<Identified, { ok: false }>> {
  const only = team === undefined ? await account() : undefined;
  if (only !== undefined) return { ok: true, accountId: only };
  const accounts = await listReadableAccounts(ctx.database, team);
  const [named] = accounts;
  if (team !== undefined) {
    if (named !== undefined) return { ok: true, accountId: named.id };
    const detail = `account is ${JSON.stringify(team)}; there is none with that Slack team id. Name another.`;
    return { ok: false, status: 400, code: 'account-unknown', detail };
  }
  if (accounts.length > 1) {
    const detail =
      'Several workspaces use this Lull. Name one with ?account=<Slack team id> or the header "Lull-Account: <Slack team id>", or send a token of its own.';
    return { ok: false, status: 400, code: 'account-required', detail };
  }
  return {
    ok: false,
    status: 503,
    code: 'not-ready',
    detail: 'There is no account yet, for Lull is connected to no workspace. Try again.',
  };
}

/**
 * Who reads: with a token whoever it stands for, without one an anonymous reader, for whom domain/audience says what there is.
 * @param team which account is read (a Slack team id), to be named where there are several
 */
export async function identifyReader(
  authentication: Authentication,
  header: string | undefined,
  team: string | undefined,
): Promise<Identified> {
  if (header !== undefined) return identify(authentication, header, team);
  const accounts = await listReadableAccounts(authentication.ctx.database, team);
  const [account] = accounts;
  if (account !== undefined && accounts.length === 1) return { ok: true, actor: anonymousReader(account.id) };
  const detail =
    team !== undefined
      ? `account is ${JSON.stringify(team)}; there is none with that Slack team id. Name another, or send a token: "Authorization: Bearer <token>".`
      : account === undefined
        ? 'There is no account yet. Send a token: "Authorization: Bearer <token>".'
        : 'Several workspaces use this Lull. Name one with ?account=<Slack team id>, or send a token: "Authorization: Bearer <token>".';
  const code = team !== undefined ? 'account-unknown' : account === undefined ? 'token-required' : 'account-required';
  return { ok: false, status: 401, code, detail };
}
