import type { Audience, Reader } from '../../core/permissions.ts';
import type { Visibility } from './status.ts';

interface Marked {
  readonly visibility: Visibility;
}

const isPublic = (scope: Marked | null) => scope === null || scope.visibility === 'public';

export function serviceAudience({ visibility, scope }: Marked & { readonly scope: Marked | null }): Audience {
  return visibility === 'public' && isPublic(scope) ? 'public' : 'internal';
}

/** A maintenance or a series is public if it and its scope are, and, if it is on services, one of those is. */
export function windowAudience(
  window: Marked & { readonly scope: Marked | null } & Pick<Window, 'services'>,
): Audience {
  const { visibility, scope, services } = window;
  const onPublicService = services.length === 0 || services.some(({ audience }) => audience === 'public');
  return visibility === 'public' && isPublic(scope) && onPublicService ? 'public' : 'internal';
}

/** For readers limited to scopes, the queries leave out what they cannot see. */
function isVisibleTo(reader: Reader, thing: { readonly audience: Audience }): boolean {
  return reader !== 'public' || thing.audience === 'public';
}

/** What a public reader does not see of a maintenance, or not all of. */
interface Window {
  readonly audience: Audience;
  readonly services: readonly { readonly audience: Audience }[];
  readonly checks: readonly string[] | null;
  readonly selector: unknown;
  readonly owner: { readonly id: string; readonly name: string };
  readonly approval: unknown;
  readonly requestedBy: readonly string[];
  /** The id of the one it reopens, which may be internal by now. */
  readonly reopensId: number | null;
  readonly run: { readonly series: { readonly audience: Audience } } | null;
}

type SeriesWindow = Pick<Window, 'audience' | 'services' | 'checks' | 'selector' | 'owner'> & {
  readonly channels: readonly string[];
};

/** A maintenance as this reader sees it; undefined if the reader cannot see it at all. */
export function viewFor<T extends Window>(reader: Reader, window: T): T | undefined {
  if (reader !== 'public') return window;
  const visible = publicView(window);
  const run = window.run !== null && isVisibleTo(reader, window.run.series) ? window.run : null;
  return visible && { ...visible, approval: null, requestedBy: [], reopensId: null, run };
}

/** The same of a series. */
export function seriesViewFor<T extends SeriesWindow>(reader: Reader, series: T): T | undefined {
  if (reader !== 'public') return series;
  const visible = publicView(series);
  return visible && { ...visible, channels: [] };
}

function publicView<T extends Omit<SeriesWindow, 'channels'>>(window: T): T | undefined {
  const visible = contentFor('public', window);
  return visible && { ...visible, checks: null, selector: null, owner: { id: '', name: '' } };
}

/** What a reader sees of what a window is about; undefined if the reader cannot see the window. */
export function contentFor<T extends Pick<Window, 'audience' | 'services'>>(reader: Reader, content: T): T | undefined {
  if (reader !== 'public') return content;
  if (content.audience !== 'public') return undefined;
  return { ...content, services: content.services.filter(({ audience }) => audience === 'public') };
}

/** A stored visibility; an unknown one is treated as internal. */
export function readVisibility(text: string): Visibility {
  return text === 'public' ? 'public' : 'internal';
}
