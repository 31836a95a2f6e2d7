import { askedFor } from '../domain/approval.ts';
import { nextDue } from '../domain/lifecycle.ts';
import type { ServiceStatus, Visibility } from '../domain/maintenance.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { problemsOf, problemsOfZone, type WindowValues } from '../domain/window.ts';
import { record } from '../store/audit.ts';
import type { Queries } from '../store/database.ts';
import { wakeSchedulers } from '../store/jobs.ts';
import { newKey } from '../store/key.ts';
import { insertMaintenance } from '../store/maintenance-changes.ts';
import type { Maintenance } from '../store/maintenances.ts';
import { keepMade } from '../store/receipts.ts';
import { remindersOf } from '../store/reminders.ts';
import { listServices, type Service } from '../store/services.ts';
import { type Ground, holdToScopes, transactOnce } from './action.ts';
import { needsApproval } from './ask-approval.ts';
import { announceEverywhere } from './effects.ts';
import { mindFreezes, recordPassed } from './mind-freezes.ts';
import { unknownReferences } from './references.ts';

/** A window to be scheduled. Instants are UTC; `timezone` is the IANA zone they were said in. */
export interface ScheduleInput extends WindowValues {
  readonly timezone: string;
  readonly serviceStatus: ServiceStatus;
  readonly visibility: Visibility;
  readonly scopeId: number | null;
  /** Slack channel ids to announce in besides those subscribed. */
  readonly channels: readonly string[];
  /** Why a freeze that blocks should not hold. */
  readonly overrideReason?: string | undefined;
  /** Of a window made through the NodePing interface, which named it by this key already. */
  readonly adHocKey?: string | undefined;
  /** The id of the maintenance that it goes on with. */
  readonly reopensId?: number;
}

/**
 * Stores a maintenance and announces it.
 * @throws Refusal `forbidden`, or `invalid` with every field that is wrong; Frozen when a freeze blocks it
 */
export async function schedule(ground: Ground, actor: Actor, input: ScheduleInput): Promise<Maintenance>;
/**
 * The same for a request that may come twice.
 * @returns undefined when the request `once` was acted upon before
 */
export async function schedule(
  ground: Ground,
  actor: Actor,
  input: ScheduleInput,
  once: string,
): Promise<Maintenance | undefined>;
export async function schedule(
  ground: Ground,
  actor: Actor,
  input: ScheduleInput,
  once?: string,
): Promise<Maintenance | undefined> {
  mustBeAllowed(actor, 'schedule');
  return transactOnce(ground, actor, once, async (tx, now) => {
    const maintenance = await scheduleIn(tx, actor, input, now);
    if (once !== undefined) await keepMade(tx, actor.accountId, once, maintenance.id);
    return maintenance;
  });
}

/**
 * The same in the caller's transaction, for somebody who may.
 * @throws Refusal `invalid` with every field that is wrong; Frozen when a freeze blocks it
 */
export async function scheduleIn(tx: Queries, actor: Actor, input: ScheduleInput, now: Date): Promise<Maintenance> {
  const services = await listServices(tx, actor.accountId, { ids: input.services });
  const problems = [
    ...problemsOf(input, now),
    ...problemsOfZone(input.timezone),
    ...(await unknownReferences(tx, actor.accountId, input)),
  ];
  if (problems.length > 0) throw Refusal.invalid(problems);

  const scopeId = input.scopeId ?? commonScope(services);
  const window = { ...input, scopeId };
  await holdToScopes(tx, actor, window);
  const passed = await mindFreezes(tx, actor, window, input.overrideReason);
  const lifecycle = {
    status: 'scheduled',
    scheduledStart: input.start,
    scheduledEnd: input.end,
    startedAt: null,
    endedAt: null,
    reminders: await remindersOf(tx, actor.accountId, scopeId),
    remindedUntil: now,
    run: null,
  } as const;
  const maintenance = await insertMaintenance(
    tx,
    {
      accountId: actor.accountId,
      key: input.adHocKey ?? newKey(5),
      adHoc: input.adHocKey !== undefined,
      ...(input.reopensId === undefined ? {} : { reopensId: input.reopensId }),
      name: input.name.trim(),
      description: input.description,
      visibility: input.visibility,
      scopeId,
      serviceStatus: input.serviceStatus,
      timezone: input.timezone,
      scheduledStart: input.start,
      scheduledEnd: input.end,
      nextDueAt: nextDue(lifecycle),
      remindedUntil: now,
      externalReference: input.externalReference,
      externalLink: input.externalLink,
      owner: { id: actor.id, name: actor.name },
      ...askedFor(await needsApproval(tx, actor.accountId, window), actor.id),
      services: [...new Set(input.services)],
      checks: input.checks === null ? null : [...new Set(input.checks)],
      selector: input.selector ?? null,
    },
    now,
  );
  await record(tx, actor, now, {
    action: 'schedule',
    maintenanceId: maintenance.id,
    after: {
      name: maintenance.name,
      scheduled_start_date: maintenance.scheduledStart.toISOString(),
      scheduled_end_date: maintenance.scheduledEnd.toISOString(),
    },
  });
  await recordPassed(tx, actor, now, maintenance.id, passed);
  await announceEverywhere(tx, maintenance, input.channels);
  await wakeSchedulers(tx);
  return maintenance;
}

/** The scope that all these services live in; null when they live in several, or in none. */
export function commonScope(services: readonly Service[]): number | null {
  const scopes = new Set(services.map((service) => service.scope?.id ?? null));
  const [scope = null] = scopes.size === 1 ? scopes : [];
  return scope;
}
