import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boundTo } from '../checks/providers/connected.ts';
import { Icinga2Server } from '../checks/providers/icinga2-server.ts';
import { temporaryFolder } from '../folder.ts';
import { installed } from '../installed.ts';
import { type Installation, install, textOf } from './installation.ts';

const OBJECTS = `
object HostGroup "databases" {}
object Host "db1" {
  check_command = "dummy"
  groups = [ "databases" ]
}
object Service "disk" {
  host_name = "db1"
  check_command = "dummy"
}
`;
const CREDENTIALS = { username: 'lull', password: 'env:LULL_SECRET_ICINGA' };

describe.skipIf(!installed('icinga2', 'icinga2'))('with a real Icinga 2', () => {
  let server: Icinga2Server;
  let env: Installation;
  beforeAll(async () => {
    server = await Icinga2Server.start({ objects: OBJECTS, folder: await temporaryFolder('icinga2') });
    env = await install({ secrets: boundTo(['127.0.0.1'], { LULL_SECRET_ICINGA: 's3cret' }) });
  });
  afterAll(async () => {
    await env?.close();
    await server?.kill();
  });

  const runCommand = async (person: 'ana' | 'jonas', line: string) => {
    const who = env.playground.as(person);
    const before = who.ephemerals('#ops').length;
    await who.command('#ops', `/maintenance ${line}`);
    return who.waitFor(`an answer to ${line}`, () => who.ephemerals('#ops').slice(before).at(-1));
  };
  const synced = () => env.api('GET', '/api/v1/providers/icinga/sync');
  const listChecks = async () => {
    const { items } = (await env.api('GET', '/api/v1/checks')).body;
    return items.filter(({ provider }: { provider: string }) => provider === 'icinga');
  };

  test('hosts and services are imported after an admin reviewed them and pressed Apply', async () => {
    const added = await env.api('POST', '/api/v1/providers', {
      name: 'icinga',
      kind: 'icinga2',
      settings: { url: server.url, certificate: server.fingerprint },
      credentials: CREDENTIALS,
    });
    expect(added.status).toBe(201);
    const ana = env.playground.as('ana');
    const preview = await runCommand('ana', 'checks sync icinga');
    expect(textOf(preview)).toContain('icinga and Lull differ: 2 checks came.');
    expect(textOf(preview)).toContain('db1, db1 disk');
    expect(await listChecks()).toEqual([]);
    await ana.press(preview, 'sync.apply');
    await ana.waitFor('the answer', () =>
      textOf(ana.ephemerals('#ops').at(-1)).includes('Synced icinga: 2 checks came'),
    );
    expect(await listChecks()).toMatchObject([
      { name: 'db1', external_id: 'db1', tags: ['databases'] },
      { name: 'db1 disk', external_id: 'db1!disk', tags: [] },
    ]);
    expect(textOf(await runCommand('ana', 'checks sync icinga'))).toContain('There is nothing to do');
    expect(textOf(await runCommand('ana', 'checks'))).toContain('last sync');
  });

  test('only admins import checks, and only from known systems that can list them', async () => {
    expect(textOf(await runCommand('jonas', 'checks sync icinga'))).toContain('that needs the role admin');
    expect(textOf(await runCommand('ana', 'checks sync nagios'))).toContain('There is no monitoring system nagios');
    const settings = { url: 'http://127.0.0.1:1' };
    await env.api('POST', '/api/v1/providers', { name: 'alerts', kind: 'alertmanager', settings });
    expect(textOf(await runCommand('ana', 'checks sync alerts'))).toContain('cannot say which checks it has');
    expect((await env.api('GET', '/api/v1/providers/alerts/sync')).status).toBe(409);
    expect((await env.api('GET', '/api/v1/providers/nagios/sync')).status).toBe(404);
  });

  test('a difference is applied over HTTP exactly as it was reviewed', async () => {
    const [check] = await listChecks();
    await env.lull.ctx.database.check.update({ where: { id: check.id }, data: { name: 'renamed', tags: [] } });
    const { body } = await synced();
    expect(body).toMatchObject({
      provider: 'icinga',
      added: [],
      removed: [],
      changed: [
        {
          id: check.id,
          external_id: 'db1',
          before: { name: 'renamed', tags: [] },
          after: { name: 'db1', tags: ['databases'] },
        },
      ],
    });
    const other = await env.api('POST', '/api/v1/providers/icinga/sync', { seen: 'another' });
    expect(other.status).toBe(409);
    expect(other.body.detail).toContain('Look at the difference again');
    expect((await env.api('POST', '/api/v1/providers/icinga/sync', { seen: body.seen })).status).toBe(200);
    expect(await listChecks()).toMatchObject([{ id: check.id, name: 'db1', tags: ['databases'] }, {}]);
  });

  test('a check that no system of its kind can have is refused with a reason', async () => {
    const add = (provider: string, external_id: string) =>
      env.api('POST', '/api/v1/checks', { name: 'odd', provider, external_id });
    const refused = await add('icinga', 'db1!disk!x');
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toMatchObject([
      { field: 'external_id', message: expect.stringContaining('is no host and no service') },
    ]);
    expect((await add('alerts', 'alertname:x')).body.detail).toContain('is not a list of matchers');
    expect((await add('alerts', 'alertname="x"')).status).toBe(201);
  });

  test('a window schedules a downtime and removes it at its end', async () => {
    const [host] = await listChecks();
    const start = new Date(Date.now() + 3_600_000);
    const made = await env.api('POST', '/api/v1/maintenances', {
      name: 'Disk swap',
      checks: [host.id],
      scheduled_start_date: start.toISOString(),
      scheduled_end_date: new Date(start.getTime() + 3_600_000).toISOString(),
    });
    expect(made.status).toBe(201);
    await env.api('POST', `/api/v1/maintenances/${made.body.id}/start`);
    const ana = env.playground.as('ana');
    const down = async () => (await server.downtimes()).map(({ name }) => name.replace(/![^!]*$/, '')).sort();
    const until = async (what: readonly string[]) => expect.poll(down, { timeout: 20_000 }).toEqual(what);
    await until(['db1', 'db1!disk']);
    const [downtime] = await server.downtimes();
    expect(downtime?.attrs.comment).toContain(
      `Planned maintenance ${made.body.id}, Disk swap: ${env.url}/maintenances/`,
    );
    const ended = await env.api('POST', `/api/v1/maintenances/${made.body.id}/finish`, { status: 'succeed' });
    expect(ended.status).toBe(200);
    await until([]);
    expect(ana.messages('#ops').length).toBeGreaterThan(0);
  });
});
