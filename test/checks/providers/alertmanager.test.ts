import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { alertmanagerKind } from '../../../src/checks/providers/alertmanager/kind.ts';
import type { DowntimeState, ProviderContext } from '../../../src/checks/providers/provider.ts';
import { temporaryFolder } from '../../folder.ts';
import { installed } from '../../installed.ts';
import { hours, minutes } from '../../world.ts';
import { AlertmanagerServer, type Shown } from './alertmanager-server.ts';
import { answering } from './answering.ts';
import { loopback } from './loopback.ts';

const { signal } = new AbortController();
const publicUrl = 'https://lull.example.com';
const outgoing = loopback();
const reach: ProviderContext = { fetch: outgoing.fetch, publicUrl, now: () => new Date() };
afterAll(() => outgoing.close());

const covered = (id: string, externalId: string, until: Date, windows = [{ id: 12, name: 'Postgres upgrade' }]) =>
  ({ id, externalId, until, windows }) satisfies DowntimeState;
const inHours = (count: number) => new Date(Date.now() + hours(count));
const done = new Map([['LATENCY', { ok: true }]]);

describe.skipIf(!installed('prometheus-alertmanager', 'prometheus-alertmanager'))('with a real Alertmanager', () => {
  let server: AlertmanagerServer;
  beforeAll(async () => {
    server = await AlertmanagerServer.start(await temporaryFolder('alertmanager'));
  });
  afterAll(() => server?.kill());
  afterEach(async () => {
    for (const { id } of await server.active()) await server.expire(id);
  });

  const connected = (others: Partial<ProviderContext> = {}) => {
    const settings = alertmanagerKind.settings.parse({ url: server.url });
    return alertmanagerKind.connect(settings, {}, { ...reach, ...others });
  };
  const matchers: Record<string, string> = {
    LATENCY: 'alertname="HighLatency",instance=~"db.*"',
    LOST: 'alertname="Lost"',
  };
  const latency = (until: Date) => covered('LATENCY', 'alertname="HighLatency",instance=~"db.*"', until);
  const read = async (id: string) => (await connected().read([{ id, externalId: matchers[id] ?? '' }], signal)).get(id);

  test('a check is muted by one silence with its matchers, which ends some time after the window and names it', async () => {
    const until = inHours(2);
    expect(await connected().switchOff([latency(until)], signal)).toEqual(done);
    const [silence, ...others] = await server.active();
    expect(others).toEqual([]);
    expect(silence?.matchers).toEqual([
      { name: 'alertname', value: 'HighLatency', isRegex: false, isEqual: true },
      { name: 'instance', value: 'db.*', isRegex: true, isEqual: true },
    ]);
    expect(silence?.endsAt).toBe(new Date(until.getTime() + minutes(10)).toISOString());
    expect(silence?.createdBy).toBe('Lull');
    expect(silence?.comment).toContain(
      'Planned maintenance 12, Postgres upgrade: https://lull.example.com/maintenances/12',
    );
    expect(await read('LATENCY')).toBe('off');
  });

  test('a check that is muted twice has one silence, unchanged', async () => {
    const until = inHours(2);
    await connected().switchOff([latency(until)], signal);
    const before = await server.active();
    expect(await connected().switchOff([latency(until)], signal)).toEqual(done);
    expect(await server.active()).toEqual(before);
  });

  test.each([
    ['later', 5],
    ['earlier', 1],
  ])('a %s end changes the same silence', async (_, count) => {
    await connected().switchOff([latency(inHours(2))], signal);
    const [before] = await server.active();
    const until = inHours(count);
    expect(await connected().switchOff([latency(until)], signal)).toEqual(done);
    const [after, ...others] = await server.active();
    expect(others).toEqual([]);
    expect(after).toMatchObject({ id: before?.id, endsAt: new Date(until.getTime() + minutes(10)).toISOString() });
  });

  test('a check that is unmuted, also repeatedly, has no silence', async () => {
    await connected().switchOff([latency(inHours(2))], signal);
    for (let times = 0; times < 2; times++) {
      expect(await connected().switchOn([latency(inHours(2))], signal)).toEqual(done);
      expect(await server.active()).toEqual([]);
    }
  });

  test.each([
    ['end', (silence: Shown) => ({ ...silence, endsAt: inHours(1).toISOString() })],
    ['end, to a later one', (silence: Shown) => ({ ...silence, endsAt: inHours(9).toISOString() })],
    ['matchers', (silence: Shown) => ({ ...silence, matchers: silence.matchers.slice(0, 1) })],
  ])(
    'a silence of which a person changed the %s is theirs: it reads as unmuted, and is left alone',
    async (_, edit) => {
      const check = latency(inHours(2));
      await connected().switchOff([check], signal);
      const [{ status, ...silence } = {} as Shown] = await server.active();
      await server.put(edit({ ...silence, status }));
      const edited = await server.active();
      expect(edited).toHaveLength(1);
      expect(await connected().read([check], signal)).toEqual(new Map([['LATENCY', 'on']]));
      await connected().switchOn([check], signal);
      expect(await server.active()).toEqual(edited);
    },
  );

  test('two silences of one check, as after a lost answer, become one', async () => {
    const lossy = connected({
      fetch: async (url, init) => {
        const answer = await outgoing.fetch(url, init);
        if (init?.method === 'POST') throw new Error('the connection broke off');
        return answer;
      },
    });
    expect(await lossy.switchOff([latency(inHours(2))], signal)).toEqual(
      new Map([['LATENCY', { ok: false, error: 'the connection broke off' }]]),
    );
    expect(await server.active()).toHaveLength(1);
    const [{ matchers, comment, endsAt } = { matchers: [], comment: '', endsAt: '' }] = await server.active();
    await server.put({ matchers, comment, endsAt, createdBy: 'Lull' });
    expect(await server.active()).toHaveLength(2);
    await connected().switchOff([latency(inHours(3))], signal);
    expect(await server.active()).toHaveLength(1);
    await server.put({ matchers, comment, endsAt, createdBy: 'Lull' });
    await connected().switchOn([latency(inHours(3))], signal);
    expect(await server.active()).toEqual([]);
  });

  test('silences of people, of other checks and of other installations are left alone', async () => {
    const until = inHours(2);
    await connected().switchOff([covered('OTHER', 'alertname="HighLatency"', until)], signal);
    await connected({ publicUrl: 'https://staging.example.com' }).switchOff([latency(until)], signal);
    const [{ matchers, comment, endsAt } = { matchers: [], comment: '', endsAt: '' }] = await server.active();
    await server.put({ matchers, endsAt, comment: 'mine' });
    await server.put({ matchers, endsAt, comment }); // somebody copied it
    const before = await server.active();
    expect(before).toHaveLength(4);
    expect(await read('LATENCY')).toBeUndefined();
    await connected().switchOff([latency(until)], signal);
    expect(await server.active()).toHaveLength(5);
    await connected().switchOn([latency(until)], signal);
    expect(await server.active()).toEqual(before);
  });

  test('a silence that a person expires reads as on; one that Lull removed leaves no trace', async () => {
    await connected().switchOff([latency(inHours(2))], signal);
    const [silence] = await server.active();
    await server.expire(silence?.id ?? '');
    expect(await read('LATENCY')).toBe('on');
    await connected().switchOff([latency(inHours(2))], signal);
    expect(await read('LATENCY')).toBe('off');
    await connected().switchOn([latency(inHours(2))], signal);
    expect(await read('LATENCY')).toBeUndefined();
  });

  test('a silence that was lost with a killed server leaves no trace, whatever was there before', async () => {
    await connected().switchOff([covered('LOST', 'alertname="Lost"', inHours(2))], signal);
    await server.kill();
    await server.run();
    expect(await read('LOST')).toBeUndefined();
    await connected().switchOff([covered('LOST', 'alertname="Lost"', inHours(2))], signal);
    expect(await read('LOST')).toBe('off');
  });

  test('the checks that have a silence of Lull are listed, wanted or not', async () => {
    await connected().switchOff([latency(inHours(2)), covered('OTHER', 'alertname="Slow"', inHours(2))], signal);
    await connected({ publicUrl: 'https://staging.example.com' }).switchOff(
      [covered('X', 'a="b"', inHours(2))],
      signal,
    );
    expect(await connected().present?.(signal)).toEqual(new Set(['LATENCY', 'OTHER']));
    await connected().switchOn([latency(inHours(2))], signal);
    expect(await connected().present?.(signal)).toEqual(new Set(['OTHER']));
  });

  test('every matcher that Lull reads means the same to Alertmanager', async () => {
    const text = String.raw`{ a="x \"y\" \\ z\n", b!="", c=~"1|2", d!~"é.*", e=plain }`;
    expect(await connected().switchOff([covered('ALL', text, inHours(1))], signal)).toEqual(
      new Map([['ALL', { ok: true }]]),
    );
    const [silence] = await server.active();
    expect(silence?.matchers).toEqual([
      { name: 'a', value: 'x "y" \\ z\n', isRegex: false, isEqual: true },
      { name: 'b', value: '', isRegex: false, isEqual: false },
      { name: 'c', value: '1|2', isRegex: true, isEqual: true },
      { name: 'd', value: 'é.*', isRegex: true, isEqual: false },
      { name: 'e', value: 'plain', isRegex: false, isEqual: true },
    ]);
  });

  test('matchers that Alertmanager refuses fail for that check only, with its error', async () => {
    const answers = await connected().switchOff(
      [covered('BAD', 'alertname=~"["', inHours(1)), covered('WORSE', 'alertname:x', inHours(1)), latency(inHours(1))],
      signal,
    );
    expect(answers.get('LATENCY')).toEqual({ ok: true });
    expect(answers.get('BAD')).toMatchObject({ ok: false, error: expect.stringContaining('missing closing ]') });
    expect(answers.get('WORSE')).toMatchObject({
      ok: false,
      error: expect.stringContaining('is not a list of matchers'),
    });
    expect(await server.active()).toHaveLength(1);
  });

  test('an overdue window still has its silence', async () => {
    await connected().switchOff([latency(inHours(-3))], signal);
    const [silence] = await server.active();
    expect(Date.parse(silence?.endsAt ?? '')).toBeGreaterThan(Date.now() + minutes(9));
  });

  test('many checks need one list and a silence each', async () => {
    const checks = Array.from({ length: 300 }, (_, index) => covered(`C${index}`, `alertname="A${index}"`, inHours(1)));
    const asked: string[] = [];
    const counting = connected({
      fetch: (url, init) => {
        asked.push(init?.method ?? 'GET');
        return outgoing.fetch(url, init);
      },
    });
    const answers = await counting.switchOff(checks, signal);
    expect([...answers.values()].every(({ ok }) => ok)).toBe(true);
    expect(await server.active()).toHaveLength(300);
    expect(asked.filter((method) => method === 'GET')).toHaveLength(1);
    expect(asked).toHaveLength(301);
    await counting.switchOn(checks, signal);
    expect(await server.active()).toEqual([]);
  });
});

describe('an address that', () => {
  const targets = [{ id: 'LATENCY', externalId: 'alertname="HighLatency"' }];
  const at = (url: string, credentials = {}) =>
    alertmanagerKind.connect(
      alertmanagerKind.settings.parse({ url }),
      alertmanagerKind.credentials.parse(credentials),
      reach,
    );

  test.each([
    [{ username: 'lull', password: 's3cret' }, 'Basic bHVsbDpzM2NyZXQ='],
    [{ token: 't0ken' }, 'Bearer t0ken'],
    [{}, undefined],
  ])('requires credentials gets %j as %s, and no error shows them', async (credentials, authorization) => {
    const proxy = await answering((_, response) => response.writeHead(401).end('who are you'));
    const refused = await at(`${proxy.url}/prefix/`, credentials)
      .read(targets, signal)
      .catch((error: unknown) => String(error));
    expect(refused).toBe('Error: Alertmanager answered 401: who are you.');
    expect(proxy.asked).toEqual([{ method: 'GET', path: '/prefix/api/v2/silences', authorization }]);
    await proxy.close();
  });

  test('is no Alertmanager is reported', async () => {
    const page = await answering((_, response) => response.end('<html>'));
    await expect(at(page.url).read(targets, signal)).rejects.toThrow('something else than JSON');
    await page.close();
    const other = await answering((_, response) => response.end('[{"id":1}]'));
    await expect(at(other.url).read(targets, signal)).rejects.toThrow('not the API of an Alertmanager');
    await other.close();
  });

  test('has no server for a moment is called again', async () => {
    let left = 2;
    const gateway = await answering((_, response) => {
      if (left-- > 0) response.writeHead(503).end();
      else response.end('[]');
    });
    expect(await at(gateway.url).read(targets, signal)).toEqual(new Map());
    expect(gateway.asked).toHaveLength(3);
    await gateway.close();
  });

  test('never answers is abandoned after the timeout', async () => {
    const silent = await answering(() => {});
    await expect(at(silent.url).read(targets, AbortSignal.timeout(100))).rejects.toThrow();
    await silent.close();
  });
});

test('credentials are a user with a password, or a token', () => {
  const { credentials } = alertmanagerKind;
  expect(credentials.safeParse({ username: 'lull' }).error?.issues).toMatchObject([{ path: ['password'] }]);
  expect(credentials.safeParse({ username: 'a', password: 'b', token: 'c' }).error?.issues).toMatchObject([
    { path: ['token'] },
  ]);
});
