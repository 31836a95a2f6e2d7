import type { PlacedBlock } from '../block-kit/blocks.ts';
import { carriedValues, type OfferedOptions } from '../block-kit/values.ts';
import type { ElementValues } from '../protocol.ts';

interface Held {
  values: ElementValues;
  offered: OfferedOptions;
}

/** What each person chose in the elements of messages, and has not sent anywhere yet. */
export class MessageValues {
  readonly #held = new Map<string, Held>();

  /** What that person sees chosen in a message with these blocks; changes to it are kept. */
  of(person: string, message: { channel: string; ts: string; blocks: PlacedBlock[] }): Held {
    const key = `${person} ${message.channel} ${message.ts}`;
    const before = this.#held.get(key);
    const held = { values: carriedValues(message.blocks, before?.values), offered: before?.offered ?? {} };
    if (Object.keys(held.values).length > 0) this.#held.set(key, held);
    return held;
  }
}
