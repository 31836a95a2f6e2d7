import type { Prisma } from '../../../prisma/client/client.ts';
import { APPROVALS, type Approval } from '../../approvals/rules.ts';
import { columns, readColumns } from '../../core/fields.ts';
import { isId } from '../../core/keys.ts';
import type { Audience, Reader } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import type { Queries } from '../../platform/database.ts';
import { RUN_STATES, type RunState } from '../../series/rules.ts';
import { CONTENT_FIELDS, type Content } from '../fields.ts';
import { DEFAULT_REMINDERS_MINUTES } from '../rules/reminders.ts';
import type { Selector } from '../rules/selector.ts';
import { OPEN_STATUSES, STATUSES, type Status } from '../rules/status.ts';
import { readVisibility, serviceAudience, windowAudience } from '../rules/visibility.ts';
import { visibleMaintenances, visibleServices } from './visibility.ts';

/** One window of planned work, as stored. Instants are UTC. */
export interface Maintenance extends Content {
  readonly id: number;
  readonly accountId: number;
  readonly key: string;
  readonly version: number;
  /** Who may know of it, its scope and its services considered. */
  readonly audience: Audience;
  readonly status: Status;
  readonly missed: boolean;
  readonly scope: { readonly id: number; readonly name: string } | null;
  readonly services: readonly { readonly id: number; readonly name: string; readonly audience: Audience }[];
  readonly timezone: string;
  readonly scheduledStart: Date;
  readonly scheduledEnd: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** While it is in progress: when it will end by itself. */
  readonly endsAt: Date | null;
  /** When the checks that it switched on again are looked at once more; null when they are not, or were. */
  readonly postCheckAt: Date | null;
  /** The maintenance that this one goes on with. */
  readonly reopensId: number | null;
  /** How long before its start it is reminded of (minutes), as its scope says. */
  readonly reminders: readonly number[];
  /** Every reminder at or before this instant was seen to: posted, or left out. */
  readonly remindedUntil: Date;
  /** The checks it names; null when it covers those of its services. */
  readonly checks: readonly string[] | null;
  /** Chooses checks beside those; `chosen` at its start, where it does not follow. */
  readonly selector: (Selector & { readonly chosen: readonly string[] | null }) | null;
  readonly owner: { readonly id: string; readonly name: string };
  /** What a second person said to it; null when it needs none. */
  readonly approval: Approval | null;
  /** Who asked since it was last approved: none of them may approve it. */
  readonly requestedBy: readonly string[];
  /** What it is to the series that made it; null for a window of its own. */
  readonly run: Run | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Since when no door shows it; null while it is shown. */
  readonly deletedAt: Date | null;
}

export interface Run {
  readonly series: {
    readonly id: number;
    readonly key: string;
    readonly enabled: boolean;
    readonly cron: string;
    readonly timezone: string;
    readonly durationMinutes: number;
    readonly audience: Audience;
  };
  /** The instant of the series it stands for, wherever it was moved to. */
  readonly occurrence: Date;
  readonly state: RunState;
}

/** A service by name, with who may know of it. */
export const namedServiceFields = {
  id: true,
  name: true,
  visibility: true,
  scope: { select: { visibility: true } },
} as const satisfies Prisma.ServiceSelect;

export function toNamedService({
  id,
  name,
  visibility,
  scope,
}: Prisma.ServiceGetPayload<{ select: typeof namedServiceFields }>): { id: number; name: string; audience: Audience } {
  const audience = serviceAudience({
    visibility: readVisibility(visibility),
    scope: scope && { visibility: readVisibility(scope.visibility) },
  });
  return { id, name, audience };
}

/** Who may know of a window that is stored with its scope and its services. */
export function storedVisibility(
  row: { visibility: string; scope: { visibility: string } | null },
  services: readonly { readonly audience: Audience }[],
): Audience {
  return windowAudience({
    visibility: readVisibility(row.visibility),
    scope: row.scope && { visibility: readVisibility(row.scope.visibility) },
    services,
  });
}

export const maintenanceFields = {
  id: true,
  accountId: true,
  key: true,
  version: true,
  ...columns(CONTENT_FIELDS),
  status: true,
  missed: true,
  scope: { select: { id: true, name: true, reminders: true, visibility: true } },
  services: { select: { service: { select: namedServiceFields } }, orderBy: { service: { name: 'asc' } } },
  timezone: true,
  scheduledStart: true,
  scheduledEnd: true,
  startedAt: true,
  endedAt: true,
  endsAt: true,
  postCheckAt: true,
  reopensId: true,
  remindedUntil: true,
  namesChecks: true,
  selector: true,
  selectorFollows: true,
  selected: true,
  checks: { select: { checkId: true }, orderBy: { checkId: 'asc' } },
  ownerId: true,
  ownerName: true,
  approval: true,
  requestedBy: true,
  series: {
    select: {
      id: true,
      key: true,
      enabled: true,
      cron: true,
      timezone: true,
      durationMinutes: true,
      visibility: true,
      scope: { select: { visibility: true } },
      services: { select: { service: { select: namedServiceFields } } },
    },
  },
  occurrence: true,
  runState: true,
  createdAt: true,
  updatedAt: true,
  deletedAt: true,
} as const satisfies Prisma.MaintenanceSelect;

type Row = Prisma.MaintenanceGetPayload<{ select: typeof maintenanceFields }>;

export function toMaintenance(found: Row): Maintenance {
  const { scope, checks, namesChecks, ownerId, ownerName, series, occurrence, runState, ...rest } = found;
  const { selector, selectorFollows: follows, selected, ...row } = rest;
  const chosen = follows || row.status === 'scheduled' ? null : selected;
  const services = found.services.map(({ service }) => toNamedService(service));
  return {
    ...row,
    ...readColumns(CONTENT_FIELDS, row),
    audience: storedVisibility(found, services),
    scope: scope && { id: scope.id, name: scope.name },
    reminders: scope?.reminders ?? DEFAULT_REMINDERS_MINUTES,
    status: oneOf(STATUSES, row.status),
    services,
    checks: namesChecks ? checks.map(({ checkId }) => checkId) : null,
    selector: selector === null ? null : { text: selector, follows, chosen },
    owner: { id: ownerId, name: ownerName },
    approval: row.approval === null ? null : oneOf(APPROVALS, row.approval),
    run:
      series === null || occurrence === null
        ? null
        : { series: toSeriesOfRun(series), occurrence, state: oneOf(RUN_STATES, runState ?? '') },
  };
}

function toSeriesOfRun(series: NonNullable<Row['series']>): Run['series'] {
  const { visibility: _, scope: __, services, ...row } = series;
  const named = services.map(({ service }) => toNamedService(service));
  return { ...row, audience: storedVisibility(series, named) };
}

function oneOf<T extends string>(known: readonly T[], text: string): T {
  const found = known.find((word) => word === text);
  if (found === undefined)
    throw new Error(`stored value is ${JSON.stringify(text)}, expected one of ${known.join(', ')}`);
  return found;
}

export async function findMaintenance(db: Queries, accountId: number, id: number): Promise<Maintenance | undefined> {
  const found = await findMaintenanceOrDeleted(db, accountId, id);
  return found?.deletedAt === null ? found : undefined;
}

/** Rows as maintenances; what to look for, in which order and how many is for the query to say, the account included. */
export async function readMaintenances(
  db: Queries,
  query: Pick<Prisma.MaintenanceFindManyArgs, 'orderBy' | 'take' | 'skip'> & {
    where: Prisma.MaintenanceWhereInput;
  },
): Promise<Maintenance[]> {
  return (await db.maintenance.findMany({ ...query, select: maintenanceFields })).map(toMaintenance);
}

/** The open maintenance by which this one was reopened. */
export async function findReopening(db: Queries, accountId: number, id: number): Promise<Maintenance | undefined> {
  const where = { accountId, reopensId: id, status: { in: [...OPEN_STATUSES] }, deletedAt: null };
  const [found] = await readMaintenances(db, { where, orderBy: { id: 'desc' }, take: 1 });
  return found;
}

/** Also one that was deleted: what was announced of it is kept true. */
export async function findMaintenanceOrDeleted(
  db: Queries,
  accountId: number,
  id: number,
): Promise<Maintenance | undefined> {
  if (!isId(id)) return undefined;
  const row = await db.maintenance.findFirst({ where: { accountId, id }, select: maintenanceFields });
  return row === null ? undefined : toMaintenance(row);
}

/** The id of the maintenance with this key, whatever its case. */
export async function findIdByKey(db: Queries, accountId: number, key: string): Promise<number | undefined> {
  const where = { accountId, key: key.toUpperCase(), deletedAt: null };
  const row = await db.maintenance.findFirst({ where, select: { id: true } });
  return row?.id;
}

/** The maintenance, locked until the transaction ends, so that changes to one maintenance happen one after another. */
export async function lockMaintenance(tx: Queries, accountId: number, id: number): Promise<Maintenance | undefined> {
  if (!isId(id)) return undefined;
  await tx.$queryRaw`select 1 from maintenances where account_id = ${accountId} and id = ${id} for update`;
  return findMaintenance(tx, accountId, id);
}

/** Locks these maintenances until the transaction ends, in the one order that keeps two such from waiting for each other. */
export async function lockMaintenances(tx: Queries, accountId: number, ids: readonly number[]): Promise<void> {
  await tx.$queryRaw`
    select 1 from maintenances where account_id = ${accountId} and id = any(${[...ids]}::int[]) order by id for update`;
}

export interface MaintenanceFilter {
  /** Only those that this reader may know of, by what it may know of them. All when left out. */
  reader?: Reader;
  statuses?: readonly Status[];
  /** Only those that wait for the approval of somebody else than those who asked, as this person is. */
  approvableBy?: string;
  /** Only those that have this text in their name. */
  matching?: string;
  /** Only windows that end after this instant, or are planned to. */
  endsAfter?: Date;
  /** Only windows that started before this instant, or were planned to. */
  startsBefore?: Date;
  services?: readonly number[];
  /** Only the runs of this series. */
  series?: number;
  /** Only those of this scope. */
  scope?: number;
  /** Only those of this scope, or of a service that lives in it. */
  touchingScope?: number;
  /** Only those that this person scheduled. */
  owner?: string;
  /** Only those made through the NodePing interface. */
  adHoc?: true;
}

/** Ordered by start, those in progress first; `newestFirst`: by the planned start, the latest first. */
export async function listMaintenances(
  db: Queries,
  accountId: number,
  filter: MaintenanceFilter = {},
  page: { limit: number; offset?: number; newestFirst?: boolean } = { limit: 200 },
): Promise<Maintenance[]> {
  const rows = await db.maintenance.findMany({
    where: where(accountId, filter),
    orderBy: page.newestFirst ? [{ scheduledStart: 'desc' }, { id: 'desc' }] : openFirst,
    take: page.limit,
    skip: page.offset ?? 0,
    select: maintenanceFields,
  });
  return rows.map(toMaintenance);
}

export async function countMaintenances(db: Queries, accountId: number, filter: MaintenanceFilter): Promise<number> {
  return db.maintenance.count({ where: where(accountId, filter) });
}

function where(accountId: number, filter: MaintenanceFilter): Prisma.MaintenanceWhereInput {
  const reader = filter.reader ?? 'internal';
  return {
    accountId,
    AND: [
      visibleMaintenances(reader),
      ...(filter.endsAfter ? [endsAfter(filter.endsAfter)] : []),
      ...(filter.startsBefore ? [startsBefore(filter.startsBefore)] : []),
    ],
    ...(filter.statuses ? { status: { in: [...filter.statuses] } } : {}),
    ...(filter.approvableBy === undefined
      ? {}
      : { approval: 'pending' satisfies Approval, NOT: { requestedBy: { has: filter.approvableBy } } }),
    ...(filter.matching ? { name: { contains: filter.matching, mode: 'insensitive' as const } } : {}),
    ...(filter.series === undefined ? {} : { seriesId: filter.series }),
    ...(filter.owner === undefined ? {} : { ownerId: filter.owner }),
    ...(filter.adHoc === undefined ? {} : { adHoc: filter.adHoc }),
    ...(filter.touchingScope === undefined ? {} : { OR: touching(filter.touchingScope, reader) }),
    ...(filter.scope === undefined ? {} : { scopeId: filter.scope }),
    ...(filter.services
      ? { services: { some: { serviceId: { in: [...filter.services] }, service: visibleServices(reader) } } }
      : {}),
  };
}

function touching(scopeId: number, reader: Reader): Prisma.MaintenanceWhereInput[] {
  return [{ scopeId }, { services: { some: { service: { AND: [{ scopeId }, visibleServices(reader)] } } } }];
}

const endsAfter = (instant: Date): Prisma.MaintenanceWhereInput => ({
  OR: [{ scheduledEnd: { gt: instant } }, { endsAt: { gt: instant } }],
});
const startsBefore = (instant: Date): Prisma.MaintenanceWhereInput => ({
  OR: [{ scheduledStart: { lt: instant } }, { startedAt: { lt: instant } }],
});

/** The open windows that share time with this one: those in progress as they run, the others as planned. */
export function openDuring({ start, end }: Interval): Prisma.MaintenanceWhereInput {
  return {
    OR: [
      { status: 'scheduled', scheduledStart: { lt: end }, scheduledEnd: { gt: start } },
      { status: 'in-progress', startedAt: { lt: end }, endsAt: { gt: start } },
    ],
  };
}

/** Those in progress come first, by their actual start; the scheduled ones follow by their plan. */
export const openFirst: Prisma.MaintenanceOrderByWithRelationInput[] = [
  { startedAt: { sort: 'asc', nulls: 'last' } },
  { scheduledStart: 'asc' },
  { id: 'asc' },
];

/** The open windows that share time with this one. */
export async function listOpenBetween(db: Queries, accountId: number, window: Interval): Promise<Maintenance[]> {
  const rows = await db.maintenance.findMany({
    where: { accountId, ...openDuring(window) },
    orderBy: openFirst,
    select: maintenanceFields,
  });
  return rows.map(toMaintenance);
}

/**
 * How many runs of a series were missed one after another up to this occurrence, itself included. One that is wholly past
 * at `now` and still scheduled is about to be.
 */
export async function countMissedInARow(
  db: Queries,
  accountId: number,
  seriesId: number,
  occurrence: Date,
  now: Date,
): Promise<number> {
  const missed = { OR: [{ missed: true }, { status: 'scheduled', scheduledEnd: { lte: now } }] };
  const { _max } = await db.maintenance.aggregate({
    where: { accountId, seriesId, NOT: missed, status: { not: 'canceled' }, occurrence: { lt: occurrence } },
    _max: { occurrence: true },
  });
  const after = _max.occurrence === null ? {} : { gt: _max.occurrence };
  return db.maintenance.count({ where: { accountId, seriesId, ...missed, occurrence: { lte: occurrence, ...after } } });
}
