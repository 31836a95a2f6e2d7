import type { Queries } from '../platform/database.ts';
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

export interface MuteRecord {
  readonly checkId: string;
  readonly checkName: string;
  readonly outcome: Outcome;
  readonly mutedAt: Date;
  /** When the outcome came about, or was last tried for. */
  readonly decidedAt: Date | null;
  /** When the maintenance no longer wanted the check muted. */
  readonly endedAt: Date | null;
  /** When the check was in the state that it has without this maintenance. */
  readonly releasedAt: Date | null;
  readonly error: string | null;
}

function readOutcome(text: string): Outcome {
  const outcome = OUTCOMES.find((known) => known === text);
  if (outcome !== undefined) return outcome;
  throw new Error(`mute outcome is ${JSON.stringify(text)}, expected one of ${OUTCOMES.join(', ')}`);
}

/** Mutes checks for a maintenance from now on. Mutes that it had ended begin again. */
export async function insertMutes(
  tx: Queries,
  accountId: number,
  maintenanceId: number,
  checks: readonly string[],
  now: Date,
): Promise<void> {
  if (checks.length === 0) return;
  await tx.mute.deleteMany({
    where: { accountId, maintenanceId, checkId: { in: [...checks] }, releasedAt: { not: null } },
  });
  // The check may be on already, so the outcome is decided again. The intention stays, as the provider may know of it.
  await tx.mute.updateMany({
    where: { accountId, maintenanceId, checkId: { in: [...checks] }, endedAt: { not: null } },
    data: { endedAt: null, outcome: 'pending', decidedAt: null, error: null },
  });
  await tx.mute.createMany({
    data: checks.map((checkId) => ({ accountId, maintenanceId, checkId, mutedAt: now })),
    skipDuplicates: true,
  });
}

/** Ends mutes of a maintenance; without `checks`, all of them. Their errors are cleared: failing to unmute is a new one. */
export async function endMutes(
  tx: Queries,
  accountId: number,
  maintenanceId: number,
  now: Date,
  checks?: readonly string[],
): Promise<void> {
  await tx.mute.updateMany({
    where: { accountId, maintenanceId, endedAt: null, ...(checks && { checkId: { in: [...checks] } }) },
    data: { endedAt: now, error: null },
  });
}

export async function listMutes(db: Queries, accountId: number, maintenanceId: number): Promise<MuteRecord[]> {
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

export async function countMutes(db: Queries, accountId: number, maintenanceId: number): Promise<number> {
  return db.mute.count({ where: { accountId, maintenanceId } });
}

export async function listProvidersOfChecks(db: Queries, accountId: number, checks: readonly string[]) {
  const rows = await db.check.findMany({
    where: { accountId, id: { in: [...checks] } },
    distinct: ['provider'],
    // Transactions that write to the same queues in the same order cannot deadlock.
    orderBy: { provider: 'asc' },
    select: { provider: true },
  });
  return rows.map((row) => row.provider);
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
  const rows = await db.$queryRaw<MuteRow[]>`
    select c.id, c.name, c.external_id as "externalId", c.downtime_ends_at as "downtimeEndsAt",
      c.removal_date is not null as removed, h.maintenance_id as "maintenanceId", h.outcome, h.intended_at as "intendedAt",
      h.ended_at as "endedAt", h.error, m.name as "maintenanceName", coalesce(m.ends_at, m.scheduled_end_date) as "until"
    from mutes h join checks c on c.id = h.check_id join maintenances m on m.id = h.maintenance_id
    where h.released_at is null and h.account_id = ${accountId} and c.provider = ${provider}
    order by c.name, c.id, h.maintenance_id`;
  const checks = new Map<string, MutedCheck & { mutes: MutedCheck['mutes'][number][] }>();
  for (const { id, name, externalId, removed, downtimeEndsAt, outcome, ...mute } of rows) {
    const check = checks.get(id) ?? { id, name, externalId, removed, downtimeEndsAt, mutes: [] };
    check.mutes.push({ ...mute, outcome: readOutcome(outcome) });
    checks.set(id, check);
  }
  return [...checks.values()];
}

type MuteRow = Omit<MutedCheck, 'mutes'> & Omit<MutedCheck['mutes'][number], 'outcome'> & { readonly outcome: string };

/** The mutes of one check by these maintenances. */
interface MuteKeys {
  readonly checkId: string;
  readonly maintenances: readonly number[];
}

export interface MuteChanges {
  outcome?: Outcome;
  intendedAt?: Date;
  decidedAt?: Date;
  releasedAt?: Date;
  error?: null;
}

/** Makes the same changes to many mutes. A mute that began again in the meantime is not released. */
export async function updateMutes(db: Queries, accountId: number, keys: readonly MuteKeys[], changes: MuteChanges) {
  // One statement for all checks of the same maintenances.
  const groups = new Map<string, { maintenances: readonly number[]; checks: string[] }>();
  for (const { checkId, maintenances } of keys) {
    const name = maintenances.join();
    const group = groups.get(name) ?? { maintenances, checks: [] };
    group.checks.push(checkId);
    groups.set(name, group);
  }
  for (const { maintenances, checks } of groups.values()) {
    await db.mute.updateMany({
      where: {
        accountId,
        checkId: { in: checks },
        maintenanceId: { in: [...maintenances] },
        ...(changes.releasedAt === undefined ? {} : { endedAt: { not: null } }),
      },
      data: changes,
    });
  }
}

/** Stores why checks could not be switched, in one statement. */
export async function failMutes(
  db: Queries,
  accountId: number,
  failures: readonly (MuteKeys & { readonly error: string })[],
  { outcome, at }: { outcome?: 'failed'; at?: Date },
): Promise<void> {
  if (failures.length === 0) return;
  const rows = failures.flatMap(({ checkId, maintenances, error }) =>
    maintenances.map((maintenanceId) => ({ checkId, maintenanceId, error })),
  );
  await db.$executeRaw`
    update mutes set error = failure.error, outcome = coalesce(${outcome ?? null}::text, outcome),
      decided_at = coalesce(${at ?? null}::timestamptz, decided_at)
    from unnest(${rows.map((row) => row.checkId)}::text[], ${rows.map((row) => row.maintenanceId)}::int[],
      ${rows.map((row) => row.error)}::text[]) as failure (check_id, maintenance_id, error)
    where mutes.account_id = ${accountId} and mutes.check_id = failure.check_id
      and mutes.maintenance_id = failure.maintenance_id`;
}

/** Whether any of these maintenances is no longer in progress. */
export async function hasEnded(db: Queries, accountId: number, maintenances: readonly number[]): Promise<boolean> {
  const where = { accountId, id: { in: [...maintenances] }, status: { not: 'in-progress' } };
  return (await db.maintenance.count({ where })) > 0;
}

/** Stores the ends of downtimes. */
export async function saveDowntimeEnds(
  db: Queries,
  accountId: number,
  ends: readonly { readonly checkId: string; readonly until: Date | null }[],
): Promise<void> {
  if (ends.length === 0) return;
  await db.$executeRaw`
    update checks set downtime_ends_at = ends.until
    from unnest(${ends.map(({ checkId }) => checkId)}::text[], ${ends.map(({ until }) => until)}::timestamptz[])
      as ends (check_id, until)
    where checks.account_id = ${accountId} and checks.id = ends.check_id`;
}

/** Stores the states of checks of other providers than the built-in register. */
export async function saveCheckStates(db: Queries, accountId: number, states: ReadonlyMap<string, CheckState>) {
  for (const enabled of [true, false]) {
    const ids = [...states].filter(([, state]) => (state === 'on') === enabled).map(([id]) => id);
    if (ids.length === 0) continue;
    await db.check.updateMany({ where: { accountId, id: { in: ids }, enabled: !enabled }, data: { enabled } });
  }
}

/** Of the checks of a provider that a maintenance muted, those that no other maintenance has muted since. */
export interface ReleasedMute {
  readonly id: string;
  readonly name: string;
  readonly externalId: string;
  /** It is not unmuted yet. */
  readonly waiting: boolean;
}

export async function listReleasedMutes(
  db: Queries,
  accountId: number,
  maintenanceId: number,
  provider: string,
): Promise<ReleasedMute[]> {
  return db.$queryRaw`
    select c.id, c.name, c.external_id as "externalId", h.released_at is null as waiting
    from mutes h join checks c on c.account_id = h.account_id and c.id = h.check_id
    where h.account_id = ${accountId} and h.maintenance_id = ${maintenanceId} and h.outcome = 'muted'
      and h.ended_at is not null and c.provider = ${provider} and c.removal_date is null
      and not exists (
        select 1 from mutes o
        where o.account_id = h.account_id and o.check_id = h.check_id and o.maintenance_id <> h.maintenance_id
          and (o.released_at is null or o.released_at > h.released_at))
    order by c.name, c.id`;
}
