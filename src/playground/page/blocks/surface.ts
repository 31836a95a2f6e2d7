import type { ActionsBlockElement, InputBlockElement, SectionBlockAccessory } from '@slack/types';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Onlooker } from '../text/dates.ts';
import type { Choice, ChoiceGroup } from './choice.ts';
import type { InputValue, Values } from './values.ts';

/** A name to show for an id, and what kind of thing it is. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** What every piece of text needs to know about the workspace around it. */
export interface Workspace {
  readonly onlooker: Onlooker;
  readonly user: (id: string) => Named | undefined;
  readonly channel: (id: string) => Named | undefined;
  readonly openChannel: (id: string) => void;
  /** People, channels and conversations as the choices of a select. */
  readonly people: readonly Choice[];
  readonly channels: readonly Choice[];
  readonly conversations: readonly Choice[];
}

export type Element = ActionsBlockElement | InputBlockElement | SectionBlockAccessory;

/** What a person did to an element, in the fields of Slack's `actions` entries, without its ids and time. */
export type Deed = Readonly<Record<string, unknown>>;

/** The place that holds blocks (a message, a modal, a home tab) and what can be done there. */
export interface Surface {
  /** Sends a block action; resolves when the app has acknowledged it, and never rejects: errors show on the surface. */
  readonly act: (blockId: string, element: Element, deed: Deed) => Promise<void>;
  /** The elements waiting for the app, as `blockId/actionId`. */
  readonly pending: ReadonlySet<string>;
  readonly suggest: (blockId: string, actionId: string, typed: string) => Promise<readonly ChoiceGroup[]>;
  readonly values: Values;
  readonly setValue: (blockId: string, actionId: string, value: InputValue) => void;
  /** What is wrong with an input, by its block id. */
  readonly errors: Readonly<Record<string, string>>;
  /** Prefix that makes DOM ids unique among the surfaces on the page. */
  readonly idPrefix: string;
}

export const WorkspaceContext = createContext<Workspace | undefined>(undefined);
export const SurfaceContext = createContext<Surface | undefined>(undefined);

export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext);
  if (!workspace) throw new Error('text was drawn outside of a WorkspaceContext; wrap it in one');
  return workspace;
}

export function useSurface(): Surface {
  const surface = useContext(SurfaceContext);
  if (!surface) throw new Error('an element was drawn outside of a SurfaceContext; wrap its blocks in one');
  return surface;
}
