import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodepingKind } from '../../../src/checks/providers/nodeping/kind.ts';
import type { DowntimeState, Provider } from '../../../src/checks/providers/provider.ts';
import { loopback } from './loopback.ts';
import { NodePingPeer } from './nodeping-peer.ts';

let peer: NodePingPeer;
beforeEach(async () => {
  peer = await NodePingPeer.start();
});
afterEach(() => peer.close());
const outgoing = loopback();
afterAll(() => outgoing.close());

function connected(given: { token?: string; customerid?: string } = {}): Provider {
  const { token = peer.token, ...settings } = given;
  return nodepingKind.connect(
    nodepingKind.settings.parse({ url: peer.url, ...settings }),
    nodepingKind.credentials.parse({ token }),
    { fetch: outgoing.fetch, publicUrl: 'https://lull.example.com', now: () => new Date() },
  );
}

const until = new Date('2027-01-01T02:00:00Z');
const covered = (...externalIds: string[]): DowntimeState[] =>
  externalIds.map((externalId) => ({
    id: `L-${externalId}`,
    externalId,
    until,
    windows: [{ id: 1, name: 'Upgrade' }],
  }));
const ok = (...externalIds: string[]) => new Map(externalIds.map((id) => [`L-${id}`, { ok: true }]));
const soon = () => AbortSignal.timeout(20_000);
const off = () => [...peer.checks].filter(([, check]) => check.enable === 'inactive').map(([id]) => id);
const writes = () =>
  peer.received.filter(({ method }) => method === 'PUT').map(({ path }) => path.replace('/api/1', ''));

describe('the checks of NodePing', () => {
  it('are listed with their names, states and tags', async () => {
    peer.add('A1', { label: 'Front page', tags: ['web', 'db'] });
    peer.add('B2', { label: '', enable: 'inactive' });
    expect(await connected().list?.(soon())).toEqual([
      { externalId: 'A1', name: 'Front page', enabled: true, tags: ['web', 'db'] },
      { externalId: 'B2', name: 'https://b2.example.com/', enabled: false, tags: [] },
    ]);
  });

  it('are read, without those that it does not know', async () => {
    peer.add('A1');
    peer.add('B2', { enable: 'inactive' });
    expect(await connected().read(covered('A1', 'B2', 'GONE'), soon())).toEqual(
      new Map([
        ['L-A1', 'on'],
        ['L-B2', 'off'],
      ]),
    );
  });

  it('fail or pass as it answers; one that is off or was not run yet does neither', async () => {
    peer.add('A1', { state: 1 });
    peer.add('B2', { state: 0 });
    peer.add('C3');
    peer.add('D4', { state: 0, enable: 'inactive' });
    expect(await connected().failing?.(covered('A1', 'B2', 'C3', 'D4', 'GONE'), soon())).toEqual(
      new Map([
        ['L-A1', false],
        ['L-B2', true],
      ]),
    );
  });

  it('are switched off and on, and no others', async () => {
    for (const id of ['A1', 'B2', 'C3']) peer.add(id);
    expect(await connected().switchOff(covered('A1', 'C3'), soon())).toEqual(ok('A1', 'C3'));
    expect(off()).toEqual(['A1', 'C3']);
    expect(await connected().switchOn(covered('C3'), soon())).toEqual(ok('C3'));
    expect(off()).toEqual(['A1']);
  });

  it('are not switched to the state they are in', async () => {
    peer.add('A1', { enable: 'inactive' });
    expect(await connected().switchOff(covered('A1'), soon())).toEqual(ok('A1'));
    expect(writes()).toEqual([]);
  });

  it('can belong to a sub-account', async () => {
    peer.add('A1');
    peer.accounts.set('SUB1', new Map([['A1', { label: 'a', type: 'HTTP', enable: 'active', target: 't' }]]));
    expect(await connected({ customerid: 'SUB1' }).switchOff(covered('A1'), soon())).toEqual(ok('A1'));
    expect(peer.accounts.get('SUB1')?.get('A1')?.enable).toBe('inactive');
    expect(off()).toEqual([]);
  });
});

describe('an answer of NodePing', () => {
  it('is not trusted: a check that shows the old state is not switched', async () => {
    for (const id of ['A1', 'B2']) peer.add(id);
    peer.stubborn.add('B2');
    expect(await connected().switchOff(covered('A1', 'B2', 'GONE'), soon())).toEqual(
      new Map<string, unknown>([
        ['L-A1', { ok: true }],
        ['L-B2', { ok: false, error: 'NodePing took it, and shows the check on all the same.' }],
        ['L-GONE', { ok: false, error: 'NodePing has no check GONE.' }],
      ]),
    );
  });

  it('that is lost after the change was made does no harm', async () => {
    peer.add('A1');
    peer.faults.push(undefined, { kind: 'lost' }, { kind: 'lost' }, { kind: 'lost' });
    expect(await connected().switchOff(covered('A1'), soon())).toEqual(ok('A1'));
  });

  it('that fails transiently is requested again', async () => {
    peer.add('A1');
    peer.faults.push(
      { kind: 'status', status: 503 },
      undefined,
      { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
      { kind: 'status', status: 500 },
      undefined,
    );
    expect(await connected().switchOff(covered('A1'), soon())).toEqual(ok('A1'));
    expect(writes()).toHaveLength(3);
  });

  it('that refuses with status 200 is a failure of that check only', async () => {
    for (const id of ['A1', 'B2']) peer.add(id);
    peer.faults.push(undefined, { kind: 'error', error: 'Too many enabled checks' });
    const answers = await connected().switchOff(covered('A1', 'B2'), soon());
    expect([...answers.values()]).toEqual(
      expect.arrayContaining([{ ok: true }, { ok: false, error: 'NodePing says: Too many enabled checks' }]),
    );
    expect(off()).toHaveLength(1);
  });

  it.each([
    ['is a page', { kind: 'page' }, 'NodePing answered with something else than JSON. Is the address right?'],
    ['is an error', { kind: 'error', error: 'No such thing' }, 'NodePing says: No such thing'],
    ['is refused', { kind: 'status', status: 403, body: '{"error":"No access"}' }, 'NodePing answered 403: No access.'],
    [
      'asks for patience',
      { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
      'NodePing answered 429.',
    ],
  ] as const)('about all checks that %s says nothing of any', async (_what, fault, message) => {
    peer.add('A1');
    peer.faults.push(fault);
    await expect(connected().read(covered('A1'), soon())).rejects.toThrow(new Error(message));
  });

  it('is not waited for after the signal', async () => {
    peer.add('A1');
    peer.faults.push({ kind: 'hang' }, { kind: 'hang' }, { kind: 'hang' });
    await expect(connected().read(covered('A1'), AbortSignal.timeout(100))).rejects.toThrow();
    peer.faults.length = 0;
    peer.faults.push(undefined, { kind: 'hang' }, { kind: 'hang' }, { kind: 'hang' });
    await expect(connected().switchOff(covered('A1'), AbortSignal.timeout(300))).rejects.toThrow();
  });

  it('never shows the token, and no address does', async () => {
    peer.add('A1');
    const wrong = connected({ token: 'a-wrong-token' }).read(covered('A1'), soon());
    await expect(wrong).rejects.toThrow(new Error('NodePing says: Invalid token ***'));
    await connected().switchOff(covered('A1'), soon());
    expect(peer.received.map(({ path }) => path).join()).not.toMatch(/token/);
  });
});

describe('many checks', () => {
  const many = (count: number, prefix: string, check: object) => {
    const ids = Array.from({ length: count }, (_, index) => `${prefix}${index}`);
    for (const id of ids) peer.add(id, check);
    return ids;
  };

  it('are switched in one call when they are all of the account', async () => {
    const ids = many(40, 'A', {});
    expect(await connected().switchOff(covered(...ids), soon())).toEqual(ok(...ids));
    expect(await connected().switchOn(covered(...ids), soon())).toEqual(ok(...ids));
    expect(writes()).toEqual(['/checks?disableall=true', '/checks?disableall=false']);
    expect(off()).toEqual([]);
  });

  it('are switched in one call when they have a type, a label or a target that no other check has', async () => {
    const pings = many(20, 'P', { type: 'PING' });
    const labelled = many(15, 'L', { label: 'Front page' });
    many(5, 'X', {});
    peer.add('OFF', { enable: 'inactive' });
    const wanted = [...pings, ...labelled, 'X0'];
    expect(await connected().switchOff(covered(...wanted), soon())).toEqual(ok(...wanted));
    expect(writes()).toEqual([
      '/checks?disableall=true&type=PING',
      '/checks?disableall=true&label=Front+page',
      '/checks/X0',
    ]);
    expect(off().sort()).toEqual([...wanted, 'OFF'].sort());
  });

  it('are switched one by one when another check might match: one that is off, one with a similar label', async () => {
    const pings = many(12, 'P', { type: 'PING' });
    peer.add('OFF', { type: 'PING', enable: 'inactive' });
    const labelled = many(12, 'L', { label: 'page' });
    peer.add('OTHER', { label: 'Front Page' });
    const wanted = [...pings, ...labelled];
    expect(await connected().switchOff(covered(...wanted), soon())).toEqual(ok(...wanted));
    expect(writes()).toHaveLength(24);
    expect(writes().join()).not.toContain('disableall');
    expect(await connected().switchOn(covered(...wanted), soon())).toEqual(ok(...wanted));
    expect(off()).toEqual(['OFF']);
  });

  it('that a bulk call switched by mistake are switched back, and no bulk call is made again', async () => {
    const labelled = many(12, 'L', { label: 'Front page' });
    peer.add('STRAY', { label: 'Something else' });
    peer.add('OFF', { label: 'Something else', enable: 'inactive' });
    peer.hitsEverything = true;
    const provider = connected();
    expect(await provider.switchOff(covered(...labelled), soon())).toEqual(ok(...labelled));
    expect(off().sort()).toEqual([...labelled, 'OFF'].sort());
    expect(await provider.switchOn(covered(...labelled), soon())).toEqual(ok(...labelled));
    expect(off()).toEqual(['OFF']);
    expect(writes().filter((path) => path.includes('disableall'))).toHaveLength(1);
  });

  it('are switched one by one when the bulk call fails', async () => {
    const ids = many(20, 'A', {});
    peer.faults.push(undefined, { kind: 'error', error: 'Not on your plan' });
    expect(await connected().switchOff(covered(...ids), soon())).toEqual(ok(...ids));
    expect(writes()).toHaveLength(21);
  });

  it('are switched a few at a time', async () => {
    const ids = many(30, 'A', {});
    peer.add('OTHER');
    let most = 0;
    let now = 0;
    const counting: typeof outgoing.fetch = async (...call) => {
      most = Math.max(most, ++now);
      return await outgoing.fetch(...call).finally(() => now--);
    };
    const provider = nodepingKind.connect(
      nodepingKind.settings.parse({ url: peer.url }),
      { token: peer.token },
      { fetch: counting, publicUrl: '', now: () => new Date() },
    );
    expect(await provider.switchOff(covered(...ids), soon())).toEqual(ok(...ids));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });
});

describe('the settings', () => {
  it('need nothing but a token', () => {
    expect(nodepingKind.settings.parse({})).toEqual({ url: 'https://api.nodeping.com/api/1' });
    expect(nodepingKind.credentials.safeParse({}).success).toBe(false);
    expect(nodepingKind.settings.safeParse({ customerid: 'a b' }).success).toBe(false);
  });
});
