import { listChecks } from '../../checks/repository.ts';
import { readAudience } from '../../maintenance/repository/announcements.ts';
import type { Queries } from '../../platform/database.ts';
import { byName } from '../../platform/rows.ts';
import { listScopes } from '../scopes/repository.ts';
import { readServices } from '../services/repository.ts';
import { type Catalogue, fullName, subscriptionName } from './rules.ts';

interface StoredCatalogue extends Catalogue {
  /** By what identifies them in the document, in lower case. */
  readonly ids: {
    readonly scopes: ReadonlyMap<string, number>;
    readonly services: ReadonlyMap<string, number>;
    readonly checks: ReadonlyMap<string, string>;
    readonly subscriptions: ReadonlyMap<string, number>;
  };
}

export async function readCatalogue(db: Queries, accountId: number): Promise<StoredCatalogue> {
  const scopes = await listScopes(db, accountId);
  const stored = await readServices(db, 'internal', { where: { accountId, removedAt: null }, orderBy: [...byName] });
  const services = stored.map(({ scope, ...service }) => ({ ...service, scope: scope?.name ?? null }));
  const checks = await listChecks(db, accountId);
  const rows = await db.subscription.findMany({
    where: { accountId },
    orderBy: { id: 'asc' },
    select: { id: true, channel: true, audience: true, scopeId: true, serviceId: true },
  });
  const scopeNames = new Map(scopes.map(({ id, name }) => [id, name]));
  const serviceNames = new Map(services.map((service) => [service.id, fullName(service)]));
  const subscriptions = rows.map(({ id, channel, audience, scopeId, serviceId }) => ({
    id,
    channel,
    audience: readAudience(audience),
    scope: (scopeId !== null && scopeNames.get(scopeId)) || null,
    service: (serviceId !== null && serviceNames.get(serviceId)) || null,
  }));
  return {
    scopes: scopes.map(({ id: _, ...scope }) => scope),
    services: services.map(({ name, scope, description, visibility, owners }) => {
      return { name, scope, description, visibility, owners };
    }),
    checks: checks.map(({ provider, externalId, name, tags, services: ids }) => {
      const services = ids.flatMap((id) => serviceNames.get(id) ?? []).sort();
      return { provider, externalId, name, tags, services };
    }),
    subscriptions: subscriptions.map(({ id: _, ...subscription }) => subscription),
    ids: {
      scopes: new Map(scopes.map(({ id, name }) => [name.toLowerCase(), id])),
      services: new Map(services.map((service) => [fullName(service).toLowerCase(), service.id])),
      checks: new Map(checks.map(({ id, provider, externalId }) => [`${provider}:${externalId}`.toLowerCase(), id])),
      subscriptions: new Map(subscriptions.map(({ id, ...each }) => [subscriptionName(each).toLowerCase(), id])),
    },
  };
}
