import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { CHANNELS, type Playground, startPlayground } from '../../src/playground/server.ts';
import { NodePingPeer } from '../checks/providers/nodeping-peer.ts';
import { got, type Peer, startPeer } from '../platform/outbound/peer.ts';
import { Wire } from '../platform/wire.ts';
import { Ledger } from './ledger.ts';
import { LullProcess } from './lull-process.ts';
import type { Postgres } from './postgres.ts';

export const SERVICES = ['api', 'web', 'mail', 'search'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** The checks in NodePing, by id, and the services that they watch. */
export const CHECKS: Readonly<Record<string, readonly ServiceName[]>> = {
  A1: ['api'],
  A2: ['api'],
  W1: ['web'],
  M1: ['mail'],
  AM: ['api', 'mail'],
  S1: ['search'],
  OFF: ['web', 'search'],
};
/** The check that somebody switched off before there was a window. */
export const OFF_BEFORE = 'OFF';

/** How long Lull may take to be usable after a fault. */
const USABLE_TIMEOUT_MS = 180_000;

/** A webhook message that was received and answered with success. */
export interface Received {
  readonly id: string;
  readonly body: string;
}

interface Instance {
  readonly lull: LullProcess;
  readonly wire: Wire;
}

/** Lull as somebody runs it: its processes, its database, its Slack, its monitoring system, and a tool that it notifies. */
export class Site {
  readonly postgres: Postgres;
  readonly databaseUrl: string;
  readonly playground: Playground;
  readonly nodeping: NodePingPeer;
  readonly ledger = new Ledger();
  readonly received: Received[] = [];
  /** Answers a message to the tool wrongly, and returns true; otherwise it is answered as usual. `take` receives it. */
  webhookFault: (response: ServerResponse, take: () => void) => boolean = () => false;
  /** Instances of Lull, each with its network to the database. */
  readonly instances: Instance[] = [];
  /** Those that are gone for good. */
  readonly removed: Instance[] = [];
  /** When Lull could not work as usual, in milliseconds since 1970. */
  readonly outages: { readonly from: number; to: number }[] = [];
  /** Milliseconds from the end of a fault until people and tools could work again, and until all was right. */
  readonly usableAfterMs: number[] = [];
  readonly rightAfterMs: number[] = [];
  /** How far Lull's clock is from the real one, in milliseconds. */
  clockOffset = 0;
  serviceIds: ReadonlyMap<string, number> = new Map();
  readonly #receiver: Peer;
  #probes = 0;

  private constructor(
    postgres: Postgres,
    databaseUrl: string,
    [playground, nodeping, receiver]: readonly [Playground, NodePingPeer, Peer],
  ) {
    this.postgres = postgres;
    this.databaseUrl = databaseUrl;
    this.playground = playground;
    this.nodeping = nodeping;
    this.#receiver = receiver;
  }

  /** Starts everything, with a catalogue. */
  static async open(postgres: Postgres, instances = 1): Promise<Site> {
    const databaseUrl = await postgres.createDatabase();
    const manifest = parse(await readFile('manifest.yml', 'utf8'));
    const playground = await startPlayground({ port: 0, manifest, messageRate: false, tierLimits: false });
    const nodeping = await NodePingPeer.start();
    for (const id of Object.keys(CHECKS)) nodeping.add(id, { enable: id === OFF_BEFORE ? 'inactive' : 'active' });
    let opened: Site | undefined;
    const receiver = await startPeer(async (request, response) => {
      const { headers, body } = await got(request);
      const take = () => opened?.received.push({ id: String(headers['webhook-id']), body });
      if (opened?.webhookFault(response, take)) return;
      take();
      response.writeHead(204).end();
    });
    const site = new Site(postgres, databaseUrl, [playground, nodeping, receiver]);
    opened = site;
    try {
      for (let count = 0; count < instances; count++) await (await site.addInstance()).ready();
      await site.#setUp();
    } catch (error) {
      await site.close();
      throw error;
    }
    return site;
  }

  async close(): Promise<void> {
    const instances = [...this.instances, ...this.removed];
    await Promise.all(instances.map(({ lull }) => lull.kill()));
    await Promise.all(instances.map(({ wire }) => wire.close()));
    await Promise.all([this.playground.close(), this.nodeping.close(), this.#receiver.close()]);
    await this.postgres.dropDatabase(this.databaseUrl);
  }

  /** Starts one more Lull on the database, without waiting until it is ready. */
  async addInstance(): Promise<LullProcess> {
    const wire = await Wire.open(this.databaseUrl);
    const { apiUrl, botToken, appToken } = this.playground;
    const lull = await LullProcess.create({
      DATABASE_URL: wire.url,
      SLACK_API_URL: apiUrl,
      SLACK_BOT_TOKEN: botToken,
      SLACK_APP_TOKEN: appToken,
    });
    this.instances.push({ lull, wire });
    lull.spawn();
    return lull;
  }

  /** Kills a Lull that nobody starts again. */
  async removeInstance(instance: Instance): Promise<void> {
    await instance.lull.kill();
    this.instances.splice(this.instances.indexOf(instance), 1);
    this.removed.push(instance);
  }

  /** The first Lull. */
  get lull(): LullProcess {
    const [first] = this.instances;
    if (first === undefined) throw new Error('there is no instance of Lull');
    return first.lull;
  }

  /** Lull's clock. */
  now(): number {
    return Date.now() + this.clockOffset;
  }

  /** Steps Lull's clock. What was due in between may be late or missed. @param offset milliseconds from the real time */
  stepClock(offset: number): void {
    const before = this.now();
    this.clockOffset = offset;
    for (const { lull } of this.instances) lull.setClock(offset);
    const after = this.now();
    this.outages.push({ from: Math.min(before, after), to: Math.max(before, after) });
  }

  /**
   * Runs a fault, and everything until Lull is usable again; what happens in between may be late or missed.
   * @param noticedAfterMs how long after the fault some of Lull may still wait for what it lost
   */
  async outage(fault: () => Promise<void>, noticedAfterMs = 0): Promise<void> {
    const outage = { from: this.now(), to: Number.POSITIVE_INFINITY };
    this.outages.push(outage);
    await fault();
    const noticedAt = this.now() + noticedAfterMs;
    await this.#measureUsable();
    outage.to = Math.max(this.now(), noticedAt);
  }

  /** Schedules a window over HTTP, as a tool does. @returns its id */
  async schedule(name: string, service: ServiceName, start: number, end: number): Promise<number> {
    const { status, body } = await this.lull.api(
      'POST',
      '/maintenances',
      this.describeWindow(name, service, start, end),
    );
    if (status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`);
    this.ledger.windows.set(name, { acknowledged: true });
    return Number(body.id);
  }

  describeWindow(name: string, service: ServiceName, start: number, end: number) {
    return {
      name,
      services: [this.serviceIds.get(service)],
      scheduled_start_date: new Date(start).toISOString(),
      scheduled_end_date: new Date(end).toISOString(),
    };
  }

  /** How long until a tool can schedule a window and a person gets an answer. */
  async #measureUsable(): Promise<void> {
    const begun = performance.now();
    const { lull } = this;
    await lull.ready();
    const start = this.now() + 40 * 86_400_000;
    for (;;) {
      const name = `Probe ${++this.#probes}`;
      const scheduled = await this.schedule(name, 'search', start, start + 3_600_000).catch(() => undefined);
      if (scheduled !== undefined) break;
      await sleep(50);
    }
    const yuki = this.playground.as('yuki');
    for (let answered = false; !answered; ) {
      const before = yuki.ephemerals('#ops').length;
      await yuki.command('#ops', '/maintenance list');
      for (let waits = 0; waits < 100 && !answered; waits++) {
        answered = yuki.ephemerals('#ops').length > before;
        if (!answered) await sleep(20);
      }
      if (performance.now() - begun > USABLE_TIMEOUT_MS) throw new Error('no person gets an answer in Slack');
    }
    this.usableAfterMs.push(performance.now() - begun);
  }

  async #setUp(): Promise<void> {
    const { lull } = this;
    const must = async (method: string, path: string, body: unknown) => {
      const answer = await lull.api(method, path, body);
      if (answer.status >= 300) throw new Error(`${method} ${path} returned ${JSON.stringify(answer)}`);
      return answer.body;
    };
    await must('PUT', '/catalogue', { services: SERVICES.map((name) => ({ name })) });
    const { items } = await must('GET', '/services', undefined);
    this.serviceIds = new Map((items as { id: number; name: string }[]).map(({ id, name }) => [name, id]));
    await must('POST', '/providers', {
      name: 'nodeping',
      kind: 'nodeping',
      settings: { url: this.nodeping.url },
      credentials: { token: this.nodeping.token },
    });
    const idsOf = (services: readonly ServiceName[]) => services.map((name) => this.serviceIds.get(name));
    for (const [id, services] of Object.entries(CHECKS)) {
      const check = { name: `check ${id}`, provider: 'nodeping', external_id: id };
      await must('POST', '/checks', { ...check, services: idsOf(services) });
    }
    for (const service of SERVICES) {
      await must('POST', '/checks', { name: `register ${service}`, services: idsOf([service]) });
    }
    await must('POST', '/subscriptions', { channel: CHANNELS.ops, audience: 'internal' });
    await must('POST', '/subscriptions', { channel: CHANNELS.status, audience: 'public' });
    await must('POST', '/webhooks', { url: this.#receiver.url });
  }
}
