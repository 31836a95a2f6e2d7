import { Prisma } from '../../../prisma/client/client.ts';
import type { Approval } from '../../approvals/rules.ts';
import type { FiltersOf } from '../../core/fields.ts';
import type { Reader } from '../../core/permissions.ts';
import { escapeLike, searchText } from '../../platform/rows.ts';
import { sql } from '../../platform/sql.ts';
import { CONTENT_FIELDS } from '../fields.ts';
import type { Status } from '../rules/status.ts';
import {
  onService as isOnService,
  seesMaintenance,
  seesSeriesOf,
  seesService,
  WINDOWS,
  type WindowAlias,
} from './visibility.ts';

const { join, raw } = Prisma;

/** The values of one list are alternatives, and all lists apply. Instants are UTC. */
export interface MaintenanceSearch {
  readonly statuses?: readonly Status[] | undefined;
  /** Of the maintenance, or of one of its services. */
  readonly scopes?: readonly number[] | undefined;
  readonly services?: readonly number[] | undefined;
  readonly content?: FiltersOf<typeof CONTENT_FIELDS>;
  readonly series?: readonly number[] | undefined;
  /** Anywhere in a searched field, in any case; or the whole key. */
  readonly texts?: readonly string[] | undefined;
  /** Of the planned start and end. */
  readonly startBefore?: Date | undefined;
  readonly startAfter?: Date | undefined;
  readonly endBefore?: Date | undefined;
  readonly endAfter?: Date | undefined;
  readonly updatedAfter?: Date | undefined;
}

export interface MaintenanceFilter extends MaintenanceSearch {
  /** Only those that the reader can see, found by what the reader can see of them. */
  readonly reader?: Reader;
  /** Only those that await the approval of a person other than those who requested them, such as this one. */
  readonly approvableBy?: string;
  /** In the name, in any case. */
  readonly matching?: string;
  /** The window ends after this instant, or is planned to. */
  readonly endsAfter?: Date;
  /** The window started before this instant, or was planned to. */
  readonly startsBefore?: Date;
  readonly owner?: string;
  /** Only those made through the NodePing interface. */
  readonly adHoc?: true;
}

/** The condition on a row of `maintenances` with the alias `m`. */
export function toCondition(accountId: number, filter: MaintenanceFilter): Prisma.Sql {
  const { reader = 'internal', statuses, scopes, services, content = {}, series, texts, matching } = filter;
  const { startBefore, startAfter, endBefore, endAfter, updatedAfter, endsAfter, startsBefore } = filter;
  const { approvableBy, owner, adHoc } = filter;
  const conditions = [
    sql`m.account_id = ${accountId}`,
    sql`m.deleted_at is null`,
    seesMaintenance(reader),
    // A constant: PostgreSQL knows how rare each status is.
    statuses && (statuses.length === 0 ? sql`false` : sql`m.status in (${raw(statuses.map(quote).join())})`),
    startAfter && sql`m.scheduled_start_date > ${startAfter}`,
    startBefore && sql`m.scheduled_start_date < ${startBefore}`,
    endAfter && sql`m.scheduled_end_date > ${endAfter}`,
    // The start is before the end, and has an index.
    endBefore && sql`m.scheduled_start_date < ${endBefore} and m.scheduled_end_date < ${endBefore}`,
    updatedAfter && sql`m.update_date > ${updatedAfter}`,
    matching === undefined ? undefined : sql`m.name ilike ${toPattern(matching)}`,
    owner === undefined ? undefined : sql`m.owner_id = ${owner}`,
    adHoc && sql`m.ad_hoc`,
    approvableBy === undefined
      ? undefined
      : sql`m.approval = ${'pending' satisfies Approval} and not ${approvableBy} = any(m.requested_by) and m.owner_id <> ${approvableBy}`,
    ...filterContent('m', content),
    ...filterPlace('m', { reader, services, scopes }),
    series && sql`m.series_id = any(${[...series]}::int[])`,
    series && seesSeriesOf(reader),
    texts && sql`(${join(texts.flatMap(containing), ' or ')})`,
    endsAfter && sql`(m.scheduled_end_date > ${endsAfter} or m.ends_at > ${endsAfter})`,
    startsBefore && sql`(m.scheduled_start_date < ${startsBefore} or m.start_date < ${startsBefore})`,
  ];
  return join(
    conditions.flatMap((condition) => condition ?? []),
    ' and ',
  );
}

/**
 * The rows of a filter, as `m`, and their condition. Those on some services are looked up one by one, as the others of an
 * account may be many times as many.
 */
export function toSource(accountId: number, filter: MaintenanceFilter) {
  const { services, reader = 'internal', ...others } = filter;
  if (services === undefined) return { source: sql`maintenances m`, condition: toCondition(accountId, filter) };
  const source = sql`(
    select distinct on_it.maintenance_id as id from maintenance_services on_it
    where on_it.account_id = ${accountId} and ${isAmong(services, reader)}
  ) found cross join lateral (select * from maintenances where maintenances.id = found.id offset 0) m`;
  return { source, condition: toCondition(accountId, { ...others, reader }) };
}

/** Of the row `on_it` of a window and a service: whether the service is one of these, as far as the reader can see it. */
function isAmong(services: readonly number[], reader: Reader): Prisma.Sql {
  const isOne = sql`on_it.service_id = any(${[...services]}::int[])`;
  if (reader === 'internal') return isOne;
  return sql`${isOne} and exists (select from services s where s.id = on_it.service_id and ${seesService(reader)})`;
}

const quote = (word: string) => `'${word}'`;
const toPattern = (text: string) => `%${escapeLike(searchText(text))}%`;

/** Of windows on these services, and in these scopes or on a service in one, as far as the reader can see that. */
export function filterPlace(
  alias: WindowAlias,
  { reader, services, scopes }: { readonly reader: Reader } & Pick<MaintenanceSearch, 'services' | 'scopes'>,
): Prisma.Sql[] {
  const onService = (service: Prisma.Sql) => isOnService(alias, sql`${service} and ${seesService(reader)}`);
  const isKnown = (id: number) => reader === 'internal' || reader === 'public' || reader.scopes.includes(id);
  const inScopes = (scopeId: Prisma.Sql) => sql`${scopeId} = any(${(scopes ?? []).filter(isKnown)}::int[])`;
  return [
    ...(services ? [onServices(alias, services, reader)] : []),
    ...(scopes ? [sql`(${inScopes(raw(`${alias}.scope_id`))} or ${onService(inScopes(sql`s.scope_id`))})`] : []),
  ];
}

function onServices(alias: WindowAlias, services: readonly number[], reader: Reader): Prisma.Sql {
  const [table, id] = [raw(`${WINDOWS[alias]}_services`), raw(`${WINDOWS[alias]}_id`)];
  // The offset keeps PostgreSQL from reading all windows on them, when few windows are asked.
  return sql`exists (
    select from ${table} on_it where on_it.${id} = ${raw(alias)}.id and ${isAmong(services, reader)} offset 0)`;
}

export function filterContent(alias: WindowAlias, filters: FiltersOf<typeof CONTENT_FIELDS>): Prisma.Sql[] {
  const byProperty: Readonly<Record<string, readonly (string | null)[] | undefined>> = filters;
  return Object.entries(CONTENT_FIELDS).flatMap(([property, { name }]) => {
    const values = byProperty[property];
    if (values === undefined) return [];
    const column = raw(`${alias}.${name}`);
    const [first, ...others] = values.filter((value) => value !== null).map(searchText);
    const isOne = others.length === 0 ? sql`${column} = ${first}` : sql`${column} = any(${[first, ...others]}::text[])`;
    if (!values.includes(null)) return [isOne];
    return [first === undefined ? sql`${column} is null` : sql`(${column} is null or ${isOne})`];
  });
}

const SEARCHED = Object.values(CONTENT_FIELDS).flatMap((field) =>
  field.kind === 'text' && 'search' in field ? [raw(`m.${field.name}`)] : [],
);

function containing(text: string): Prisma.Sql[] {
  const pattern = toPattern(text);
  return [...SEARCHED.map((column) => sql`${column} ilike ${pattern}`), sql`m.key = ${searchText(text).toUpperCase()}`];
}
