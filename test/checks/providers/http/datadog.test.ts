import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PRESET_KINDS } from '../../../../src/checks/providers/http/presets.ts';
import type { DowntimeState, Provider } from '../../../../src/checks/providers/provider.ts';
import { type Got, got, type Peer, startPeer } from '../../../platform/outbound/peer.ts';
import { loopback } from '../loopback.ts';

interface Downtime {
  readonly id: string;
  status: 'active' | 'canceled' | 'ended';
  message: string;
  end: string | null;
  readonly monitor: number | null;
}

const outgoing = loopback();
afterAll(() => outgoing.close());

let peer: Peer;
let downtimes: Downtime[];
let received: Got[];
/** The answer to the next one that is put is lost. */
let losesAnswer: boolean;
let now: Date;

const monitors = ['CPU', 'Disk', 'Errors'].map((name, index) => ({
  id: index + 1,
  name,
  tags: ['env:prod'],
  overall_state: name === 'Disk' ? 'Alert' : 'OK',
}));

const PUBLIC_URL = 'https://lull.example.com';

/** Datadog's downtimes, as https://docs.datadoghq.com/api/latest/downtimes/ shows them. */
beforeEach(async () => {
  downtimes = [];
  received = [];
  losesAnswer = false;
  now = new Date('2027-01-01T00:00:00Z');
  peer = await startPeer(async (request, response) => {
    const asked = await got(request);
    received.push(asked);
    const say = (status: number, body?: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? '' : JSON.stringify(body));
    };
    if (asked.headers['dd-api-key'] !== 'api-secret' || asked.headers['dd-application-key'] !== 'app-secret') {
      return say(403, { errors: ['Forbidden'] });
    }
    const url = new URL(asked.path, 'http://peer');
    if (url.pathname === '/api/v1/monitor') {
      const page = Number(url.searchParams.get('page'));
      return say(200, monitors.slice(page * 2, page * 2 + 2));
    }
    const wanted = /^\/api\/v1\/monitor\/(\d+)$/.exec(url.pathname)?.[1];
    if (wanted !== undefined) {
      const found = monitors.find((each) => String(each.id) === wanted);
      return found === undefined ? say(404, { errors: ['Monitor not found'] }) : say(200, found);
    }
    const id = /^\/api\/v2\/downtime\/([\w-]+)$/.exec(url.pathname)?.[1];
    const known = downtimes.find((each) => each.id === id);
    if (id !== undefined && known === undefined) return say(404, { errors: ['Downtime not found'] });
    const attributes = asked.body === '' ? {} : JSON.parse(asked.body).data.attributes;
    if (asked.method === 'GET') {
      const from = Number(url.searchParams.get('page[offset]'));
      return say(200, { data: downtimes.slice(from, from + 2).map(shown) });
    }
    if (asked.method === 'DELETE' && known !== undefined) {
      known.status = 'canceled';
      return say(204);
    }
    if (asked.method === 'PATCH' && known !== undefined) {
      if (known.status !== 'active') return say(400, { errors: ['Cannot update a downtime that is over'] });
      known.message = attributes.message ?? known.message;
      known.end = attributes.schedule?.end ?? known.end;
      return say(200, { data: shown(known) });
    }
    const monitor: unknown = attributes.monitor_identifier?.monitor_id;
    if (typeof monitor !== 'number') return say(400, { errors: ['Invalid monitor_id'] });
    const { message, schedule } = attributes;
    const made: Downtime = { id: `d-${downtimes.length}`, status: 'active', message, end: schedule.end, monitor };
    downtimes.push(made);
    if (losesAnswer) {
      losesAnswer = false;
      request.socket.destroy();
      return undefined;
    }
    return say(200, { data: shown(made) });
  });
});
afterEach(() => peer.close());

function shown({ id, status, message, end, monitor }: Downtime) {
  const identifier = monitor === null ? { monitor_tags: ['*'] } : { monitor_id: monitor };
  const attributes = { status, message, scope: '*', monitor_identifier: identifier, schedule: { start: null, end } };
  return { id, type: 'downtime', attributes };
}

function connected(): Provider {
  const kind = PRESET_KINDS.find((each) => each.kind === 'datadog');
  if (kind === undefined) throw new Error('no kind datadog');
  return kind.connect(
    kind.settings.parse({ url: peer.url }),
    kind.credentials.parse({ api_key: 'api-secret', application_key: 'app-secret' }),
    { fetch: outgoing.fetch, publicUrl: PUBLIC_URL, now: () => now },
  );
}

const soon = () => AbortSignal.timeout(20_000);
const ok = { ok: true };
const covered = (externalId: string, until = '2027-01-01T02:00:00Z'): DowntimeState => ({
  id: 'L1',
  externalId,
  until: new Date(until),
  windows: [{ id: 7, name: 'Upgrade' }],
});
const active = () => downtimes.filter(({ status }) => status === 'active');

describe('Datadog, by its documentation', () => {
  it('lists every monitor, page by page', async () => {
    expect(await connected().list?.(soon())).toEqual(
      ['CPU', 'Disk', 'Errors'].map((name, index) => ({
        externalId: String(index + 1),
        name,
        enabled: true,
        tags: ['env:prod'],
      })),
    );
  });

  it('reads which monitors alert, few or many, without those it does not know', async () => {
    const failing = (ids: readonly number[]) =>
      connected().failing?.(
        ids.map((id) => ({ id: `L${id}`, externalId: String(id) })),
        soon(),
      );
    const alerting = new Map([
      ['L1', false],
      ['L2', true],
    ]);
    expect(await failing([1, 2, 99])).toEqual(alerting);
    expect(await failing([1, 2, 90, 91, 92, 93, 94, 95, 96])).toEqual(alerting);
  });

  it('gets one downtime for a monitor, which ends by itself, however often it is muted', async () => {
    const provider = connected();
    expect(provider.form).toBe('downtime');
    for (let times = 0; times < 3; times++) {
      expect(await provider.switchOff([covered('42')], soon())).toEqual(new Map([['L1', ok]]));
    }
    expect(active()).toMatchObject([{ monitor: 42, end: '2027-01-01T02:10:00.000Z' }]);
    expect(active()[0]?.message).toContain('Planned maintenance 7, Upgrade: https://lull.example.com/maintenances/7');
    expect(await provider.read([covered('42')], soon())).toEqual(new Map([['L1', 'off']]));
  });

  it('has the downtime changed for another end, and one that somebody moved to another monitor left alone', async () => {
    const provider = connected();
    await provider.switchOff([covered('42')], soon());
    await provider.switchOff([covered('42', '2027-01-01T04:00:00Z')], soon());
    expect(downtimes).toMatchObject([{ monitor: 42, end: '2027-01-01T04:10:00.000Z' }]);
    await provider.switchOff([covered('43', '2027-01-01T04:00:00Z')], soon());
    expect(active()).toMatchObject([{ monitor: 42 }, { monitor: 43 }]);
  });

  it('notifies nobody who is mentioned in the name of a window', async () => {
    await connected().switchOff([{ ...covered('42'), windows: [{ id: 7, name: 'Upgrade @all' }] }], soon());
    expect(active()[0]?.message).not.toContain('@');
    expect(await connected().read([covered('42')], soon())).toEqual(new Map([['L1', 'off']]));
  });

  it('keeps the downtimes of others', async () => {
    const other = { status: 'active', message: 'by hand', end: null, monitor: 42 } as const;
    downtimes.push({ id: 'x', ...other }, { id: 'y', ...other, monitor: null });
    const provider = connected();
    expect(await provider.read([covered('42')], soon())).toEqual(new Map());
    await provider.switchOff([covered('42')], soon());
    expect(await provider.switchOn([covered('42')], soon())).toEqual(new Map([['L1', ok]]));
    expect(active().map(({ id }) => id)).toEqual(['x', 'y']);
    expect(await provider.read([covered('42')], soon())).toEqual(new Map());
  });

  it('shows that somebody removed the downtime, and no trace of one that ended', async () => {
    const provider = connected();
    await provider.switchOff([covered('42')], soon());
    for (const downtime of downtimes) downtime.status = 'canceled';
    expect(await provider.read([covered('42')], soon())).toEqual(new Map([['L1', 'on']]));
    now = new Date('2027-01-01T03:00:00Z');
    expect(await provider.read([covered('42')], soon())).toEqual(new Map());
  });

  it('gets no second downtime when the answer to the first was lost', async () => {
    losesAnswer = true;
    const answers = await connected().switchOff([covered('42')], soon());
    expect(answers.get('L1')).toMatchObject({ ok: false });
    expect(await connected().switchOff([covered('42')], soon())).toEqual(new Map([['L1', ok]]));
    expect(downtimes).toHaveLength(1);
  });

  it('is not asked for a monitor whose id is no number', async () => {
    const answers = await connected().switchOff([covered('a/b')], soon());
    expect(answers.get('L1')).toEqual({ ok: false, error: '"a/b" is not a number, and check must be one here.' });
    expect(received.every(({ method }) => method === 'GET')).toBe(true);
  });
});
