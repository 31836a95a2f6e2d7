import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Prisma } from '../../prisma/client/client.ts';
import { UserError } from '../../src/core/errors.ts';
import { roleUnverified } from '../../src/core/permissions.ts';
import { saveDraft } from '../../src/maintenance/repository/changes.ts';
import type { ElementValue, Message } from '../../src/playground/protocol.ts';
import { Listeners } from '../../src/slack/listeners.ts';
import { countingStatements } from '../statements.ts';
import { STOCK } from '../stock.ts';
import { stocked, type Workspace } from './stocked.ts';

const KINDS = ['button', 'inView', 'submission', 'change', 'options'] as const;

/** What Lull reacts to, such as `button maintenance.start`. */
const registered = new Set<string>();
/** What was done since, and whether it failed. */
const done: { readonly id: string; readonly error?: unknown }[] = [];

/** Has every listener noted, and when its work is done, also what follows the acknowledgement. */
function noteListeners(): void {
  for (const kind of KINDS) {
    const original = Listeners.prototype[kind];
    vi.spyOn(Listeners.prototype, kind).mockImplementation(function (this: Listeners, ...input: unknown[]) {
      const [actionId, work, ...rest] = input;
      const id = `${kind} ${actionId}`;
      registered.add(id);
      const noted = async (...given: unknown[]) => {
        try {
          const result: unknown = await Reflect.apply(work as (...given: unknown[]) => unknown, undefined, given);
          const after: unknown = kind === 'submission' && Reflect.get(Object(result), 'after');
          if (typeof after !== 'function') {
            done.push({ id });
            return result;
          }
          const whenAfter = async () => {
            await after();
            done.push({ id });
          };
          return { ...Object(result), after: whenAfter };
        } catch (error) {
          // It is done once more when Slack confirmed that this is an admin.
          if (!(error instanceof UserError && error.code === roleUnverified.code)) done.push({ id, error });
          throw error;
        }
      };
      Reflect.apply(original, this, [actionId, noted, ...rest]);
    });
  }
}

let few: Workspace;
let many: Workspace;
beforeAll(async () => {
  noteListeners();
  [few, many] = await Promise.all([stocked(3), stocked(60)]);
  for (const { database } of [few, many]) {
    // So long that it has pages.
    await database.maintenance.update({ where: { id: running(3) }, data: { description: 'Long. '.repeat(12_000) } });
  }
});
afterAll(async () => {
  vi.restoreAllMocks();
  await few.close();
  await many.close();
});

const ana = ({ playground }: Workspace) => playground.as('ana');

/** A message of Lull's with one button. */
async function postButton({ playground }: Workspace, actionId: string, value: string): Promise<Message> {
  const element = { type: 'button', action_id: actionId, value, text: { type: 'plain_text', text: 'Press' } };
  const channel = playground.as('ana').channel('#ops').id;
  const body = JSON.stringify({ channel, text: 'A message', blocks: [{ type: 'actions', elements: [element] }] });
  const headers = { authorization: `Bearer ${playground.botToken}`, 'content-type': 'application/json' };
  const response = await fetch(new URL('chat.postMessage', playground.apiUrl), { method: 'POST', headers, body });
  expect(await response.json()).toMatchObject({ ok: true });
  const posted = playground.as('ana').messages('#ops').at(-1);
  return posted ?? expect.unreachable();
}

/** Has a command answered with a message that has this button. */
async function runCommand(at: Workspace, line: string, actionId: string): Promise<Message> {
  const before = ana(at).ephemerals('#ops').length;
  await ana(at).command('#ops', `/maintenance ${line}`);
  // The answer to what was done before may come in between.
  const hasButton = (message: Message) => JSON.stringify(message.blocks).includes(`"${actionId}"`);
  return ana(at).waitFor(`an answer to ${line}`, () => ana(at).ephemerals('#ops').slice(before).find(hasButton));
}

async function openSettings(at: Workspace): Promise<void> {
  await ana(at).command('#ops', '/maintenance settings');
  await ana(at).waitFor('the settings', () => ana(at).view());
}

/** Does what somebody does before, and returns what is measured. */
type Prepare = (at: Workspace) => Promise<() => Promise<unknown>> | (() => Promise<unknown>);

const topView = (at: Workspace) => ana(at).view() ?? expect.unreachable();

/** Presses a button of a message of Lull's. */
const press =
  (actionId: string, value: string | ((at: Workspace) => string | Promise<string>) = ''): Prepare =>
  async (at) => {
    const message = await postButton(at, actionId, typeof value === 'string' ? value : await value(at));
    return () => ana(at).press(message, actionId);
  };
/** Presses a button of the answer to a command. */
const answer =
  (line: string, actionId: string): Prepare =>
  async (at) => {
    const message = await runCommand(at, line, actionId);
    return () => ana(at).press(message, actionId);
  };
/** Lets a listener finish that opens or changes a form. */
async function finishing(work: () => Promise<unknown>): Promise<void> {
  const before = done.length;
  await work();
  await vi.waitFor(() => expect(done.length).toBeGreaterThan(before), { timeout: 20_000, interval: 10 });
}
/** Submits a form that `open` opens. */
const submit =
  (
    open: Prepare,
    values: Record<string, ElementValue> | ((at: Workspace) => Record<string, ElementValue>) = {},
  ): Prepare =>
  async (at) => {
    await finishing(await open(at));
    await ana(at).fill(typeof values === 'function' ? values(at) : values);
    return () => ana(at).submit();
  };
/** In scopes that require approval. */
const whereRequired =
  (prepare: Prepare): Prepare =>
  async (at) => {
    await at.database.scope.updateMany({ data: { requiresApproval: true } });
    return prepare(at);
  };

/** Changes an input of a form that `open` opens, which is then drawn anew. */
const choose =
  (open: Prepare, actionId: string, value: ElementValue | (() => ElementValue)): Prepare =>
  async (at) => {
    await finishing(await open(at));
    return () => ana(at).choose(topView(at), actionId, typeof value === 'function' ? value() : value);
  };
const suggest =
  (open: Prepare, actionId: string): Prepare =>
  async (at) => {
    await finishing(await open(at));
    return () => ana(at).suggest(topView(at), actionId, '');
  };
/** Presses or chooses something in the settings, which opens a form. */
const inSettings =
  (actionId: string, choice?: string): Prepare =>
  async (at) => {
    await openSettings(at);
    const view = topView(at);
    if (choice === undefined) return () => ana(at).press(view, actionId);
    if (actionId === 'settings.provider.connect') return () => ana(at).choose(view, actionId, choice);
    const found = await ana(at).suggest(view, actionId, choice);
    const value = ('options' in found ? found.options[0]?.value : undefined) ?? expect.unreachable();
    return () => ana(at).choose(view, actionId, value);
  };
/** Presses a button of the form or dialog that `open` opens. */
const pressIn =
  (open: Prepare, actionId: string): Prepare =>
  async (at) => {
    await finishing(await open(at));
    return () => ana(at).press(topView(at), actionId);
  };
const searching =
  (actionId: string): Prepare =>
  async (at) => {
    await openSettings(at);
    return () => ana(at).suggest(topView(at), actionId, '');
  };
/** Opens the form that makes a message a comment, or changes that one, for another interaction. */
async function openCommentForm(at: Workspace, isComment: boolean): Promise<void> {
  const { playground, database, accountId } = at;
  const { channel, ts } = playground.as('ana').say('#ops', 'Replicas are in sync');
  if (isComment) {
    const author = { authorId: ana(at).id, authorName: 'Ana', source: 'slack' };
    const message = { channelKind: 'slack', channel, messageRef: ts };
    await database.comment.create({
      data: { accountId, maintenanceId: running(3), text: 'In sync', ...author, ...message, createdAt: new Date() },
    });
  }
  await ana(at).messageShortcut({ channel, ts }, 'add_as_comment');
  await ana(at).waitFor('the form', () => ana(at).view());
}
const saveDraftOf = (change: Prisma.InputJsonObject) => (at: Workspace) =>
  saveDraft(at.database, at.accountId, ana(at).id, change, new Date());

const { scheduled, unapproved, running, over } = STOCK;
const seconds = (inDays: number) => Math.floor(Date.now() / 1000) + inDays * 86_400;
const SECRET = Buffer.alloc(32).toString('base64');
const SENTENCE = 'service-2 tomorrow 2am for 2h: Reindex';
const SERIES = 'service-2 every sunday at 3am for 2h: Backups';
const plan = press('home.plan', 'plan');
const wholeOf = press('maintenance.whole', String(running(3)));
const overriding = press('draft.override', saveDraftOf({ kind: 'start', id: scheduled(3) }));
const page = JSON.stringify({ of: 'list', kind: 'open', page: 1 });
const subscribing = answer('subscribe', 'channel.subscribe');
const webhook = { name: 'more', 'settings.url': 'https://checks.example/', 'credentials.secret': SECRET };
const editing = press('maintenance.edit', String(scheduled(3)));

/** What each needs at most, in this order. */
const INTERACTIONS: Readonly<Record<string, readonly [most: number, prepare: Prepare]>> = {
  'button maintenance.start': [8, press('maintenance.start', String(scheduled(1)))],
  'button maintenance.finish': [2, press('maintenance.finish', String(running(1)))],
  'submission maintenance.finish': [8, submit(press('maintenance.finish', String(running(1))))],
  'button maintenance.extend': [2, press('maintenance.extend', String(running(2)))],
  'change extend.words': [2, choose(press('maintenance.extend', String(running(2))), 'extend.words', '1h')],
  'submission maintenance.extend': [8, submit(press('maintenance.extend', String(running(2))))],
  'button maintenance.comment': [2, press('maintenance.comment', String(running(2)))],
  'submission maintenance.comment': [
    8,
    submit(press('maintenance.comment', String(running(2))), { comment: 'Half done' }),
  ],
  'button maintenance.cancel': [2, press('maintenance.cancel', String(scheduled(2)))],
  'submission maintenance.cancel': [8, submit(press('maintenance.cancel', String(scheduled(2))))],
  'button maintenance.approve': [8, press('maintenance.approve', String(unapproved(1)))],
  'button maintenance.decline': [2, press('maintenance.decline', String(unapproved(2)))],
  'submission maintenance.decline': [8, submit(press('maintenance.decline', String(unapproved(2))))],
  'button maintenance.edit': [12, editing],
  'change window.words': [1, choose(plan, 'window.words', 'tomorrow 2am for 2h')],
  'change window.start': [2, choose(editing, 'window.start', () => seconds(20))],
  'change window.end': [8, choose(editing, 'window.end', () => seconds(25))],
  'change window.selector': [16, choose(editing, 'window.selector', 'name:check*')],
  'change options.services': [8, choose(editing, 'options.services', ['2', '3'])],
  'change options.checks': [8, choose(editing, 'options.checks', ['CHECK1', 'CHECK2'])],
  'options options.services': [2, suggest(editing, 'options.services')],
  'options options.checks': [2, suggest(editing, 'options.checks')],
  'submission maintenance.edit': [10, submit(editing, { name: 'Renamed' })],
  'button maintenance.whole': [2, press('maintenance.whole', String(running(3)))],
  'button maintenance.reopen': [19, press('maintenance.reopen', String(over(1)))],
  'button maintenance.show': [6, press('maintenance.show', String(running(2)))],
  'button home.plan': [2, plan],
  'submission maintenance.create': [7, submit(answer(SENTENCE, 'draft.edit'), { name: 'Renamed' })],
  'button draft.schedule': [8, answer(SENTENCE, 'draft.schedule')],
  'button draft.schedule-series': [10, answer(SERIES, 'draft.schedule-series')],
  'button draft.edit': [3, answer(SENTENCE, 'draft.edit')],
  'button draft.discard': [2, answer(SENTENCE, 'draft.discard')],
  'button series.add': [1, answer('series', 'series.add')],
  'button page.next': [3, press('page.next', page)],
  'button page.previous': [3, press('page.previous', page)],
  'button channel.subscribe': [2, subscribing],
  'submission channel.subscribe': [
    8,
    submit(subscribing, { services: ['scope-1 / service-2', 'scope-1 / service-3'], scopes: ['scope-2'] }),
  ],
  'button whole.next': [2, pressIn(wholeOf, 'whole.next')],
  'button whole.previous': [
    2,
    async (at) => {
      await finishing(await wholeOf(at));
      await finishing(() => ana(at).press(topView(at), 'whole.next'));
      return () => ana(at).press(topView(at), 'whole.previous');
    },
  ],
  'button draft.override': [4, overriding],
  'submission draft.override': [9, submit(overriding, { override_reason: 'The disk is failing' })],
  'button /^sentence\\.choose\\.\\d+$/': [10, answer('servce-2 tomorrow 2am for 2h: Reindex', 'sentence.choose.0')],
  'submission series.create': [
    9,
    submit(answer('series', 'series.add'), {
      name: 'Logs',
      services: ['scope-1 / service-2'],
      cron: '0 3 * * 0',
      duration_minutes: '30',
    }),
  ],
  'change series.words': [1, choose(answer('series', 'series.add'), 'series.words', 'every sunday at 3am for 2h')],
  'submission series.edit': [
    13,
    async (at) => {
      await ana(at).command('#ops', `/maintenance edit ${STOCK.seriesKey(1)}`);
      await ana(at).waitFor('the form', () => ana(at).view());
      await ana(at).fill({ name: 'Renamed' });
      return () => ana(at).submit();
    },
  ],
  'submission comment.add': [
    8,
    async (at) => {
      await openCommentForm(at, false);
      await ana(at).fill({ maintenance: String(running(3)) });
      return () => ana(at).submit();
    },
  ],
  'options options.maintenances': [
    2,
    async (at) => {
      await openCommentForm(at, false);
      return () => ana(at).suggest(topView(at), 'options.maintenances', 'Postgres');
    },
  ],
  'submission comment.audience': [
    8,
    async (at) => {
      await openCommentForm(at, true);
      await ana(at).fill({ audience: 'internal' });
      return () => ana(at).submit();
    },
  ],
  'inView settings.defaults': [3, inSettings('settings.defaults')],
  'submission settings.defaults': [18, submit(inSettings('settings.defaults'), { timezone: 'Asia/Tokyo' })],
  'inView settings.role': [2, inSettings('settings.role')],
  'submission settings.role': [15, submit(inSettings('settings.role'), { subject: 'U0JONAS001', role: 'approver' })],
  'options settings.scope': [2, searching('settings.scope')],
  'options options.scopes': [2, suggest(inSettings('settings.service.add'), 'options.scopes')],
  'inView settings.scope': [3, inSettings('settings.scope', 'scope-1')],
  'submission settings.scope': [
    19,
    submit(inSettings('settings.scope', 'scope-1'), { requires_approval: ['approval'], reminders: ['30'] }),
  ],
  'inView settings.scope.add': [2, inSettings('settings.scope.add')],
  'submission settings.scope (new)': [14, submit(inSettings('settings.scope.add'), { name: 'Staging' })],
  'options settings.service': [2, searching('settings.service')],
  'inView settings.service': [4, inSettings('settings.service', 'service-2')],
  'submission settings.service': [
    26,
    submit(inSettings('settings.service', 'service-2'), { name: 'Renamed', checks: ['check-1', 'check-2'] }),
  ],
  'inView settings.service.add': [2, inSettings('settings.service.add')],
  'submission settings.service (new)': [14, submit(inSettings('settings.service.add'), { name: 'search' })],
  'options settings.check': [2, searching('settings.check')],
  'inView settings.check': [4, inSettings('settings.check', 'check-1')],
  'submission settings.check': [23, submit(inSettings('settings.check', 'check-1'), { name: 'Renamed' })],
  'inView settings.check.add': [3, inSettings('settings.check.add')],
  'submission settings.check (new)': [
    19,
    submit(inSettings('settings.check.add'), { name: 'answers', services: ['scope-1 / service-3'] }),
  ],
  'options settings.provider': [2, searching('settings.provider')],
  'inView settings.provider': [4, inSettings('settings.provider', 'provider-2')],
  'submission settings.provider': [26, submit(inSettings('settings.provider', 'provider-2'), { enabled: [] })],
  'inView settings.provider.connect': [2, inSettings('settings.provider.connect', 'webhook')],
  'submission settings.provider.connect': [15, submit(inSettings('settings.provider.connect', 'webhook'), webhook)],
  'inView settings.freeze.add': [2, inSettings('settings.freeze.add')],
  'submission settings.freeze': [
    14,
    submit(inSettings('settings.freeze.add'), () => ({ start: seconds(300), end: seconds(301), reason: 'Sale' })),
  ],
  'inView settings.freeze.remove': [14, inSettings('settings.freeze.remove')],
  'inView settings.remove (check)': [22, pressIn(inSettings('settings.check', 'check-2'), 'settings.remove')],
  'inView settings.remove (service)': [16, pressIn(inSettings('settings.service', 'search'), 'settings.remove')],
  'inView settings.remove (scope)': [16, pressIn(inSettings('settings.scope', 'scope-2'), 'settings.remove')],
  'inView settings.remove (provider)': [25, pressIn(inSettings('settings.provider', 'provider-3'), 'settings.remove')],
  'button sync.apply': [19, answer('checks sync provider-1', 'sync.apply')],
  'button series.approve': [3, press('series.approve', '1')],
  // Not the series that Ana edits above: she cannot approve what she requested.
  'submission series.approve': [12, whereRequired(submit(press('series.approve', '2')))],
};

/** Several forms of the same interaction have a word in parentheses. */
const toId = (name: string) => name.replace(/ \(\w+\)$/, '');

/** The statements until the work is done. */
async function count(at: Workspace, id: string, prepare: Prepare): Promise<readonly string[]> {
  try {
    const act = await prepare(at);
    const statements = await countingStatements(() => finishing(act));
    expect(done.at(-1)).toEqual({ id: toId(id) });
    return statements;
  } finally {
    if (ana(at).view() !== undefined) await ana(at).close({ all: true });
  }
}

test('everything that Lull reacts to is here', () => {
  expect([...new Set(Object.keys(INTERACTIONS).map(toId))].sort()).toEqual([...registered].sort());
});

/** How a statement begins: Prisma's texts have a place for each parameter. */
const beginnings = (statements: readonly string[]) => statements.map((text) => text.trim().slice(0, 40)).sort();

describe('the number of statements does not grow with the data', () => {
  test.each(Object.keys(INTERACTIONS))('of %s', async (id) => {
    const [most, prepare] = INTERACTIONS[id] ?? expect.unreachable();
    const [small, large] = [await count(few, id, prepare), await count(many, id, prepare)];
    expect(beginnings(large)).toEqual(beginnings(small));
    expect(large.length).toBeLessThanOrEqual(most);
  });
});
