import type { Lexemes, Read } from './day-phrases.ts';
import type { Item, Part, Saying } from './items.ts';

/** Where the reading of a sentence stands. */
export interface Context extends Lexemes {
  /** `3h` after no other word is a time of day. */
  readonly hoursAreClock: boolean;
  readonly items: readonly Item[];
}

/** What was read, and the index of the lexeme after it. */
export type Sayings = Read<readonly Saying[]>;

export function say(next: number, ...value: readonly Saying[]): Sayings {
  return { value, next };
}

export const PARTS: readonly Part[] = ['small hours', 'morning', 'afternoon', 'evening', 'night'];
