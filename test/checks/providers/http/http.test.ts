import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { httpKind } from '../../../../src/checks/providers/http/kind.ts';
import type { DowntimeState, Provider } from '../../../../src/checks/providers/provider.ts';
import { type Got, got, type Peer, startPeer } from '../../../platform/outbound/peer.ts';
import { loopback } from '../loopback.ts';

const outgoing = loopback();
afterAll(() => outgoing.close());

let peer: Peer;
let received: Got[];
/** What the system answers, by method and path. */
let answers: Map<string, unknown>;

beforeEach(async () => {
  received = [];
  answers = new Map();
  peer = await startPeer(async (request, response) => {
    const asked = await got(request);
    received.push(asked);
    const answer = answers.get(`${asked.method} ${asked.path}`);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? {}));
  });
});
afterEach(() => peer.close());

type Settings = z.input<typeof httpKind.settings>;

function connected(settings: Settings, credentials: Record<string, string> = {}): Provider {
  return httpKind.connect(httpKind.settings.parse(settings), httpKind.credentials.parse(credentials), {
    fetch: outgoing.fetch,
    publicUrl: 'https://lull.example.com',
    now: () => new Date(),
  });
}

/** A system of one's own. */
const own = (): Settings => ({
  headers: { Authorization: 'Bearer {token}' },
  off: { method: 'PUT', url: `${peer.url}/checks/{check}`, json: { muted: true, by: 'Lull for {check}' } },
  on: { method: 'PUT', url: `${peer.url}/checks/{check}`, json: { muted: false } },
  state: { method: 'GET', url: `${peer.url}/checks/{check}`, state: '/muted' },
  list: {
    method: 'GET',
    url: `${peer.url}/checks?page={page}`,
    items: '/checks',
    id: '/id',
    name: '/name',
    state: '/muted',
  },
  states: { off: [true], on: [false] },
});

const soon = () => AbortSignal.timeout(20_000);
const check = (externalId: string): DowntimeState => ({
  id: `L${externalId}`,
  externalId,
  until: new Date('2027-01-01T02:00:00Z'),
  windows: [{ id: 1, name: 'Upgrade' }],
});
const problems = (settings: object) =>
  httpKind.settings.safeParse(settings).error?.issues.map(({ message }) => message);

describe('a system described by its requests', () => {
  it('is sent the described requests, with the credentials filled in', async () => {
    answers.set('PUT /checks/a%20b%2Fc', {}).set('GET /checks/a%20b%2Fc', { muted: true });
    const provider = connected(own(), { token: 'a"secret' });
    expect(await provider.switchOff([check('a b/c')], soon())).toEqual(new Map([['La b/c', { ok: true }]]));
    expect(received[0]).toMatchObject({
      method: 'PUT',
      headers: { authorization: 'Bearer a"secret', 'content-type': 'application/json' },
      body: JSON.stringify({ muted: true, by: 'Lull for a b/c' }),
    });
  });

  it('is asked for its list from eight checks on, and for each check below that', async () => {
    answers.set('GET /checks?page=1', { checks: [] });
    for (const [count, paths] of [
      [7, Array.from({ length: 7 }, (_, index) => `/checks/${index}`)],
      [8, ['/checks?page=1']],
    ] as const) {
      received = [];
      await connected(own(), { token: 'secret' }).read(
        Array.from({ length: count }, (_, index) => check(String(index))),
        soon(),
      );
      expect(received.map(({ path }) => path).toSorted()).toEqual(paths);
    }
  });

  it('can need a user and a password, a form, and a token in the address', async () => {
    const change = (on: string) =>
      ({ method: 'POST', url: `${peer.url}/set?key={token}`, form: { on, id: '{check}' } }) as const;
    answers.set('POST /set?key=k%26y', {});
    const provider = connected({ off: change('0'), on: change('1') }, { user: 'u', password: 'p:w', token: 'k&y' });
    await provider.switchOff([check('a&on=1')], soon());
    expect(received).toMatchObject([
      {
        body: 'on=0&id=a%26on%3D1',
        headers: {
          authorization: `Basic ${Buffer.from('u:p:w').toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
      },
    ]);
  });

  it('is never asked for another check, whatever the id holds', async () => {
    const result = await connected(own(), { token: 't' }).switchOff([check('..'), check('')], soon());
    expect([...result.values()].every(({ ok }) => !ok)).toBe(true);
    expect(received).toEqual([]);
  });

  it('that shows neither on nor off for a check has the others read', async () => {
    answers.set('GET /checks/1', { muted: 'maybe' }).set('GET /checks/2', { muted: true }).set('GET /checks/3', {});
    const provider = connected(own(), { token: 't' });
    expect(await provider.read([check('1'), check('2'), check('3')], soon())).toEqual(new Map([['L2', 'off']]));
    await expect(provider.read([check('1')], soon())).rejects.toThrow(/shows neither on nor off at "\/muted"/);
  });

  it('with values for one state means the other by everything else', async () => {
    answers.set('GET /checks/1', { muted: 'until further notice' }).set('GET /checks/2', { muted: null });
    const provider = connected({ ...own(), states: { on: [null] } }, { token: 't' });
    expect(await provider.read([check('1'), check('2')], soon())).toEqual(
      new Map([
        ['L1', 'off'],
        ['L2', 'on'],
      ]),
    );
  });

  describe('that shows whether a check fails', () => {
    const failing = (settings: Settings, ...ids: string[]) =>
      connected(settings, { token: 't' }).failing?.(ids.map(check), soon());

    it('can show it in the answer with the state', async () => {
      answers.set('GET /checks/1', { muted: false, up: false }).set('GET /checks/2', { muted: false, up: true });
      answers.set('GET /checks/3', { muted: false });
      const { state, ...rest } = own();
      const shown = { method: 'GET', url: `${peer.url}/checks/{check}`, state: '/muted', failing: '/up' } as const;
      const settings = { ...rest, state: shown, states: { off: [true], on: [false], failing: [false] } };
      expect(await failing(settings, '1', '2', '3', '4')).toEqual(
        new Map([
          ['L1', true],
          ['L2', false],
        ]),
      );
    });

    it('can show it in a request of its own', async () => {
      answers.set('GET /results/1', { last: { level: 2 } }).set('GET /results/2', { last: { level: 0 } });
      const result = { method: 'GET', url: `${peer.url}/results/{check}`, failing: '/last/level' } as const;
      const settings = { ...own(), result, states: { off: [true], on: [false], failing: [1, 2] } };
      expect(await failing(settings, '1', '2')).toEqual(
        new Map([
          ['L1', true],
          ['L2', false],
        ]),
      );
      expect(received.map(({ path }) => path).sort()).toEqual(['/results/1', '/results/2']);
    });

    it('can show it only in the list of all', async () => {
      answers.set('GET /all', {
        checks: [
          { id: 1, muted: false, ok: 'no' },
          { id: 2, muted: false, ok: 'yes' },
        ],
      });
      const list = {
        method: 'GET',
        url: `${peer.url}/all`,
        items: '/checks',
        id: '/id',
        name: '/id',
        failing: '/ok',
      } as const;
      const settings = { ...own(), list, states: { off: [true], on: [false], failing: ['no'] } };
      expect(await failing(settings, '1', '2', '3')).toEqual(
        new Map([
          ['L1', true],
          ['L2', false],
        ]),
      );
      expect(received).toHaveLength(1);
    });

    it('has the other checks read when one cannot be', async () => {
      answers.set('GET /checks/1', 'no JSON').set('GET /checks/2', { muted: false, up: false });
      const shown = { method: 'GET', url: `${peer.url}/checks/{check}`, state: '/muted', failing: '/up' } as const;
      const settings = { ...own(), state: shown, states: { off: [true], on: [false], failing: [false] } };
      expect(await failing(settings, '1', '2')).toEqual(new Map([['L2', true]]));
      await expect(failing(settings, '1')).rejects.toThrow(/something else than JSON/);
    });

    it('is not asked when its description does not say how', () => {
      expect(connected(own(), { token: 't' }).failing).toBeUndefined();
    });
  });

  it('that cannot be read is trusted, and switched again by a new process', async () => {
    answers.set('PUT /checks/1', {});
    const { state, list, ...rest } = own();
    const settings = { ...rest, states: {} };
    const provider = connected(settings, { token: 't' });
    expect([provider.form, provider.list]).toEqual(['downtime', undefined]);
    expect(await provider.read([check('1')], soon())).toEqual(new Map());
    expect(await provider.switchOff([check('1')], soon())).toEqual(new Map([['L1', { ok: true }]]));
    expect(await provider.read([check('1')], soon())).toEqual(new Map([['L1', 'off']]));
    expect(await connected(settings, { token: 't' }).read([check('1')], soon())).toEqual(new Map());
    await provider.switchOn([check('1')], soon());
    expect(await provider.read([check('1')], soon())).toEqual(new Map());
  });

  it('is listed to its last page, and once without pages', async () => {
    const item = (id: number) => ({ id, name: `Check ${id}`, muted: false });
    answers.set('GET /checks?page=1', { checks: [item(1), item(2)] }).set('GET /checks?page=2', { checks: [item(3)] });
    answers.set('GET /checks?page=3', { checks: [item(3)] });
    const provider = connected(own(), { token: 't' });
    expect((await provider.list?.(soon()))?.map(({ externalId }) => externalId)).toEqual(['1', '2', '3']);
    answers.set('GET /checks?page=1', 'no JSON');
    await expect(provider.list?.(soon())).rejects.toThrow(/answered with something else than JSON/);
    answers.set('GET /checks?page=1', { checks: {} });
    await expect(provider.list?.(soon())).rejects.toThrow(/without a list at "\/checks"/);
  });

  it('is not followed to a next page on another server', async () => {
    answers.set('GET /all', { checks: [{ id: 1 }], next: 'https://evil.example.com/' });
    const list = {
      method: 'GET',
      url: `${peer.url}/all`,
      items: '/checks',
      id: '/id',
      name: '/name',
      next: '/next',
    } as const;
    const provider = connected({ ...own(), list }, { token: 't' });
    await expect(provider.list?.(soon())).rejects.toThrow(/next page is on another server/);
  });

  it('shows no credential in its errors', async () => {
    await peer.close();
    peer = await startPeer((request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: `bad ${request.headers.authorization} at ${request.url}` }));
    });
    const result = await connected(own(), { token: 'hunter2' }).switchOff([check('1')], soon());
    expect(result.get('L1')).toEqual({
      ok: false,
      error: `127.0.0.1:${peer.port} answered 400: bad Bearer *** at /checks/1.`,
    });
  });
});

describe('a description', () => {
  const change = { method: 'POST', url: 'https://example.com/{check}' };

  it('needs only the requests to switch off and on', () => {
    expect(httpKind.settings.safeParse({ off: change, on: change }).success).toBe(true);
    expect(problems({ off: change })).toHaveLength(1);
  });

  it.each([
    [
      { url: 'example.com/{check}' },
      'Expected: an address with a fixed host, such as https://example.com/checks/{check}.',
    ],
    [
      { url: 'https://{check}.example.com/' },
      'Expected: an address with a fixed host, such as https://example.com/checks/{check}.',
    ],
    [
      { url: 'https://example.com/{id}' },
      'There is nothing to put for {id}. Expected in braces: {check}, {token}, {user}, {password}.',
    ],
    [
      { json: { a: '{page}' } },
      'There is nothing to put for {page}. Expected in braces: {check}, {token}, {user}, {password}.',
    ],
    [{ shows: 'status' }, 'Expected: a JSON Pointer such as /data/status, or nothing for the whole answer.'],
    [{ boddy: 1 }, 'Unrecognized key: "boddy"'],
  ])('with %j is refused', (wrong, message) => {
    expect(problems({ off: { ...change, ...wrong }, on: change, states: { off: [1] } })).toEqual([message]);
  });

  it('that shows a state needs the values that mean it', () => {
    const state = { method: 'GET', url: 'https://example.com/{check}', state: '/on' };
    expect(problems({ off: change, on: change, state })).toEqual([
      'Expected, where a state is shown: the values that mean off, or on, or both.',
    ]);
  });

  it('that shows failures needs the values that mean them, and the other way round', () => {
    const result = { method: 'GET', url: 'https://example.com/{check}', failing: '/up' };
    const both =
      'Expected both or neither: where a check shows that it fails (in state, result or list), and the values that mean it.';
    expect(problems({ off: change, on: change, result })).toEqual([both]);
    expect(problems({ off: change, on: change, states: { failing: [false] } })).toEqual([both]);
    expect(problems({ off: change, on: change, result, states: { failing: [false] } })).toBeUndefined();
  });

  it('accepts a certificate or its fingerprint, and nothing else', () => {
    const certificate = 'AB:'.repeat(31).concat('AB');
    expect(problems({ off: change, on: change, certificate })).toBeUndefined();
    expect(problems({ off: change, on: change, certificate: 'any' })).toHaveLength(1);
  });
});
