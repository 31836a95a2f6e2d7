import { createHash } from 'node:crypto';
import { Refusal } from '../core/errors.ts';
import { changedFrom, type Fields, type Seen } from '../core/merge.ts';
import { type Queries, takeTurn } from './database.ts';
import type { Ground } from './transactions.ts';

/** The same text has the same digest, and another text another one: 16 characters of base64url. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** Fields as somebody saw them, in a few characters each. */
export function seenOf(fields: Readonly<Record<string, unknown>>): Seen {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, digestOf(JSON.stringify(value))]));
}

/**
 * The ground of a change that is done only when `look` has nothing against it, which looks in its transaction: of several
 * that come at once, the next looks when the one before it is done, for not every row is locked when it is read.
 * @param turn of what is to be changed, such as `scope:4`: the one that its actions take, where they take one
 */
export function atTurn(ground: Ground, accountId: number, turn: string, look: (tx: Queries) => Promise<void>): Ground {
  return {
    ...ground,
    async first(tx) {
      await takeTurn(tx, accountId, turn);
      await look(tx);
      await ground.first?.(tx);
    },
  };
}

/** Others changed what somebody saw before they saved. Nothing was overwritten. */
export class ChangedMeanwhile extends Refusal {
  constructor(fields: readonly string[]) {
    super('conflict', `Changed since it was looked at: ${fields.join(', ')}. Look at it again, and repeat the change.`);
  }
}

/**
 * The ground of a change by somebody who saw these fields, which is done only while all of them are as they were.
 * @param current what they are now; it throws where there is nothing to be changed any more
 */
export function whileAsSeen(
  ground: Ground,
  accountId: number,
  turn: string,
  seen: Seen,
  current: (tx: Queries) => Promise<Fields>,
): Ground {
  return atTurn(ground, accountId, turn, async (tx) => {
    const changed = changedFrom(seen, seenOf(await current(tx)));
    if (changed.length > 0) throw new ChangedMeanwhile(changed);
  });
}
