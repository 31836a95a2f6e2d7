import type { Queries } from '../platform/database.ts';
import { type CheckState, type MuteState, OUTCOMES, type Outcome } from './rules.ts';

/** A check that some window wants or wanted off, with all its holds that were not released yet. */
export interface MutedCheck {
  readonly id: string;
  readonly name: string;
  readonly externalId: string;
  /** Lull knows it no more, but for what is left to be done. */
  readonly removed: boolean;
  /** Where its provider takes downtimes: the end it was last told; null when none of Lull's lies over it. */
  readonly downtimeEndsAt: Date | null;
  readonly mutes: readonly (MuteState & Window)[];
}

/** The window of a hold, as far as its provider wants to know of it, and what went wrong for it last. */
interface Window {
  readonly maintenanceName: string;
  readonly error: string | null;
}

export interface MuteRecord {
  readonly checkId: string;
  readonly checkName: string;
  readonly outcome: Outcome;
  /** When the window began to want it off. */
  readonly mutedAt: Date;
  /** When the outcome came about, or was last tried for. */
  readonly decidedAt: Date | null;
  /** When the window wanted it no longer. */
  readonly endedAt: Date | null;
  /** When it was as it should be without this window. */
  readonly releasedAt: Date | null;
  readonly error: string | null;
}

function readOutcome(text: string): Outcome {
  const outcome = OUTCOMES.find((known) => known === text);
  if (outcome === undefined)
    throw new Error(`mute outcome is ${JSON.stringify(text)}, expected one of ${OUTCOMES.join(', ')}`);
  return outcome;
}

/** "This maintenance wants these checks off", from now on. A hold it had and ended before is taken anew. */
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
  // Its check may be on again already: what came of the hold is decided anew, the intention stays on record.
  await tx.mute.updateMany({
    where: { accountId, maintenanceId, checkId: { in: [...checks] }, endedAt: { not: null } },
    data: { endedAt: null, outcome: 'pending', decidedAt: null, error: null },
  });
  await tx.mute.createMany({
    data: checks.map((checkId) => ({ accountId, maintenanceId, checkId, mutedAt: now })),
    skipDuplicates: true,
  });
}

/**
 * The maintenance wants these checks off no longer; `checks` absent means all of them. What was wrong with switching them
 * off is over; that one cannot be switched on again is news.
 */
export async function endMutes(
  tx: Queries,
  accountId: number,
  maintenanceId: number,
  now: Date,
  checks?: readonly string[],
): Promise<void> {
  await tx.mute.updateMany({
    where: {
      accountId,
      maintenanceId,
      endedAt: null,
      ...(checks === undefined ? {} : { checkId: { in: [...checks] } }),
    },
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

/** The providers of these checks. */
export async function listProvidersOfChecks(
  db: Queries,
  accountId: number,
  checks: readonly string[],
): Promise<string[]> {
  const rows = await db.check.findMany({
    where: { accountId, id: { in: [...checks] } },
    distinct: ['provider'],
    // In one order for everybody: transactions that write to the same queues must not wait for each other in a circle.
    orderBy: { provider: 'asc' },
    select: { provider: true },
  });
  return rows.map((row) => row.provider);
}

/** Every provider of every account that has a hold not released yet: what the sweeper looks after. */
export async function listUnsettledProviders(db: Queries): Promise<{ accountId: number; provider: string }[]> {
  return db.check.findMany({
    where: { mutes: { some: { releasedAt: null } } },
    distinct: ['accountId', 'provider'],
    select: { accountId: true, provider: true },
  });
}

/** What Lull has in hand of a provider: off, or being switched. */
export async function listUnreleasedMutes(
  db: Queries,
  accountId: number,
  provider: string,
): Promise<{ checks: number; maintenances: number[] }> {
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

/** Counts what Lull has in hand of a provider as released, without having asked it. */
export async function abandonMutes(tx: Queries, accountId: number, provider: string, now: Date): Promise<void> {
  const which = { accountId, releasedAt: null, check: { provider } };
  await tx.mute.updateMany({ where: { ...which, endedAt: null }, data: { endedAt: now } });
  await tx.mute.updateMany({ where: which, data: { releasedAt: now } });
  await tx.check.updateMany({ where: { accountId, provider }, data: { downtimeEndsAt: null } });
}

/** The checks of a provider with holds not released yet, by name. From the holds to the checks: few of many checks are held. */
export async function listMutedChecks(db: Queries, accountId: number, provider: string): Promise<MutedCheck[]> {
  const rows = await db.$queryRaw<MuteRow[]>`
    select c.id, c.name, c.external_id as "externalId", c.downtime_ends_at as "downtimeEndsAt", c.removal_date is not null as removed, h.maintenance_id as "maintenanceId", h.outcome,
      h.intended_at as "intendedAt", h.ended_at as "endedAt", h.error, m.name as "maintenanceName",
      coalesce(m.ends_at, m.scheduled_end_date) as "until"
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

interface MuteRow {
  id: string;
  name: string;
  externalId: string;
  removed: boolean;
  downtimeEndsAt: Date | null;
  maintenanceId: number;
  outcome: string;
  intendedAt: Date | null;
  endedAt: Date | null;
  error: string | null;
  maintenanceName: string;
  until: Date;
}

/** Which holds: those of these maintenances on these checks, pairwise. */
export interface MuteKeys {
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

/**
 * Writes the same changes to many holds at once. One that was taken anew meanwhile is not released: its window wants the
 * check off again, which is seen to next.
 */
export async function updateMutes(
  db: Queries,
  accountId: number,
  keys: readonly MuteKeys[],
  changes: MuteChanges,
): Promise<void> {
  // Checks that concern the same maintenances are written together: a window of 10,000 checks is one statement.
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

/** Writes why each of these checks could not be switched, all in one statement. */
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

/** Whether any of these windows is not in progress any more. */
export async function filterEnded(db: Queries, accountId: number, maintenances: readonly number[]): Promise<boolean> {
  const where = { accountId, id: { in: [...maintenances] }, status: { not: 'in-progress' } };
  return (await db.maintenance.count({ where })) > 0;
}

/** Writes which end the providers of these checks were told. */
export async function saveDowntimeEnds(
  db: Queries,
  accountId: number,
  told: readonly { readonly checkId: string; readonly until: Date | null }[],
): Promise<void> {
  if (told.length === 0) return;
  await db.$executeRaw`
    update checks set downtime_ends_at = told.until
    from unnest(${told.map(({ checkId }) => checkId)}::text[], ${told.map(({ until }) => until)}::timestamptz[])
      as told (check_id, until)
    where checks.account_id = ${accountId} and checks.id = told.check_id`;
}

/** Writes what is known of the states of checks of other systems than the register. */
export async function saveCheckStates(
  db: Queries,
  accountId: number,
  states: ReadonlyMap<string, CheckState>,
): Promise<void> {
  for (const enabled of [true, false]) {
    const ids = [...states].filter(([, state]) => (state === 'on') === enabled).map(([id]) => id);
    if (ids.length === 0) continue;
    await db.check.updateMany({ where: { accountId, id: { in: ids }, enabled: !enabled }, data: { enabled } });
  }
}
