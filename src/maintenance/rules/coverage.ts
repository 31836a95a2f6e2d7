import type { ChannelRef } from '../../channels.ts';
import type { Problem } from '../../core/errors.ts';
import type { Audience } from '../../core/permissions.ts';
import type { Interval } from '../../core/time.ts';
import type { Freeze } from '../../freezes/rules.ts';
import { referenceUnknown } from '../errors.ts';
import { isWithinLimit, type Limitable } from './limits.ts';
import { DEFAULT_REMINDERS_MINUTES } from './reminders.ts';
import type { Selector } from './selector.ts';
import type { Visibility } from './status.ts';
import { serviceAudience, windowAudience } from './visibility.ts';

/** What decides which scopes a window touches. */
export interface Touching extends Partial<Limitable> {
  readonly scopeId: number | null;
  readonly services: readonly number[];
  /** Those that it names; null: those of its services. */
  readonly checks: readonly string[] | null;
  /** `chosen`: the checks that it chose when the window began. */
  readonly selector?: (Selector & { readonly chosen?: readonly string[] | null }) | null;
  /** The scopes that require approval and for which it was approved; absent: as far as it will be. */
  readonly approvedScopes?: readonly number[] | undefined;
}

/** What decides where a maintenance is announced and which checks it covers. */
export interface Coverage extends Touching {
  readonly visibility: Visibility;
}

export interface Destination extends ChannelRef {
  readonly audience: Audience;
}

/** What to read of an account. */
export interface Need {
  readonly services?: readonly number[];
  readonly scopes?: readonly number[];
  readonly checks?: readonly string[];
  readonly selectors?: readonly string[];
  /** Addresses of channels that may have no subscription. */
  readonly channels?: readonly string[];
  /** Freezes that share time with this. */
  readonly between?: Interval;
}

/** Everything that several windows need. */
export function mergeNeeds(needs: readonly Need[]): Need {
  const spans = needs.flatMap(({ between }) => between ?? []);
  return {
    services: needs.flatMap(({ services = [] }) => services),
    scopes: needs.flatMap(({ scopes = [] }) => scopes),
    checks: needs.flatMap(({ checks = [] }) => checks),
    selectors: needs.flatMap(({ selectors = [] }) => selectors),
    channels: needs.flatMap(({ channels = [] }) => channels),
    ...(spans.length > 0 && { between: spanOf(spans) }),
  };
}

/** From the first start to the last end of windows, of which there is at least one. */
export function spanOf(windows: readonly Interval[]): Interval {
  return windows.reduce((span, { start, end }) => ({
    start: new Date(Math.min(span.start.getTime(), start.getTime())),
    end: new Date(Math.max(span.end.getTime(), end.getTime())),
  }));
}

/** What decides which checks windows cover, which rules apply to them and where they are announced. */
export interface Surroundings {
  readonly defaultChannel: ChannelRef | undefined;
  /** IANA zone. */
  readonly timezone: string;
  /** Minutes after a window when its checks are verified; 0: never. */
  readonly postCheckAfter: number;
  readonly services: ReadonlyMap<number, KnownService>;
  readonly scopes: ReadonlyMap<number, KnownScope>;
  readonly checks: ReadonlyMap<string, KnownCheck>;
  /** By the text of the selector: the ids of the checks that it chooses now. */
  readonly chosen: ReadonlyMap<string, readonly string[]>;
  readonly freezes: readonly Freeze[];
  /** In the order in which they were made. */
  readonly subscriptions: readonly KnownSubscription[];
  /** Those with a public subscription, as `channelKey` writes them. */
  readonly publicChannels: ReadonlySet<string>;
  readonly webhooks: readonly KnownWebhook[];
  /** Whether anybody may be looking at the App Home. */
  readonly hasHomes: boolean;
}

export interface KnownService {
  readonly id: number;
  readonly name: string;
  readonly scopeId: number | null;
  readonly visibility: Visibility;
  readonly removed: boolean;
  /** The ids of its checks. */
  readonly checks: readonly string[];
}

export interface KnownScope {
  readonly id: number;
  readonly name: string;
  readonly visibility: Visibility;
  /** Minutes before the start of a maintenance, longest first. */
  readonly reminders: readonly number[];
  readonly requiresApproval: boolean;
  readonly removed: boolean;
}

export interface KnownCheck {
  readonly id: string;
  readonly provider: string;
  /** Not removed, and its provider not disabled. */
  readonly mutable: boolean;
  readonly removed: boolean;
  /** The scopes of the services that it watches. */
  readonly scopes: readonly number[];
}

/** Without a service and a scope: to everything. */
interface KnownSubscription extends ChannelRef {
  readonly id: number;
  readonly serviceId: number | null;
  readonly scopeId: number | null;
}

interface KnownWebhook {
  readonly id: number;
  /** The types of events it wants; empty: all. */
  readonly events: readonly string[];
  readonly audience: Audience;
  /** Its last message could not be delivered. */
  readonly fails: boolean;
}

export const channelKey = ({ channelKind, channel }: ChannelRef) => `${channelKind} ${channel}`;

/** What must be known of the account to judge a window, to announce it, and to mute its checks. */
export function needOf({ scopeId, services, checks, selector }: Touching) {
  const chosen = selector?.chosen;
  return {
    services,
    scopes: scopeId === null ? [] : [scopeId],
    checks: [...(checks ?? []), ...(chosen ?? [])],
    selectors: selector && !chosen ? [selector.text] : [],
  } satisfies Need;
}

type Choosing = Pick<Touching, 'selector' | 'limitedTo'>;

/** The ids of the checks that the selector of a window chooses. */
export const chosenChecks = (around: Surroundings, { selector, limitedTo }: Choosing): readonly string[] =>
  selector ? withinLimit(around, selector.chosen ?? around.chosen.get(selector.text) ?? [], limitedTo) : [];

const withinLimit = ({ checks }: Surroundings, ids: readonly string[], limit: Touching['limitedTo']) =>
  limit == null ? ids : ids.filter((id) => isWithinLimit(checks.get(id)?.scopes ?? [], limit));

/**
 * The scope of a window, those of its services, and those of the services that the checks it names or chooses watch. A
 * selector chooses within the limit of its window.
 */
export function touchedScopes(around: Surroundings, window: Touching): KnownScope[] {
  const checks = [...(window.checks ?? []), ...chosenChecks(around, window)];
  const ids = new Set([
    window.scopeId,
    ...window.services.map((id) => around.services.get(id)?.scopeId ?? null),
    ...checks.flatMap((id) => around.checks.get(id)?.scopes ?? []),
  ]);
  return [...ids].flatMap((id) => (id === null ? [] : (around.scopes.get(id) ?? []))).sort((a, b) => a.id - b.id);
}

/** The scopes of the services and the checks that an edit adds. */
export function addedScopes(
  { services, checks }: Surroundings,
  before: Pick<Touching, 'services' | 'checks'>,
  after: Pick<Touching, 'services' | 'checks'>,
): number[] {
  return [
    ...after.services.flatMap((id) => (before.services.includes(id) ? [] : (services.get(id)?.scopeId ?? []))),
    ...(after.checks ?? []).flatMap((id) => (before.checks?.includes(id) ? [] : (checks.get(id)?.scopes ?? []))),
  ];
}

/** The ids of the checks that a window names, else those of its services; and those that its selector chooses. All within its limit. */
export function coveredChecks(
  around: Surroundings,
  window: Choosing & Pick<Touching, 'services' | 'checks'>,
): string[] {
  const named = window.checks ?? window.services.flatMap((id) => around.services.get(id)?.checks ?? []);
  return [...new Set([...withinLimit(around, named, window.limitedTo), ...chosenChecks(around, window)])];
}

/** The ids of the checks that a window covers and can mute, in order: none that a scope guards for which it was not approved. */
export function mutableChecks(around: Surroundings, window: Touching): string[] {
  const { approvedScopes } = window;
  const isApproved = (id: number) => !requiresApproval(around, id) || approvedScopes?.includes(id);
  return coveredChecks(around, window)
    .filter((id) => around.checks.get(id)?.mutable)
    .filter((id) => approvedScopes === undefined || around.checks.get(id)?.scopes.every(isApproved))
    .sort();
}

export function requiresApproval({ scopes }: Surroundings, id: number | null): boolean {
  return id !== null && scopes.get(id)?.requiresApproval === true;
}

/** The providers of these checks, in order. */
export function providersOf({ checks }: Surroundings, ids: readonly string[]): string[] {
  return [...new Set(ids.flatMap((id) => checks.get(id)?.provider ?? []))].sort();
}

/** The scope that all these services are in; null when they are in several, or in none. */
export function commonScope({ services }: Surroundings, ids: readonly number[]): number | null {
  const scopes = new Set(
    ids.flatMap((id) => {
      const service = services.get(id);
      return service === undefined || service.removed ? [] : [service.scopeId];
    }),
  );
  const [scope = null] = scopes.size === 1 ? scopes : [];
  return scope;
}

/** A scope that was taken from the services changes with them; one that was named stays. */
export function scopeAfterEdit(
  around: Surroundings,
  before: { readonly scope: { readonly id: number } | null; readonly services: readonly { readonly id: number }[] },
  services: readonly number[],
): number | null {
  const current = before.scope?.id ?? null;
  const previous = before.services.map(({ id }) => id);
  return current === commonScope(around, previous) ? commonScope(around, services) : current;
}

/** The reminders of a scope (minutes before the start); null: of maintenances without a scope. */
export function remindersOf({ scopes }: Surroundings, scopeId: number | null): readonly number[] {
  return (scopeId === null ? undefined : scopes.get(scopeId)?.reminders) ?? DEFAULT_REMINDERS_MINUTES;
}

/** A service as windows show it. */
export function describeService({ services, scopes }: Surroundings, id: number) {
  const service = services.get(id);
  if (service === undefined) return undefined;
  const { name, visibility, scopeId } = service;
  return { id, name, audience: serviceAudience({ visibility, scope: scopeOf(scopes, scopeId) }) };
}

/** The scope and the services of a window as it shows them, and who can see it. */
export function describePlace(
  around: Surroundings,
  { visibility, scopeId, services: ids }: Pick<Coverage, 'visibility' | 'scopeId' | 'services'>,
) {
  const scope = (scopeId === null ? undefined : around.scopes.get(scopeId)) ?? null;
  // In the order of the database, by name.
  const services = [...around.services.keys()]
    .filter((id) => ids.includes(id))
    .flatMap((id) => describeService(around, id) ?? []);
  return {
    scope: scope && { id: scope.id, name: scope.name },
    services,
    reminders: [...remindersOf(around, scopeId)],
    audience: windowAudience({ visibility, scope, services }),
  };
}

/** Who can see a window. */
export function audienceOf(around: Surroundings, { visibility, scopeId, services }: Coverage): Audience {
  const shown = services.flatMap((id) => describeService(around, id) ?? []);
  return windowAudience({ visibility, scope: scopeOf(around.scopes, scopeId), services: shown });
}

const scopeOf = (scopes: Surroundings['scopes'], id: number | null) =>
  (id === null ? undefined : scopes.get(id)) ?? null;

/**
 * Where a maintenance is announced: the subscribed channels, the default channel, and those named for it. Each once, with
 * its audience: public if any of its subscriptions is, otherwise internal.
 */
export function findDestinations(
  around: Surroundings,
  { visibility, scopeId, services: ids }: Coverage,
  named: readonly ChannelRef[] = [],
): Destination[] {
  const { services, scopes, subscriptions, publicChannels, defaultChannel } = around;
  const present = ids.flatMap((id) => services.get(id) ?? []).filter(({ removed }) => !removed);
  const touched = [scopeId, ...present.map((service) => service.scopeId)];
  const subscribed = subscriptions.filter((each) =>
    each.serviceId === null && each.scopeId === null
      ? true
      : (each.serviceId !== null && ids.includes(each.serviceId)) ||
        (each.scopeId !== null && touched.includes(each.scopeId)),
  );
  const channels = new Map(
    [...subscribed, ...named, ...(defaultChannel === undefined ? [] : [defaultChannel])].map(
      ({ channelKind, channel }) => [channelKey({ channelKind, channel }), { channelKind, channel }],
    ),
  );
  const all = [...channels].map(
    ([key, ref]): Destination => ({
      ...ref,
      audience: publicChannels.has(key) ? 'public' : 'internal',
    }),
  );
  const scope = scopeOf(scopes, scopeId);
  const shown = present.flatMap(({ id }) => describeService(around, id) ?? []);
  const isPublic =
    windowAudience({ visibility, scope: scope?.removed === true ? null : scope, services: shown }) === 'public';
  return isPublic ? all : all.filter(({ audience }) => audience === 'internal');
}

/** The ids in fields that refer to the catalogue. */
export interface References {
  readonly service?: readonly number[];
  readonly services?: readonly number[];
  readonly checks?: readonly string[];
  readonly scope?: readonly number[];
  readonly scopes?: readonly number[];
}

/**
 * Problems of ids that refer to nothing. Those of other accounts are treated like ids that do not exist, and so are those
 * that somebody limited to scopes cannot see.
 * @param limit the scopes that the actor is limited to
 */
export function validateReferences(
  everything: Surroundings,
  references: References,
  limit?: readonly number[],
): Problem[] {
  const around = limit === undefined ? everything : visibleWithin(everything, limit);
  const { service = [], services = [], checks = [], scope = [], scopes = [] } = references;
  return [
    ...unknownIds(around.services, service, 'service', 'service'),
    ...unknownIds(around.services, services, 'services', 'service'),
    ...unknownIds(around.checks, checks, 'checks', 'check'),
    ...unknownIds(around.scopes, scope, 'scope', 'scope'),
    ...unknownIds(around.scopes, scopes, 'scopes', 'scope'),
  ];
}

function visibleWithin({ services, checks, scopes }: Surroundings, limit: readonly number[]) {
  const isIn = (id: number | null) => id !== null && limit.includes(id);
  return {
    services: new Map([...services].filter(([, { scopeId }]) => isIn(scopeId))),
    checks: new Map([...checks].filter(([, check]) => check.scopes.some(isIn))),
    scopes: new Map([...scopes].filter(([id]) => isIn(id))),
  };
}

function unknownIds<Id extends number | string>(
  known: ReadonlyMap<Id, { readonly removed: boolean }>,
  ids: readonly Id[],
  field: string,
  kind: 'service' | 'check' | 'scope',
): Problem[] {
  const unknown = ids.filter((id) => known.get(id)?.removed !== false);
  return unknown.length === 0 ? [] : [referenceUnknown.at(field, { kind, ids: unknown })];
}
