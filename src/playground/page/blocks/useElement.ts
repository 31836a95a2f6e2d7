import type { ElementValue, InteractiveElement, PlacedBlock } from '../../protocol.ts';
import { useSurface, useWorkspace } from '../contexts.ts';

export type ElementOf<Type extends InteractiveElement['type']> = Extract<InteractiveElement, { type: Type }>;

/** The state of an element and the ways to change it. */
export interface ElementHandle {
  /** DOM id of the control. */
  readonly id: string;
  readonly value: ElementValue;
  /** Records the value, and sends it to the app (after the confirm dialog) if the block dispatches. */
  readonly change: (value: ElementValue) => Promise<void>;
  /** Records the value without sending it to the app. */
  readonly keep: (value: ElementValue) => void;
  /** Sends the value to the app, after the confirm dialog. */
  readonly send: (value: ElementValue) => Promise<void>;
  readonly busy: boolean;
  readonly described: { readonly [name: `aria-${string}`]: string | boolean | undefined };
  /** The accessible name of a control without a visible label. */
  readonly label: string | undefined;
}

export function hintId(idPrefix: string, blockId: string): string {
  return `${idPrefix}-${blockId}-hint`;
}

export function errorId(idPrefix: string, blockId: string): string {
  return `${idPrefix}-${blockId}-error`;
}

export function controlId(idPrefix: string, blockId: string, actionId: string): string {
  return `${idPrefix}-${blockId}-${actionId}`;
}

function getLabel(element: InteractiveElement, block: PlacedBlock): string | undefined {
  if (block.type === 'input') return undefined;
  if ('placeholder' in element && element.placeholder) return element.placeholder.text;
  if (block.type === 'section' && block.text) return block.text.text.replace(/[*_~`]/g, '').slice(0, 100);
  return element.type.replaceAll('_', ' ');
}

export function useElement(element: InteractiveElement, block: PlacedBlock): ElementHandle {
  const surface = useSurface();
  const workspace = useWorkspace();
  const blockId = block.block_id;
  const actionId = element.action_id ?? '';
  const value = surface.values[blockId]?.[actionId] ?? null;
  const dispatches = block.type !== 'input' || block.dispatch_action === true;
  const wrong = surface.errors[blockId] !== undefined;

  const send = async (next: ElementValue) => {
    const confirm = 'confirm' in element ? element.confirm : undefined;
    if (confirm && !(await workspace.confirm(confirm))) return;
    await surface.act(blockId, actionId, next);
  };
  const keep = (next: ElementValue) => surface.setValue(blockId, actionId, next);
  const change = async (next: ElementValue) => (dispatches ? send(next) : keep(next));

  const describedBy = [
    wrong ? errorId(surface.idPrefix, blockId) : '',
    block.type === 'input' && block.hint ? hintId(surface.idPrefix, blockId) : '',
  ]
    .filter(Boolean)
    .join(' ');

  return {
    id: controlId(surface.idPrefix, blockId, actionId),
    value,
    change,
    keep,
    send,
    busy: surface.pending.has(`${blockId}/${actionId}`),
    described: {
      'aria-invalid': wrong || undefined,
      'aria-describedby': describedBy || undefined,
      'aria-required': (block.type === 'input' && !block.optional) || undefined,
    },
    label: getLabel(element, block),
  };
}

export function toText(value: ElementValue): string {
  return typeof value === 'string' ? value : '';
}

export function toList(value: ElementValue): readonly string[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'string' ? [value] : [];
}
