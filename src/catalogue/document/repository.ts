import { listChecks } from '../../checks/repository.ts';
import type { Queries } from '../../platform/database.ts';
import { listScopes } from '../scopes/repository.ts';
import { listServiceSettings } from '../services/repository.ts';
import { type Catalogue, fullName, subscriptionName } from './rules.ts';

/** The catalogue of an account as a document, with the ids of what is in it. */
export interface StoredCatalogue extends Catalogue {
  /**
   * By what tells it apart, in lower case: a scope and a service by name, a check by
   * `provider:external id`, a subscription by what it is to.
   */
  readonly ids: {
    readonly scopes: ReadonlyMap<string, number>;
    readonly services: ReadonlyMap<string, number>;
    readonly checks: ReadonlyMap<string, string>;
    readonly subscriptions: ReadonlyMap<string, number>;
  };
}

export async function readCatalogue(db: Queries, accountId: number): Promise<StoredCatalogue> {
  const scopes = await listScopes(db, accountId);
  const services = await listServiceSettings(db, accountId);
  const checks = await listChecks(db, accountId);
  const subscriptions = await db.subscription.findMany({
    where: { accountId },
    orderBy: { id: 'asc' },
    select: { id: true, channel: true, audience: true, scopeId: true, serviceId: true },
  });
  const scopeNames = new Map(scopes.map(({ id, name }) => [id, name]));
  const serviceNames = new Map(
    services.map(({ id, name, scope }) => [id, fullName({ name, scope: scope?.name ?? null })]),
  );
  const named = <K>(names: ReadonlyMap<K, string>, id: K | null) => (id === null ? null : (names.get(id) ?? null));
  const heard = subscriptions.map(({ id, channel, audience, scopeId, serviceId }) => ({
    id,
    channel,
    audience: audience === 'internal' ? ('internal' as const) : ('public' as const),
    scope: named(scopeNames, scopeId),
    service: named(serviceNames, serviceId),
  }));
  return {
    scopes: scopes.map(({ id: _, ...scope }) => scope),
    services: services.map(({ name, scope, description, visibility, owners }) => ({
      name,
      scope: scope?.name ?? null,
      description,
      visibility,
      owners,
    })),
    checks: checks.map(({ provider, externalId, name, tags, services }) => ({
      provider,
      externalId,
      name,
      tags,
      services: services.flatMap((id) => serviceNames.get(id) ?? []).sort(),
    })),
    subscriptions: heard.map(({ id: _, ...subscription }) => subscription),
    ids: {
      scopes: new Map(scopes.map(({ id, name }) => [name.toLowerCase(), id])),
      services: new Map([...serviceNames].map(([id, name]) => [name.toLowerCase(), id])),
      checks: new Map(checks.map(({ id, provider, externalId }) => [`${provider}:${externalId}`.toLowerCase(), id])),
      subscriptions: new Map(heard.map(({ id, ...each }) => [subscriptionName(each).toLowerCase(), id])),
    },
  };
}
