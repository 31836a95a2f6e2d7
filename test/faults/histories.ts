import fc from 'fast-check';
import type { Provider } from '../../src/checks/providers/provider.ts';
import type { Window, windowsOver } from './windows.ts';

/** A step of a history: a change of a window, a run of Lull, or a fault. */
export type Step =
  | { readonly do: 'begin'; readonly covers: readonly string[]; readonly length: number }
  | { readonly do: 'lengthen' | 'end'; readonly which: number }
  | { readonly do: 'run' | 'look' | 'crash' | 'restart' };

/** Histories of windows over these checks, with steps in any order. */
export function histories(checks: readonly string[]): fc.Arbitrary<Step[]> {
  const beginStep = fc.record({
    do: fc.constant('begin' as const),
    covers: fc.subarray([...checks], { minLength: 1 }),
    length: fc.integer({ min: 1, max: 4 }),
  });
  const changeStep = fc.record({ do: fc.constantFrom('lengthen' as const, 'end' as const), which: fc.nat(3) });
  const faultStep = fc.record({ do: fc.constantFrom('look' as const, 'crash' as const, 'restart' as const) });
  const anyStep: fc.Arbitrary<Step> = fc.oneof(
    { weight: 3, arbitrary: beginStep },
    { weight: 4, arbitrary: changeStep },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('run' as const) }) },
    { weight: 2, arbitrary: faultStep },
  );
  return fc.array(anyStep, { minLength: 4, maxLength: 12 });
}

/** The systems that a history is played on. */
export interface Scene {
  readonly windows: Awaited<ReturnType<typeof windowsOver>>;
  readonly provider: Provider;
  crash(): Promise<void>;
  restart(): Promise<void>;
}

/** Plays a history. Returns the windows that are in progress after it. */
export async function playHistory(
  history: readonly Step[],
  { windows, provider, crash, restart }: Scene,
): Promise<readonly Window[]> {
  const inProgress: Window[] = [];
  for (const step of history) {
    if ('covers' in step) inProgress.push(await windows.begin(step.covers, step.length));
    else if ('which' in step) {
      const chosen = inProgress[step.which];
      if (chosen === undefined) continue;
      if (step.do === 'lengthen') inProgress[step.which] = await windows.extend(chosen, 30);
      else {
        await windows.end(chosen);
        inProgress.splice(step.which, 1);
      }
    } else if (step.do === 'run') await windows.reconcile(provider);
    else if (step.do === 'look') await windows.testProvider(provider);
    else if (step.do === 'crash') await crash();
    else await restart();
  }
  return inProgress;
}
