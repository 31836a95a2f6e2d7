import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database, Queries } from './database.ts';
import { queryRows, sql } from './sql.ts';
import { onTelemetry } from './telemetry.ts';

/** Seconds. A second is good, a minute is reported to people, more is an outage. */
const LATENESS_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];
/** The log warns of what takes more than 0.2. */
const BLOCKED_BUCKETS = [0.1, 0.2, 0.5, 1, 2.5, 5, 10];
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Prometheus metrics. Counters are of this process; gauges are read from the database and so the same in all processes. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #unsubscribes: (() => void)[];

  /** @param statuses all statuses of maintenances, so that unused ones are reported as 0 */
  constructor(database: Database, statuses: readonly string[]) {
    collectDefaultMetrics({ register: this.#registry });
    this.#unsubscribes = countEvents([this.#registry]);
    addGauges(database, statuses, [this.#registry]);
  }

  /** In Prometheus' text format, with its media type. */
  async read(): Promise<{ readonly text: string; readonly type: string }> {
    return { text: await this.#registry.metrics(), type: this.#registry.contentType };
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribes.splice(0)) unsubscribe();
    this.#registry.clear();
  }
}

function countEvents(registers: Registry[]): (() => void)[] {
  const lateness = new Histogram({
    name: 'lull_transition_lateness_seconds',
    help: 'How long after its instant a window began or ended by itself.',
    labelNames: ['transition'],
    buckets: LATENESS_BUCKETS,
    registers,
  });
  const slackCalls = new Counter({
    name: 'lull_slack_calls_total',
    help: "Calls to Slack's Web API by what came of them.",
    labelNames: ['method', 'outcome'],
    registers,
  });
  const providerCalls = new Counter({
    name: 'lull_provider_calls_total',
    help: 'Calls to monitoring systems by what came of them.',
    labelNames: ['provider', 'outcome'],
    registers,
  });
  const requests = new Histogram({
    name: 'lull_http_request_duration_seconds',
    help: 'Requests to the HTTP interface and how long they took.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const wrongTokens = new Counter({
    name: 'lull_wrong_tokens_total',
    help: 'Requests with a token that is not valid.',
    labelNames: ['interface'],
    registers,
  });
  const blocked = new Histogram({
    name: 'lull_event_loop_blocked_seconds',
    help: 'Work that let nothing else run for more than 50 ms, at most once a second.',
    buckets: BLOCKED_BUCKETS,
    registers,
  });
  return [
    onTelemetry('event-loop-blocked', ({ seconds }) => blocked.observe(seconds)),
    onTelemetry('wrong-token', (labels) => wrongTokens.inc(labels)),
    onTelemetry('transition', ({ kind, lateBy }) => lateness.observe({ transition: kind }, Math.max(0, lateBy) / 1000)),
    onTelemetry('slack-call', (labels) => slackCalls.inc(labels)),
    onTelemetry('provider-call', (labels) => providerCalls.inc(labels)),
    onTelemetry('http-request', ({ seconds, ...labels }) => requests.observe(labels, seconds)),
  ];
}

function addGauges(database: Database, statuses: readonly string[], registers: Registry[]): void {
  new Gauge({
    name: 'lull_maintenances',
    help: 'Maintenances by status.',
    labelNames: ['status'],
    registers,
    async collect() {
      const rows = await countMaintenancesByStatus(database);
      for (const status of statuses) this.set({ status }, rows.find((row) => row.status === status)?.count ?? 0);
    },
  });
  new Gauge({
    name: 'lull_jobs',
    help: 'Jobs that wait, and jobs that failed and wait for the sweeper.',
    labelNames: ['job', 'state'],
    registers,
    async collect() {
      this.reset();
      for (const { job, ...counts } of await countJobsByState(database))
        for (const [state, count] of Object.entries(counts)) this.set({ job, state }, count);
    },
  });
  new Gauge({
    name: 'lull_providers',
    help: 'Monitoring systems that are enabled, and those that are left alone for a while because they failed.',
    labelNames: ['kind', 'state'],
    registers,
    async collect() {
      this.reset();
      for (const { kind, ...counts } of await countProvidersByKind(database))
        for (const [state, count] of Object.entries(counts)) this.set({ kind, state }, count);
    },
  });
}

/** In all accounts, without deleted ones. */
async function countMaintenancesByStatus(db: Queries): Promise<{ status: string; count: number }[]> {
  return queryRows(
    db,
    sql`
      select status, count(*)::int as count from maintenances where deleted_at is null group by status`,
  );
}

/** A failed job without a key was enqueued again while it ran, and only the later one counts. */
export async function countJobsByState(db: Queries): Promise<{ job: string; waiting: number; failed: number }[]> {
  return queryRows(
    db,
    sql`
      select task_identifier as job,
        count(*) filter (where attempts < max_attempts)::int as waiting,
        count(*) filter (where attempts >= max_attempts and key is not null)::int as failed
      from graphile_worker.jobs group by task_identifier`,
  );
}

async function countProvidersByKind(db: Queries): Promise<{ kind: string; enabled: number; shunned: number }[]> {
  return queryRows(
    db,
    sql`
      select kind, count(*) filter (where enabled)::int as enabled,
        count(*) filter (where enabled and circuit_open_until > now())::int as shunned
      from providers group by kind`,
  );
}
