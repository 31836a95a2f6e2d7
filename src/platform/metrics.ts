import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database, Queries } from './database.ts';
import { onTelemetry } from './telemetry.ts';

/** Bounds of a transition's lateness (seconds): a second is good, a minute is said to people, more is an outage. */
const LATENESS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];
const DURATION = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * What Prometheus reads. This process counts what it does itself; what all processes share is asked of the database when
 * somebody reads.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #ends: (() => void)[] = [];

  /** @param statuses those of a maintenance, so that one that none has is reported as 0 */
  constructor(database: Database, statuses: readonly string[]) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#count(registers);
    gauges(database, statuses, registers);
  }

  /** In Prometheus' text format, and its media type. */
  async read(): Promise<{ readonly text: string; readonly type: string }> {
    return { text: await this.#registry.metrics(), type: this.#registry.contentType };
  }

  /** Counts no more. */
  close(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#registry.clear();
  }

  #count(registers: Registry[]): void {
    const lateness = new Histogram({
      name: 'lull_transition_lateness_seconds',
      help: 'How long after its instant a window began or ended by itself.',
      labelNames: ['transition'],
      buckets: LATENESS,
      registers,
    });
    const slack = new Counter({
      name: 'lull_slack_calls_total',
      help: "Calls to Slack's Web API by what came of them.",
      labelNames: ['method', 'outcome'],
      registers,
    });
    const providers = new Counter({
      name: 'lull_provider_calls_total',
      help: 'Calls to monitoring systems by what came of them.',
      labelNames: ['provider', 'outcome'],
      registers,
    });
    const requests = new Histogram({
      name: 'lull_http_request_duration_seconds',
      help: 'Requests to the HTTP interface and how long they took.',
      labelNames: ['method', 'route', 'status'],
      buckets: DURATION,
      registers,
    });
    this.#ends.push(
      onTelemetry('transition', ({ kind, lateBy }) =>
        lateness.observe({ transition: kind }, Math.max(0, lateBy) / 1000),
      ),
      onTelemetry('slack-call', ({ method, outcome }) => slack.inc({ method, outcome })),
      onTelemetry('provider-call', ({ provider, outcome }) => providers.inc({ provider, outcome })),
      onTelemetry('http-request', ({ method, route, status, seconds }) =>
        requests.observe({ method, route, status }, seconds),
      ),
    );
  }
}

function gauges(database: Database, statuses: readonly string[], registers: Registry[]): void {
  new Gauge({
    name: 'lull_maintenances',
    help: 'Maintenances by status.',
    labelNames: ['status'],
    registers,
    async collect() {
      const found = await countMaintenancesByStatus(database);
      for (const status of statuses) this.set({ status }, found.find((one) => one.status === status)?.count ?? 0);
    },
  });
  new Gauge({
    name: 'lull_jobs',
    help: 'Jobs that wait, and jobs that failed and wait for the sweeper.',
    labelNames: ['job', 'state'],
    registers,
    async collect() {
      this.reset();
      for (const { job, waiting, failed } of await countJobsByState(database)) {
        this.set({ job, state: 'waiting' }, waiting);
        this.set({ job, state: 'failed' }, failed);
      }
    },
  });
  new Gauge({
    name: 'lull_providers',
    help: 'Monitoring systems that are enabled, and those that are left alone for a while because they failed.',
    labelNames: ['kind', 'state'],
    registers,
    async collect() {
      this.reset();
      for (const { kind, enabled, shunned } of await countProvidersByKind(database)) {
        this.set({ kind, state: 'enabled' }, enabled);
        this.set({ kind, state: 'shunned' }, shunned);
      }
    },
  });
}

/** How many maintenances there are in each status, over all accounts; those that were deleted do not count. */
export async function countMaintenancesByStatus(db: Queries): Promise<{ status: string; count: number }[]> {
  return db.$queryRaw`
    select status, count(*)::int as count from maintenances where deleted_at is null group by status`;
}

/**
 * How many jobs wait, for now or for a retry, and how many failed, by name. One without a key was
 * asked for again while it was in hand: the later one counts.
 */
export async function countJobsByState(db: Queries): Promise<{ job: string; waiting: number; failed: number }[]> {
  return db.$queryRaw`
    select task_identifier as job,
      count(*) filter (where attempts < max_attempts)::int as waiting,
      count(*) filter (where attempts >= max_attempts and key is not null)::int as failed
    from graphile_worker.jobs group by task_identifier`;
}

/** How many providers there are by their kind, and how many of them are left alone for a while because they failed. */
export async function countProvidersByKind(db: Queries): Promise<{ kind: string; enabled: number; shunned: number }[]> {
  return db.$queryRaw`
    select kind, count(*) filter (where enabled)::int as enabled,
      count(*) filter (where enabled and circuit_open_until > now())::int as shunned
    from providers group by kind`;
}
