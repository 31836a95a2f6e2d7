import { Prisma } from '../../../prisma/client/client.ts';
import type { Limited, Reader } from '../../core/permissions.ts';
import { sql } from '../../platform/sql.ts';

const { raw } = Prisma;

// The rules of rules/visibility.ts as conditions on rows: what somebody cannot see is never read.

const PUBLIC = { visibility: 'public' };
const IN_PUBLIC_SCOPE = { OR: [{ scopeId: null }, { scope: PUBLIC }] };

const PUBLIC_SERVICE = { ...PUBLIC, ...IN_PUBLIC_SCOPE };
const ON_PUBLIC_SERVICE = {
  OR: [{ services: { none: {} } }, { services: { some: { service: PUBLIC_SERVICE } } }],
};
const PUBLIC_WINDOW = { ...PUBLIC, AND: [IN_PUBLIC_SCOPE, ON_PUBLIC_SERVICE] };

const within = (scopes: readonly number[]) => ({ scopeId: { in: [...scopes] } });

/** In one of these scopes, on a service in one, or on a check of such a service. */
function touching(scopes: readonly number[]) {
  const service = within(scopes);
  const check = { check: { services: { some: { service } } } };
  return { OR: [within(scopes), { services: { some: { service } } }, { checks: { some: check } }] };
}

/** To be used under `AND`, as all of these conditions: they may have an `OR`. */
export function visibleScopes(reader: Reader): Prisma.ScopeWhereInput {
  if (reader === 'internal') return {};
  return reader === 'public' ? PUBLIC : { id: { in: [...reader.scopes] } };
}

export function visibleServices(reader: Reader): Prisma.ServiceWhereInput {
  if (reader === 'internal') return {};
  return reader === 'public' ? PUBLIC_SERVICE : within(reader.scopes);
}

export function visibleChecks(reader: Limited | 'internal'): Prisma.CheckWhereInput {
  return reader === 'internal' ? {} : { services: { some: { service: within(reader.scopes) } } };
}

export function visibleMaintenances(reader: Reader): Prisma.MaintenanceWhereInput {
  if (reader === 'internal') return { deletedAt: null };
  return { deletedAt: null, ...(reader === 'public' ? PUBLIC_WINDOW : touching(reader.scopes)) };
}

export function visibleComments(reader: Reader): Prisma.CommentWhereInput {
  if (reader === 'internal') return {};
  return reader === 'public' ? { internal: false, maintenance: visibleMaintenances(reader) } : {};
}

/** Freezes without a scope are visible to everybody in the account. */
export function visibleFreezes(reader: Limited | 'internal'): Prisma.FreezeWhereInput {
  return reader === 'internal' ? {} : { OR: [{ scopeId: null }, within(reader.scopes)] };
}

// The same in SQL. The aliases are `m` for `maintenances`, `r` for `series`, and `s` for `services`.

const inPublicScope = (scopeId: Prisma.Sql) =>
  sql`not exists (select from scopes where scopes.id = ${scopeId} and scopes.visibility <> 'public')`;

/** Whether a reader may see subscription `sub`. */
export function isVisibleSubscription(reader: Limited | 'internal'): Prisma.Sql {
  if (reader === 'internal') return sql`true`;
  const scopes = sql`any(${[...reader.scopes]}::int[])`;
  return sql`(sub.scope_id = ${scopes}
    or exists (select from services s where s.id = sub.service_id and s.scope_id = ${scopes}))`;
}

/** Whether a service is public. */
export const isPublicService = sql`s.visibility = 'public' and ${inPublicScope(sql`s.scope_id`)}`;

/** The relations of a maintenance and of a series have the same names, except for a prefix. */
export const WINDOWS = { m: 'maintenance', r: 'series' } as const;
export type WindowAlias = keyof typeof WINDOWS;

export function onService(alias: WindowAlias, service: Prisma.Sql) {
  const [table, id] = [raw(`${WINDOWS[alias]}_services`), raw(`${WINDOWS[alias]}_id`)];
  return sql`exists (
    select from ${table} on_it join services s on s.id = on_it.service_id
    where on_it.${id} = ${raw(alias)}.id and ${service})`;
}

function isPublicWindow(alias: WindowAlias) {
  const window = raw(alias);
  const [table, id] = [raw(`${WINDOWS[alias]}_services`), raw(`${WINDOWS[alias]}_id`)];
  // Null without services. An aggregate, as PostgreSQL may read the services of all windows for `exists`.
  return sql`(
    ${window}.visibility = 'public' and ${inPublicScope(sql`${window}.scope_id`)} and (
      select bool_or(${isPublicService}) from ${table} on_it join services s on s.id = on_it.service_id
      where on_it.${id} = ${window}.id) is not false)`;
}

/** Whether a maintenance is public. */
export const isPublic = isPublicWindow('m');

/** Whether a window is in one of these scopes, or on a service or a check in one. */
export function touches(alias: WindowAlias, scopes: readonly number[]) {
  const window = raw(alias);
  const [table, id] = [raw(`${WINDOWS[alias]}_checks`), raw(`${WINDOWS[alias]}_id`)];
  const inScope = sql`s.scope_id = any(${[...scopes]}::int[])`;
  return sql`(${window}.scope_id = any(${[...scopes]}::int[]) or ${onService(alias, inScope)} or exists (
    select from ${table} named join service_checks using (check_id) join services s on s.id = service_checks.service_id
    where named.${id} = ${window}.id and ${inScope}))`;
}

function seesWindow(reader: Reader, alias: WindowAlias): Prisma.Sql {
  if (reader === 'internal') return sql`true`;
  if (reader === 'public') return isPublicWindow(alias);
  const limit = sql`${raw(alias)}.limited_to`;
  return sql`(${touches(alias, reader.scopes)} or ${limit} <> '{}' and ${limit} <@ ${[...reader.scopes]}::int[])`;
}

export const seesMaintenance = (reader: Reader): Prisma.Sql => seesWindow(reader, 'm');

export const seesSeries = (reader: Reader): Prisma.Sql => seesWindow(reader, 'r');

/** Whether the reader sees the series of a maintenance. */
export function seesSeriesOf(reader: Reader): Prisma.Sql {
  if (reader === 'internal') return sql`m.series_id is not null`;
  return sql`exists (select from series r where r.id = m.series_id and ${seesWindow(reader, 'r')})`;
}

/** Which of its scope, services and named checks a window shows to a reader that sees it; undefined: all. */
export function shownParts(reader: Reader) {
  if (reader === 'internal' || reader === 'public') return undefined;
  const scopes = sql`any(${[...reader.scopes]}::int[])`;
  return {
    isScope: (id: Prisma.Sql) => sql`${id} = ${scopes}`,
    isService: sql`s.scope_id = ${scopes}`,
    isCheck: (id: Prisma.Sql) => sql`exists (
      select from service_checks its join services s on s.id = its.service_id
      where its.check_id = ${id} and s.scope_id = ${scopes})`,
  };
}

export function seesService(reader: Reader): Prisma.Sql {
  if (reader === 'internal') return sql`true`;
  return reader === 'public' ? isPublicService : sql`s.scope_id = any(${[...reader.scopes]}::int[])`;
}
