import { randomUUID } from 'node:crypto';
import type { Prisma } from '../../../prisma/client/client.ts';
import type { Approvable } from '../../approvals/rules.ts';
import type { Queries } from '../../platform/database.ts';
import { nextId } from '../../platform/ids.ts';
import { wakeSchedulers } from '../../platform/jobs.ts';
import { queryRows, sql } from '../../platform/sql.ts';
import { collected, type Write, write } from '../../platform/transaction.ts';
import type { RunState } from '../../series/rules.ts';
import type { Content } from '../fields.ts';
import { describePlace, needOf } from '../rules/coverage.ts';
import { nextDue } from '../rules/lifecycle.ts';
import type { Limitable } from '../rules/limits.ts';
import type { Selector } from '../rules/selector.ts';
import type { Status } from '../rules/status.ts';
import { COLUMNS, changeable, insertionOf, toColumns } from './columns.ts';
import { belongings } from './locked.ts';
import { type Maintenance, type Run, withChosen } from './maintenances.ts';
import { coverageColumns, coverageWriter } from './stored-window.ts';
import { describeMove, readSurroundings } from './surroundings.ts';

interface Plan extends Content {
  readonly scopeId: number | null;
  readonly timezone: string;
  readonly scheduledStart: Date;
  readonly scheduledEnd: Date;
  readonly nextDueAt: Date | null;
  readonly remindedUntil: Date;
  readonly services: readonly number[];
  readonly checks: readonly string[] | null;
  readonly selector?: Selector | null;
  /** Absent: null. */
  readonly limitedTo?: Limitable['limitedTo'];
}

export interface NewMaintenance extends Plan, Approvable {
  readonly accountId: number;
  readonly key: string;
  /** Made through the NodePing interface. */
  readonly adHoc?: boolean;
  readonly owner: { readonly id: string; readonly name: string };
  readonly reopensId?: number;
  readonly run?: { readonly series: Run['series']; readonly occurrence: Date } | undefined;
  /** It is recorded only, and never starts: it was missed, or skipped because of a freeze. */
  readonly recorded?: 'missed' | 'frozen' | undefined;
  readonly overriddenFreezes?: readonly number[];
  readonly freezeReason?: string | null;
}

const UPDATED = changeable(COLUMNS);
const INSERT = insertionOf('maintenances', COLUMNS);

/** The new values under the names of their columns, and by how much the version increases. */
interface Update {
  readonly id: number;
  readonly versions: number;
  readonly values: Record<string, unknown>;
}

const UPDATE: Write<Update> = {
  table: 'maintenances',
  statement: `
    update maintenances m set version = m.version + u.versions, (${UPDATED.join(', ')}) = (
      select ${UPDATED.map((column) => `r.${column}`).join(', ')} from jsonb_populate_record(m, u.values) r)
    from jsonb_to_recordset($rows) as u (id int, versions int, values jsonb) where m.id = u.id`,
};

const writeCoverage = coverageWriter('maintenance');

/** @param input.run of which series, and which occurrence it stands for */
export async function insertMaintenance(tx: Queries, input: NewMaintenance, now: Date): Promise<Maintenance> {
  const { services, checks, selector = null, limitedTo = null, owner, run, recorded, ...values } = input;
  const { accountId, scopeId } = values;
  const { overriddenFreezes = [], freezeReason = null } = values;
  const missed = recorded === 'missed';
  const status: Status = recorded === undefined ? 'scheduled' : missed ? 'failed' : 'canceled';
  const state: RunState = recorded === 'frozen' ? 'frozen' : 'following';
  const around = await readSurroundings(tx, accountId, needOf(input));
  const id = await nextId(tx, 'maintenances');
  const stored = {
    ...values,
    id,
    version: 1,
    status,
    missed,
    ...coverageColumns({ checks, selector, limitedTo }),
    selected: [],
    adHoc: values.adHoc ?? false,
    ownerId: owner.id,
    ownerName: owner.name,
    ...(run && { seriesId: run.series.id, occurrence: run.occurrence, runState: state }),
    overriddenFreezes,
    freezeReason,
    createdAt: now,
    updatedAt: now,
  };
  const asksForApproval = values.approval === 'pending';
  const added = belongings.added(id, { ownerId: owner.id, mutes: new Map(), channels: [], asksForApproval });
  await write(tx, INSERT, String(id), toColumns(COLUMNS, stored), added);
  await writeCoverage(tx, { accountId, id }, {}, { services, checks });
  if (values.nextDueAt !== null) await wakeSchedulers(tx, values.nextDueAt);
  const { nextDueAt: _nextDueAt, adHoc: _adHoc, scopeId: _scopeId, ...shown } = values;
  return {
    ...shown,
    id,
    version: 1,
    status,
    missed,
    ...describePlace(around, { visibility: values.visibility, scopeId, services }),
    checks: checks && [...checks],
    selector: selector && { ...selector, chosen: null },
    limitedTo: limitedTo && [...limitedTo],
    selected: [],
    owner,
    startedAt: null,
    endedAt: null,
    endsAt: null,
    postCheckAt: null,
    reopensId: values.reopensId ?? null,
    requestedBy: [...values.requestedBy],
    run: run === undefined ? null : { series: run.series, occurrence: run.occurrence, state },
    overriddenFreezes: [...overriddenFreezes],
    freezeReason,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
}

type Transition = Pick<
  Maintenance,
  'status' | 'missed' | 'startedAt' | 'endedAt' | 'endsAt' | 'postCheckAt' | 'deletedAt'
>;

export interface MaintenanceChanges extends Partial<Plan & Transition & Approvable> {
  /** The checks that the selector chose when the window began. */
  readonly selected?: readonly string[];
  readonly runState?: RunState;
  readonly overriddenFreezes?: readonly number[] | undefined;
  readonly freezeReason?: string | null | undefined;
}

/** Changes a locked maintenance. @param before as it is now */
export async function updateMaintenance(
  tx: Queries,
  before: Maintenance,
  changes: MaintenanceChanges,
  now: Date,
): Promise<Maintenance> {
  const { services, checks, selector, limitedTo, nextDueAt, scopeId, runState, requestedBy, selected, ...others } =
    changes;
  const { overriddenFreezes = before.overriddenFreezes, freezeReason = before.freezeReason, ...values } = others;
  await update(tx, before, 1, {
    ...changes,
    ...coverageColumns({ checks, selector, limitedTo }),
    updatedAt: now,
  });
  const serviceIds = before.services.map((service) => service.id);
  await writeCoverage(tx, before, { services: serviceIds, checks: before.checks }, { services, checks });
  const state = { ...before, ...values, selected: [...(selected ?? before.selected)] };
  return {
    ...state,
    ...(await describeMove(tx, before, changes)),
    checks: checks === undefined ? before.checks : checks && [...checks],
    selector: withChosen(selector === undefined ? before.selector : selector, state),
    limitedTo: limitedTo === undefined ? before.limitedTo : limitedTo && [...limitedTo],
    requestedBy: [...(requestedBy ?? before.requestedBy)],
    overriddenFreezes: [...overriddenFreezes],
    freezeReason,
    run: before.run && { ...before.run, ...(runState && { state: runState }) },
    version: before.version + 1,
    updatedAt: now,
  };
}

async function update(
  tx: Queries,
  { id }: Pick<Maintenance, 'id'>,
  versions: number,
  values: { readonly [P in keyof typeof COLUMNS]?: unknown } & { readonly nextDueAt?: Date | null | undefined },
): Promise<void> {
  const key = String(id);
  const columns = toColumns(COLUMNS, values);
  const change = belongings.changed(id, (before) => {
    if ('owner_id' in columns) return undefined;
    return { ...before, asksForApproval: before.asksForApproval || columns.approval === 'pending' };
  });
  const inserted = collected(tx, INSERT, key);
  if (inserted !== undefined) {
    const version = Number(inserted.version) + versions;
    await write(tx, INSERT, key, { ...inserted, ...columns, version }, change);
  } else {
    const earlier = collected(tx, UPDATE, key);
    const all = { ...earlier?.values, ...columns };
    await write(tx, UPDATE, key, { id, versions: (earlier?.versions ?? 0) + versions, values: all }, change);
  }
  if (values.nextDueAt) await wakeSchedulers(tx, values.nextDueAt);
}

/**
 * When the next maintenance or series of any account is due (UTC); null: none ever is.
 * @param except ids to skip
 */
export async function findNextDueAt(
  db: Queries,
  except: Readonly<Record<'maintenances' | 'series', readonly number[]>> = { maintenances: [], series: [] },
): Promise<Date | null> {
  const rows = await queryRows<{ due: Date | null }>(
    db,
    sql`
      select least(
        (select min(next_due_at) from maintenances where id <> all(${[...except.maintenances]}::int[])),
        (select min(next_due_at) from series where id <> all(${[...except.series]}::int[]))) as due`,
  );
  return rows[0]?.due ?? null;
}

/** When the next window of any account starts or ends (UTC); null: none is open. */
export async function findNextStartOrEnd(db: Queries): Promise<Date | null> {
  const rows = await queryRows<{ next: Date | null }>(
    db,
    sql`
      select min(case status when 'scheduled' then scheduled_start_date else ends_at end) as next
      from maintenances where status in ('scheduled', 'in-progress')`,
  );
  return rows[0]?.next ?? null;
}

/** Notes that the checks of a locked maintenance are being verified. Its version stays, as people edited nothing. */
export async function setPostChecked(tx: Queries, maintenance: Maintenance): Promise<void> {
  await update(tx, maintenance, 0, { postCheckAt: null, nextDueAt: nextDue({ ...maintenance, postCheckAt: null }) });
}

/** Sets the reminders of a locked maintenance, and when it is due next. Its version stays, as people edited nothing. */
export async function setReminded(
  tx: Queries,
  maintenance: Maintenance,
  { remindedUntil, reminders }: Partial<Pick<Maintenance, 'remindedUntil' | 'reminders'>>,
): Promise<void> {
  const changed = { ...maintenance, ...(remindedUntil && { remindedUntil }), ...(reminders && { reminders }) };
  await update(tx, maintenance, 0, { remindedUntil: changed.remindedUntil, nextDueAt: nextDue(changed) });
}

/** Stores how a sentence was understood until its preview is answered. Returns the id of the draft. */
export async function saveDraft(
  db: Queries,
  accountId: number,
  personId: string,
  content: Prisma.InputJsonObject,
  now: Date,
): Promise<string> {
  const id = randomUUID();
  await db.draft.create({ data: { id, accountId, personId, content, createdAt: now } });
  return id;
}

/** The content of a draft, which the caller validates; undefined: the draft was deleted. */
export async function findDraft(db: Queries, accountId: number, id: string): Promise<unknown> {
  const row = await db.draft.findFirst({ where: { accountId, id }, select: { content: true } });
  return row?.content;
}

export async function discardDraft(db: Queries, accountId: number, id: string): Promise<void> {
  await db.draft.deleteMany({ where: { accountId, id } });
}

/** @param before UTC */
export async function deleteDraftsBefore(db: Queries, before: Date): Promise<void> {
  await db.draft.deleteMany({ where: { createdAt: { lt: before } } });
}
