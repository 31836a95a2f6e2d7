import { Prisma } from '../../../prisma/client/client.ts';
import type { Limited, Reader } from '../../core/permissions.ts';

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
  return { deletedAt: null, ...windowsFor(reader) };
}

export function visibleSeries(reader: Reader): Prisma.SeriesWhereInput {
  return windowsFor(reader);
}

function windowsFor(reader: Reader) {
  if (reader === 'internal') return {};
  return reader === 'public' ? PUBLIC_WINDOW : touching(reader.scopes);
}

export function visibleComments(reader: Reader): Prisma.CommentWhereInput {
  if (reader === 'internal') return {};
  const maintenance = visibleMaintenances(reader);
  return reader === 'public' ? { internal: false, maintenance } : { maintenance };
}

/** Freezes without a scope are visible to everybody in the account. */
export function visibleFreezes(reader: Limited | 'internal'): Prisma.FreezeWhereInput {
  return reader === 'internal' ? {} : { OR: [{ scopeId: null }, within(reader.scopes)] };
}

export function visibleSubscriptions(reader: Limited | 'internal'): Prisma.SubscriptionWhereInput {
  return reader === 'internal' ? {} : { OR: [within(reader.scopes), { service: within(reader.scopes) }] };
}

/** Whether a maintenance is public, in SQL, for a row of `maintenances` with the alias `m`. */
export const isPublic = Prisma.sql`(
  m.visibility = 'public'
  and not exists (select 1 from scopes where scopes.id = m.scope_id and scopes.visibility <> 'public')
  and (
    not exists (select 1 from maintenance_services on_it where on_it.maintenance_id = m.id)
    or exists (
      select 1
      from maintenance_services on_it
      join services on services.id = on_it.service_id
      left join scopes its on its.id = services.scope_id
      where on_it.maintenance_id = m.id and services.visibility = 'public' and coalesce(its.visibility, 'public') = 'public')))`;
