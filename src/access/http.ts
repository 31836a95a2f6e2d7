import { z } from '@hono/zod-openapi';
import { utc } from '../core/time.ts';
import { listingById } from '../http/paging.ts';
import { resource } from '../http/resource.ts';
import { type Api, withSecret } from '../http/route.ts';
import { fromBody, outputMapper } from '../http/rows.ts';
import { id, idsOf, numbered, oneOf, text, utcText } from '../http/schemas.ts';
import { accessFieldTexts } from '../texts/openapi.ts';
import { tokenNotFound } from './errors.ts';
import { DEFAULT_TOKEN_DAYS, MAX_TOKEN_DAYS, RIGHTS } from './rules.ts';
import { createApiToken, getVisibleToken, listVisibleTokens, revokeToken } from './token-commands.ts';
import type { Token } from './token-repository.ts';

const rights = oneOf(RIGHTS).describe(accessFieldTexts.rights);
const scopes = idsOf('scopes');

const tokenIn = z
  .strictObject({
    name: text('what it is for'),
    rights: rights.default('read'),
    scopes: scopes.nullish().describe(accessFieldTexts.scopes),
    purpose: text('what a service token is for').nullish().describe(accessFieldTexts.newPurpose),
    expires_after_days: z
      .int({ error: `Expected a whole number of days, at most ${MAX_TOKEN_DAYS}, or null for never.` })
      .nullable()
      .optional()
      .openapi({ description: `Left out: ${DEFAULT_TOKEN_DAYS}. null: never.`, example: 90 }),
  })
  .openapi('NewToken');

const tokenOut = z
  .object({
    id,
    name: z.string(),
    rights,
    scopes: scopes.nullable(),
    owner: z.string().nullable().describe(accessFieldTexts.owner),
    purpose: z.string().nullable().describe(accessFieldTexts.purpose),
    created_with: id.nullable().describe(accessFieldTexts.createdWith),
    made_by: z.string(),
    creation_date: utcText,
    expiry_date: utcText.nullable(),
    last_use_date: utcText.nullable().describe(accessFieldTexts.lastUseDate),
  })
  .openapi('Token');

const madeTokenOut = tokenOut.extend({ token: z.string().describe(accessFieldTexts.token) }).openapi('MadeToken');

const toToken = outputMapper(tokenOut, ({ ownerId, parentId, createdBy, expiresAt, lastUsedAt }: Token) => ({
  owner: ownerId,
  created_with: parentId,
  made_by: createdBy.name,
  expiry_date: expiresAt && utc(expiresAt),
  last_use_date: lastUsedAt && utc(lastUsedAt),
}));

const list = listingById<Token>({ newestFirst: true });
const query = z.strictObject(list.params);

export function tokens(api: Api): void {
  const token = resource(api, {
    path: '/tokens',
    ...numbered,
    output: tokenOut,
    toOutput: toToken,
    notFound: tokenNotFound,
    lock: 'token',
    current: (tx, actor, { id }) => getVisibleToken(tx, actor, id),
  });

  token.page('listTokens', { list, permission: 'make-token', query }, ({ ctx, actor }, page) =>
    listVisibleTokens(ctx, actor, page),
  );
  token.createAs('makeToken', 'make-token', tokenIn, madeTokenOut, async (call) => {
    const made = await createApiToken(call.ctx, call.actor, { scopes: null, ...fromBody(call.body) });
    return withSecret(call, toToken(made.token, call.reader), { token: made.text });
  });
  token.get('getToken', { permission: 'make-token' }, ({ db, actor, params }) => getVisibleToken(db, actor, params.id));
  token.change('delete', 'revokeToken', { permission: 'make-token' }, ({ ctx, actor, params }) =>
    revokeToken(ctx, actor, params.id),
  );
}
