import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { edit, extend, reschedule } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { cancel, finish, start } from '../../src/maintenance/commands/transitions.ts';
import { findMaintenance } from '../../src/maintenance/repository/list.ts';
import { currentWindow } from '../../src/maintenance/rules/times.ts';
import { editSeries, pauseSeries, scheduleSeries, skipRun } from '../../src/series/commands.ts';
import { findSeries } from '../../src/series/repository.ts';
import { editSubscription, endSubscription, subscribe } from '../../src/subscriptions/commands.ts';
import { hours, minutes, type World, world } from '../world.ts';

const numRuns = Number(process.env.LULL_CASES ?? 25);

let w: World;
let service: number;
/** Its clock stands still. */
let ctx: World['ctx'];
beforeAll(async () => {
  w = await world();
  const now = w.clock.now();
  ctx = { ...w.ctx, clock: { now: () => now } };
  service = (await w.service('api')).id;
});
afterAll(() => w.close());

/**
 * What a person says after they saw a record. `say` does it. `apply` is what it means for a record that others may have
 * changed since: undefined where the person is only told, and nothing happens.
 */
interface Saying<Seen, State> {
  readonly name: string;
  say(seen: Seen): Promise<unknown>;
  apply(state: State, seen: Seen, sameSeen: boolean): State | undefined;
}

interface Subject<Seen, State> {
  /** A new record, as people see it. */
  make(): Promise<Seen>;
  /** What was seen of it, as a state. */
  toState(seen: Seen): State;
  /** The record now. */
  read(seen: Seen): Promise<State>;
  /** How often it was changed since it was made. */
  countChanges(seen: Seen): Promise<number>;
  readonly sayings: readonly Saying<Seen, State>[];
}

/** The state and the number of changes when people who saw the same say these, one after another. */
function inTurn<Seen, State>({ toState }: Subject<Seen, State>, seen: Seen, said: readonly Saying<Seen, State>[]) {
  let state = toState(seen);
  let changes = 0;
  for (const { apply } of said) {
    const next = apply(state, seen, changes === 0);
    if (next === undefined) continue;
    state = next;
    changes += 1;
  }
  return { state, changes };
}

async function ignoreRefusal(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/** Two people see a record, and each says something: what becomes of it is as if they had said it in one order or the other. */
async function expectAnOrder<Seen, State>(subject: Subject<Seen, State>) {
  const saying = fc.constantFrom(...subject.sayings);
  await fc.assert(
    fc.asyncProperty(saying, saying, fc.boolean(), async (one, other, together) => {
      const seen = await subject.make();
      const work = [() => ignoreRefusal(one.say(seen)), () => ignoreRefusal(other.say(seen))];
      if (together) await Promise.all(work.map((act) => act()));
      else for (const act of work) await act();
      const result = { state: await subject.read(seen), changes: await subject.countChanges(seen) };
      const orders = [inTurn(subject, seen, [one, other]), ...(together ? [inTurn(subject, seen, [other, one])] : [])];
      expect(orders, `${one.name}; ${other.name}`).toContainEqual(result);
    }),
    { numRuns },
  );
}

type Window = { readonly status: string; readonly start: number; readonly end: number; readonly name: string };
type SeenWindow = Window & { readonly id: number; readonly version: number; readonly key: string };

const isOpen = ({ status }: Window) => status === 'scheduled' || status === 'in-progress';

function until(later: number): Saying<SeenWindow, Window> {
  const at = (seen: Window) => new Date(seen.end + later);
  return {
    name: `until ${later}`,
    say: (seen) => extend(ctx, w.ana, seen.id, at(seen)),
    apply: (state, seen) =>
      isOpen(state) && at(seen).getTime() > state.end ? { ...state, end: at(seen).getTime() } : undefined,
  };
}

const windows: Subject<SeenWindow, Window> = {
  async make() {
    const made = await schedule(ctx, w.ana, w.input({ services: [service] }));
    const { start, end } = currentWindow(made);
    const window = { status: made.status, start: start.getTime(), end: end.getTime(), name: made.name };
    return { ...window, id: made.id, version: made.version, key: made.key };
  },
  toState: ({ status, start, end, name }) => ({ status, start, end, name }),
  async read({ id, start, end }) {
    const found = await findMaintenance(w.ctx.database, w.account.id, id);
    if (found === undefined) throw new Error(`maintenance ${id} is gone`);
    const window = currentWindow(found);
    const { status, name } = found;
    // What is over is compared by how it ended.
    return isOpen({ ...found, start, end })
      ? { status, start: window.start.getTime(), end: window.end.getTime(), name }
      : { status, start, end, name };
  },
  countChanges: ({ id }) =>
    w.ctx.database.auditEvent.count({ where: { maintenanceId: id, NOT: { type: 'maintenance.scheduled' } } }),
  sayings: [
    until(minutes(45)),
    until(hours(2)),
    {
      name: 'typed 30m',
      say: ({ id }) => extend(ctx, w.ana, id, 30),
      apply: (state) => (isOpen(state) ? { ...state, end: state.end + minutes(30) } : undefined),
    },
    {
      name: 'a form for 30 minutes',
      say: ({ id, end }) => extend(ctx, w.ana, id, 30, { shownEnd: new Date(end) }),
      apply: (state, seen) =>
        isOpen(state) && state.end === seen.end ? { ...state, end: state.end + minutes(30) } : undefined,
    },
    {
      name: 'move, as long as it is',
      say: ({ id, start }) => reschedule(ctx, w.ana, id, { start: new Date(start + hours(5)) }),
      apply(state, seen) {
        const start = seen.start + hours(5);
        if (state.status !== 'scheduled' || state.start === start) return undefined;
        return { ...state, start, end: state.end + start - state.start };
      },
    },
    {
      name: 'move to a window',
      say: ({ id, start }) =>
        reschedule(ctx, w.ana, id, { start: new Date(start + hours(6)), end: new Date(start + hours(7)) }),
      apply(state, seen) {
        const [from, to] = [seen.start + hours(6), seen.start + hours(7)];
        if (state.status !== 'scheduled' || (state.start === from && state.end === to)) return undefined;
        return { ...state, start: from, end: to };
      },
    },
    {
      name: 'rename in a form',
      say: ({ id, version }) => edit(ctx, w.ana, id, { name: 'Renamed' }, { version }),
      apply: (state, _, sameSeen) => (sameSeen ? { ...state, name: 'Renamed' } : undefined),
    },
    {
      name: 'start',
      say: ({ id }) => start(ctx, w.ana, id),
      apply(state) {
        const now = ctx.clock.now().getTime();
        if (state.status !== 'scheduled') return undefined;
        return { ...state, status: 'in-progress', start: now, end: now + state.end - state.start };
      },
    },
    {
      name: 'cancel what has not started',
      say: ({ id }) => cancel(ctx, w.ana, id, '', undefined, 'scheduled'),
      apply: (state, seen) =>
        state.status === 'scheduled' ? { ...state, status: 'canceled', start: seen.start, end: seen.end } : undefined,
    },
    {
      name: 'finish',
      say: ({ id }) => finish(ctx, w.ana, id, 'succeed'),
      apply: (state, seen) =>
        state.status === 'in-progress' ? { ...state, status: 'succeed', start: seen.start, end: seen.end } : undefined,
    },
  ],
};

type Series = { readonly enabled: boolean; readonly name: string; readonly skipped: number };
type SeenSeries = Series & { readonly id: number; readonly version: number; readonly next: number | undefined };

const series: Subject<SeenSeries, Series> = {
  async make() {
    const recurrence = { cron: '0 3 * * *', timezone: 'UTC', durationMinutes: 60 } as const;
    const values = { name: 'Backups', services: [service], checks: null, selector: null, scopeId: null, channels: [] };
    const { id, version, nextRun } = await scheduleSeries(ctx, w.ana, {
      ...values,
      ...recurrence,
      visibility: 'public',
    });
    return { id, version, next: nextRun?.id, enabled: true, name: 'Backups', skipped: 0 };
  },
  toState: ({ enabled, name, skipped }) => ({ enabled, name, skipped }),
  async read({ id }) {
    const found = await findSeries(w.ctx.database, w.account.id, id);
    const skipped = await w.ctx.database.maintenance.count({ where: { seriesId: id, runState: 'skipped' } });
    return { enabled: found?.enabled ?? false, name: found?.name ?? '', skipped };
  },
  async countChanges({ id }) {
    const changed = { subjectKind: 'series', subjectId: String(id), NOT: { type: 'series.scheduled' } };
    const runs = await w.ctx.database.maintenance.findMany({ where: { seriesId: id }, select: { id: true } });
    const skipped = { type: 'maintenance.skipped', maintenanceId: { in: runs.map((run) => run.id) } };
    return w.ctx.database.auditEvent.count({ where: { actorId: w.ana.id, OR: [changed, skipped] } });
  },
  sayings: [
    {
      name: 'skip the next run',
      say: ({ id, next }) => skipRun(ctx, w.ana, id, next),
      apply: (state) => (state.skipped === 0 && state.enabled ? { ...state, skipped: 1 } : undefined),
    },
    {
      name: 'pause',
      say: ({ id }) => pauseSeries(ctx, w.ana, id, 'cancel'),
      apply: (state) => (state.enabled ? { ...state, enabled: false } : undefined),
    },
    {
      name: 'rename in a form',
      say: ({ id, version }) => editSeries(ctx, w.ana, id, { name: 'Renamed' }, undefined, version),
      apply: (state, _, sameSeen) =>
        sameSeen || (state.skipped > 0 && state.enabled) ? { ...state, name: 'Renamed' } : undefined,
    },
  ],
};

type Subscription = readonly ('internal' | 'public')[];
type SeenSubscription = { readonly id: number; readonly channel: string };

let channels = 0;
const subscriptions: Subject<SeenSubscription, Subscription> = {
  async make() {
    channels += 1;
    const channel = `C0SAID${channels}`;
    const { id } = await subscribe(ctx, w.lull, { channel, audience: 'internal', serviceId: service });
    return { id, channel };
  },
  toState: () => ['internal'],
  async read({ channel }) {
    const rows = await w.ctx.database.subscription.findMany({ where: { channel }, select: { audience: true } });
    return rows.map(({ audience }) => (audience === 'public' ? 'public' : 'internal'));
  },
  countChanges: async ({ channel }) =>
    (await w.ctx.database.auditEvent.count({ where: { subjectKind: 'channel', subjectId: channel } })) - 1,
  sayings: [
    {
      name: 'make it public',
      say: ({ id }) => editSubscription(ctx, w.lull, id, 'public'),
      apply: (state) => (state[0] === 'internal' ? ['public'] : undefined),
    },
    {
      name: 'end it',
      say: ({ id }) => endSubscription(ctx, w.lull, id),
      apply: (state) => (state.length > 0 ? [] : undefined),
    },
    {
      name: 'subscribe to the same',
      say: ({ channel }) => subscribe(ctx, w.lull, { channel, audience: 'internal', serviceId: service }),
      apply: (state) => (state[0] === 'internal' ? undefined : ['internal']),
    },
  ],
};

describe('what two people say who saw the same', () => {
  test('of a maintenance is done in one order or the other', () => expectAnOrder(windows));
  test('of a series is done in one order or the other', () => expectAnOrder(series));
  test('of a subscription is done in one order or the other', () => expectAnOrder(subscriptions));
});

test('three who extend until the same time get it, and only the first changes anything', async () => {
  const seen = await windows.make();
  const end = new Date(seen.end + minutes(45));
  const answers = await Promise.all([1, 2, 3].map(() => extend(ctx, w.ana, seen.id, end)));
  expect(answers.map((answer) => answer?.extended).sort()).toEqual([false, false, true]);
  expect(answers.map((answer) => answer?.maintenance.scheduledEnd)).toEqual([end, end, end]);
  expect(answers.map((answer) => answer?.maintenance.version)).toEqual([2, 2, 2]);
  expect(await windows.countChanges(seen)).toBe(1);
});
