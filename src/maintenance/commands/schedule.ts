import type { Approvable } from '../../approvals/rules.ts';
import { record } from '../../audit/record.ts';
import type { Check } from '../../checks/repository.ts';
import type { UserError } from '../../core/errors.ts';
import { toRecorded, withInitial } from '../../core/fields.ts';
import { newKey } from '../../core/keys.ts';
import { type Actor, authorize, isOffered } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import type { Freeze } from '../../freezes/rules.ts';
import type { Queries } from '../../platform/database.ts';
import { saveCreated } from '../../platform/idempotency.ts';
import { type ActionContext, inTransactionOnce, type Repeated } from '../../platform/transactions.ts';
import type { Series } from '../../series/repository.ts';
import { CONTENT_FIELDS, MAINTENANCE_FIELDS, type NewWindow } from '../fields.ts';
import { insertMaintenance, type NewMaintenance } from '../repository/changes.ts';
import { listOpenSelectors, listOverlaps } from '../repository/list.ts';
import type { Maintenance } from '../repository/maintenances.ts';
import { readSurroundings } from '../repository/surroundings.ts';
import {
  type Coverage,
  commonScope,
  type Destination,
  needOf,
  remindersOf,
  validateReferences,
} from '../rules/coverage.ts';
import { nextDue } from '../rules/lifecycle.ts';
import { type Limitable, limitOfNew } from '../rules/limits.ts';
import { scheduledTimes, startTimes } from '../rules/times.ts';
import { normalizeContent, validateContent, validateZone } from '../rules/validation.ts';
import { announceEverywhere, listDestinations } from './announce.ts';
import {
  applyRules,
  forecastRules,
  type MaintenanceChange,
  overriddenBy,
  recordEnteredFreezes,
} from './apply-rules.ts';
import { forecastMutes } from './coverage.ts';
import { toEditable } from './edit.ts';

/** A window to schedule. Instants are UTC. */
export interface ScheduleInput extends Omit<NewWindow, 'timezone'>, Interval {
  /** The IANA zone that the instants were written in; absent: that of the account. */
  readonly timezone?: string | undefined;
  readonly scopeId: number | null;
  /** Channels to announce in besides those subscribed. */
  readonly channels: readonly string[];
  /** The limit of the window that it is a copy of; that of the actor applies besides. */
  readonly limitedTo?: Limitable['limitedTo'];
  /** Why freezes that block are overridden. */
  readonly overrideReason?: string | undefined;
  /** The key of a window made through the NodePing interface. */
  readonly adHocKey?: string | undefined;
  /** The id of the maintenance that it reopens. */
  readonly reopensId?: number;
  /** It starts right away, so it is refused with this error where it needs an approval. */
  readonly startsNow?: { readonly approvalError: UserError };
}

/**
 * Stores a maintenance and announces it.
 * @throws FreezeConflict, or UserError `forbidden`, or `invalid-request` with every wrong field
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

/** Like `schedule`, in the caller's transaction and with the actor authorized. */
export async function scheduleInTransaction(tx: Queries, actor: Actor, input: ScheduleInput, now: Date) {
  const { accountId } = actor;
  const { start, end, channels, adHocKey, reopensId, startsNow, overrideReason, selector = null } = input;
  const { services, checks, ...content } = normalizeContent(input);
  const around = await readSurroundings(
    tx,
    accountId,
    { ...needOf({ scopeId: input.scopeId, services, checks, selector }), channels, between: { start, end } },
    { audit_events: 2, maintenances: 1 },
  );
  const timezone = input.timezone ?? around.timezone;
  const values = {
    key: adHocKey ?? newKey(5),
    adHoc: adHocKey !== undefined,
    ...(reopensId === undefined ? {} : { reopensId }),
    ...withInitial(CONTENT_FIELDS, content),
    scopeId: input.scopeId ?? commonScope(around, services),
    timezone,
    owner: { id: actor.id, name: actor.name },
    services,
    checks,
    selector,
    limitedTo: limitOfNew(actor.scopes, input.limitedTo),
    scheduledStart: start,
    scheduledEnd: end,
  };
  const planned = scheduledTimes(input);
  const rules = {
    ...(startsNow && { times: { ...planned, ...startTimes(planned, start) }, approvalError: startsNow.approvalError }),
    problems: [
      ...validateContent({ ...input, timezone }),
      ...validateZone(timezone),
      ...validateReferences(
        around,
        { services, checks: checks ?? [], scope: input.scopeId === null ? [] : [input.scopeId] },
        actor.scopes,
      ),
    ],
    overrideReason,
  };
  return createMaintenance(tx, actor, now, { values, rules, channels });
}

interface Creation {
  readonly values: Omit<NewMaintenance, 'accountId' | keyof Approvable | 'remindedUntil' | 'nextDueAt' | 'run'>;
  /** How the rules are applied, where it is not by the values alone. */
  readonly rules: Partial<MaintenanceChange>;
  readonly channels: readonly string[];
  /** The series that it is a run of, and the occurrence that it stands for. */
  readonly run?: { readonly series: Series; readonly occurrence: Date };
}

/** Stores a scheduled maintenance, records it and announces it. @throws as `applyRules` does */
export async function createMaintenance(
  tx: Queries,
  actor: Actor,
  now: Date,
  { values, rules, channels, run }: Creation,
): Promise<Maintenance> {
  const { accountId } = actor;
  const { scopeId, scheduledStart: start, scheduledEnd: end } = values;
  const times = scheduledTimes({ start, end });
  const { approval, entered } = await applyRules(tx, actor, now, { times, coverage: values, ...rules, before: null });
  const around = await readSurroundings(tx, accountId, needOf(values));
  const reminders = remindersOf(around, scopeId);
  const due = { remindedUntil: now, nextDueAt: nextDue({ ...times, reminders, remindedUntil: now, run: run ?? null }) };
  const maintenance = await insertMaintenance(
    tx,
    { accountId, ...values, ...approval, ...due, ...overriddenBy(entered), run },
    now,
  );
  await record(tx, actor, now, {
    type: 'maintenance.scheduled',
    maintenanceId: maintenance.id,
    after: {
      ...toRecorded(MAINTENANCE_FIELDS, toEditable(maintenance)),
      scope: scopeId,
      ...(run && { series: run.series.key }),
    },
  });
  await recordEnteredFreezes(tx, actor, now, maintenance.id, entered);
  await announceEverywhere(tx, maintenance, channels);
  return maintenance;
}

export interface Preview {
  readonly checks: readonly Check[];
  /** Those that it covers but cannot mute, as their monitoring system is disabled. */
  readonly leftAlone: readonly Check[];
  readonly destinations: readonly Destination[];
  /** The first of the open maintenances that share time and a service or a check with it, and how many there are. */
  readonly overlaps: readonly Maintenance[];
  readonly overlapCount: number;
  readonly freezes: readonly Freeze[];
  readonly needsApproval: boolean;
  /** The other runs of a series, each with the freezes that block it. */
  readonly runs: readonly (Interval & { readonly freezes: readonly Freeze[] })[];
  readonly mayOverride: boolean;
}

/** How many a preview names. */
const MAX_OVERLAPS = 5;

/** @param id of the maintenance itself if it exists already, so that it does not overlap itself */
export async function preview(
  ctx: ActionContext,
  actor: Actor,
  {
    runs,
    ...proposed
  }: Interval & Coverage & { readonly channels: readonly string[]; readonly runs?: readonly Interval[] },
  id = 0,
): Promise<Preview> {
  authorize(actor, 'read');
  const window = { ...proposed, limitedTo: limitOfNew(actor.scopes, proposed.limitedTo) };
  const db = ctx.database;
  const { switched, leftAlone } = await forecastMutes(db, actor.accountId, window);
  const covered = [...switched, ...leftAlone];
  const checks = new Set(covered.map((check) => check.id));
  const selectors = await listOpenSelectors(db, actor.accountId, window);
  const chosen =
    selectors.length === 0 ? undefined : (await readSurroundings(db, actor.accountId, { selectors })).chosen;
  const occupied = {
    services: window.services,
    checks: [...checks],
    checkedServices: covered.flatMap(({ services }) => services),
    selectors: selectors.filter((text) => chosen?.get(text)?.some((check) => checks.has(check))),
  };
  const { start, end } = window;
  const found = await listOverlaps(db, actor.accountId, { start, end, id }, occupied, MAX_OVERLAPS);
  return {
    checks: switched,
    leftAlone,
    destinations: await listDestinations(db, actor.accountId, window, window.channels),
    ...(await forecastRules(db, actor, ctx.clock.now(), window, runs)),
    mayOverride: isOffered(actor, 'override-freeze'),
    overlaps: found.overlaps,
    overlapCount: found.count,
  };
}
