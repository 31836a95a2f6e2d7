import type { Problem } from '../../core/errors.ts';
import { type Difference, difference, type Fields } from '../../core/merge.ts';
import type { Audience } from '../../core/permissions.ts';
import type { Visibility } from '../../maintenance/rules/status.ts';
import { listedTwice } from '../errors.ts';

/** What can be maintained, and which channels are notified, as one document. Names identify the entries. */
export interface Catalogue {
  readonly scopes: readonly CatalogueScope[];
  readonly services: readonly CatalogueService[];
  readonly checks: readonly CatalogueCheck[];
  readonly subscriptions: readonly CatalogueSubscription[];
}

export interface CatalogueScope {
  readonly name: string;
  readonly description: string;
  readonly visibility: Visibility;
  /** Minutes before the start. */
  readonly reminders: readonly number[];
  readonly requiresApproval: boolean;
}

export interface CatalogueService {
  readonly name: string;
  /** The name of its scope; null: in none. */
  readonly scope: string | null;
  readonly description: string;
  readonly visibility: Visibility;
  /** Slack user ids. */
  readonly owners: readonly string[];
}

export interface CatalogueCheck {
  readonly provider: string;
  readonly externalId: string;
  readonly name: string;
  readonly tags: readonly string[];
  /** Its services by their full names (`fullName`). */
  readonly services: readonly string[];
}

export interface CatalogueSubscription {
  /** A Slack channel id. */
  readonly channel: string;
  readonly audience: Audience;
  /** At most one of both is set; neither: everything. The service by its full name. */
  readonly scope: string | null;
  readonly service: string | null;
}

type SubscriptionKey = Pick<CatalogueSubscription, 'channel' | 'scope' | 'service'>;

/** What identifies a subscription: `C0123456789 to service Production/api`. */
export function subscriptionName({ channel, scope, service }: SubscriptionKey): string {
  if (service !== null) return `${channel} to service ${service}`;
  return scope === null ? `${channel} to everything` : `${channel} to scope ${scope}`;
}

export type Section = keyof Catalogue;
export const SECTIONS = ['scopes', 'services', 'checks', 'subscriptions'] as const satisfies readonly Section[];

/** What identifies a service: `Production/api`, or `api` if it is in no scope. */
export function fullName({ name, scope }: { readonly name: string; readonly scope: string | null }): string {
  return scope === null ? name : `${scope}/${name}`;
}

/** A difference between the catalogue and a document. */
export interface Change<T> {
  readonly name: string;
  /** undefined: it is new. */
  readonly before: T | undefined;
  /** undefined: it is removed. */
  readonly after: T | undefined;
  /** The changed fields, with the names of the HTTP API. */
  readonly fields: Difference<Fields>;
}

export type Changes = { readonly [S in Section]: readonly Change<Catalogue[S][number]>[] };

interface Kind<T> {
  /** What identifies an entry, ignoring case. */
  readonly name: (entry: T) => string;
  readonly fields: (entry: T) => Fields;
}

const KINDS: { readonly [S in Section]: Kind<Catalogue[S][number]> } = {
  scopes: {
    name: ({ name }) => name,
    fields: ({ requiresApproval, reminders, ...scope }) => ({
      ...scope,
      reminders: [...reminders].sort((a, b) => b - a),
      requires_approval: requiresApproval,
    }),
  },
  services: { name: fullName, fields: ({ owners, ...service }) => ({ ...service, owners: [...owners] }) },
  checks: {
    name: ({ provider, externalId }) => `${provider}:${externalId}`,
    fields: ({ externalId, tags, services, ...check }) => ({
      ...check,
      external_id: externalId,
      tags: [...tags],
      services: [...services].sort(),
    }),
  },
  subscriptions: {
    name: subscriptionName,
    fields: ({ channel, audience, scope, service }) => ({ channel, audience, scope, service }),
  },
};

/** What names of the same entry have in common. */
export const toKey = (name: string) => name.trim().toLowerCase();

/**
 * What has to change for the catalogue to match a document. Entries that a section of the document does not contain are
 * removed; absent sections stay as they are.
 */
export function catalogueChanges(stored: Catalogue, wanted: Partial<Catalogue>): Changes {
  return {
    scopes: changesIn(KINDS.scopes, stored.scopes, wanted.scopes),
    services: changesIn(KINDS.services, stored.services, wanted.services),
    checks: changesIn(KINDS.checks, stored.checks, wanted.checks),
    subscriptions: changesIn(KINDS.subscriptions, stored.subscriptions, wanted.subscriptions),
  };
}

function changesIn<T>({ name, fields }: Kind<T>, stored: readonly T[], wanted?: readonly T[]): readonly Change<T>[] {
  if (wanted === undefined) return [];
  const rest = new Map(stored.map((entry) => [toKey(name(entry)), entry]));
  const changes: Change<T>[] = [];
  for (const after of wanted) {
    const key = toKey(name(after));
    const before = rest.get(key);
    rest.delete(key);
    const changed = difference(before === undefined ? {} : fields(before), fields(after));
    if (changed !== undefined) changes.push({ name: name(after), before, after, fields: changed });
  }
  for (const before of rest.values()) {
    changes.push({ name: name(before), before, after: undefined, fields: { before: fields(before), after: {} } });
  }
  return changes;
}

/** A problem for each entry that a document contains twice. */
export function validateCatalogue({ scopes, services, checks, subscriptions }: Partial<Catalogue>): Problem[] {
  return [
    ...findDuplicates('scopes', KINDS.scopes, scopes),
    ...findDuplicates('services', KINDS.services, services),
    ...findDuplicates('checks', KINDS.checks, checks),
    ...findDuplicates('subscriptions', KINDS.subscriptions, subscriptions),
  ];
}

function findDuplicates<T>(section: Section, { name }: Kind<T>, entries: readonly T[] = []): Problem[] {
  const known = new Set<string>();
  return entries.flatMap((entry, index) => {
    const isNew = known.size < known.add(toKey(name(entry))).size;
    return isNew ? [] : [listedTwice.at(`${section}.${index}`, { name: name(entry) })];
  });
}
