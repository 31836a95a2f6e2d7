import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { addScope } from '../../src/catalogue/scopes/commands.ts';
import { editService } from '../../src/catalogue/services/commands.ts';
import { comment, deleteComment, editComment } from '../../src/comments/commands.ts';
import { addFreeze } from '../../src/freezes/commands.ts';
import { saveHomeViewed } from '../../src/home/repository.ts';
import { extend, reschedule } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../src/maintenance/commands/transitions.ts';
import { subscribe } from '../../src/subscriptions/commands.ts';
import { hours, type World, world } from '../world.ts';

/** Between `begin` and `commit`: a locked read of everything that a command needs, and one write. */
const MOST = 6;

let w: World;
let service: number;
let scope: number;
let statements: string[] = [];

beforeAll(async () => {
  w = await world();
  const admin = w.person('admin', 'U0ROOT');
  scope = (await addScope(w.ctx, admin, { name: 'EU' })).id;
  service = (await w.service('api', ['health', 'latency', 'disk'])).id;
  await editService(w.ctx, admin, service, { scopeId: scope });
  await subscribe(w.ctx, admin, { channel: 'C1', audience: 'public', scopeId: scope });
  await subscribe(w.ctx, admin, { channel: 'C2', audience: 'internal', serviceId: service });
  await addFreeze(w.ctx, admin, { ...w.soon(0, hours(9)), scopeId: scope, reason: 'Holidays', effect: 'warn' });
  await saveHomeViewed(w.ctx.database, w.account.id, 'U0ANA');
  const query = pg.Client.prototype.query;
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...input: unknown[]) {
    const [statement] = input;
    statements.push(typeof statement === 'string' ? statement : Reflect.get(Object(statement), 'text'));
    return Reflect.apply(query, this, input);
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await w.close();
});
beforeEach(() => {
  statements = [];
});

/** Those of the only transaction. */
function inTransaction(): string[] {
  const begin = statements.indexOf('begin');
  const commit = statements.lastIndexOf('commit');
  expect(begin).toBeGreaterThanOrEqual(0);
  expect(statements.filter((each) => each === 'begin')).toHaveLength(1);
  return statements.slice(begin + 1, commit);
}

let requests = 0;
const once = () => `request:${++requests}`;
const input = () =>
  w.input({ services: [service], channels: ['C3'], selector: { text: 'name:disk*', follows: false } });
const scheduled = async () => {
  const { id } = await schedule(w.ctx, w.ana, input());
  statements = [];
  return id;
};
const running = async () => {
  const id = await scheduled();
  await start(w.ctx, w.ana, id);
  statements = [];
  return id;
};
/** With a comment that is a reply in the thread of its announcement. */
const commented = async () => {
  const message = { channelKind: 'slack', channel: 'C1', messageRef: once() };
  const written = {
    text: 'Half done',
    internal: false,
    message: { ...message, revision: null, writtenAt: new Date() },
  };
  const added = await comment(w.ctx, w.ana, await running(), written, message.messageRef);
  if (added === undefined) throw new Error('it was written before');
  statements = [];
  return { id: added.id, message };
};

test.each<[string, () => Promise<() => Promise<unknown>>]>([
  ['schedules', async () => () => schedule(w.ctx, w.ana, input(), once())],
  [
    'starts',
    async () => {
      const id = await scheduled();
      return () => start(w.ctx, w.ana, id, once());
    },
  ],
  [
    'finishes',
    async () => {
      const id = await running();
      return () => finish(w.ctx, w.ana, id, 'succeed', once(), 'Done');
    },
  ],
  [
    'extends what runs',
    async () => {
      const id = await running();
      return () => extend(w.ctx, w.ana, id, 30, { once: once() });
    },
  ],
  [
    'extends what is planned',
    async () => {
      const id = await scheduled();
      return () => extend(w.ctx, w.ana, id, 30, { once: once() });
    },
  ],
  [
    'moves',
    async () => {
      const id = await scheduled();
      return () => reschedule(w.ctx, w.ana, id, w.soon(hours(3), hours(1)), once());
    },
  ],
  [
    'cancels what is planned',
    async () => {
      const id = await scheduled();
      return () => cancel(w.ctx, w.ana, id, 'Not today', once());
    },
  ],
  [
    'cancels what runs',
    async () => {
      const id = await running();
      return () => cancel(w.ctx, w.ana, id, 'Broken', once());
    },
  ],
  [
    'comments',
    async () => {
      const id = await running();
      return () => comment(w.ctx, w.ana, id, { text: 'Half done', internal: false }, once());
    },
  ],
  [
    'edits a comment',
    async () => {
      const { id } = await commented();
      return () => editComment(w.ctx, w.ana, id, { text: 'Done', internal: true });
    },
  ],
  [
    'edits a reply in a thread',
    async () => {
      const { message } = await commented();
      return () => editComment(w.ctx, w.ana, message, { text: 'Done', revision: '2' });
    },
  ],
  [
    'deletes a comment',
    async () => {
      const { id } = await commented();
      return () => deleteComment(w.ctx, w.ana, id);
    },
  ],
  [
    'deletes a reply in a thread',
    async () => {
      const { message } = await commented();
      return () => deleteComment(w.ctx, w.ana, message, message.messageRef);
    },
  ],
])('a person who %s causes few statements', async (_, prepare) => {
  const act = await prepare();
  expect(await act()).toBeDefined();
  expect(
    inTransaction().length,
    inTransaction()
      .map((each) => each.slice(0, 300))
      .join('\n---\n'),
  ).toBeLessThanOrEqual(MOST);
});

test('a window of a service without more is scheduled with one read and one write', async () => {
  await schedule(w.ctx, w.ana, w.input({ services: [service] }));
  expect(inTransaction()).toHaveLength(2);
});
