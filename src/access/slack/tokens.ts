import { listScopes, type Scope } from '../../catalogue/scopes/repository.ts';
import { getPlace } from '../../catalogue/slack/places.ts';
import { authorize } from '../../core/permissions.ts';
import { errorMessage, escapeMrkdwn, formatNames, type Message, quote } from '../../slack/blocks.ts';
import { idempotencyKey, type Run } from '../../slack/command.ts';
import { formatAgo, formatInstant } from '../../slack/time.ts';
import { tokenMessages as texts } from '../../texts/slack-messages.ts';
import { RIGHTS } from '../rules.ts';
import { createApiToken, listVisibleTokens, revokeToken } from '../token-commands.ts';
import type { Token } from '../token-repository.ts';
import { findNames, secretCommands, secretCreatedMessage, secretList } from './secrets.ts';

const list: Run = async ({ ctx }, { actor }) =>
  tokenList(await listVisibleTokens(ctx, actor), await listScopes(ctx.database, actor.accountId));

/**
 * `deploys write in Production for 90 days`: everything after the name is optional. Names are bounded, as the work of trying
 * each end of one grows with the square of its length.
 */
const NEW_TOKEN =
  /^(.{1,400}?)(?:\s+(read|write|admin))?(?:\s+in\s+(.{1,400}?))?(?:\s+for\s+(?:(\d{1,5})\s*d(?:ays?)?|(ever)))?$/i;

/** `deploys write as service for 90 days: Deploys from CI`: a token as above, and what it is for. */
const SERVICE_TOKEN =
  /^(.{1,400}?)\s+as\s+(?:an?\s+)?service(?:\s+token)?(\s+for\s+[^:]{1,40}?)?(?:\s*:\s*([\s\S]*))?$/i;

/** @returns the text without what makes it a service token, and its purpose: undefined for a token that belongs to a person */
function readService(text: string): { readonly rest: string; readonly purpose: string | undefined } {
  const [, before, validity = '', purpose = ''] = SERVICE_TOKEN.exec(text) ?? [];
  return before === undefined ? { rest: text, purpose: undefined } : { rest: `${before}${validity}`, purpose };
}

const create: Run = async (context, person, [text = ''], request) => {
  const { rest, purpose } = readService(text.trim());
  if (purpose !== undefined) authorize(person.actor, 'make-service-token');
  if (purpose === '') return errorMessage(texts.purposeRequired, texts.serviceExample);
  const [, name = '', rights, scope, days, ever] = NEW_TOKEN.exec(rest) ?? [rest, rest];
  if (name === '') return errorMessage(texts.nameRequired, texts.example);
  const place = scope === undefined ? undefined : await getPlace(context, person, scope, 'scope');
  const token = {
    ...{ name, rights: RIGHTS.find((right) => right === rights?.toLowerCase()) ?? 'read' },
    scopes: place === undefined ? null : [place.id],
    ...(purpose === undefined ? {} : { purpose }),
    ...(days === undefined ? {} : { expiresAfterDays: Number(days) }),
    ...(ever === undefined ? {} : { expiresAfterDays: null }),
  };
  const created = await createApiToken(context.ctx, person.actor, token, idempotencyKey(request));
  const scopes = await listScopes(context.ctx.database, person.actor.accountId);
  return created && tokenCreatedMessage(created.token, created.text, scopes);
};

/** Tokens for tools that use the HTTP interface. */
export const tokens = secretCommands('tokens?', { list, create, revoke: revokeToken, revoked: texts.revoked });

type Scopes = readonly Pick<Scope, 'id' | 'name'>[];

function describe({ rights, scopes, expiresAt, purpose }: Token, all: Scopes): string {
  const limits = scopes && formatNames(findNames(scopes, all, 'scope'), 200);
  const service = purpose && texts.service(quote(purpose, 100));
  return texts.about(service, rights, limits, expiresAt && formatInstant(expiresAt, 'UTC'));
}

export function tokenList(all: readonly Token[], scopes: Scopes): Message {
  const describeUse = (token: Token) => ({
    about: describe(token, scopes),
    used: texts.used(token.lastUsedAt && formatAgo(token.lastUsedAt)),
  });
  return secretList([texts.heading(all.length)], all, describeUse, texts);
}

export function tokenCreatedMessage(token: Token, secret: string, scopes: Scopes): Message {
  return secretCreatedMessage(token, describe(token, scopes), [texts.copy, `\`${escapeMrkdwn(secret)}\``], texts);
}
