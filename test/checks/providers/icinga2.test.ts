import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { readTarget } from '../../../src/checks/providers/icinga2/api.ts';
import { icinga2Kind } from '../../../src/checks/providers/icinga2/kind.ts';
import type { DowntimeState } from '../../../src/checks/providers/provider.ts';
import { temporaryFolder } from '../../folder.ts';
import { installed } from '../../installed.ts';
import { hours, minutes } from '../../world.ts';
import { Icinga2Server } from './icinga2-server.ts';
import { loopback } from './loopback.ts';

const signal = () => new AbortController().signal;
const publicUrl = 'https://lull.example.com';
const OBJECTS = `
object HostGroup "databases" {}
object Host "db1" {
  display_name = "Database 1"
  check_command = "dummy"
  groups = [ "databases" ]
  vars.app = "shop"
  vars.owners = [ "ana", "jonas" ]
  vars.password = "hunter2"
}
object Host "web" {
  check_command = "dummy"
  enable_notifications = false
}
object Service "disk" {
  host_name = "db1"
  check_command = "dummy"
  vars.app = "shop"
}
object Service "load" {
  host_name = "db1"
  check_command = "dummy"
}
object Service "http" {
  display_name = "HTTP \\"front\\""
  host_name = "web"
  check_command = "dummy"
  vars.app = "shop"
}
`;

const covered = (id: string, externalId: string, until: Date, windows = [{ id: 12, name: 'Postgres upgrade' }]) =>
  ({ id, externalId, until, windows }) satisfies DowntimeState;
const inHours = (count: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + hours(count));

describe.skipIf(!installed('icinga2', 'icinga2'))('with a real Icinga 2', () => {
  let server: Icinga2Server;
  const outgoing = loopback();
  beforeAll(async () => {
    server = await Icinga2Server.start({ objects: OBJECTS, folder: await temporaryFolder('icinga2') });
  });
  afterAll(async () => {
    await outgoing.close();
    await server?.kill();
  });
  afterEach(async () => {
    const names = (await server.downtimes()).map(({ name }) => name);
    const filter_vars = { names };
    if (names.length > 0) {
      await server.act('remove-downtime', { type: 'Downtime', filter: 'downtime.__name in names', filter_vars });
    }
  });

  const connected = (settings: object = {}, { url = publicUrl, username = 'lull', password = 's3cret' } = {}) =>
    icinga2Kind.connect(
      icinga2Kind.settings.parse({ url: server.url, certificate: server.fingerprint, ...settings }),
      { username, password },
      { fetch: outgoing.fetch, publicUrl: url, now: () => new Date() },
    );
  /** What has a downtime, each as often as it has one. */
  const down = async () => (await server.downtimes()).map(({ name }) => name.replace(/![^!]*$/, '')).sort();
  const disk = (until: Date) => covered('DISK', 'db1!disk', until);
  const done = new Map([['DISK', { ok: true }]]);

  test('failing objects without a downtime are listed, and no others', async () => {
    const result = (service: string, exit_status: number) =>
      server.act('process-check-result', { service, type: 'Service', exit_status, plugin_output: 'said by a test' });
    const disk = { id: 'DISK', externalId: 'db1!disk' };
    const load = { id: 'LOAD', externalId: 'db1!load' };
    const failing = () => connected().failing?.([disk, load], signal());
    // Hard only after some tries: three by default.
    for (let tries = 0; tries < 4; tries++) await result('db1!disk', 2);
    await result('db1!load', 0);
    await vi.waitFor(async () => expect((await failing())?.get('DISK')).toBe(true), { timeout: 20_000 });
    await connected().switchOff([covered('DISK', 'db1!disk', inHours(1))], signal());
    expect((await failing())?.get('DISK')).toBe(false);
    for (let tries = 0; tries < 2; tries++) await result('db1!disk', 0);
    await connected().switchOn([disk], signal());
    expect((await failing())?.get('DISK')).toBe(false);
  });

  test('a service is muted by one fixed downtime, which ends some time after the window and names it', async () => {
    const until = inHours(2);
    expect(await connected().switchOff([disk(until)], signal())).toEqual(done);
    const [downtime, ...others] = await server.downtimes();
    expect(others).toEqual([]);
    expect(downtime?.name).toMatch(/^db1!disk!/);
    expect(downtime?.attrs).toMatchObject({
      author: 'Lull',
      fixed: true,
      end_time: (until.getTime() + minutes(10)) / 1000,
    });
    expect(downtime?.attrs.start_time).toBeLessThan(Date.now() / 1000);
    expect(downtime?.attrs.comment).toContain(
      'Planned maintenance 12, Postgres upgrade: https://lull.example.com/maintenances/12',
    );
    expect(await connected().read([disk(until)], signal())).toEqual(new Map([['DISK', 'off']]));
  });

  test('a service that is muted twice has one downtime; another end changes it', async () => {
    await connected().switchOff([disk(inHours(2))], signal());
    const before = await server.downtimes();
    await connected().switchOff([disk(inHours(2))], signal());
    expect(await server.downtimes()).toHaveLength(1);
    for (const until of [inHours(5), inHours(1)]) {
      expect(await connected().switchOff([disk(until)], signal())).toEqual(done);
      const [after, ...others] = await server.downtimes();
      expect(others).toEqual([]);
      expect(after?.attrs.end_time).toBe((until.getTime() + minutes(10)) / 1000);
    }
    expect(before).toHaveLength(1);
  });

  test('there is never a gap while the end of a downtime changes', async () => {
    await connected().switchOff([disk(inHours(2))], signal());
    const seen: number[] = [];
    const looking = icinga2Kind.connect(
      icinga2Kind.settings.parse({ url: server.url, certificate: server.fingerprint }),
      { username: 'lull', password: 's3cret' },
      {
        fetch: async (url, init, trust) => {
          const answer = await outgoing.fetch(url, init, trust);
          seen.push((await server.downtimes()).length);
          return answer;
        },
        publicUrl,
        now: () => new Date(),
      },
    );
    await looking.switchOff([disk(inHours(3))], signal());
    expect(seen).toContain(2);
    expect(Math.min(...seen)).toBe(1);
  });

  test('a host is muted with its services, or without them when configured so', async () => {
    const host = (until: Date) => covered('HOST', 'db1', until);
    await connected().switchOff([host(inHours(2))], signal());
    expect(await down()).toEqual(['db1', 'db1!disk', 'db1!load']);
    await connected().switchOff([host(inHours(3))], signal());
    expect(await down()).toEqual(['db1', 'db1!disk', 'db1!load']);
    await connected().switchOn([host(inHours(3))], signal());
    expect(await down()).toEqual([]);
    await connected({ all_services: false }).switchOff([host(inHours(2))], signal());
    expect(await down()).toEqual(['db1']);
  });

  test('a filter mutes all objects that it matches', async () => {
    const shop = covered('SHOP', 'services:service.vars.app=="shop"', inHours(2));
    const databases = covered('DBS', 'hosts:"databases" in host.groups', inHours(2));
    await connected({ all_services: false }).switchOff([shop, databases], signal());
    expect(await down()).toEqual(['db1', 'db1!disk', 'web!http']);
    await connected().switchOn([shop], signal());
    expect(await down()).toEqual(['db1']);
  });

  test('a downtime can be removed repeatedly, and others are left alone', async () => {
    const byHand = { type: 'Service', service: 'db1!disk', fixed: true, start_time: 1, end_time: 4e9 };
    await server.act('schedule-downtime', { ...byHand, author: 'Jonas', comment: 'mine' });
    await connected().switchOff([covered('OTHER', 'db1!disk', inHours(1))], signal());
    await connected({}, { url: 'https://staging.example.com' }).switchOff([disk(inHours(1))], signal());
    const [copied] = (await server.downtimes()).filter(({ attrs }) => attrs.author === 'Lull');
    await server.act('schedule-downtime', { ...byHand, author: 'Jonas', comment: copied?.attrs.comment });
    const before = await server.downtimes();
    expect(before).toHaveLength(4);
    expect(await connected().read([disk(inHours(1))], signal())).toEqual(new Map([['DISK', 'on']]));
    await connected().switchOff([disk(inHours(1))], signal());
    expect(await server.downtimes()).toHaveLength(5);
    for (let times = 0; times < 2; times++) {
      expect(await connected().switchOn([disk(inHours(1))], signal())).toEqual(done);
      expect(await server.downtimes()).toEqual(before);
    }
  });

  test('two downtimes of one check, as after a lost answer, become one', async () => {
    await connected().switchOff([disk(inHours(2))], signal());
    const [{ attrs } = { attrs: undefined }] = await server.downtimes();
    await server.act('schedule-downtime', { type: 'Service', service: 'db1!disk', ...attrs });
    expect(await down()).toEqual(['db1!disk', 'db1!disk']);
    await connected().switchOff([disk(inHours(2))], signal());
    expect(await down()).toEqual(['db1!disk']);
  });

  test('a downtime that a person removes reads as on', async () => {
    await connected().switchOff([disk(inHours(2))], signal());
    const [downtime] = await server.downtimes();
    await server.act('remove-downtime', { type: 'Downtime', downtime: downtime?.name });
    expect(await connected().read([disk(inHours(2))], signal())).toEqual(new Map([['DISK', 'on']]));
  });

  test('the checks that have a downtime of Lull are listed, wanted or not', async () => {
    await connected().switchOff([disk(inHours(2)), covered('HOST', 'db1', inHours(2))], signal());
    await connected({}, { url: 'https://staging.example.com' }).switchOff([covered('X', 'web', inHours(2))], signal());
    expect(await connected().present?.(signal())).toEqual(new Set(['DISK', 'HOST']));
    await connected().switchOn([covered('HOST', 'db1', inHours(2))], signal());
    expect(await connected().present?.(signal())).toEqual(new Set(['DISK']));
  });

  test('downtimes survive a killed server, and removed ones do not return', async () => {
    await connected().switchOff([disk(inHours(2)), covered('LOAD', 'db1!load', inHours(2))], signal());
    await connected().switchOn([covered('LOAD', 'db1!load', inHours(2))], signal());
    await server.kill();
    await server.run();
    expect(await down()).toEqual(['db1!disk']);
  });

  test('an object that Icinga does not know fails for that check only', async () => {
    const answers = await connected().switchOff(
      [covered('GONE', 'db1!gone', inHours(1)), covered('ODD', 'services:service.(', inHours(1)), disk(inHours(1))],
      signal(),
    );
    expect(answers.get('DISK')).toEqual({ ok: true });
    expect(answers.get('GONE')).toEqual({
      ok: false,
      error: 'Icinga has nothing named so, or its API user may not see it: service db1!gone.',
    });
    expect(answers.get('ODD')).toMatchObject({ ok: false });
    expect(await down()).toEqual(['db1!disk']);
  });

  test('hosts and services are listed, with their groups and configured variables as tags', async () => {
    expect(await connected({ tags: ['app', 'owners'] }).list?.(signal())).toEqual(
      expect.arrayContaining([
        {
          externalId: 'db1',
          name: 'Database 1',
          enabled: true,
          tags: ['databases', 'app:shop', 'owners:ana', 'owners:jonas'],
        },
        { externalId: 'web', name: 'web', enabled: false, tags: [] },
        { externalId: 'db1!disk', name: 'Database 1 disk', enabled: true, tags: ['app:shop'] },
        { externalId: 'db1!load', name: 'Database 1 load', enabled: true, tags: [] },
        { externalId: 'web!http', name: 'web HTTP "front"', enabled: true, tags: ['app:shop'] },
      ]),
    );
    expect(JSON.stringify(await connected().list?.(signal()))).not.toContain('hunter2');
  });

  test('an error names the permission that the API user lacks', async () => {
    const reader = connected({}, { username: 'reader' });
    await connected().switchOff([disk(inHours(1))], signal());
    expect(await reader.switchOn([disk(inHours(1))], signal())).toEqual(
      new Map([['DISK', { ok: false, error: expect.stringContaining('needs actions/remove-downtime') }]]),
    );
    await expect(reader.list?.(signal())).rejects.toThrow('It needs objects/query/Host.');
  });

  test('its own certificate is accepted by its fingerprint, and no other', async () => {
    const certificate = server.fingerprint.replace(/^../, (first) => (first === '00' ? '01' : '00'));
    await expect(connected({ certificate }).read([disk(inHours(1))], signal())).rejects.toThrow('another certificate');
    const settings = icinga2Kind.settings.parse({ url: server.url });
    const reach = { fetch: outgoing.fetch, publicUrl, now: () => new Date() };
    const trusting = icinga2Kind.connect(settings, { username: 'lull', password: 's3cret' }, reach);
    await expect(trusting.read([disk(inHours(1))], signal())).rejects.toThrow('is not trusted');
  });

  test('a wrong password is reported without showing it', async () => {
    const refused = await connected({}, { password: 'hunter2' })
      .read([disk(inHours(1))], signal())
      .catch((error: unknown) => String(error));
    expect(refused).toContain('Icinga answered 401');
    expect(refused).not.toContain('hunter2');
  });
});

test.each([
  ['db1', { type: 'Host', host: 'db1' }],
  ['db1!disk /', { type: 'Service', service: 'db1!disk /' }],
  ['hosts: "db" in host.groups', { type: 'Host', filter: '"db" in host.groups' }],
  ['services:service.name=="a!b"', { type: 'Service', filter: 'service.name=="a!b"' }],
])('%s names %j', (externalId, target) => {
  expect(readTarget(externalId)).toEqual(target);
});

test.each(['', '!disk', 'db1!', 'db1!disk!x', 'hosts:', 'services: '])(
  '%j names nothing, and it is said what would',
  (id) => {
    expect(() => readTarget(id)).toThrow('db1!disk (a service)');
  },
);
