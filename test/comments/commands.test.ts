import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comment, deleteComment, editComment } from '../../src/comments/commands.ts';
import { findComment, listComments } from '../../src/comments/repository.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { type World, world } from '../world.ts';

let w: World;
let maintenanceId: number;
beforeAll(async () => {
  w = await world();
  const service = await w.service('api');
  maintenanceId = (await schedule(w.ctx, w.ana, w.input({ services: [service.id] }))).id;
});
afterAll(() => w.close());

let messages = 0;
/** A reply in Slack, and the comment that it makes. */
function reply() {
  messages += 1;
  const message = { channelKind: 'slack', channel: 'C0OPS', messageRef: `${messages}.000100` };
  const once = `reply:${message.messageRef}`;
  return {
    message,
    once,
    written: (text: string, revision: string | null = null) =>
      comment(
        w.ctx,
        w.ana,
        maintenanceId,
        { text, internal: true, message: { ...message, revision, writtenAt: w.clock.now() } },
        once,
      ),
    edited: (text: string, revision: string) => editComment(w.ctx, w.ana, message, { text, revision }),
    deleted: () => deleteComment(w.ctx, w.lull, message, once),
    now: async () => (await findComment(w.ctx.database, w.account.id, message))?.text,
  };
}
const recorded = (id: number) =>
  w.ctx.database.auditEvent.findMany({
    where: { subjectKind: 'comment', subjectId: String(id) },
    orderBy: { id: 'asc' },
    select: { type: true, internal: true, before: true, after: true, actorId: true },
  });

describe('a reply', () => {
  test('is one comment, however often and by whichever process it is told', async () => {
    const said = reply();
    const made = await Promise.all([said.written('Half done'), said.written('Half done'), said.written('Half done')]);
    expect(made.filter((each) => each !== undefined)).toHaveLength(1);
    const all = await listComments(w.ctx.database, w.account.id, maintenanceId);
    expect(all.filter(({ message }) => message?.messageRef === said.message.messageRef)).toHaveLength(1);
  });

  test('shows its last edit, in whichever order they are told', async () => {
    const said = reply();
    await said.written('First', '20.0');
    await said.edited('Third', '30.0');
    await said.edited('Second', '25.0');
    expect(await said.now()).toBe('Third');
    expect(await said.written('Zeroth')).toBeUndefined();
    expect(await said.now()).toBe('Third');
  });

  test('edited back to what it said keeps older edits from coming after', async () => {
    const said = reply();
    await said.written('As it was');
    await said.edited('As it was', '30.0');
    await said.edited('In between', '25.0');
    expect(await said.now()).toBe('As it was');
  });

  test('deleted before it was told of never becomes a comment', async () => {
    const said = reply();
    expect(await said.deleted()).toBeUndefined();
    expect(await said.written('Too late')).toBeUndefined();
    expect(await said.edited('Later still', '40.0')).toBeUndefined();
    expect(await said.now()).toBeUndefined();
  });

  test('deleted while it is being written is gone in the end', async () => {
    for (let round = 0; round < 5; round++) {
      const said = reply();
      await Promise.all([said.written('Now or never'), said.deleted()]);
      expect(await said.now()).toBeUndefined();
    }
  });
});

describe('a comment', () => {
  const written = (text: string, internal = false) => comment(w.ctx, w.ana, maintenanceId, { text, internal });

  test('changed is recorded with what it was and what it is', async () => {
    const { id } = await written('Nearly');
    expect(await editComment(w.ctx, w.ana, id, { text: ' Done ', internal: true })).toMatchObject({
      text: 'Done',
      internal: true,
      edited: true,
    });
    expect((await recorded(id)).at(-1)).toEqual({
      type: 'maintenance.comment_changed',
      internal: true,
      before: { comment: 'Nearly', internal: false },
      after: { comment: 'Done', internal: true },
      actorId: w.ana.id,
    });
  });

  test('that stays as it is records nothing', async () => {
    const { id } = await written('The same');
    await editComment(w.ctx, w.ana, id, { text: 'The same', internal: false });
    expect(await recorded(id)).toHaveLength(1);
  });

  test('edited by several at the same time is recorded as each of them found it', async () => {
    const { id } = await written('0');
    await Promise.all(['1', '2', '3', '4'].map((text) => editComment(w.ctx, w.ana, id, { text })));
    const [, ...edits] = await recorded(id);
    const text = (fields: unknown) => Reflect.get(Object(fields), 'comment');
    const texts = ['0', ...edits.map(({ after }) => text(after))];
    expect(edits.map(({ before }) => text(before))).toEqual(texts.slice(0, -1));
    expect(texts.toSorted()).toEqual(['0', '1', '2', '3', '4']);
    expect(await findComment(w.ctx.database, w.account.id, id)).toMatchObject({ text: texts.at(-1) });
  });

  test('deleted by several at the same time is deleted once, and not edited afterwards', async () => {
    const { id } = await written('Soon gone');
    const remove = () => deleteComment(w.ctx, w.ana, id);
    const [first, second] = await Promise.all([
      remove(),
      remove(),
      editComment(w.ctx, w.ana, id, { text: 'Still there' }),
    ]);
    expect([first, second].filter((deleted) => deleted !== undefined)).toHaveLength(1);
    const types = (await recorded(id)).map(({ type }) => type);
    expect(types.filter((type) => type === 'maintenance.comment_deleted')).toHaveLength(1);
    expect(types.at(-1)).toBe('maintenance.comment_deleted');
    expect(await findComment(w.ctx.database, w.account.id, id)).toBeUndefined();
  });

  test('is changed and deleted by its author and by admins alone', async () => {
    const { id } = await written('Mine');
    const other = w.person('operator', 'U0JONAS');
    for (const doing of [
      () => editComment(w.ctx, other, id, { text: 'Not yours' }),
      () => deleteComment(w.ctx, other, id),
      // The same id at another door is somebody else.
      () => editComment(w.ctx, { ...w.ana, source: 'http' }, id, { text: 'Nor yours' }),
      () => editComment(w.ctx, w.person('none'), id, { text: 'A guest' }),
    ]) {
      await expect(doing()).rejects.toMatchObject({ kind: 'forbidden' });
    }
    await editComment(w.ctx, w.person('admin', 'U0YUKI'), id, { internal: true });
    await deleteComment(w.ctx, w.ana, id);
    expect(await findComment(w.ctx.database, w.account.id, id)).toBeUndefined();
    expect((await recorded(id)).map(({ type }) => type)).toEqual([
      'maintenance.commented',
      'maintenance.comment_changed',
      'maintenance.comment_deleted',
    ]);
  });

  test('cannot be emptied, nor grow without end', async () => {
    const { id } = await written('Short');
    for (const text of ['', '   ', 'x'.repeat(10_001)]) {
      await expect(editComment(w.ctx, w.ana, id, { text })).rejects.toMatchObject({ kind: 'invalid' });
    }
  });

  test('of another account is not there', async () => {
    const { id } = await written('Ours');
    const stranger = { ...w.person('admin'), accountId: w.account.id + 1 };
    expect(await editComment(w.ctx, stranger, id, { text: 'Theirs' })).toBeUndefined();
    expect(await deleteComment(w.ctx, stranger, id)).toBeUndefined();
  });
});
