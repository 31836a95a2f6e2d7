import { belongings, findBelongings } from '../maintenance/repository/locked.ts';
import type { Queries } from '../platform/database.ts';
import { execute, queryRows, sql } from '../platform/sql.ts';
import { insertion, updating, write } from '../platform/transaction.ts';
import { type CheckState, type MuteState, OUTCOMES, type Outcome } from './rules.ts';

/** A check with all its mutes that were not released yet. */
export interface MutedCheck {
  readonly id: string;
  readonly name: string;
  readonly externalId: string;
  /** Removed from Lull. */
  readonly removed: boolean;
  /** Of a provider of downtimes: the end of Lull's downtime; null when there is none, or its end is uncertain. */
  readonly downtimeEndsAt: Date | null;
  readonly mutes: readonly (MuteState & { readonly maintenanceName: string; readonly error: string | null })[];
}

/** The mute of a check by a maintenance, from the first attempt to its release. */
export type MuteRecord = Awaited<ReturnType<typeof listMutes>>[number];

function readOutcome(text: string): Outcome {
  const outcome = OUTCOMES.find((known) => known === text);
  if (outcome !== undefined) return outcome;
  throw new Error(`mute outcome is ${JSON.stringify(text)}, expected one of ${OUTCOMES.join(', ')}`);
}

const BEGIN = insertion(
  'mutes',
  ['account_id', 'maintenance_id', 'check_id', 'muted_at'],
  // A mute that ended and was not released may be in effect still, so its outcome is decided again. The intention stays, as
  // the provider may know of it.
  `on conflict (check_id, maintenance_id) do update set
    muted_at = case when mutes.released_at is null then mutes.muted_at else excluded.muted_at end,
    intended_at = case when mutes.released_at is null then mutes.intended_at end,
    failing_before = case when mutes.released_at is null then mutes.failing_before end,
    outcome = 'pending', decided_at = null, ended_at = null, released_at = null, error = null
  where mutes.ended_at is not null`,
);

/** Mutes checks for a locked maintenance from now on. Mutes that it had ended begin again. */
export async function insertMutes(
  tx: Queries,
  accountId: number,
  maintenanceId: number,
  checks: readonly string[],
  now: Date,
): Promise<void> {
  const row = { account_id: accountId, maintenance_id: maintenanceId, muted_at: now };
  for (const check of checks) {
    const change = belongings.changed(maintenanceId, (before) => {
      if (before.mutes.get(check)?.ended !== false) before.mutes.set(check, { outcome: 'pending', ended: false });
      return before;
    });
    await write(tx, BEGIN, `${maintenanceId} ${check}`, { ...row, check_id: check }, change);
  }
}

const END = updating(
  'mutes',
  ['maintenance_id', 'check_id'],
  ['maintenance_id', 'check_id', 'ended_at', 'error'],
  'mutes.ended_at is null',
);

/** Ends mutes of a locked maintenance; without `checks`, all of them. */
export async function endMutes(
  tx: Queries,
  maintenanceId: number,
  now: Date,
  checks?: readonly string[],
): Promise<void> {
  const { mutes } = await findBelongings(tx, maintenanceId);
  for (const checkId of checks ?? mutes.keys()) {
    const mute = mutes.get(checkId);
    if (mute === undefined || mute.ended) continue;
    const change = belongings.changed(maintenanceId, (before) => {
      before.mutes.set(checkId, { ...mute, ended: true });
      return before;
    });
    // Failing to unmute is a new error.
    const row = { maintenance_id: maintenanceId, check_id: checkId, ended_at: now, error: null };
    await write(tx, END, `${maintenanceId} ${checkId}`, row, change);
  }
}

export async function listMutes(db: Queries, accountId: number, maintenanceId: number) {
  const rows = await db.mute.findMany({
    where: { accountId, maintenanceId },
    select: {
      checkId: true,
      outcome: true,
      mutedAt: true,
      decidedAt: true,
      endedAt: true,
      releasedAt: true,
      error: true,
      check: { select: { name: true } },
    },
    orderBy: { check: { name: 'asc' } },
  });
  return rows.map(({ check, outcome, ...row }) => ({ ...row, checkName: check.name, outcome: readOutcome(outcome) }));
}

/** How many checks maintenances muted, by their ids. Those that muted none are absent. */
export async function countMutes(
  db: Queries,
  accountId: number,
  maintenanceIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const rows = await queryRows<{ id: number; count: number }>(
    db,
    sql`
      select maintenance_id as id, count(*)::int as count from mutes
      where account_id = ${accountId} and maintenance_id = any(${[...maintenanceIds]}::int[]) group by maintenance_id`,
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/** The providers of all accounts with mutes that were not released yet. */
export async function listUnsettledProviders(db: Queries): Promise<{ accountId: number; provider: string }[]> {
  return db.check.findMany({
    where: { mutes: { some: { releasedAt: null } } },
    distinct: ['accountId', 'provider'],
    select: { accountId: true, provider: true },
  });
}

/** The checks of a provider that are muted or being switched, and the maintenances that mute them. */
export async function listUnreleasedMutes(db: Queries, accountId: number, provider: string) {
  const rows = await db.mute.findMany({
    where: { accountId, releasedAt: null, check: { provider } },
    select: { checkId: true, maintenanceId: true },
    orderBy: { maintenanceId: 'asc' },
  });
  return {
    checks: new Set(rows.map((row) => row.checkId)).size,
    maintenances: [...new Set(rows.map((row) => row.maintenanceId))],
  };
}

/** Marks the mutes of a provider as released without calling it. */
export async function abandonMutes(tx: Queries, accountId: number, provider: string, now: Date): Promise<void> {
  const which = { accountId, releasedAt: null, check: { provider } };
  await tx.mute.updateMany({ where: { ...which, endedAt: null }, data: { endedAt: now } });
  await tx.mute.updateMany({ where: which, data: { releasedAt: now } });
  await tx.check.updateMany({ where: { accountId, provider }, data: { downtimeEndsAt: null } });
}

/** The checks of a provider with mutes that were not released yet, by name. */
export async function listMutedChecks(db: Queries, accountId: number, provider: string): Promise<MutedCheck[]> {
  const rows = await queryRows<MuteRow>(
    db,
    sql`
      select c.id, c.name, c.external_id as "externalId", c.downtime_ends_at as "downtimeEndsAt",
        c.removal_date is not null as removed, h.maintenance_id as "maintenanceId", h.outcome, h.intended_at as "intendedAt",
        h.ended_at as "endedAt", h.error, m.name as "maintenanceName", coalesce(m.ends_at, m.scheduled_end_date) as "until"
      from mutes h join checks c on c.id = h.check_id join maintenances m on m.id = h.maintenance_id
      where h.released_at is null and h.account_id = ${accountId} and c.provider = ${provider}
      order by c.name, c.id, h.maintenance_id`,
  );
  const checks = new Map<string, MutedCheck & { mutes: MutedCheck['mutes'][number][] }>();
  for (const { id, name, externalId, removed, downtimeEndsAt, outcome, ...mute } of rows) {
    const check = checks.get(id) ?? { id, name, externalId, removed, downtimeEndsAt, mutes: [] };
    check.mutes.push({ ...mute, outcome: readOutcome(outcome) });
    checks.set(id, check);
  }
  return [...checks.values()];
}

type MuteRow = Omit<MutedCheck, 'mutes'> & Omit<MutedCheck['mutes'][number], 'outcome'> & { readonly outcome: string };

/** The mutes of one check by these maintenances, why it could not be switched for them, and whether it failed before them. */
interface MuteKeys {
  readonly checkId: string;
  readonly maintenances: readonly number[];
  readonly error?: string;
  readonly failingBefore?: boolean | undefined;
}

/** Fields that are absent stay unchanged. */
export type MuteChanges = Partial<{
  outcome: Outcome;
  intendedAt: Date;
  decidedAt: Date;
  releasedAt: Date;
  error: null;
}>;

/**
 * Makes the same changes to many mutes, and stores the error of each, in one statement. A mute that began again in the
 * meantime is not released.
 */
export async function updateMutes(
  db: Queries,
  accountId: number,
  keys: readonly MuteKeys[],
  changes: MuteChanges = {},
) {
  const { outcome = null, intendedAt = null, decidedAt = null, releasedAt = null } = changes;
  const rows = keys.flatMap(({ maintenances, ...key }) =>
    maintenances.map((maintenanceId) => ({ ...key, maintenanceId })),
  );
  if (rows.length === 0) return;
  await execute(
    db,
    sql`
      update mutes set outcome = coalesce(${outcome}::text, outcome),
        intended_at = coalesce(${intendedAt}::timestamptz, intended_at),
        decided_at = coalesce(${decidedAt}::timestamptz, decided_at),
        released_at = coalesce(${releasedAt}::timestamptz, released_at),
        failing_before = coalesce(changed.failing, mutes.failing_before),
        error = case when not ${changes.error === null}::boolean then coalesce(changed.error, mutes.error) end
      from unnest(${rows.map((row) => row.checkId)}::text[], ${rows.map((row) => row.maintenanceId)}::int[],
        ${rows.map((row) => row.error ?? null)}::text[], ${rows.map((row) => row.failingBefore ?? null)}::boolean[])
        as changed (check_id, maintenance_id, error, failing)
      where mutes.account_id = ${accountId} and mutes.check_id = changed.check_id
        and mutes.maintenance_id = changed.maintenance_id
        and (${releasedAt}::timestamptz is null or mutes.ended_at is not null)`,
  );
}

/** Has muted checks count as off before their windows, as somebody switched them off since: they stay off after them. */
export async function countAsOffBefore(tx: Queries, accountId: number, checks: readonly string[]): Promise<void> {
  await execute(
    tx,
    sql`
      update mutes set outcome = 'already_muted', intended_at = null
      where account_id = ${accountId} and check_id = any(${[...checks]}::text[]) and released_at is null
        and outcome <> 'unmuted_by_hand'`,
  );
}

/** Forgets that Lull was about to switch checks, as nothing was sent about them. */
export async function withdrawIntentions(db: Queries, accountId: number, keys: readonly MuteKeys[]): Promise<void> {
  const rows = keys.flatMap(({ maintenances, checkId }) =>
    maintenances.map((maintenance) => ({ maintenance, checkId })),
  );
  if (rows.length === 0) return;
  await execute(
    db,
    sql`
      update mutes set intended_at = null
      from unnest(${rows.map(({ checkId }) => checkId)}::text[], ${rows.map(({ maintenance }) => maintenance)}::int[])
        as untried (check_id, maintenance_id)
      where mutes.account_id = ${accountId} and mutes.check_id = untried.check_id
        and mutes.maintenance_id = untried.maintenance_id`,
  );
}

export async function saveDowntimeEnds(
  db: Queries,
  accountId: number,
  ends: readonly { readonly checkId: string; readonly until: Date | null }[],
): Promise<void> {
  if (ends.length === 0) return;
  await execute(
    db,
    sql`
      update checks set downtime_ends_at = ends.until
      from unnest(${ends.map(({ checkId }) => checkId)}::text[], ${ends.map(({ until }) => until)}::timestamptz[])
        as ends (check_id, until)
      where checks.account_id = ${accountId} and checks.id = ends.check_id`,
  );
}

/** Stores the states of checks of other providers than the built-in register. */
export async function saveCheckStates(
  db: Queries,
  accountId: number,
  states: ReadonlyMap<string, CheckState>,
): Promise<void> {
  if (states.size === 0) return;
  const enabled = [...states.values()].map((state) => state === 'on');
  await execute(
    db,
    sql`
      update checks set enabled = now.enabled
      from unnest(${[...states.keys()]}::text[], ${enabled}::boolean[]) as now (id, enabled)
      where checks.account_id = ${accountId} and checks.id = now.id and checks.enabled <> now.enabled`,
  );
}

/** A check, and whether it still waits to be unmuted. */
export type ReleasedMute = Awaited<ReturnType<typeof listReleasedMutes>>[number];

/** Of the checks of a provider that a maintenance muted, those that no other maintenance has muted since. */
export async function listReleasedMutes(db: Queries, accountId: number, maintenanceId: number, provider: string) {
  return queryRows<{
    id: string;
    name: string;
    externalId: string;
    waiting: boolean;
    /** Whether it failed just before it was muted; null: unknown. */
    failingBefore: boolean | null;
  }>(
    db,
    sql`
      select c.id, c.name, c.external_id as "externalId", h.released_at is null as waiting,
        h.failing_before as "failingBefore"
      from mutes h join checks c on c.account_id = h.account_id and c.id = h.check_id
      where h.account_id = ${accountId} and h.maintenance_id = ${maintenanceId} and h.outcome = 'muted'
        and h.ended_at is not null and c.provider = ${provider} and c.removal_date is null
        and not exists (
          select 1 from mutes o
          where o.account_id = h.account_id and o.check_id = h.check_id and o.maintenance_id <> h.maintenance_id
            and (o.released_at is null or o.released_at > h.released_at))
      order by c.name, c.id`,
  );
}
