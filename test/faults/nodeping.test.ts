import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodepingKind } from '../../src/checks/providers/nodeping/kind.ts';
import type { Provider } from '../../src/checks/providers/provider.ts';
import { loopback } from '../checks/providers/loopback.ts';
import { type Fault, NodePingPeer } from '../checks/providers/nodeping-peer.ts';
import { cases } from '../draws.ts';
import { type World, world } from '../world.ts';
import { type Window, windowsOver } from './windows.ts';

/** Number of random histories. */
const CASES = cases(10);

const CHECKS = ['A1', 'B2', 'C3', 'OFF'];

/** Faults of a request; `undefined` is no fault. */
const fault = fc.constantFrom<Fault | undefined>(
  undefined,
  { kind: 'status', status: 500 },
  { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
  { kind: 'error', error: 'Try again later' },
  { kind: 'page' },
  { kind: 'lost' },
);
const step = fc.oneof(
  fc.record({ do: fc.constant('begin' as const), covers: fc.subarray(CHECKS, { minLength: 1 }) }),
  fc.record({ do: fc.constant('end' as const), which: fc.nat(9) }),
  fc.record({
    do: fc.constant('run' as const),
    faults: fc.array(fault, { maxLength: 3 }),
    ofChanges: fc.array(fault, { maxLength: 20 }),
  }),
);

describe('a NodePing with every kind of fault', () => {
  let w: World;
  let nodeping: NodePingPeer;
  let provider: Provider;
  let windows: Awaited<ReturnType<typeof windowsOver>>;
  const outgoing = loopback();

  beforeAll(async () => {
    w = await world();
    nodeping = await NodePingPeer.start();
    for (const id of CHECKS) nodeping.add(id);
    windows = await windowsOver(w, 'nodeping', 'nodeping', CHECKS);
    const reach = { fetch: outgoing.fetch, publicUrl: 'https://lull.example.com', now: () => w.clock.now() };
    provider = nodepingKind.connect(
      nodepingKind.settings.parse({ url: nodeping.url }),
      { token: nodeping.token },
      reach,
    );
  });
  afterAll(async () => {
    await nodeping?.close();
    await outgoing.close();
    await w?.close();
  });

  const off = () => [...nodeping.checks].filter(([, { enable }]) => enable !== 'active').map(([id]) => id);

  /** Runs Lull's job without faults until nothing is left to do. */
  const settle = async () => {
    nodeping.faults.length = 0;
    nodeping.faultsOfChanges.length = 0;
    await windows.closeCircuit();
    expect(await windows.reconcile(provider)).toBeUndefined();
  };

  const attemptsLeft = { timeout: 30_000 + CASES * 5_000 };
  test(
    'has exactly the checks muted that windows in progress cover or that were off before',
    attemptsLeft,
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
          // A failed history must not affect the next one.
          await w.ctx.database.maintenance.deleteMany();
          await settle();
          for (const [id, check] of nodeping.checks) check.enable = id === 'OFF' ? 'inactive' : 'active';
          const running: Window[] = [];
          for (const each of steps) {
            if (each.do === 'begin') running.push(await windows.begin(each.covers, 2));
            const ending = each.do === 'end' ? running.splice(each.which % (running.length || 1), 1) : [];
            for (const window of ending) await windows.end(window);
            if (each.do !== 'run') continue;
            nodeping.faults.push(...each.faults);
            nodeping.faultsOfChanges.push(...each.ofChanges);
            await windows.closeCircuit();
            await windows.reconcile(provider);
          }
          await settle();
          const covered = CHECKS.filter((id) => id === 'OFF' || running.some(({ covers }) => covers.includes(id)));
          expect(off()).toEqual(covered);
          for (const window of running) await windows.end(window);
          await settle();
          expect(off()).toEqual(['OFF']);
        }),
        { numRuns: CASES },
      );
    },
  );
});
