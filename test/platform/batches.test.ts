import { afterAll, beforeAll, expect, test } from 'vitest';
import { advanceBatch } from '../../src/platform/batches.ts';
import { type World, world } from '../world.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

test('a batch lets other work run between its steps', async () => {
  const order: string[] = [];
  const rows = [{ id: 1 }, { id: 2 }, { id: 3 }];
  const { moved } = await advanceBatch(
    w.ctx,
    {
      lock: async () => rows,
      prepare: async (_, locked) => locked,
      async advance(_, { id }) {
        order.push(`step ${id}`);
        setImmediate(() => order.push('other work'));
        const begun = performance.now();
        while (performance.now() - begun < 15);
        return undefined;
      },
    },
    { except: [], limit: 3 },
  );
  expect(moved).toEqual([1, 2, 3]);
  expect(order.slice(0, 5)).toEqual(['step 1', 'other work', 'step 2', 'other work', 'step 3']);
});
