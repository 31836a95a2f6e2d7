import { Prisma } from '../../../prisma/client/client.ts';
import { isId } from '../../core/keys.ts';
import type { Audience, Reader } from '../../core/permissions.ts';
import { someFollow } from '../../maintenance/repository/coverage.ts';
import { serviceChange } from '../../maintenance/repository/surroundings.ts';
import { seesMaintenance, seesService, visibleMaintenances } from '../../maintenance/repository/visibility.ts';
import type { ServiceStatus, Visibility } from '../../maintenance/rules/status.ts';
import { effectiveStatus, readServiceStatus } from '../../maintenance/rules/status.ts';
import { readVisibility, serviceAudience } from '../../maintenance/rules/visibility.ts';
import type { Queries } from '../../platform/database.ts';
import { byName, escapeLike, searchText } from '../../platform/rows.ts';
import { execute, queryReplanned, queryRows, sql } from '../../platform/sql.ts';
import { insertion, updating, write } from '../../platform/transaction.ts';
import type { Scope } from '../scopes/repository.ts';

export interface Service {
  id: number;
  name: string;
  scope: Scope | null;
  /** Considers the visibility of its scope, too. */
  audience: Audience;
  /** The worst of its own status and of the maintenances in progress on it. */
  status: ServiceStatus;
}

export interface ServiceSettings extends Service {
  description: string;
  /** Its own, without that of its scope. */
  visibility: Visibility;
  /** Slack user ids. */
  owners: string[];
  /** Ids of its checks. */
  checks: string[];
}

export interface ServiceValues {
  name: string;
  scopeId: number | null;
  description?: string | undefined;
  visibility?: Visibility | undefined;
  /** Slack user ids. */
  owners?: readonly string[] | undefined;
}

/** Its status comes from the maintenances that the reader may see. */
const serviceFieldsFor = (reader: Reader) =>
  ({
    id: true,
    name: true,
    status: true,
    visibility: true,
    scope: { select: { id: true, name: true, visibility: true } },
    maintenances: {
      where: { maintenance: { AND: [{ status: 'in-progress' }, visibleMaintenances(reader)] } },
      select: { maintenance: { select: { serviceStatus: true } } },
    },
  }) as const satisfies Prisma.ServiceSelect;

const settingsFieldsFor = (reader: Reader) =>
  ({
    ...serviceFieldsFor(reader),
    description: true,
    owners: true,
    checks: { where: { check: { removedAt: null } }, select: { checkId: true }, orderBy: { checkId: 'asc' } },
  }) as const satisfies Prisma.ServiceSelect;

function toService(row: Prisma.ServiceGetPayload<{ select: ReturnType<typeof serviceFieldsFor> }>): Service {
  const { id, name, scope } = row;
  const visibility = readVisibility(row.visibility);
  return {
    id,
    name,
    scope: scope && { id: scope.id, name: scope.name },
    audience: serviceAudience({ visibility, scope: scope && { visibility: readVisibility(scope.visibility) } }),
    status: effectiveStatus(
      readServiceStatus(row.status),
      row.maintenances.map(({ maintenance }) => readServiceStatus(maintenance.serviceStatus)),
    ),
  };
}

/** Services whose own name or scope's name contains the text, or both as they are displayed: `Production / api`. */
function isMatching(text: string): Prisma.Sql {
  const containing = (part: string) => `%${escapeLike(searchText(part))}%`;
  const whole = sql`s.name ilike ${containing(text)} or its.name ilike ${containing(text)}`;
  const slash = text.indexOf('/');
  if (slash < 0) return sql`(${whole})`;
  const [scope, name] = [text.slice(0, slash).trimEnd(), text.slice(slash + 1).trimStart()];
  return sql`(${whole} or s.name ilike ${containing(name)} and its.name ilike ${containing(scope)})`;
}

interface ServiceFilter {
  readonly reader?: Reader;
  /** Part of their name. */
  readonly matching?: string;
  readonly ids?: readonly number[];
  /** Includes removed services. */
  readonly removed?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

/** By name. */
export async function listServices(db: Queries, accountId: number, filter: ServiceFilter = {}): Promise<Service[]> {
  const { reader = 'internal', matching, ids, removed = false, limit, offset = 0 } = filter;
  const conditions = [
    sql`s.account_id = ${accountId}`,
    seesService(reader),
    ...(removed ? [] : [sql`s.removal_date is null`]),
    ...(matching ? [isMatching(matching)] : []),
    ...(ids ? [sql`s.id = any(${ids.filter(isId)}::int[])`] : []),
  ];
  const rows = await queryRows<Parameters<typeof toService>[0]>(
    db,
    // From the few maintenances in progress, as a service may have thousands.
    sql`
      with in_progress as materialized (
        select on_it.service_id, json_agg(json_build_object('maintenance',
          json_build_object('serviceStatus', m.service_status))) as maintenances
        from maintenances m join maintenance_services on_it on on_it.maintenance_id = m.id
        where m.account_id = ${accountId} and m.status = 'in-progress' and m.deleted_at is null
          and ${seesMaintenance(reader)}
        group by on_it.service_id
      )
      select s.id, s.name, s.status, s.visibility, coalesce(in_progress.maintenances, '[]') as maintenances,
        case when its.id is not null
          then json_build_object('id', its.id, 'name', its.name, 'visibility', its.visibility) end as scope
      from services s left join scopes its on its.id = s.scope_id left join in_progress on in_progress.service_id = s.id
      where ${Prisma.join(conditions, ' and ')}
      order by s.name, s.id limit ${limit ?? null}::int offset ${offset}::int`,
  );
  return rows.map(toService);
}

export type ServiceName = Pick<Service, 'id' | 'name' | 'scope'>;

/** All that the reader can see, by name. Sentences are read with thousands of them, so there is no work for each row. */
export async function listServiceNames(db: Queries, accountId: number, reader: Reader): Promise<ServiceName[]> {
  return queryRows<ServiceName>(
    db,
    sql`
      select s.id, s.name,
        case when scopes.id is not null then json_build_object('id', scopes.id, 'name', scopes.name) end as scope
      from services s left join scopes on scopes.id = s.scope_id
      where s.account_id = ${accountId} and s.removal_date is null and ${seesService(reader)}
      order by s.name, s.id`,
  );
}

export async function countServices(db: Queries, accountId: number): Promise<number> {
  return db.service.count({ where: { accountId, removedAt: null } });
}

/** Ignores case. */
export async function findServiceByName(
  db: Queries,
  accountId: number,
  name: string,
  scopeId: number | null,
): Promise<Service | null> {
  const row = await db.service.findFirst({
    where: { accountId, scopeId, removedAt: null, name: { equals: escapeLike(name), mode: 'insensitive' } },
    select: serviceFieldsFor('internal'),
  });
  return row && toService(row);
}

/** @param query selects services of one account */
export async function readServices(
  db: Queries,
  reader: Reader,
  query: Pick<Prisma.ServiceFindManyArgs, 'orderBy' | 'take'> & { where: Prisma.ServiceWhereInput },
): Promise<ServiceSettings[]> {
  const rows = await db.service.findMany({ ...query, select: settingsFieldsFor(reader) });
  return rows.map((row) => {
    const { description, owners, checks } = row;
    const visibility = readVisibility(row.visibility);
    return { ...toService(row), description, visibility, owners, checks: checks.map(({ checkId }) => checkId) };
  });
}

export async function findService(db: Queries, accountId: number, id: number): Promise<ServiceSettings | null> {
  if (!isId(id)) return null;
  return (await readServices(db, 'internal', { where: { accountId, id, removedAt: null } }))[0] ?? null;
}

type StoredService = ServiceSettings & { readonly scope: (Scope & { readonly visibility: Visibility }) | null };

/** A service as it is read, with its position among the changes that ask for its name. */
interface Row extends Omit<StoredService, 'scope' | 'audience' | 'status' | 'visibility'> {
  readonly at: number | null;
  readonly followed: boolean;
  readonly scope: (Scope & { readonly visibility: string }) | null;
  readonly visibility: string;
  readonly status: string;
  /** Those of the maintenances in progress on it. */
  readonly statuses: readonly string[];
}

/** Services before they are changed. */
export interface ServicesForChange {
  readonly byId: ReadonlyMap<number, StoredService>;
  /** The ids of services that have a wanted name in any case, by the positions of the changes. */
  readonly named: ReadonlyMap<number, number>;
  /** Whether open windows may cover other checks once a service has another name or scope, or is removed. */
  readonly followed: boolean;
}

/** @param changes the name and the scope that each is to have; without an id, of a new one */
export async function readServicesForChange(
  tx: Queries,
  accountId: number,
  changes: readonly {
    readonly id: number | undefined;
    readonly name?: string | undefined;
    readonly scopeId?: number | null | undefined;
  }[],
): Promise<ServicesForChange> {
  const ids = changes.map(({ id }) => (id !== undefined && isId(id) ? id : null));
  const names = changes.map(({ name }) => (name === undefined ? null : searchText(name)));
  const scopes = changes.map(({ scopeId }) => scopeId ?? null);
  const moves = changes.map(({ scopeId }) => scopeId !== undefined);
  const rows = await queryReplanned<Row>(
    tx,
    sql`
      with changes as materialized (
        select c.at::int, coalesce(c.name, s.name) as name, case when c.moves then c.scope_id else s.scope_id end as scope_id
        from unnest(${ids}::int[], ${names}::text[], ${scopes}::int[], ${moves}::boolean[])
          with ordinality as c (id, name, scope_id, moves, at)
        left join services s on s.account_id = ${accountId} and s.id = c.id
      )
      select s.id, null::int as at, s.name, s.status, s.description, s.visibility, s.owners,
        case when scopes.id is not null
          then json_build_object('id', scopes.id, 'name', scopes.name, 'visibility', scopes.visibility) end as scope,
        array(select check_id from service_checks on_it join checks c on c.id = on_it.check_id
          where on_it.service_id = s.id and c.removal_date is null order by check_id) as checks,
        array(select m.service_status from maintenance_services on_it join maintenances m on m.id = on_it.maintenance_id
          where on_it.service_id = s.id and m.status = 'in-progress' and m.deleted_at is null) as statuses,
        ${someFollow(accountId)} as followed
      from services s left join scopes on scopes.id = s.scope_id
      where s.account_id = ${accountId} and s.id = any(${ids}::int[]) and s.removal_date is null
      union all
      select s.id, at, s.name, s.status, s.description, s.visibility, s.owners, null, '{}', '{}', false
      from changes c join services s on s.account_id = ${accountId} and lower(s.name) = lower(c.name)
        and s.scope_id = c.scope_id and s.removal_date is null
      union all
      select s.id, at, s.name, s.status, s.description, s.visibility, s.owners, null, '{}', '{}', false
      from changes c join services s on s.account_id = ${accountId} and lower(s.name) = lower(c.name)
        and c.scope_id is null and s.scope_id is null and s.removal_date is null`,
  );
  return {
    byId: new Map(rows.flatMap(({ at, followed: _, ...row }) => (at === null ? [[row.id, toStored(row)]] : []))),
    named: new Map(rows.flatMap(({ at, id }) => (at === null ? [] : [[at - 1, id]]))),
    followed: rows.some(({ followed }) => followed),
  };
}

function toStored({ status, statuses, ...row }: Omit<Row, 'at' | 'followed'>): StoredService {
  const visibility = readVisibility(row.visibility);
  const scope = row.scope && { ...row.scope, visibility: readVisibility(row.scope.visibility) };
  return {
    ...row,
    visibility,
    scope,
    audience: serviceAudience({ visibility, scope }),
    status: effectiveStatus(readServiceStatus(status), statuses.map(readServiceStatus)),
  };
}

const COLUMNS = ['id', 'account_id', 'scope_id', 'name', 'description', 'visibility', 'owners'] as const;
const INSERT = insertion('services', COLUMNS);
const UPDATE = updating('services', ['account_id', 'id'], COLUMNS);

export type WantedService = Pick<ServiceSettings, 'name' | 'description' | 'visibility' | 'owners'> & {
  readonly scopeId: number | null;
};

/** @param isNew otherwise it is there, locked */
export async function writeService(tx: Queries, accountId: number, id: number, service: WantedService, isNew: boolean) {
  const { scopeId: scope_id, name, description, visibility, owners } = service;
  const row = { id, account_id: accountId, scope_id, name, description, visibility, owners };
  const change = serviceChange(accountId, { id, name, scopeId: scope_id, visibility }, isNew);
  await write(tx, isNew ? INSERT : UPDATE, String(id), row, change);
}

/** Keeps the rows, as past maintenances name the services. Their checks stay, in other services or in none. */
export async function removeServiceRows(tx: Queries, accountId: number, ids: readonly number[], now: Date) {
  await execute(
    tx,
    sql`
      with removed as (select unnest(${[...ids]}::int[]) as id),
        detached as (delete from service_checks where account_id = ${accountId} and service_id in (select id from removed)),
        unsubscribed as (delete from subscriptions where account_id = ${accountId} and service_id in (select id from removed))
      update services set removal_date = ${now} where account_id = ${accountId} and id in (select id from removed)`,
  );
}

/** The ids of the services that a person owns. @param personId a Slack user id */
export async function listServicesOwnedBy(db: Queries, accountId: number, personId: string): Promise<number[]> {
  const where = { accountId, removedAt: null, owners: { has: personId } };
  const rows = await db.service.findMany({ where, orderBy: [...byName], select: { id: true } });
  return rows.map(({ id }) => id);
}
