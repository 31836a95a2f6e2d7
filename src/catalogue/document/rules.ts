import type { Problem } from '../../core/errors.ts';
import { type Difference, difference, type Fields } from '../../core/merge.ts';
import type { Audience } from '../../core/permissions.ts';
import type { Visibility } from '../../maintenance/rules/status.ts';
import { listedTwice } from '../errors.ts';

/** What there is to maintain, and which channels hear of it, as one document. Things are told apart by their names. */
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

/** What a channel hears of: `C0123456789 to service Production/api`. */
export function subscriptionName({
  channel,
  scope,
  service,
}: Pick<CatalogueSubscription, 'channel' | 'scope' | 'service'>): string {
  if (service !== null) return `${channel} to service ${service}`;
  return scope === null ? `${channel} to everything` : `${channel} to scope ${scope}`;
}

export type Section = keyof Catalogue;
export const SECTIONS = ['scopes', 'services', 'checks', 'subscriptions'] as const satisfies readonly Section[];

/** A service as the document and people name it: `Production/api`, or `api` where it is in no scope. */
export function fullName({ name, scope }: { readonly name: string; readonly scope: string | null }): string {
  return scope === null ? name : `${scope}/${name}`;
}

/** One thing that is in another state than the document says. */
export interface Change<T> {
  readonly name: string;
  /** What there is; undefined: it is to be added. */
  readonly before: T | undefined;
  /** What there is to be; undefined: it is to be removed. */
  readonly after: T | undefined;
  /** The fields that differ, as the HTTP interface names them. */
  readonly fields: Difference<Fields>;
}

export type Changes = { readonly [S in Section]: readonly Change<Catalogue[S][number]>[] };

/** How things of a section are told apart, whatever the case of their names, and what is said of them. */
interface Kind<T> {
  readonly name: (thing: T) => string;
  readonly fields: (thing: T) => Fields;
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

/** The same name is another one in another case, but an id is not. */
const sameName = (name: string) => name.trim().toLowerCase();

/**
 * What has to be done to bring the catalogue to what a document says. A section that the document leaves out stays as it is;
 * of one that it has, what is not in it is removed.
 */
export function catalogueChanges(present: Catalogue, wanted: Partial<Catalogue>): Changes {
  return {
    scopes: changesIn(KINDS.scopes, present.scopes, wanted.scopes),
    services: changesIn(KINDS.services, present.services, wanted.services),
    checks: changesIn(KINDS.checks, present.checks, wanted.checks),
    subscriptions: changesIn(KINDS.subscriptions, present.subscriptions, wanted.subscriptions),
  };
}

function changesIn<T>(
  { name, fields }: Kind<T>,
  present: readonly T[],
  wanted: readonly T[] | undefined,
): readonly Change<T>[] {
  if (wanted === undefined) return [];
  const there = new Map(present.map((thing) => [sameName(name(thing)), thing]));
  const changes: Change<T>[] = [];
  for (const after of wanted) {
    const before = there.get(sameName(name(after)));
    there.delete(sameName(name(after)));
    const differing = difference(before === undefined ? {} : fields(before), fields(after));
    if (differing !== undefined) changes.push({ name: name(after), before, after, fields: differing });
  }
  for (const before of there.values()) {
    changes.push({ name: name(before), before, after: undefined, fields: { before: fields(before), after: {} } });
  }
  return changes;
}

/** What a document has twice. */
export function validateCatalogue({ scopes, services, checks, subscriptions }: Partial<Catalogue>): Problem[] {
  return [
    ...twice('scopes', KINDS.scopes, scopes),
    ...twice('services', KINDS.services, services),
    ...twice('checks', KINDS.checks, checks),
    ...twice('subscriptions', KINDS.subscriptions, subscriptions),
  ];
}

function twice<T>(section: Section, { name }: Kind<T>, things: readonly T[] = []): Problem[] {
  const seen = new Set<string>();
  return things.flatMap((thing, index): Problem[] => {
    const key = sameName(name(thing));
    if (seen.size !== seen.add(key).size) return [];
    const field = `${section}.${index}`;
    return [listedTwice.at(field, { name: name(thing) })];
  });
}
