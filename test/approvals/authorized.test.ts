import fc from 'fast-check';
import { expect, test } from 'vitest';
import { approve, decline } from '../../src/approvals/commands.ts';
import { approveSeries } from '../../src/approvals/series-commands.ts';
import { addScope, editScope } from '../../src/catalogue/scopes/commands.ts';
import { addService, editService } from '../../src/catalogue/services/commands.ts';
import { addCheck, editCheck } from '../../src/checks/commands.ts';
import { addAdHoc, editAdHoc } from '../../src/compat/nodeping/ad-hoc-commands.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Actor } from '../../src/core/permissions.ts';
import { addFreeze } from '../../src/freezes/commands.ts';
import { correct } from '../../src/maintenance/commands/correct.ts';
import { edit, extend, reschedule } from '../../src/maintenance/commands/edit.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { finish, reopen, start } from '../../src/maintenance/commands/transitions.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import { editSeries, scheduleSeries } from '../../src/series/commands.ts';
import { planDueSeries } from '../../src/series/planning.ts';
import { cases } from '../draws.ts';
import { calling } from '../http/v1/calling.ts';
import { hours, minutes, type World, world } from '../world.ts';

/**
 * Random people and tokens do random things through every interface while the clock moves. After each step, a model that knows
 * only the stored rows and the audit looks for work that nobody authorized.
 */
const LEEWAY_MS = hours(1);
const OPERATIONS = [
  ...[
    'schedule',
    'schedule',
    'schedule',
    'http-schedule',
    'http-edit',
    'http-extend',
    'edit',
    'edit',
    'extend',
    'move',
  ],
  ...['start', 'finish', 'reopen', 'correct', 'ad-hoc', 'edit-ad-hoc', 'approve', 'approve', 'approve', 'decline'],
  ...[
    'series',
    'edit-series',
    'approve-series',
    'move-service',
    'guard',
    'tag',
    'freeze',
    'wait',
    'wait',
    'wait',
    'wait',
  ],
] as const;
const step = fc.record({
  operation: fc.constantFrom(...OPERATIONS),
  who: fc.nat(20),
  on: fc.nat(40),
  what: fc.nat(30),
  length: fc.constantFrom(5, 20, 45, 90, 600),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function stage(w: World) {
  const boss = w.person('admin', 'U0BOSS');
  const at = calling(w);
  const scopes: number[] = [];
  for (const name of ['production', 'sandbox', 'lab']) scopes.push((await addScope(w.ctx, boss, { name })).id);
  const services: number[] = [];
  const checks: string[] = [];
  for (const [index, name] of ['web', 'db', 'box', 'bench'].entries()) {
    const { id } = await addService(w.ctx, boss, { name, scopeId: scopes[[0, 0, 1, 2][index] ?? 0] ?? null });
    services.push(id);
    const values = { provider: 'builtin', externalId: null, enabled: true, tags: [name] };
    checks.push((await addCheck(w.ctx, boss, { ...values, name, services: [id] })).id);
  }
  await editScope(w.ctx, boss, scopes[0] ?? 0, { requiresApproval: true });
  const token = (owner: string, id: string): Actor => ({ ...w.person('operator', id), source: 'http', owner });
  const limited: Actor = { ...w.person('operator', 'token:900'), source: 'http', scopes: [scopes[1] ?? 0] };
  const people = [boss, w.person('approver', 'U0BEN'), w.person('approver', 'U0CAL'), w.person('operator', 'U0ANA')];
  const tokens = [token('U0BEN', 'token:901'), token('U0BOSS', 'token:902'), limited];
  return { boss, at, scopes, services, checks, people, actors: [...people, ...tokens] };
}
type Stage = Awaited<ReturnType<typeof stage>>;

async function act(w: World, s: Stage, { operation, who, on, what, length }: Step): Promise<void> {
  const pick = <T>(all: readonly T[], at: number): T => all[at % all.length] ?? expect.unreachable();
  const actor = pick(s.actors, who);
  const person = pick(s.people, who);
  const some = <T>(all: readonly T[]) => all.filter((_, index) => (what >> index) & 1);
  const later = (ms: number) => new Date(w.clock.now().getTime() + ms);
  const window = { start: later(minutes(5 + (on % 3) * 30)), end: later(minutes(5 + (on % 3) * 30 + length)) };
  const ids = async () =>
    (await w.ctx.database.maintenance.findMany({ select: { id: true }, orderBy: { id: 'desc' } })).map(({ id }) => id);
  const anyId = async () => (await ids())[on % 8] ?? 0;
  const series = async () => (await w.ctx.database.series.findMany({ select: { id: true } })).map(({ id }) => id);
  const anySeries = async () => (await series())[on % 3] ?? 0;
  const selector = { text: `tag:${pick(['web', 'db', 'box', 'picked'], on)}`, follows: what % 2 === 0 };
  const change = () =>
    pick(
      [
        { services: some(s.services) },
        { checks: some(s.checks) },
        { end: later(minutes(length)) },
        { selector },
        { scopeId: pick(s.scopes, what) },
      ],
      on,
    );
  const http = { scheduled_start_date: window.start.toISOString(), scheduled_end_date: window.end.toISOString() };
  switch (operation) {
    case 'schedule':
      return void (await schedule(
        w.ctx,
        actor,
        w.input({ services: some(s.services), ...(what % 5 === 0 && { selector }), ...window }),
      ));
    case 'http-schedule':
      return void (await s.at.post('/maintenances', { name: 'Over HTTP', services: some(s.services), ...http }));
    case 'http-edit':
      return void (await s.at.call('PATCH', `/maintenances/${await anyId()}`, {
        services: some(s.services),
        scheduled_end_date: http.scheduled_end_date,
      }));
    case 'http-extend':
      return void (await s.at.post(`/maintenances/${await anyId()}/extend`, { minutes: length }));
    case 'edit':
      return void (await edit(w.ctx, actor, await anyId(), change()));
    case 'extend':
      return void (await extend(w.ctx, actor, await anyId(), length));
    case 'move':
      return void (await reschedule(w.ctx, actor, await anyId(), window));
    case 'start':
      return void (await start(w.ctx, actor, await anyId()));
    case 'finish':
      return void (await finish(w.ctx, actor, await anyId(), 'succeed'));
    case 'reopen':
      return void (await reopen(w.ctx, actor, await anyId()));
    case 'correct': {
      const status = pick(['scheduled', 'in-progress', 'succeed', 'failed', 'canceled'] as const, what);
      return void (await correct(w.ctx, actor, await anyId(), () => ({ status, ...(on % 2 ? {} : change()) })));
    }
    case 'ad-hoc':
      return void (await addAdHoc(w.ctx, actor, {
        name: 'Ad hoc',
        durationMinutes: length,
        checks: some(s.checks),
        enabled: true,
      }));
    case 'edit-ad-hoc': {
      const open = await w.ctx.database.maintenance.findMany({ where: { adHoc: true }, select: { key: true } });
      const { key } = open.at(-1) ?? { key: 'NONE' };
      return void (await editAdHoc(
        w.ctx,
        actor,
        key,
        on % 2 ? { checks: some(s.checks) } : { durationMinutes: length },
      ));
    }
    case 'approve':
      return void (await approve(w.ctx, actor, await anyId()));
    case 'decline':
      return void (await decline(w.ctx, actor, await anyId()));
    case 'series': {
      const { start: _, end: __, ...input } = w.input({ services: some(s.services) });
      return void (await scheduleSeries(w.ctx, actor, { ...input, cron: '*/30 * * * *', durationMinutes: 20 }));
    }
    case 'edit-series':
      return void (await editSeries(
        w.ctx,
        actor,
        await anySeries(),
        on % 2 ? { services: some(s.services) } : { durationMinutes: Math.min(length, 29) },
      ));
    case 'approve-series':
      return void (await approveSeries(w.ctx, person, await anySeries(), { days: 1 }));
    case 'move-service':
      return void (await editService(w.ctx, s.boss, pick(s.services, on), { scopeId: pick(s.scopes, what) }));
    case 'guard':
      return void (await editScope(w.ctx, s.boss, pick(s.scopes, on), { requiresApproval: what % 3 > 0 }));
    case 'tag':
      return void (await editCheck(w.ctx, s.boss, pick(s.checks, on), { tags: [pick(['web', 'db', 'picked'], what)] }));
    case 'freeze':
      return void (await addFreeze(w.ctx, s.boss, { ...window, scopeId: null, reason: 'Sale', effect: 'block' }));
    case 'wait':
      w.clock.moveTo(later(minutes(length % 100)));
  }
}

async function settle(w: World): Promise<void> {
  while ((await advanceDueMaintenances(w.ctx)).moved.length > 0);
  await planDueSeries(w.ctx);
}

/** Everything in the database that nobody authorized, in words. */
async function findUnauthorized(w: World, s: Stage): Promise<string[]> {
  const db = w.ctx.database;
  const running = await db.maintenance.findMany({ where: { status: 'in-progress' } });
  const mutes = await db.mute.findMany({ where: { endedAt: null } });
  const links = await db.serviceCheck.findMany({ include: { service: true } });
  const guards = new Set((await db.scope.findMany({ where: { requiresApproval: true } })).map(({ id }) => id));
  const events = await db.auditEvent.findMany({ orderBy: { id: 'asc' } });
  const freezes = await db.freeze.findMany({ where: { effect: 'block', scopeId: null } });
  const owners = new Map(s.actors.map(({ id, owner }) => [id, owner ?? id]));
  const found: string[] = [];
  for (const { checkId, maintenanceId } of mutes) {
    if (!running.some(({ id }) => id === maintenanceId))
      found.push(`check ${checkId} is muted by ${maintenanceId}, which is over`);
  }
  for (const m of running) {
    const own = events.filter(({ maintenanceId }) => maintenanceId === m.id);
    const ofSeries = events.filter(
      ({ subjectKind, subjectId }) => subjectKind === 'series' && Number(subjectId) === m.seriesId,
    );
    const born = own[0]?.id ?? 0;
    const checks = mutes.filter(({ maintenanceId }) => maintenanceId === m.id).map(({ checkId }) => checkId);
    const scopesOf = (check: string) =>
      links.flatMap((link) => (link.checkId === check ? (link.service.scopeId ?? []) : []));
    const decided = (type: string, among = own) => among.filter((event) => event.type === type);
    const approvals = [...decided('maintenance.approved'), ...decided('series.approved', ofSeries)];
    // A scope that began to require approval once the window was there accepts it.
    const accepted = events.filter(
      ({ type, id, after }) =>
        type === 'scope.changed' && id > born && JSON.stringify(after).includes('"requires_approval":true'),
    );
    const acceptedIn = new Set(accepted.map(({ subjectId }) => Number(subjectId)));
    const guarded = [...new Set(checks.flatMap(scopesOf))].filter(
      (scope) => guards.has(scope) && !acceptedIn.has(scope),
    );
    if (guarded.length > 0) {
      if (approvals.length === 0) found.push(`${m.id} mutes checks of ${guarded}, which nobody approved`);
      const touched = own.filter(({ type }) => /scheduled|changed|extended|rescheduled|corrected/.test(type));
      for (const approval of decided('maintenance.approved')) {
        const since =
          decided('maintenance.approved')
            .filter(({ id }) => id < approval.id)
            .at(-1)?.id ?? 0;
        const requesters = touched.filter(({ id, source }) => id > since && id < approval.id && source !== 'lull');
        const isOwn = [m.ownerId, ...requesters.map(({ actorId }) => actorId)].some(
          (id) => owners.get(id) === approval.actorId,
        );
        if (isOwn) found.push(`${m.id} was approved by ${approval.actorId}, who requested or changed it`);
        if (approval.source !== 'slack') found.push(`${m.id} was approved by ${approval.actorId}, which is a token`);
      }
      const until = approvals.flatMap(({ after }) => Date.parse(String(Object(after).approved_until)));
      if (m.endsAt !== null && m.endsAt.getTime() > Math.max(...until) + LEEWAY_MS)
        found.push(`${m.id} lasts beyond what was approved`);
    }
    const first = own.find(({ type }) => type === 'maintenance.scheduled');
    const limit = s.actors.find(({ id }) => id === m.ownerId)?.scopes;
    const isAlone = own.every(({ actorId, source }) => actorId === m.ownerId || source === 'lull');
    if (limit !== undefined && isAlone && !checks.every((check) => scopesOf(check).every((id) => limit.includes(id)))) {
      found.push(`${m.id} of ${m.ownerId} mutes checks outside its scopes`);
    }
    const overridden = own.some(({ type }) => type === 'maintenance.freeze_overridden');
    const frozen = freezes.filter(({ id, start: from, end }) => {
      const added = events.find(({ type, subjectId }) => type === 'freeze.added' && Number(subjectId) === id);
      const isEarlier = (added?.id ?? Number.POSITIVE_INFINITY) < (first?.id ?? 0);
      return isEarlier && m.startedAt !== null && m.endsAt !== null && m.startedAt < (end ?? from) && from < m.endsAt;
    });
    if (frozen.length > 0 && !overridden)
      found.push(`${m.id} runs in freeze ${frozen[0]?.id}, added before it was scheduled`);
  }
  return found;
}

test('whatever people and tokens do through any interface, no work goes on that nobody authorized', {
  timeout: cases(3) * 60_000,
}, async () => {
  let muted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 25, maxLength: 60 }), async (steps) => {
      const w = await world();
      try {
        const s = await stage(w);
        for (const [index, each] of steps.entries()) {
          await act(w, s, each).catch((error: unknown) => {
            if (!(error instanceof UserError)) throw error;
          });
          await settle(w);
          muted += await w.ctx.database.mute.count({ where: { endedAt: null } });
          // The steps are the trace: fast-check prints them with the seed.
          expect({ index, each, unauthorized: await findUnauthorized(w, s) }).toEqual({
            index,
            each,
            unauthorized: [],
          });
        }
      } finally {
        await w.close();
      }
    }),
    { numRuns: cases(3), endOnFailure: true },
  );
  // It looked at something.
  expect(muted).toBeGreaterThan(0);
});
