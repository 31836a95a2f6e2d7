import type { Audience, Reader } from '../../core/permissions.ts';
import type { Visibility } from './status.ts';

/** What says of itself who may see it. */
interface Marked {
  readonly visibility: Visibility;
}

/** A service is for everybody when it says so, and its scope does. */
export function serviceAudience({ visibility, scope }: Marked & { readonly scope: Marked | null }): Audience {
  return visibility === 'public' && isOpen(scope) ? 'public' : 'internal';
}

/**
 * A maintenance or a series is for everybody when it says so, its scope does, and, where it is on services, one of them is
 * for everybody.
 */
export function windowAudience({
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

/** A scope is for everybody when it says so. */
function isOpen(scope: Marked | null): boolean {
  return scope === null || scope.visibility === 'public';
}

/** Whether somebody may know that it is there. Of what a limited reader may not know, the store gives nothing out. */
export function isVisibleTo(reader: Reader, thing: { readonly audience: Audience }): boolean {
  return reader !== 'public' || thing.audience === 'public';
}

/** What a maintenance has that a public reader does not hear of. */
interface Window {
  readonly audience: Audience;
  readonly services: readonly { readonly audience: Audience }[];
  readonly checks: readonly string[] | null;
  readonly selector: unknown;
  readonly owner: { readonly id: string; readonly name: string };
  readonly approval: unknown;
  readonly requestedBy: readonly string[];
  /** The id of the one it goes on with, which may be internal by now. */
  readonly reopensId: number | null;
  readonly run: { readonly series: { readonly audience: Audience } } | null;
}

/**
 * A maintenance as this audience sees it: for everybody without its internal services, its checks, its owner, its approval,
 * the one it reopens, and a series that is internal; undefined when it is not for this reader at all.
 */
export function viewFor<T extends Window>(reader: Reader, window: T): T | undefined {
  if (reader !== 'public') return window;
  if (!isVisibleTo(reader, window)) return undefined;
  return {
    ...window,
    services: window.services.filter((service) => isVisibleTo(reader, service)),
    checks: null,
    selector: null,
    owner: { id: '', name: '' },
    approval: null,
    requestedBy: [],
    reopensId: null,
    run: window.run !== null && isVisibleTo(reader, window.run.series) ? window.run : null,
  };
}

/** The same of a series. */
export function seriesViewFor<
  T extends Pick<Window, 'audience' | 'services' | 'checks' | 'selector' | 'owner'> & {
    readonly channels: readonly string[];
  },
>(reader: Reader, series: T): T | undefined {
  if (reader !== 'public') return series;
  if (!isVisibleTo(reader, series)) return undefined;
  const services = series.services.filter((service) => isVisibleTo(reader, service));
  return { ...series, services, checks: null, selector: null, owner: { id: '', name: '' }, channels: [] };
}

/** A stored visibility; an unknown one is read as the stricter. */
export function readVisibility(text: string): Visibility {
  return text === 'public' ? 'public' : 'internal';
}
