import type { Audience } from '../domain/audience.ts';
import { Prisma } from './client/client.ts';

// The rules of domain/audience, as conditions on rows: what an audience may not see is never read.

const OPEN = { visibility: 'public' };
const IN_NO_CLOSED_SCOPE = { OR: [{ scopeId: null }, { scope: OPEN }] };

const PUBLIC_SERVICE = { ...OPEN, ...IN_NO_CLOSED_SCOPE };
const ON_NO_SERVICE_OR_A_PUBLIC_ONE = {
  OR: [{ services: { none: {} } }, { services: { some: { service: PUBLIC_SERVICE } } }],
};
const PUBLIC_WINDOW = { ...OPEN, AND: [IN_NO_CLOSED_SCOPE, ON_NO_SERVICE_OR_A_PUBLIC_ONE] };

/** To be put under `AND`, as each of these: they may hold an `OR` of their own. */
export function scopesFor(audience: Audience): Prisma.ScopeWhereInput {
  return audience === 'internal' ? {} : OPEN;
}

export function servicesFor(audience: Audience): Prisma.ServiceWhereInput {
  return audience === 'internal' ? {} : PUBLIC_SERVICE;
}

export function maintenancesFor(audience: Audience): Prisma.MaintenanceWhereInput {
  return audience === 'internal' ? {} : PUBLIC_WINDOW;
}

export function seriesFor(audience: Audience): Prisma.SeriesWhereInput {
  return audience === 'internal' ? {} : PUBLIC_WINDOW;
}

export function commentsFor(audience: Audience): Prisma.CommentWhereInput {
  return audience === 'internal' ? {} : { internal: false, maintenance: PUBLIC_WINDOW };
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
