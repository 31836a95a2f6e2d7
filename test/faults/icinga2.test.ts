import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { icinga2Kind } from '../../src/checks/providers/icinga2/kind.ts';
import type { Provider } from '../../src/checks/providers/provider.ts';
import type { Fetch } from '../../src/platform/outbound/client.ts';
import { Icinga2Server } from '../checks/providers/icinga2-server.ts';
import { loopback } from '../checks/providers/loopback.ts';
import { cases } from '../draws.ts';
import { temporaryFolder } from '../folder.ts';
import { installed } from '../installed.ts';
import { minutes, type World, world } from '../world.ts';
import { histories, playHistory } from './histories.ts';
import { type Window, windowsOver } from './windows.ts';

/** Number of random histories. */
const CASES = cases(5);

const OBJECTS = `
object Host "db1" {
  check_command = "dummy"
  vars.role = "database"
}
object Host "db2" {
  check_command = "dummy"
  vars.role = "database"
}
object Service "disk" {
  host_name = "db1"
  check_command = "dummy"
}
`;
/** The objects that the downtime of each check covers. */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  db1: ['db1', 'db1!disk'],
  'db1!disk': ['db1!disk'],
  'hosts:host.vars.role=="database"': ['db1', 'db1!disk', 'db2'],
};
const [HOST = '', DISK = '', ROLE = ''] = Object.keys(CHECKS);

describe.skipIf(!installed('icinga2', 'icinga2'))('an Icinga 2 that is killed', () => {
  let w: World;
  let server: Icinga2Server;
  let provider: Provider;
  let windows: Awaited<ReturnType<typeof windowsOver>>;
  const outgoing = loopback();
  const connect = (fetch: Fetch) =>
    icinga2Kind.connect(
      icinga2Kind.settings.parse({ url: server.url, certificate: server.fingerprint }),
      { username: 'lull', password: 's3cret' },
      { fetch, publicUrl: 'https://lull.example.com', now: () => new Date() },
    );

  beforeAll(async () => {
    w = await world();
    server = await Icinga2Server.start({ objects: OBJECTS, folder: await temporaryFolder('icinga2') });
    provider = connect(outgoing.fetch);
    windows = await windowsOver(w, 'icinga', 'icinga2', Object.keys(CHECKS));
  });
  afterAll(async () => {
    await server?.kill();
    await outgoing.close();
    await w?.close();
  });

  /** The objects in downtime, one entry per downtime, with its end in seconds since 1970. */
  const down = async () => {
    const shown = await server.downtimes();
    return shown.map(({ name, attrs }) => `${name.replace(/![^!]*$/, '')} until ${attrs.end_time}`).sort();
  };
  /** The expected downtimes for the windows in progress. */
  const wanted = (running: readonly Window[]) => {
    const expected = Object.entries(CHECKS).flatMap(([check, objects]) => {
      const until = running.filter(({ covers }) => covers.includes(check)).map((window) => window.until);
      if (until.length === 0) return [];
      return objects.map((object) => `${object} until ${(Math.max(...until) + minutes(10)) / 1000}`);
    });
    return expected.sort();
  };
  const crash = async () => {
    await server.kill();
    await server.run();
  };
  const restart = async () => {
    await server.stop();
    await server.run();
  };
  const rest = async () => {
    await windows.closeCircuit();
    expect(await windows.reconcile(provider)).toBeUndefined();
    await windows.testProvider(provider);
  };
  afterEach(async () => {
    await rest();
    expect(await down()).toEqual([]);
  });

  test('during windows has the same downtimes when it is back, and loses them with the windows', async () => {
    const short = await windows.begin([HOST, DISK], 1);
    const long = await windows.begin([DISK, ROLE], 2);
    await windows.reconcile(provider);
    expect(await down()).toEqual(wanted([short, long]));
    await crash();
    await rest();
    expect(await down()).toEqual(wanted([short, long]));
    await windows.end(short);
    await crash();
    await rest();
    expect(await down()).toEqual(wanted([long]));
    await windows.end(long);
  });

  test('and is down while a window starts, is extended and ends is corrected when it is back', async () => {
    await server.kill();
    const window = await windows.begin([ROLE], 1);
    expect(await windows.reconcile(provider)).toContain('Nothing answers at');
    const longer = await windows.extend(window, 45);
    await server.run();
    await rest();
    expect(await down()).toEqual(wanted([longer]));
    await server.kill();
    await windows.end(longer);
    expect(await windows.reconcile(provider)).toContain('Nothing answers at');
    await server.run();
    expect(await down()).toEqual(wanted([longer]));
    await rest();
  });

  test('between the new downtime and the old one has one of them when it is back', async () => {
    const window = await windows.begin([DISK], 1);
    await windows.reconcile(provider);
    const longer = await windows.extend(window, 30);
    const dying = connect(async (url, init, trust) => {
      if (url.endsWith('/remove-downtime')) await server.kill();
      return outgoing.fetch(url, init, trust);
    });
    expect(await windows.reconcile(dying)).toBeDefined();
    await server.run();
    expect(await down()).toEqual([...wanted([window]), ...wanted([longer])].sort());
    await rest();
    expect(await down()).toEqual(wanted([longer]));
    await windows.end(longer);
  });

  test('a downtime that a person removes is not scheduled again while its window runs', async () => {
    const window = await windows.begin([DISK], 1);
    await windows.reconcile(provider);
    const [downtime] = await server.downtimes();
    await server.act('remove-downtime', { type: 'Downtime', downtime: downtime?.name });
    await rest();
    expect(await down()).toEqual([]);
    await windows.end(window);
  });

  test(`has exactly the downtimes that windows want once it is at rest (${CASES} histories)`, async () => {
    await fc.assert(
      fc.asyncProperty(histories(Object.keys(CHECKS)), async (history) => {
        const running = await playHistory(history, { windows, provider, crash, restart });
        await rest();
        expect(await down()).toEqual(wanted(running));
        for (const window of running) await windows.end(window);
        await rest();
        expect(await down()).toEqual([]);
      }),
      { numRuns: CASES },
    );
  }, 600_000);
});
