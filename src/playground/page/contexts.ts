import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ConfirmDialog, ElementValue, ElementValues, PlainOption, RichOption } from '../protocol.ts';
import type { Choice, ChoiceGroup } from './blocks/choices.ts';
import type { Viewer } from './text/dates.ts';

/** A conversation as an option of a select; `kind` is matched by `filter.include`. */
export interface ConversationChoice extends Choice {
  readonly kind: 'public' | 'private' | 'im';
}

/** What text and elements need to know about the workspace. */
export interface Workspace {
  readonly viewer: Viewer;
  /** The name to show for a person's id, without `@`. */
  readonly personName: (id: string) => string | undefined;
  /** The name of a channel, without `#`. */
  readonly channelName: (id: string) => string | undefined;
  readonly openChannel: (id: string) => void;
  readonly people: readonly Choice[];
  readonly conversations: readonly ConversationChoice[];
  /** Opens a confirmation dialog; resolves to true if the person confirms. */
  readonly confirm: (dialog: ConfirmDialog) => Promise<boolean>;
}

/** A message, a modal or the Home tab, with the actions on its elements. */
export interface Surface {
  /** Sends an action to the app and resolves after the ack. Never rejects: failures are shown on the surface. */
  readonly act: (blockId: string, actionId: string, value: ElementValue) => Promise<void>;
  /** Records the value of an input without telling the app. */
  readonly setValue: (blockId: string, actionId: string, value: ElementValue) => void;
  readonly suggest: (blockId: string, actionId: string, query: string) => Promise<readonly ChoiceGroup[]>;
  /** Actions without ack, as `blockId/actionId`. */
  readonly pending: ReadonlySet<string>;
  readonly values: ElementValues;
  /** Options of external selects that the app has sent, by `blockId/actionId`. */
  readonly options: Readonly<Record<string, readonly (PlainOption | RichOption)[]>>;
  /** Errors of inputs, by block id. */
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
