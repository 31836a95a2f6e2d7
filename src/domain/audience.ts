import type { Visibility } from './maintenance.ts';
import { type Actor, may } from './permissions.ts';

/** Who reads: people of the account, or anybody. A public channel, a feed and a reader without a token are `public`. */
export const AUDIENCES = ['internal', 'public'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** What says of itself who may see it. */
interface Marked {
  readonly visibility: Visibility;
}

/** A scope is for everybody when it says so. */
export function audienceOfScope({ visibility }: Marked): Audience {
  return visibility;
}

/** A service is for everybody when it says so, and its scope does. */
export function audienceOfService({ visibility, scope }: Marked & { readonly scope: Marked | null }): Audience {
  return visibility === 'public' && isOpen(scope) ? 'public' : 'internal';
}

/**
 * A maintenance or a series is for everybody when it says so, its scope does, and, where it is on services, one of them is
 * for everybody.
 */
export function audienceOfWindow({
  visibility,
  scope,
  services,
}: Marked & {
  readonly scope: Marked | null;
  readonly services: readonly { readonly audience: Audience }[];
}): Audience {
  const seen = services.length === 0 || services.some((service) => service.audience === 'public');
  return visibility === 'public' && isOpen(scope) && seen ? 'public' : 'internal';
}

function isOpen(scope: Marked | null): boolean {
  return scope === null || audienceOfScope(scope) === 'public';
}

/** Whether somebody of this audience may know that it is there. */
export function isFor(audience: Audience, thing: { readonly audience: Audience }): boolean {
  return audience === 'internal' || thing.audience === 'public';
}

/** What a maintenance has that a public reader does not hear of. */
interface Window {
  readonly audience: Audience;
  readonly services: readonly { readonly audience: Audience }[];
  readonly checks: readonly string[] | null;
  readonly owner: { readonly id: string; readonly name: string };
  readonly approval: unknown;
  readonly requestedBy: readonly string[];
  readonly run: { readonly series: { readonly audience: Audience } } | null;
}

/**
 * A maintenance as this audience sees it: for everybody without its internal services, its checks, its owner, its approval
 * and a series that is internal; undefined when it is not for this audience at all.
 */
export function asSeenBy<T extends Window>(audience: Audience, window: T): T | undefined {
  if (audience === 'internal') return window;
  if (!isFor(audience, window)) return undefined;
  return {
    ...window,
    services: window.services.filter((service) => isFor(audience, service)),
    checks: null,
    owner: { id: '', name: '' },
    approval: null,
    requestedBy: [],
    run: window.run !== null && isFor(audience, window.run.series) ? window.run : null,
  };
}

/** The same of a series. */
export function seriesAsSeenBy<
  T extends Pick<Window, 'audience' | 'services' | 'checks' | 'owner'> & { readonly channels: readonly string[] },
>(audience: Audience, series: T): T | undefined {
  if (audience === 'internal') return series;
  if (!isFor(audience, series)) return undefined;
  const services = series.services.filter((service) => isFor(audience, service));
  return { ...series, services, checks: null, owner: { id: '', name: '' }, channels: [] };
}

/** A comment on a maintenance that an audience sees, is seen by it when it is not internal. */
export function isCommentFor(audience: Audience, comment: { readonly internal: boolean }): boolean {
  return audience === 'internal' || !comment.internal;
}

/** Somebody without a token. */
export function anonymousIn(accountId: number): Actor {
  return { accountId, id: 'anonymous', name: 'an anonymous reader', source: 'http', role: 'none' };
}

/** What somebody who reads gets to see. */
export function audienceOf(actor: Actor): Audience {
  return may(actor, 'read') ? 'internal' : 'public';
}
