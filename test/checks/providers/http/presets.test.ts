import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PRESET_KINDS } from '../../../../src/checks/providers/http/presets.ts';
import type { DowntimeState, Provider } from '../../../../src/checks/providers/provider.ts';
import { got, type Peer, startPeer } from '../../../platform/outbound/peer.ts';
import { loopback } from '../loopback.ts';
import { type Checks, type Said, type Service, SWITCHES } from './services.ts';

const outgoing = loopback();
afterAll(() => outgoing.close());

const until = new Date('2027-01-01T02:00:00Z');
const soon = () => AbortSignal.timeout(20_000);
const covered = (...externalIds: string[]): DowntimeState[] =>
  externalIds.map((externalId) => ({ id: `L${externalId}`, externalId, until, windows: [{ id: 1, name: 'Upgrade' }] }));
const all = (externalIds: readonly string[], value: unknown) => new Map(externalIds.map((id) => [`L${id}`, value]));

describe.each(SWITCHES)('$kind, by its documentation', (service: Service) => {
  const [first, second] = service.ids;
  let peer: Peer;
  let checks: Checks;
  let faults: Said[];

  beforeEach(async () => {
    checks = new Map();
    faults = [];
    peer = await startPeer(async (request, response) => {
      const asked = await got(request);
      const url = new URL(asked.path, `http://${asked.headers.host}`);
      const isJson = asked.headers['content-type'] === 'application/json';
      const said =
        faults.shift() ??
        (service.knows(asked.headers)
          ? service.answer({ ...asked, url, json: isJson ? JSON.parse(asked.body) : {} }, checks)
          : { status: 401, body: { error: `unknown key ${asked.headers.authorization}` } });
      response.writeHead(said.status, { 'content-type': 'application/json' });
      response.end(said.body === undefined ? '' : JSON.stringify(said.body));
    });
    checks.set(first, { name: 'Front page', on: true, tags: ['web', 'db'] });
    checks.set(second, { name: 'Backup', on: false, tags: [] });
  });
  afterEach(() => peer.close());

  function connected(token = 'secret-token'): Provider {
    const kind = PRESET_KINDS.find((each) => each.kind === service.kind);
    if (kind === undefined) throw new Error(`no kind ${service.kind}`);
    return kind.connect(
      kind.settings.parse({ url: `${peer.url}${service.base}/`, ...service.settings }),
      kind.credentials.parse({ token }),
      { fetch: outgoing.fetch, publicUrl: 'https://lull.example.com', now: () => new Date() },
    );
  }

  it('lists every check, page by page', async () => {
    const more = [4, 5, 7, 9].map((digit) => `${digit}${first.slice(1)}`);
    for (const id of more) checks.set(id, { name: 'More', on: true, tags: [] });
    const found = await connected().list?.(soon());
    expect(found?.map(({ externalId }) => externalId)).toEqual([first, second, ...more]);
    expect(found?.slice(0, 2)).toEqual([
      {
        externalId: first,
        name: 'Front page',
        enabled: true,
        tags: service.kind === 'better-stack' ? [] : ['web', 'db'],
      },
      { externalId: second, name: 'Backup', enabled: false, tags: [] },
    ]);
  });

  it('reads states, few or many, without checks it does not know', async () => {
    const unknown = `9${first.slice(1)}`;
    const states = new Map([
      [`L${first}`, 'on'],
      [`L${second}`, 'off'],
    ]);
    expect(await connected().read(covered(first, second, unknown), soon())).toEqual(states);
    const many = covered(first, second, ...Array.from({ length: 10 }, () => unknown));
    expect(await connected().read(many, soon())).toEqual(states);
  });

  it('reads which checks fail, few or many, without those it does not know', async () => {
    const fails = `7${first.slice(1)}`;
    const unknown = `9${first.slice(1)}`;
    checks.set(fails, { name: 'Down', on: true, tags: [], fails: true });
    const failing = (...ids: string[]) => connected().failing?.(covered(...ids), soon());
    const known = new Map([
      [`L${first}`, false],
      [`L${fails}`, true],
    ]);
    expect(await failing(first, unknown, fails)).toEqual(known);
    expect(await failing(first, fails, ...Array.from({ length: 10 }, () => unknown))).toEqual(known);
    expect(await failing(first)).toEqual(new Map([[`L${first}`, false]]));
  });

  it('switches off and on repeatedly', async () => {
    const provider = connected();
    expect(provider.form).toBe('switch');
    for (const to of ['off', 'off', 'on', 'on', 'off'] as const) {
      const answer =
        to === 'off' ? provider.switchOff(covered(first), soon()) : provider.switchOn(covered(first), soon());
      expect(await answer, to).toEqual(all([first], { ok: true }));
      expect(checks.get(first)?.on, to).toBe(to === 'on');
      expect(checks.get(second)?.on).toBe(false);
    }
  });

  it('is called again after a transient fault', async () => {
    faults.push({ status: 503 }, { status: 429 });
    expect(await connected().switchOff(covered(first), soon())).toEqual(all([first], { ok: true }));
    expect(checks.get(first)?.on).toBe(false);
  });

  it('fails for the check it does not know, and switches the others', async () => {
    const unknown = `9${first.slice(1)}`;
    const answers = await connected().switchOff(covered(unknown, first), soon());
    expect(answers.get(`L${first}`)).toEqual({ ok: true });
    expect(answers.get(`L${unknown}`)).toMatchObject({ ok: false, error: expect.stringContaining('answered 404') });
  });

  it('is not trusted when the check is still on', async () => {
    const stubborn = service.answer(
      { method: 'GET', path: '', headers: {}, body: '', json: {}, url: new URL(`http://x${pathOf(service)}`) },
      checks,
    );
    faults.push(stubborn, stubborn);
    const answers = await connected().switchOff(covered(first), soon());
    expect(answers.get(`L${first}`)).toMatchObject({
      ok: false,
      error: expect.stringContaining('does not show the check off'),
    });
  });

  it('never shows its key', async () => {
    const answers = await connected('another-key').switchOff(covered(first), soon());
    const error = JSON.stringify([...answers.values()]);
    expect(error).toContain('401');
    expect(error).not.toContain('another-key');
    await expect(connected('another-key').list?.(soon())).rejects.toThrow(/answered 401/);
  });
});

/** Where a service shows its first check. */
function pathOf({ kind, ids: [first] }: Service): string {
  const paths: Record<string, string> = {
    healthchecks: `/api/v3/checks/${first}`,
    'better-stack': `/api/v2/monitors/${first}`,
    uptimerobot: `/v3/monitors/${first}`,
    pingdom: `/api/3.1/checks/${first}`,
    statuscake: `/v1/uptime/${first}`,
    checkly: `/v1/checks/${first}`,
  };
  return paths[kind] ?? '/';
}
