import { Prisma } from '../../../prisma/client/client.ts';
import type { Limited, Reader } from '../../core/permissions.ts';

// The rules of domain/audience, as conditions on rows: what somebody may not see is never read.

const OPEN = { visibility: 'public' };
const IN_NO_CLOSED_SCOPE = { OR: [{ scopeId: null }, { scope: OPEN }] };

const PUBLIC_SERVICE = { ...OPEN, ...IN_NO_CLOSED_SCOPE };
const ON_NO_SERVICE_OR_A_PUBLIC_ONE = {
  OR: [{ services: { none: {} } }, { services: { some: { service: PUBLIC_SERVICE } } }],
};
const PUBLIC_WINDOW = { ...OPEN, AND: [IN_NO_CLOSED_SCOPE, ON_NO_SERVICE_OR_A_PUBLIC_ONE] };

const within = (scopes: readonly number[]) => ({ scopeId: { in: [...scopes] } });

/** A window touches a scope when it is in it, or on a service in it, or on a check of such a service. */
function touching(scopes: readonly number[]) {
  const service = within(scopes);
  const check = { check: { services: { some: { service } } } };
  return { OR: [within(scopes), { services: { some: { service } } }, { checks: { some: check } }] };
}

/** To be put under `AND`, as each of these: they may hold an `OR` of their own. */
export function visibleScopes(reader: Reader): Prisma.ScopeWhereInput {
  if (reader === 'internal') return {};
  return reader === 'public' ? OPEN : { id: { in: [...reader.scopes] } };
}

export function visibleServices(reader: Reader): Prisma.ServiceWhereInput {
  if (reader === 'internal') return {};
  return reader === 'public' ? PUBLIC_SERVICE : within(reader.scopes);
}

/** Checks are internal: nobody outside hears of one. */
export function visibleChecks(reader: Limited | 'internal'): Prisma.CheckWhereInput {
  return reader === 'internal' ? {} : { services: { some: { service: within(reader.scopes) } } };
}

/** What is deleted is there for nobody. */
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

/** Freezes are internal. Those of everything concern everybody in the account. */
export function visibleFreezes(reader: Limited | 'internal'): Prisma.FreezeWhereInput {
  return reader === 'internal' ? {} : { OR: [{ scopeId: null }, within(reader.scopes)] };
}

/** Subscriptions are internal. Of everything they say nothing of a scope. */
export function visibleSubscriptions(reader: Limited | 'internal'): Prisma.SubscriptionWhereInput {
  return reader === 'internal' ? {} : { OR: [within(reader.scopes), { service: within(reader.scopes) }] };
}

/** The rule for a maintenance, as a condition in SQL on a row of `maintenances` that is called `m` there. */
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
