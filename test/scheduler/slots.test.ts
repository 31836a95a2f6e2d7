import { describe, expect, test } from 'vitest';
import { Slots } from '../../src/scheduler/slots.ts';

let jobs = 0;

/** How many slots an account gets that takes all it can. */
function take(slots: Slots, account: number, isRetry = false): number {
  const mustWait = () =>
    slots.forbidden().some((flag) => flag === `account:${account}` || (isRetry && flag === `retry:${account}`));
  let taken = 0;
  for (; !mustWait(); taken++) slots.enter(`job ${++jobs}`, account, isRetry);
  return taken;
}

describe('slots', () => {
  test('are left for others, however many accounts take all that they can', () => {
    const slots = new Slots(24, 6);
    const taken = Array.from({ length: 10 }, (_, account) => take(slots, account));
    expect(taken).toEqual([6, 6, 3, 3, 1, 1, 1, 1, 1, 1]);
  });

  test('are for jobs that failed before in a small part only', () => {
    const slots = new Slots(24, 6);
    expect(slots.forbidden()).toEqual([]);
    expect(take(slots, 1, true)).toBe(1);
    expect(slots.forbidden()).toEqual(['retry:1']);
    expect(take(slots, 1)).toBe(5);
    expect(slots.forbidden()).toEqual(['account:1']);
  });

  test('can be taken again once they are left', () => {
    const slots = new Slots(4, 1);
    slots.enter('a', 1, false);
    expect(slots.forbidden()).toEqual(['account:1']);
    slots.leave('a');
    expect(slots.forbidden()).toEqual([]);
  });
});
