import { createRoute, z } from '@hono/zod-openapi';
import { authorize } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { type Current, withPreconditions } from '../http/conditional.ts';
import { byText, listing, pageSchema } from '../http/paging.ts';
import {
  type Api,
  body,
  failures,
  jsonResponse,
  publicQuery,
  type RequestContext,
  readableByAll,
  security,
} from '../http/route.ts';
import { id, idInPath, text, utcText } from '../http/schemas.ts';
import { guardMaintenance as mutingMaintenance, visibleMaintenance } from '../maintenance/http/maintenances.ts';
import { comment, deleteComment, editComment } from './commands.ts';
import { commentNotFound } from './errors.ts';
import { type Comment, findComment, listCommentsPage } from './repository.ts';

const internal = z.boolean({ error: 'Expected true or false.' }).openapi({
  description: 'Only for those who read with a token, and for internal channels.',
});

const commentIn = z
  .strictObject({ comment: text('the text of the comment'), internal: internal.default(false) })
  .openapi('NewComment');
const commentEditIn = z
  .strictObject({ comment: text('the text of the comment'), internal })
  .partial()
  .openapi('CommentEdit');
const commentOut = z
  .object({
    id,
    comment: z.string(),
    internal: z.boolean(),
    edited: z.boolean().openapi({ description: 'Whether its text was changed since.' }),
    author: z.string().nullable().openapi({ description: 'null for a reader without a token.' }),
    source: z.string().openapi({ example: 'slack' }),
    creation_date: utcText,
  })
  .openapi('Comment');

function toComment(found: Comment, withAuthor = true): z.infer<typeof commentOut> {
  return {
    id: found.id,
    comment: found.text,
    internal: found.internal,
    edited: found.edited,
    author: withAuthor ? found.author.name : null,
    source: found.source,
    creation_date: utc(found.createdAt),
  };
}

const list = listing<Comment, 'id', string, number>({
  orders: { id: 'id' },
  value: byText,
  id: z.int(),
  valueOf: ({ id }) => String(id),
  idOf: ({ id }) => id,
});

const commentInPath = idInPath.extend({
  comment: idInPath.shape.id.openapi({ param: { name: 'comment', in: 'path' }, type: 'integer', example: 7 }),
});

export function comments(api: Api): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/maintenances/{id}/comments',
      operationId: 'listComments',
      summary: 'The comments of a maintenance, oldest first',
      tags: ['comments'],
      security: readableByAll,
      request: { params: idInPath, query: z.strictObject({ ...list.query, ...publicQuery }) },
      responses: { 200: jsonResponse('A page of them.', pageSchema(commentOut)), ...failures },
    }),
    async (c) => {
      const { maintenance, reader } = await visibleMaintenance(c, c.req.valid('param').id);
      const page = list.page(c, c.req.valid('query'));
      const { database } = c.get('ctx');
      const { accountId, id } = maintenance;
      const found = await listCommentsPage(database, accountId, id, reader, list.oneMore(page));
      return c.json(
        list.answer(c, found, page, (each) => toComment(each, reader !== 'public')),
        200,
      );
    },
  );

  api.openapi(
    createRoute({
      method: 'post',
      path: '/maintenances/{id}/comments',
      operationId: 'createComment',
      summary: 'Comment on a maintenance; the comment shows in its threads',
      tags: ['comments'],
      security,
      request: { params: idInPath, ...body(commentIn) },
      responses: { 201: jsonResponse('The comment.', commentOut), ...failures },
    }),
    async (c) => {
      const { comment: text, internal } = c.req.valid('json');
      const { id } = c.req.valid('param');
      const added = await comment(mutingMaintenance(c, id), c.get('actor'), id, { text, internal });
      return c.json(toComment(added), 201);
    },
  );

  api.openapi(
    createRoute({
      method: 'patch',
      path: '/maintenances/{id}/comments/{comment}',
      operationId: 'updateComment',
      summary: 'Change a comment: its own, or for an admin any; what is left out stays as it is',
      tags: ['comments'],
      security,
      request: { params: commentInPath, ...body(commentEditIn) },
      responses: { 200: jsonResponse('The comment.', commentOut), ...failures },
    }),
    async (c) => {
      const { id, comment: ref } = c.req.valid('param');
      const { comment: text, internal } = c.req.valid('json');
      await mustBeOf(c, id, ref);
      const edited = await editComment(holding(c, ref), c.get('actor'), ref, {
        ...(text === undefined ? {} : { text }),
        ...(internal === undefined ? {} : { internal }),
      });
      if (edited === undefined) throw commentNotFound({ maintenanceId: id, id: ref });
      return c.json(toComment(edited), 200);
    },
  );

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/maintenances/{id}/comments/{comment}',
      operationId: 'deleteComment',
      summary: 'Delete a comment: its own, or for an admin any; the threads show that one was withdrawn',
      tags: ['comments'],
      security,
      request: { params: commentInPath },
      responses: { 200: jsonResponse('The comment, as it was.', commentOut), ...failures },
    }),
    async (c) => {
      const { id, comment: ref } = c.req.valid('param');
      await mustBeOf(c, id, ref);
      const deleted = await deleteComment(holding(c, ref), c.get('actor'), ref);
      if (deleted === undefined) throw commentNotFound({ maintenanceId: id, id: ref });
      return c.json(toComment(deleted), 200);
    },
  );
}

/** @throws UserError `not-found` for a comment of another maintenance */
async function mustBeOf(c: RequestContext, id: number, ref: number): Promise<void> {
  authorize(c.get('actor'), 'comment');
  const { maintenance } = await visibleMaintenance(c, id);
  const found = await findComment(c.get('ctx').database, maintenance.accountId, ref);
  if (found?.maintenanceId !== maintenance.id) throw commentNotFound({ maintenanceId: id, id: ref });
}

function holding(c: RequestContext, ref: number) {
  return withPreconditions(c, `comment:${ref}`, async (tx): Promise<Current | undefined> => {
    const found = await findComment(tx, c.get('actor').accountId, ref);
    return found && { answer: toComment(found) };
  });
}
