import type { Block, PlacedBlock } from './blocks.ts';
import type { InteractiveElement } from './elements.ts';

/** The elements of a block that a person can act on, in order. */
export function elementsOf(block: Block): InteractiveElement[] {
  switch (block.type) {
    case 'actions':
      return block.elements;
    case 'input':
      return [block.element];
    case 'section':
      return block.accessory === undefined || block.accessory.type === 'image' ? [] : [block.accessory];
    default:
      return [];
  }
}

/** A place in a message, modal or Home tab: an element and the block around it. */
export interface Placed {
  block: PlacedBlock;
  element: InteractiveElement & { action_id: string };
}

/** All elements a person can act on. */
export function* placedElements(blocks: PlacedBlock[]): Generator<Placed> {
  for (const block of blocks) {
    for (const element of elementsOf(block)) {
      if (element.action_id !== undefined) yield { block, element: { ...element, action_id: element.action_id } };
    }
  }
}

/** The element of that id; without a block id the first that has the action id. */
export function findElement(blocks: PlacedBlock[], blockId: string | undefined, actionId: string): Placed | undefined {
  for (const placed of placedElements(blocks)) {
    if (placed.element.action_id === actionId && (blockId === undefined || placed.block.block_id === blockId)) {
      return placed;
    }
  }
  return undefined;
}
