import { readAudience } from '../../maintenance/repository/announcements.ts';
import { readVisibility } from '../../maintenance/rules/visibility.ts';
import type { Queries } from '../../platform/database.ts';
import { queryRows, sql } from '../../platform/sql.ts';
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

/** An entry of a section as it is stored. */
type Row<Section extends keyof Catalogue, Stored> = Omit<Catalogue[Section][number], keyof Stored> & Stored;
type StoredEntry = { readonly id: number; readonly visibility: string };
type StoredCheck = { readonly id: string; readonly services: readonly number[] };
type StoredSubscription = { readonly id: number; readonly audience: string; readonly service: number | null };

/** Hand-written statements, because a catalogue can have thousands of entries. By name, subscriptions as added. */
export async function readCatalogue(db: Queries, accountId: number): Promise<StoredCatalogue> {
  const scopes = await queryRows<Row<'scopes', StoredEntry>>(
    db,
    sql`
      select id, name, description, visibility, reminders, requires_approval as "requiresApproval"
      from scopes where account_id = ${accountId} and removal_date is null order by name, id`,
  );
  const services = await queryRows<Row<'services', StoredEntry>>(
    db,
    sql`
      select s.id, s.name, scopes.name as scope, s.description, s.visibility, s.owners
      from services s left join scopes on scopes.id = s.scope_id
      where s.account_id = ${accountId} and s.removal_date is null order by s.name, s.id`,
  );
  const serviceNames = new Map(services.map((service) => [service.id, fullName(service)]));
  const checks = await readStoredChecks(db, accountId, serviceNames);
  const subscriptions = await readStoredSubscriptions(db, accountId, serviceNames);
  return {
    scopes: scopes.map(({ id: _, visibility, ...scope }) => ({ ...scope, visibility: readVisibility(visibility) })),
    services: services.map(({ id: _, visibility, ...service }) => {
      return { ...service, visibility: readVisibility(visibility) };
    }),
    checks: checks.map(({ id: _, ...check }) => check),
    subscriptions: subscriptions.map(({ id: _, ...subscription }) => subscription),
    ids: {
      scopes: new Map(scopes.map(({ id, name }) => [name.toLowerCase(), id])),
      services: new Map(services.map((service) => [fullName(service).toLowerCase(), service.id])),
      checks: new Map(checks.map(({ id, provider, externalId }) => [`${provider}:${externalId}`.toLowerCase(), id])),
      subscriptions: new Map(subscriptions.map((each) => [subscriptionName(each).toLowerCase(), each.id])),
    },
  };
}

async function readStoredChecks(db: Queries, accountId: number, serviceNames: ReadonlyMap<number, string>) {
  const rows = await queryRows<Row<'checks', StoredCheck>>(
    db,
    sql`
      select id, provider, external_id as "externalId", name, tags,
        array(select service_id from service_checks where account_id = checks.account_id and check_id = checks.id)
          as services
      from checks where account_id = ${accountId} and removal_date is null order by name, id`,
  );
  return rows.map(({ services, ...check }) => {
    return { ...check, services: services.flatMap((id) => serviceNames.get(id) ?? []).sort() };
  });
}

async function readStoredSubscriptions(db: Queries, accountId: number, serviceNames: ReadonlyMap<number, string>) {
  const rows = await queryRows<Row<'subscriptions', StoredSubscription>>(
    db,
    sql`
      select s.id, channel, audience, scopes.name as scope, service_id as service
      from subscriptions s left join scopes on scopes.id = s.scope_id and scopes.removal_date is null
      where s.account_id = ${accountId} order by s.id`,
  );
  return rows.map(({ audience, service, ...row }) => ({
    ...row,
    audience: readAudience(audience),
    service: (service !== null && serviceNames.get(service)) || null,
  }));
}
