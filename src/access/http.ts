import { createRoute, z } from '@hono/zod-openapi';
import { utc } from '../core/time.ts';
import { type Current, withPreconditions } from '../http/conditional.ts';
import { type Api, body, failures, jsonResponse, type RequestContext, security } from '../http/route.ts';
import { id, idInPath, listOf, oneOf, text, utcText } from '../http/schemas.ts';
import { tokenNotFound } from './errors.ts';
import { DEFAULT_TOKEN_DAYS, MAX_TOKEN_DAYS, RIGHTS } from './rules.ts';
import { createApiToken, getVisibleToken, listVisibleTokens, revokeToken } from './token-commands.ts';
import type { Token } from './token-repository.ts';

const tags = ['tokens'];
const rights = oneOf(RIGHTS).openapi({
  description: 'read: see everything. write: schedule and run maintenances, too. admin: everything.',
});
const scopes = z.array(id, { error: 'Expected a list of ids of scopes.' });

const tokenIn = z
  .strictObject({
    name: text('what it is for'),
    rights: rights.default('read'),
    scopes: scopes.nullish().openapi({
      description: 'Limits it to windows that touch these scopes alone. Left out: everything.',
    }),
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
    made_by: z.string(),
    creation_date: utcText,
    expiry_date: utcText.nullable(),
    last_use_date: utcText.nullable().openapi({ description: 'As far as a minute back.' }),
  })
  .openapi('Token');

const madeTokenOut = tokenOut
  .extend({ token: z.string().openapi({ description: 'The token itself. It is not kept and cannot be shown again.' }) })
  .openapi('MadeToken');

function toToken(token: Token): z.infer<typeof tokenOut> {
  const orNull = (at: Date | null) => (at === null ? null : utc(at));
  return {
    id: token.id,
    name: token.name,
    rights: token.rights,
    scopes: token.scopes === null ? null : [...token.scopes],
    made_by: token.createdBy.name,
    creation_date: utc(token.createdAt),
    expiry_date: orNull(token.expiresAt),
    last_use_date: orNull(token.lastUsedAt),
  };
}

export function tokens(api: Api): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/tokens',
      operationId: 'listTokens',
      summary: 'List the tokens that were not revoked: to an admin all, to others those they made',
      tags,
      security,
      responses: { 200: jsonResponse('The tokens, the newest first.', listOf(tokenOut)), ...failures },
    }),
    async (c) => c.json({ items: (await listVisibleTokens(c.get('ctx'), c.get('actor'))).map(toToken) }, 200),
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/tokens',
      operationId: 'makeToken',
      summary: 'Make a token that may do no more than the one it is made with',
      tags,
      security,
      request: body(tokenIn),
      responses: { 201: jsonResponse('The token, shown this once.', madeTokenOut), ...failures },
    }),
    async (c) => {
      const { name, rights, scopes, expires_after_days } = c.req.valid('json');
      const made = await createApiToken(c.get('ctx'), c.get('actor'), {
        name,
        rights,
        scopes: scopes ?? null,
        ...(expires_after_days === undefined ? {} : { expiresAfterDays: expires_after_days }),
      });
      const plain = toToken(made.token);
      c.set('withoutSecret', plain);
      c.header('Location', `/api/v1/tokens/${plain.id}`);
      return c.json({ ...plain, token: made.text }, 201);
    },
  );

  api.openapi(
    createRoute({
      method: 'get',
      path: '/tokens/{id}',
      operationId: 'getToken',
      summary: 'One token that was not revoked: to an admin any, to others one they made',
      tags,
      security,
      request: { params: idInPath },
      responses: { 200: jsonResponse('The token, without its text.', tokenOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const token = await getVisibleToken(c.get('ctx').database, c.get('actor'), id);
      if (token === undefined) throw tokenNotFound({ id });
      return c.json(toToken(token), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/tokens/{id}',
      operationId: 'revokeToken',
      summary: 'Revoke a token: the next request with it is refused',
      description: 'With `If-Match` only one that was not used since, either.',
      tags,
      security,
      request: { params: idInPath },
      responses: { 200: jsonResponse('The token, as it was.', tokenOut), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json(toToken(await revokeToken(holding(c, id), c.get('actor'), id)), 200);
    },
  );
}

function holding(c: RequestContext, id: number) {
  return withPreconditions(c, `token:${id}`, async (tx): Promise<Current | undefined> => {
    const token = await getVisibleToken(tx, c.get('actor'), id);
    return token && { answer: toToken(token) };
  });
}
