import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ConfirmDialog, ElementValue, ElementValues, PlainOption, RichOption } from '../protocol.ts';
import type { Choice, ChoiceGroup } from './blocks/choices.ts';
import type { Viewer } from './text/dates.ts';

/** A conversation as the choice of a select, with the kind that `filter.include` speaks of. */
export interface ConversationChoice extends Choice {
  readonly kind: 'public' | 'private' | 'im';
}

/** What text and elements need to know about the workspace around them. */
export interface Workspace {
  readonly viewer: Viewer;
  /** The name to show for a person's id, without `@`. */
  readonly personName: (id: string) => string | undefined;
  /** The name of a channel, without `#`. */
  readonly channelName: (id: string) => string | undefined;
  readonly openChannel: (id: string) => void;
  readonly people: readonly Choice[];
  readonly conversations: readonly ConversationChoice[];
  /** Asks in a dialog of its own; true when the person agrees. */
  readonly confirm: (dialog: ConfirmDialog) => Promise<boolean>;
}

/** The place that holds blocks (a message, a modal, the home tab) and what can be done there. */
export interface Surface {
  /** Tells the app of an action; resolves once it has acknowledged, and never rejects: what failed shows on the surface. */
  readonly act: (blockId: string, actionId: string, value: ElementValue) => Promise<void>;
  /** Records what an input holds without telling the app. */
  readonly setValue: (blockId: string, actionId: string, value: ElementValue) => void;
  readonly suggest: (blockId: string, actionId: string, query: string) => Promise<readonly ChoiceGroup[]>;
  /** Actions that the app has not acknowledged yet, as `blockId/actionId`. */
  readonly pending: ReadonlySet<string>;
  readonly values: ElementValues;
  /** Options of external selects seen before, by `blockId/actionId`. */
  readonly options: Readonly<Record<string, readonly (PlainOption | RichOption)[]>>;
  /** What is wrong with an input, by its block id. */
  readonly errors: Readonly<Record<string, string>>;
  /** Makes DOM ids unique among the surfaces of the page. */
  readonly idPrefix: string;
}

export const WorkspaceContext = createContext<Workspace | undefined>(undefined);
export const SurfaceContext = createContext<Surface | undefined>(undefined);

export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext);
  if (!workspace) throw new Error('text was drawn outside of a WorkspaceContext: wrap it in one');
  return workspace;
}

export function useSurface(): Surface {
  const surface = useContext(SurfaceContext);
  if (!surface) throw new Error('an element was drawn outside of a SurfaceContext: wrap its blocks in one');
  return surface;
}
