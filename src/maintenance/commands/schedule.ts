import { record } from '../../audit/record.ts';
import { listServices, type Service } from '../../catalogue/services/repository.ts';
import type { Check } from '../../checks/repository.ts';
import type { UserError } from '../../core/errors.ts';
import { withInitial } from '../../core/fields.ts';
import { newKey } from '../../core/keys.ts';
import { type Actor, authorize, isAllowed } from '../../core/permissions.ts';
import { type Interval, utc } from '../../core/time.ts';
import type { Freeze } from '../../freezes/rules.ts';
import type { Queries } from '../../platform/database.ts';
import { saveCreated } from '../../platform/idempotency.ts';
import { wakeSchedulers } from '../../platform/jobs.ts';
import { type ActionContext, inTransactionOnce, type Repeated } from '../../platform/transactions.ts';
import { CONTENT_FIELDS, type NewWindow } from '../fields.ts';
import type { Destination } from '../repository/announcements.ts';
import { insertMaintenance } from '../repository/changes.ts';
import { findReminders } from '../repository/due.ts';
import { listOpenBetween, type Maintenance } from '../repository/maintenances.ts';
import { nextDue } from '../rules/lifecycle.ts';
import { currentWindow, findOverlaps, startTimes } from '../rules/times.ts';
import { validateContent, validateZone } from '../rules/validation.ts';
import { announceEverywhere, type Coverage, findDestinations, listCoveredChecks, toCoverage } from './announce.ts';
import { applyRules, forecastRules, newTimes, recordEnteredFreezes } from './apply-rules.ts';
import { forecastMutes, validateReferences } from './coverage.ts';

/** A window to be scheduled. Instants are UTC; `timezone` is the IANA zone they were said in. */
export interface ScheduleInput extends NewWindow, Interval {
  readonly scopeId: number | null;
  /** Slack channel ids to announce in besides those subscribed. */
  readonly channels: readonly string[];
  /** Why a freeze that blocks should not hold. */
  readonly overrideReason?: string | undefined;
  /** Of a window made through the NodePing interface, which named it by this key already. */
  readonly adHocKey?: string | undefined;
  /** The id of the maintenance that it goes on with. */
  readonly reopensId?: number;
  /** It is started right away, so it is refused with this error where a second person has to approve it first. */
  readonly startsNow?: { readonly approvalError: UserError };
}

/**
 * Stores a maintenance and announces it.
 * @throws UserError `forbidden`, or `invalid` with every field that is wrong; FreezeConflict when a freeze blocks it
 */
export async function schedule<Once extends string | undefined = undefined>(
  ctx: ActionContext,
  actor: Actor,
  input: ScheduleInput,
  once?: Once,
): Promise<Maintenance | Repeated<Once>> {
  authorize(actor, 'schedule');
  return inTransactionOnce(ctx, actor, once, async (tx, now) => {
    const maintenance = await scheduleInTransaction(tx, actor, input, now);
    if (once !== undefined) await saveCreated(tx, actor.accountId, once, maintenance.id);
    return maintenance;
  });
}

/**
 * The same in the caller's transaction, for somebody who may.
 * @throws UserError `invalid` with every field that is wrong; FreezeConflict when a freeze blocks it
 */
export async function scheduleInTransaction(
  tx: Queries,
  actor: Actor,
  input: ScheduleInput,
  now: Date,
): Promise<Maintenance> {
  const services = await listServices(tx, actor.accountId, { ids: input.services });
  const scopeId = input.scopeId ?? findCommonScope(services);
  const content = withInitial(CONTENT_FIELDS, { ...input, name: input.name.trim() });
  const planned = newTimes(input);
  const times = input.startsNow === undefined ? planned : { ...planned, ...startTimes(planned, input.start) };
  const { approval, entered } = await applyRules(tx, actor, now, {
    before: null,
    after: { times, coverage: { ...input, scopeId } },
    problems: [
      ...validateContent(input),
      ...validateZone(input.timezone),
      ...(await validateReferences(tx, actor.accountId, input)),
    ],
    overrideReason: input.overrideReason,
    approvalError: input.startsNow?.approvalError,
  });
  const lifecycle = {
    ...planned,
    reminders: await findReminders(tx, actor.accountId, scopeId),
    remindedUntil: now,
    run: null,
  };
  const maintenance = await insertMaintenance(
    tx,
    {
      accountId: actor.accountId,
      key: input.adHocKey ?? newKey(5),
      adHoc: input.adHocKey !== undefined,
      ...(input.reopensId === undefined ? {} : { reopensId: input.reopensId }),
      ...content,
      scopeId,
      timezone: input.timezone,
      scheduledStart: input.start,
      scheduledEnd: input.end,
      nextDueAt: nextDue(lifecycle),
      remindedUntil: now,
      owner: { id: actor.id, name: actor.name },
      ...approval,
      services: [...new Set(input.services)],
      checks: input.checks === null ? null : [...new Set(input.checks)],
      selector: input.selector ?? null,
    },
    now,
  );
  await record(tx, actor, now, {
    type: 'maintenance.scheduled',
    maintenanceId: maintenance.id,
    after: {
      name: maintenance.name,
      scheduled_start_date: utc(maintenance.scheduledStart),
      scheduled_end_date: utc(maintenance.scheduledEnd),
    },
  });
  await recordEnteredFreezes(tx, actor, now, maintenance.id, entered);
  await announceEverywhere(tx, maintenance, input.channels);
  await wakeSchedulers(tx);
  return maintenance;
}

/** The scope that all these services live in; null when they live in several, or in none. */
export function findCommonScope(services: readonly Service[]): number | null {
  const scopes = new Set(services.map((service) => service.scope?.id ?? null));
  const [scope = null] = scopes.size === 1 ? scopes : [];
  return scope;
}

/** What scheduling a window would mean, without doing it. */
export interface Preview {
  /** Those that it switches off. */
  readonly checks: readonly Check[];
  /** Those that it covers and leaves alone, as their monitoring system is disabled. */
  readonly leftAlone: readonly Check[];
  readonly destinations: readonly Destination[];
  /** Open maintenances that share time and a service or a check with it. */
  readonly overlaps: readonly Maintenance[];
  /** The freezes that it falls into. */
  readonly freezes: readonly Freeze[];
  /** Whether a second person has to approve it before it starts. */
  readonly needsApproval: boolean;
  /** Whether whoever asks may override those that block. */
  readonly mayOverride: boolean;
}

/** @param id of the maintenance itself when it exists already, so that it does not overlap itself */
export async function preview(
  ctx: ActionContext,
  actor: Actor,
  window: Interval & Coverage & { readonly channels: readonly string[] },
  id = 0,
): Promise<Preview> {
  authorize(actor, 'read');
  const db = ctx.database;
  const { switched, leftAlone } = await forecastMutes(db, actor.accountId, window);
  const open = await listOpenBetween(db, actor.accountId, window);
  const occupied = await Promise.all(
    open.map(async (maintenance) => ({
      maintenance,
      id: maintenance.id,
      ...currentWindow(maintenance),
      services: maintenance.services.map((service) => service.id),
      checks: (await listCoveredChecks(db, actor.accountId, toCoverage(maintenance))).map((check) => check.id),
    })),
  );
  const wanted = { id, ...window, checks: [...switched, ...leftAlone].map((check) => check.id) };
  return {
    checks: switched,
    leftAlone,
    destinations: await findDestinations(db, actor.accountId, window, window.channels),
    ...(await forecastRules(db, actor, ctx.clock.now(), window)),
    mayOverride: isAllowed(actor, 'override-freeze'),
    overlaps: findOverlaps(wanted, occupied).map(({ maintenance }) => maintenance),
  };
}
