import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventFields, toTimelineEvent } from '../../src/audit/repository.ts';
import { verifyChecksAfterWindow } from '../../src/checks/post-check.ts';
import { reconcile } from '../../src/checks/reconcile.ts';
import { postCheckLines } from '../../src/checks/slack/messages.ts';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { finish, start } from '../../src/maintenance/commands/transitions.ts';
import { Vault } from '../../src/platform/vault.ts';
import { advanceDueMaintenances } from '../../src/scheduler/advance.ts';
import { addWebhook } from '../../src/webhooks/commands.ts';
import { hours, minutes, silent, type World, world } from '../world.ts';
import { Monitoring, only } from './monitoring.ts';

let w: World;
let monitoring: Monitoring;
let named = 0;

beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());
beforeEach(() => {
  monitoring = new Monitoring();
});

const provider = () => ({ accountId: w.account.id, provider: 'builtin' });
const enforced = () => reconcile(w.ctx, only(monitoring), silent, provider());

async function inProgress(service: number, length = hours(1)) {
  const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service], ...w.soon(hours(1), length) }));
  await start(w.ctx, w.ana, id);
  await enforced();
  return id;
}

/** A window over checks of these names that is over, and its checks switched on again. */
async function over(...names: string[]) {
  const service = await w.service(`watched ${++named}`, names);
  const id = await inProgress(service.id);
  await finish(w.ctx, w.ana, id, 'succeed');
  await enforced();
  return { id, service: service.id, checks: service.checks.map((check) => check.id) };
}

const due = async (id: number) =>
  (await w.ctx.database.maintenance.findUniqueOrThrow({ where: { id } })).nextDueAt?.getTime() ?? null;

/** The clock goes to the instant of the look, and the scheduler's step is made. */
async function passed(id: number) {
  w.clock.moveTo(new Date((await due(id)) ?? 0));
  while ((await advanceDueMaintenances(w.ctx)).moved.length > 0) {}
}

const looked = (maintenanceId: number, until = w.clock.now().getTime() + hours(1)) =>
  verifyChecksAfterWindow(w.ctx, only(monitoring), silent, {
    ...provider(),
    maintenanceId,
    until: new Date(until).toISOString(),
  });

async function told(maintenanceId: number) {
  const where = { maintenanceId, type: 'maintenance.checks_unhealthy' };
  return (await w.ctx.database.auditEvent.findMany({ where })).map(({ after, internal }) => ({
    ...(after as object),
    internal,
  }));
}

const keyOf = (maintenanceId: number) => `post-check:${w.account.id}:builtin:${maintenanceId}`;
const waiting = async (maintenanceId: number): Promise<unknown[]> =>
  w.ctx.database.$queryRaw`
    select payload, run_at between now() + interval '50 seconds' and now() + interval '70 seconds' as "inAMinute"
    from graphile_worker._private_jobs where split_part(key, '#', 1) = ${keyOf(maintenanceId)}`;
const forget = (maintenanceId: number) =>
  w.ctx.database.$executeRaw`
    delete from graphile_worker._private_jobs where split_part(key, '#', 1) = ${keyOf(maintenanceId)}`;

describe('some time after a window', () => {
  test('its checks are verified once, five minutes after its end', async () => {
    const { id } = await over('a');
    const { endedAt } = await w.ctx.database.maintenance.findUniqueOrThrow({ where: { id } });
    expect(await due(id)).toBe((endedAt?.getTime() ?? 0) + minutes(5));
    await passed(id);
    expect(await due(id)).toBeNull();
    expect(await waiting(id)).toHaveLength(1);
  });

  test('nothing is reported when its checks are on and pass', async () => {
    const { id } = await over('a', 'b');
    await passed(id);
    await looked(id);
    expect(monitoring.calls.at(-1)).toEqual(['read', 2]);
    expect(await told(id)).toEqual([]);
  });

  test('checks that are off or fail are reported once, internally and to its owner', async () => {
    const { id, checks } = await over('a', 'b', 'c');
    await passed(id);
    monitoring.off.add(checks[0] ?? '');
    monitoring.troubled.add(checks[1] ?? '');
    await looked(id);
    await looked(id);
    expect(await told(id)).toEqual([
      {
        maintenance: id,
        name: 'Postgres upgrade',
        still_off: ['a'],
        failing: ['b'],
        failing_before: [],
        failing_since: ['b'],
        internal: true,
      },
    ]);
    const notices = await w.ctx.database.notice.findMany({ where: { maintenanceId: id } });
    expect(notices.map(({ personId, reason }) => [personId, reason])).toEqual([[w.ana.id, 'not-watching:builtin']]);
  });

  test('checks that failed before the window too are told apart from those that fail since', async () => {
    const service = await w.service(`watched ${++named}`, ['always', 'since', 'recovered', 'unknown']);
    const [always = '', since = '', recovered = '', unknown = ''] = service.checks.map(({ id }) => id);
    monitoring.troubled.add(always).add(recovered);
    const { id } = await schedule(w.ctx, w.ana, w.input({ services: [service.id], ...w.soon(hours(1), hours(1)) }));
    await start(w.ctx, w.ana, id);
    await enforced();
    await w.ctx.database.mute.updateMany({ where: { checkId: unknown }, data: { failingBefore: null } });
    // While they are muted nothing is learned, and what is known is kept.
    await enforced();
    await finish(w.ctx, w.ana, id, 'succeed');
    await enforced();
    await passed(id);
    monitoring.troubled.delete(recovered);
    monitoring.troubled.add(since).add(unknown);
    await looked(id);
    expect(await told(id)).toMatchObject([
      { failing: ['always', 'since', 'unknown'], failing_before: ['always'], failing_since: ['since'] },
    ]);
    const where = { maintenanceId: id, type: 'maintenance.checks_unhealthy' };
    const row = await w.ctx.database.auditEvent.findFirstOrThrow({ where, select: eventFields });
    const event = toTimelineEvent(row);
    if (event.type !== 'maintenance.checks_unhealthy') throw new Error(event.type);
    expect(postCheckLines('It', event).slice(1, 4)).toEqual([
      '• A check fails since the window: since',
      '• A check fails: unknown',
      '• A check fails, and failed before the window too: always',
    ]);
  });

  test('nothing is said about the time before a window when that is not known', async () => {
    const service = await w.service(`watched ${++named}`, ['a']);
    monitoring.mysterious = true;
    const id = await inProgress(service.id);
    await finish(w.ctx, w.ana, id, 'succeed');
    await enforced();
    await passed(id);
    monitoring.mysterious = false;
    monitoring.troubled.add(service.checks[0]?.id ?? '');
    await looked(id);
    expect(await told(id)).toMatchObject([{ failing: ['a'], failing_before: [], failing_since: [] }]);
  });

  test('checks that are off or fail are sent to internal webhooks only', async () => {
    const input = { url: 'https://hooks.example', description: '', events: [] };
    const vault = new Vault(['the encryption key of the tests']);
    const inside = await addWebhook(w.ctx, w.person('admin'), { ...input, audience: 'internal' }, vault);
    await addWebhook(w.ctx, w.person('admin'), { ...input, audience: 'public' }, vault);
    const { id, checks } = await over('a');
    await passed(id);
    monitoring.off.add(checks[0] ?? '');
    await looked(id);
    const where = { maintenanceId: id, type: 'maintenance.checks_unhealthy' };
    const deliveries = await w.ctx.database.delivery.findMany({ where });
    expect(deliveries.map(({ webhookId }) => webhookId)).toEqual([inside.webhook.id]);
    await w.ctx.database.webhook.deleteMany();
  });

  test('a check that another window mutes is left to that window', async () => {
    const first = await over('shared');
    const second = await inProgress(first.service);
    expect(monitoring.state(first.checks[0] ?? '')).toBe('off');
    await passed(first.id);
    await looked(first.id);
    expect(await told(first.id)).toEqual([]);
    await finish(w.ctx, w.ana, second, 'succeed');
    await enforced();
  });

  test('a window that muted nothing is not verified', async () => {
    const service = await w.service(`watched ${++named}`, ['was off']);
    monitoring.off.add(service.checks[0]?.id ?? '');
    const id = await inProgress(service.id);
    await finish(w.ctx, w.ana, id, 'succeed');
    expect(await due(id)).toBeNull();
  });

  test('an account can turn verification off', async () => {
    const where = { id: w.account.id };
    await w.ctx.database.account.update({ where, data: { postCheckAfter: 0 } });
    const { id } = await over('a');
    await w.ctx.database.account.update({ where, data: { postCheckAfter: 5 } });
    expect(await due(id)).toBeNull();
  });

  test('a check that is not unmuted yet is waited for, until the deadline', async () => {
    const { id, checks } = await over('a', 'b');
    await passed(id);
    await forget(id);
    await w.ctx.database.mute.updateMany({
      where: { maintenanceId: id, checkId: checks[0] ?? '' },
      data: { releasedAt: null },
    });
    for (const check of checks) monitoring.off.add(check);
    const deadline = w.clock.now().getTime() + hours(1);
    await looked(id, deadline);
    expect(await told(id)).toEqual([]);
    expect(await waiting(id)).toMatchObject([
      { payload: { until: new Date(deadline).toISOString() }, inAMinute: true },
    ]);
    w.clock.moveTo(new Date(deadline));
    await looked(id, deadline);
    expect(await told(id)).toMatchObject([{ still_off: ['b'] }]);
  });

  test('a provider that is down is called again until the deadline, an hour after the first call', async () => {
    const { id } = await over('a');
    await passed(id);
    const [{ payload }] = z
      .tuple([z.object({ payload: z.object({ until: z.coerce.date() }) })])
      .parse(await waiting(id));
    expect(Math.abs(payload.until.getTime() - w.clock.now().getTime() - hours(1))).toBeLessThan(minutes(1));
    monitoring.broken = { error: 'away' };
    await forget(id);
    w.clock.moveTo(new Date(payload.until.getTime() - minutes(1)));
    await looked(id, payload.until.getTime());
    expect(await waiting(id)).toHaveLength(1);
    await forget(id);
    w.clock.moveTo(payload.until);
    await looked(id, payload.until.getTime());
    expect(await waiting(id)).toEqual([]);
  });

  test('a provider that is down is called again until the deadline, and not after it', async () => {
    const { id, checks } = await over('a');
    await passed(id);
    await forget(id);
    monitoring.off.add(checks[0] ?? '');
    monitoring.broken = { error: 'away' };
    await looked(id);
    expect(await waiting(id)).toHaveLength(1);
    monitoring.broken = undefined;
    await looked(id);
    expect(await told(id)).toHaveLength(1);

    const other = await over('b');
    await passed(other.id);
    await forget(other.id);
    monitoring.broken = { error: 'away' };
    await looked(other.id, w.clock.now().getTime());
    expect(await waiting(other.id)).toEqual([]);
    expect(await told(other.id)).toEqual([]);
  });
});
