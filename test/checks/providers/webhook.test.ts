import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DowntimeState, Provider } from '../../../src/checks/providers/provider.ts';
import { webhookKind } from '../../../src/checks/providers/webhook.ts';
import { type Got, got, type Peer, startPeer } from '../../platform/outbound/peer.ts';
import { loopback } from './loopback.ts';

const outgoing = loopback();
afterAll(() => outgoing.close());

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let receiver: Peer;
let received: Got[];
/** What it answers to the next messages; afterwards, 204. */
let answers: { status: number; body?: string; lost?: boolean }[];

beforeEach(async () => {
  received = [];
  answers = [];
  receiver = await startPeer(async (request, response) => {
    received.push(await got(request));
    const { status, body, lost } = answers.shift() ?? { status: 204 };
    if (lost === true) request.socket.destroy();
    else response.writeHead(status, { location: '/elsewhere' }).end(body);
  });
});
afterEach(() => receiver.close());

function connected(settings: { answers_state?: boolean } = {}): Provider {
  return webhookKind.connect(
    webhookKind.settings.parse({ url: `${receiver.url}/lull`, ...settings }),
    webhookKind.credentials.parse({ secret: SECRET }),
    { fetch: outgoing.fetch, publicUrl: 'https://lull.example.com', now: () => new Date('2031-05-05T05:05:05Z') },
  );
}

/** The messages as a receiver reads them, with the package's own verifier. */
function verified(): unknown[] {
  return received.map(({ body, headers }) => {
    const given = Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    );
    return new Webhook(SECRET).verify(body, Object.fromEntries(given));
  });
}

const soon = () => AbortSignal.timeout(20_000);
const until = new Date('2027-01-01T02:00:00Z');
const check = (externalId: string): DowntimeState => ({
  id: `L${externalId}`,
  externalId,
  until,
  windows: [{ id: 7, name: 'Upgrade' }],
});
const ok = (...ids: string[]) => new Map(ids.map((id) => [`L${id}`, { ok: true }]));
const id = (index: number) => received[index]?.headers['webhook-id'];

describe('a system of one’s own', () => {
  it('gets a message that it can verify with what to switch off, until when and why', async () => {
    expect(await connected().switchOff([check('db-1'), check('db-2')], soon())).toEqual(ok('db-1', 'db-2'));
    const maintenances = [{ id: 7, name: 'Upgrade', url: 'https://lull.example.com/maintenances/7' }];
    expect(verified()).toEqual([
      {
        type: 'checks.off',
        timestamp: '2031-05-05T05:05:05.000Z',
        data: {
          checks: [
            { id: 'db-1', until: '2027-01-01T02:00:00.000Z', maintenances },
            { id: 'db-2', until: '2027-01-01T02:00:00.000Z', maintenances },
          ],
        },
      },
    ]);
    expect(received[0]).toMatchObject({ method: 'POST', path: '/lull' });
  });

  it('gets a message with what to switch on', async () => {
    expect(await connected().switchOn([check('db-1')], soon())).toEqual(ok('db-1'));
    expect(verified()).toMatchObject([{ type: 'checks.on', data: { checks: [{ id: 'db-1' }] } }]);
  });

  it('detects a message that was changed, or signed with another secret', async () => {
    await connected().switchOff([check('db-1')], soon());
    const [message] = received;
    const headers = Object.fromEntries(
      Object.entries(message?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(() => new Webhook(SECRET).verify(`${message?.body} `, headers)).toThrow();
    expect(() => new Webhook('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA').verify(message?.body ?? '', headers)).toThrow();
  });

  it('gets a repeated message with the same id, and another one with another', async () => {
    answers.push({ status: 503 }, { status: 200, lost: true });
    const provider = connected();
    expect(await provider.switchOff([check('db-1')], soon())).toEqual(ok('db-1'));
    await provider.switchOn([check('db-1')], soon());
    await provider.switchOff([check('db-1')], soon());
    expect(received).toHaveLength(5);
    expect(verified()).toHaveLength(5);
    expect([id(1), id(2)]).toEqual([id(0), id(0)]);
    expect(new Set([id(0), id(3), id(4)]).size).toBe(3);
  });

  it('has switched nothing unless it answers 2xx', async () => {
    answers.push({ status: 400, body: `{"error":"who is ${SECRET}?"}` });
    expect(await connected().switchOff([check('db-1')], soon())).toEqual(
      new Map([['Ldb-1', { ok: false, error: `127.0.0.1:${receiver.port} answered 400: who is ***?.` }]]),
    );
    answers.push({ status: 302 });
    expect((await connected().switchOff([check('db-1')], soon())).get('Ldb-1')?.ok).toBe(false);
    expect(received.map(({ path }) => path)).toEqual(['/lull', '/lull']);
  });

  it('gets many checks in a few messages, whose results are independent', async () => {
    answers.push({ status: 400 });
    const many = Array.from({ length: 250 }, (_, index) => check(`c${index}`));
    const result = await connected().switchOff(many, soon());
    expect(received).toHaveLength(3);
    expect([...result.values()].filter((each) => !each.ok).length).toBeOneOf([50, 100]);
    expect(result.size).toBe(250);
  });

  it('that answers no states gets the message again from a new process', async () => {
    const provider = connected();
    expect(provider.form).toBe('downtime');
    expect(await provider.read([check('db-1')], soon())).toEqual(new Map());
    await provider.switchOff([check('db-1')], soon());
    expect(await provider.read([check('db-1'), check('db-2')], soon())).toEqual(new Map([['Ldb-1', 'off']]));
    await provider.switchOn([check('db-1')], soon());
    expect(await provider.read([check('db-1')], soon())).toEqual(new Map());
  });

  it('that answers states is asked, and leaves out unknown checks', async () => {
    const provider = connected({ answers_state: true });
    expect(provider.form).toBe('switch');
    answers.push({ status: 200, body: '{"states":{"db-1":"off","db-2":"on","db-9":"on"}}' });
    expect(await provider.read([check('db-1'), check('db-2'), check('db-3')], soon())).toEqual(
      new Map([
        ['Ldb-1', 'off'],
        ['Ldb-2', 'on'],
      ]),
    );
    expect(verified()).toMatchObject([
      { type: 'checks.state', data: { checks: [{ id: 'db-1' }, { id: 'db-2' }, { id: 'db-3' }] } },
    ]);
    for (const body of ['', '{}', '{"states":{"db-1":"asleep"}}']) {
      answers.push({ status: 200, body });
      await expect(provider.read([check('db-1')], soon()), body).rejects.toThrow(/answered/);
    }
  });
});

describe('the secret', () => {
  it.each(['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', SECRET])('can be %s', (secret) => {
    expect(webhookKind.credentials.safeParse({ secret }).success).toBe(true);
  });

  it.each(['', 'short', 'whsec_', 'not base64 at all, not in the least', 'A'.repeat(100)])(
    'may not be %j',
    (secret) => {
      expect(webhookKind.credentials.safeParse({ secret }).success).toBe(false);
    },
  );
});
