import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { alertmanagerKind } from '../../src/checks/providers/alertmanager/kind.ts';
import type { Provider } from '../../src/checks/providers/provider.ts';
import { AlertmanagerServer } from '../checks/providers/alertmanager-server.ts';
import { loopback } from '../checks/providers/loopback.ts';
import { cases } from '../draws.ts';
import { temporaryFolder } from '../folder.ts';
import { installed } from '../installed.ts';
import { minutes, type World, world } from '../world.ts';
import { histories, playHistory } from './histories.ts';
import { type Window, windowsOver } from './windows.ts';

/** Number of random histories. */
const CASES = cases(12);

const CHECKS = ['alertname="A"', 'alertname="B",job=~"db.*"', 'alertname!="",team="c"'];
const [A = '', B = ''] = CHECKS;

const here = installed('prometheus-alertmanager', 'prometheus-alertmanager');

describe.skipIf(!here)('an Alertmanager that is killed', () => {
  let w: World;
  let server: AlertmanagerServer;
  let provider: Provider;
  let windows: Awaited<ReturnType<typeof windowsOver>>;
  const outgoing = loopback();

  beforeAll(async () => {
    w = await world();
    windows = await windowsOver(w, 'alerts', 'alertmanager', CHECKS);
  });
  afterAll(async () => {
    await server?.kill();
    await outgoing.close();
    await w?.close();
  });
  /** Connects a provider without cached state. */
  const another = async () => {
    await server?.kill();
    server = await AlertmanagerServer.start(await temporaryFolder('alertmanager'));
    const settings = alertmanagerKind.settings.parse({ url: server.url });
    const reach = { fetch: outgoing.fetch, publicUrl: 'https://lull.example.com', now: () => new Date() };
    provider = alertmanagerKind.connect(settings, {}, reach);
  };
  beforeEach(another);

  /** The active silences: the values of their matchers, and their ends. */
  const silenced = async () => {
    const shown = (await server.active()).map(({ matchers, endsAt }): [string, string] => [
      matchers.map(({ value }) => value).join(),
      endsAt,
    ]);
    return shown.sort();
  };
  /** The expected silences for the windows in progress. */
  const wanted = (running: readonly Window[]) => {
    const values = new Map([A, B, CHECKS[2] ?? ''].map((check, index) => [check, ['A', 'B,db.*', ',c'][index] ?? '']));
    return CHECKS.flatMap((check): [string, string][] => {
      const until = running.filter(({ covers }) => covers.includes(check)).map((window) => window.until);
      if (until.length === 0) return [];
      return [[values.get(check) ?? '', new Date(Math.max(...until) + minutes(10)).toISOString()]];
    }).sort();
  };
  const crash = async () => {
    await server.kill();
    await server.run();
  };
  const restart = async () => {
    await server.stop();
    await server.run();
  };

  test('and loses its silences during a window gets them again', async () => {
    const window = await windows.begin([A, B], 2);
    await windows.reconcile(provider);
    await crash();
    expect(await silenced()).toEqual([]);
    expect(await windows.reconcile(provider)).toBeUndefined();
    expect(await silenced()).toEqual(wanted([window]));
    await windows.end(window);
    await windows.reconcile(provider);
    expect(await silenced()).toEqual([]);
  });

  test('and loses a silence just as another window takes it over gets it again in the same run', async () => {
    const first = await windows.begin([A], 2);
    await windows.reconcile(provider);
    await crash();
    const second = await windows.begin([A], 1);
    expect(await windows.reconcile(provider)).toBeUndefined();
    expect(await silenced()).toEqual(wanted([first, second]));
    await crash();
    await windows.end(first);
    expect(await windows.reconcile(provider)).toBeUndefined();
    expect(await silenced()).toEqual(wanted([second]));
    await windows.end(second);
    await windows.reconcile(provider);
    expect(await silenced()).toEqual([]);
  });

  test('and remembers silences of windows that ended since has them removed', async () => {
    const short = await windows.begin([A], 2);
    const long = await windows.begin([B], 3);
    await windows.reconcile(provider);
    await restart(); // writes the silences to disk
    await windows.end(short);
    await windows.reconcile(provider);
    expect(await silenced()).toEqual(wanted([long]));
    await crash();
    expect(await silenced()).toEqual(wanted([short, long]));
    await windows.testProvider(provider);
    expect(await silenced()).toEqual(wanted([long]));
    await windows.end(long);
    await windows.reconcile(provider);
  });

  test('and is down while a window starts, is extended and ends is corrected when it is back', async () => {
    await server.kill();
    const window = await windows.begin([A], 1);
    expect(await windows.reconcile(provider)).toContain('Nothing answers at');
    const longer = await windows.extend(window, 45);
    await server.run();
    await windows.closeCircuit();
    expect(await windows.reconcile(provider)).toBeUndefined();
    expect(await silenced()).toEqual(wanted([longer]));
    await server.stop();
    await windows.end(longer);
    expect(await windows.reconcile(provider)).toContain('Nothing answers at');
    await server.run();
    expect(await silenced()).toEqual(wanted([longer]));
    await windows.closeCircuit();
    expect(await windows.reconcile(provider)).toBeUndefined();
    expect(await silenced()).toEqual([]);
  });

  test('a silence that a person expires is not created again while its window runs', async () => {
    const window = await windows.begin([A, B], 2);
    await windows.reconcile(provider);
    const [first] = await server.active();
    await server.expire(first?.id ?? '');
    const left = await silenced();
    expect(left).toHaveLength(1);
    expect(await windows.reconcile(provider)).toBeUndefined();
    expect(await silenced()).toEqual(left);
    await windows.end(window);
    await windows.reconcile(provider);
    expect(await silenced()).toEqual([]);
  });

  test('a silence that a person expires is not created again when its window is extended before Lull sees it', async () => {
    const window = await windows.begin([A, B], 2);
    await windows.reconcile(provider);
    const [first] = await server.active();
    await server.expire(first?.id ?? '');
    const [left] = await silenced();
    const longer = await windows.extend(window, 30);
    expect(await windows.reconcile(provider)).toBeUndefined();
    expect(await silenced()).toEqual([[left?.[0], new Date(longer.until + minutes(10)).toISOString()]]);
    await windows.end(window);
    await windows.reconcile(provider);
    expect(await silenced()).toEqual([]);
  });

  const rest = async () => {
    expect(await windows.reconcile(provider)).toBeUndefined();
    await windows.testProvider(provider);
  };

  test(`has exactly the silences that windows want once it is at rest (${CASES} histories)`, async () => {
    await fc.assert(
      fc.asyncProperty(histories(CHECKS), async (history) => {
        await another();
        const running = await playHistory(history, { windows, provider, crash, restart });
        await rest();
        expect(await silenced()).toEqual(wanted(running));
        for (const window of running) await windows.end(window);
        await rest();
        expect(await silenced()).toEqual([]);
      }),
      { numRuns: CASES },
    );
  }, 600_000);
});
