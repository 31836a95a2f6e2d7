import { z } from '@hono/zod-openapi';
import { withPreconditions } from '../http/conditional.ts';
import { listingById, paged } from '../http/paging.ts';
import { type Api, type Call, type NamedOptions, operation, publicQuery } from '../http/route.ts';
import { fromBody, outputMapper } from '../http/rows.ts';
import { boolean, id, idInPath, text, utcText } from '../http/schemas.ts';
import { assertVisible, guardMaintenance } from '../maintenance/http/maintenances.ts';
import type { ActionContext } from '../platform/transactions.ts';
import { commentsFieldTexts, commonFieldTexts } from '../texts/openapi.ts';
import { comment, deleteComment, editComment } from './commands.ts';
import { commentNotFound } from './errors.ts';
import { type Comment, findComment, listCommentsPage } from './repository.ts';

const internal = boolean.describe(commentsFieldTexts.internal);

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
    edited: z.boolean().describe(commentsFieldTexts.edited),
    author: z.string().nullable().describe(commonFieldTexts.nullInPublic),
    source: z.string().openapi({ example: 'slack' }),
    creation_date: utcText,
  })
  .openapi('Comment');

const toComment = outputMapper(commentOut, ({ text, author }: Comment, reader) => ({
  comment: text,
  author: reader === 'public' ? null : author.name,
}));

const list = listingById<Comment>();

const commentInPath = idInPath.extend({
  comment: idInPath.shape.id.openapi({ param: { name: 'comment', in: 'path' }, type: 'integer', example: 7 }),
});

export function comments(api: Api): void {
  const path = '/maintenances/{id}/comments';
  const query = z.strictObject({ ...list.params, ...publicQuery });
  const listed = { list, permission: 'public' as const, item: commentOut, toItem: toComment, params: idInPath, query };
  paged(api, 'listComments', `get ${path}`, listed, async (call, page) => {
    await assertVisible(call, call.params.id);
    return listCommentsPage(call.db, call.accountId, call.params.id, call.reader, page);
  });

  const created = {
    permission: 'comment',
    params: idInPath,
    body: commentIn,
    output: commentOut,
    status: 201,
  } as const satisfies NamedOptions;
  operation(api, 'createComment', `post ${path}`, created, async (call) => {
    const { comment: text, internal } = call.body;
    const ctx = guardMaintenance(call, call.params.id);
    return toComment(await comment(ctx, call.actor, call.params.id, { text, internal }), 'internal');
  });

  const one = { permission: 'comment', params: commentInPath, output: commentOut } as const satisfies NamedOptions;
  const edited = { ...one, body: commentEditIn };
  operation(api, 'updateComment', `patch ${path}/{comment}`, edited, (call) => {
    const { comment: text, internal } = call.body;
    const edit = fromBody({ text, internal });
    return change(call, (ctx) => editComment(ctx, call.actor, call.params.comment, edit));
  });

  operation(api, 'deleteComment', `delete ${path}/{comment}`, one, (call) =>
    change(call, (ctx) => deleteComment(ctx, call.actor, call.params.comment)),
  );
}

/** @throws UserError `comment-not-found`, also for a comment on another maintenance */
async function change(
  call: Call & { readonly params: z.infer<typeof commentInPath> },
  apply: (ctx: ActionContext) => Promise<Comment | undefined>,
): Promise<z.infer<typeof commentOut>> {
  const { id: maintenanceId, comment: id } = call.params;
  await assertVisible(call, maintenanceId);
  const current = await findComment(call.db, call.accountId, id);
  if (current?.maintenanceId !== maintenanceId) throw commentNotFound({ maintenanceId, id });
  const ctx = withPreconditions(call.c, `comment:${id}`, async (tx) => {
    const found = await findComment(tx, call.accountId, id);
    return found && { answer: toComment(found, 'internal') };
  });
  const changed = await apply(ctx);
  if (changed === undefined) throw commentNotFound({ maintenanceId, id });
  return toComment(changed, 'internal');
}
