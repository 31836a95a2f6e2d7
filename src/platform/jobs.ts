import type pg from 'pg';
import { z } from 'zod';
import { DeliveryError } from '../core/errors.ts';
import { type Queries, SLOTS } from './database.ts';
import { execute, queryRows, sql } from './sql.ts';
import { collected, openTransaction, type Write, write } from './transaction.ts';

const accountId = z.number();
const maintenanceId = z.number();
const channel = { accountId, channelKind: z.string(), channel: z.string() };
const person = { accountId, person: z.string() };
const provider = { accountId, provider: z.string() };

/** The jobs, by name. Each brings something outside the database to the desired state, so running one twice is harmless. */
const jobs = {
  /** Brings the announcements in a channel, and their threads, up to date. */
  announce: z.object(channel),
  /** Mutes and unmutes the checks of a provider. */
  reconcile: z.object(provider),
  /** Tests a provider, and removes downtimes of Lull's that no window needs. */
  'prune-downtimes': z.object(provider),
  /** Verifies the checks of a provider after a window; `until`: when that is given up (UTC, ISO 8601). */
  'post-check': z.object({ ...provider, maintenanceId, until: z.iso.datetime() }),
  /** Asks the approvers of a maintenance, and updates earlier requests. */
  'ask-approvers': z.object({ accountId, maintenanceId }),
  /** Sends a person the direct messages that wait for them; `person` is their id in their channel kind. */
  notify: z.object(person),
  /** Sends a webhook the messages that wait for it. */
  deliver: z.object({ accountId, webhookId: z.number() }),
  /** Reads the calendar of a freeze. */
  'read-calendar': z.object({ accountId, freezeId: z.number() }),
  /**
   * Reads one page of the thread of an announcement, and ingests the replies that were missed. `thread`: the live message.
   * `cursor`: the channel's own, `''` for the first page. `after`: the last message of the page before; null when it is not
   * certain that everything before it was read.
   */
  'ingest-replies': z.object({
    ...{ ...channel, maintenanceId, thread: z.string(), cursor: z.string(), after: z.string().nullable() },
  }),
  /** Updates the App Home of a person. */
  home: z.object(person),
  /** Updates the App Homes that people may be looking at. */
  homes: z.object({ accountId }),
};
export type Jobs = { [Name in keyof typeof jobs]: z.infer<(typeof jobs)[Name]> };
export type JobName = keyof Jobs;

/** The schemas of the payloads. */
export const JOBS: { readonly [Name in JobName]: z.ZodType<Jobs[Name]> } = jobs;

const MAX_ATTEMPTS = 25;

interface Job {
  readonly name: JobName;
  readonly payload: Jobs[JobName];
  readonly queue: string;
  readonly key: string;
  /** In milliseconds from now, because the clocks of Lull and of PostgreSQL may differ. */
  readonly delay: number | null;
  readonly mode: 'replace' | 'preserve_run_at';
  readonly flags: readonly string[];
  /** Not added while a job with one of these keys waits. */
  readonly unless: readonly string[];
}

/** A runner can leave out jobs with a flag: those of an account, and retries of an account. */
export const accountFlag = (accountId: number) => `account:${accountId}`;
export const retryFlag = (accountId: number) => `retry:${accountId}`;

/** Jobs for the built-in register, and those for systems that may not answer. */
export const PROVIDER_FLAGS = { register: 'provider:register', system: 'provider:system' } as const;
const providerFlag = (name: string) => PROVIDER_FLAGS[name === 'builtin' ? 'register' : 'system'];

/** A job that was postponed has a key of its own, so that what happens meanwhile has one that runs immediately. */
const LATER = 'later';

/**
 * The same job under a key of its own for each connection: transactions that write the same key wait for each other until
 * they commit. A job that is there more than once finds nothing left to do.
 */
const keyOn = (key: string, slot: number | typeof LATER) => `${key}#${slot}`;

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Added in the order of their keys, as other orders cause deadlocks; `order by` and the fence `offset 0` ensure it. */
const JOB: Write<Job> = {
  table: 'jobs',
  statement: `
    select graphile_worker.add_job(name, payload, queue_name => queue, job_key => key, job_key_mode => mode,
      max_attempts => ${MAX_ATTEMPTS}, run_at => clock_timestamp() + delay * interval '1 millisecond', flags => flags)
    from (
      select * from rows from (
        jsonb_to_recordset($rows) as (name text, payload json, queue text, key text, mode text, delay float,
          flags text[], unless text[]))
        with ordinality as job (name, payload, queue, key, mode, delay, flags, unless, at)
      where not exists (
        select 1 from graphile_worker._private_jobs waiting where waiting.key = any(unless) and waiting.locked_at is null)
      order by at offset 0
    ) as jobs`,
  lastInOrder: (a, b) => compare(a.queue, b.queue) || compare(a.key, b.key),
};

interface EnqueueOptions {
  readonly notBefore?: Date;
  readonly ifNotWaiting?: boolean;
  readonly isRetry?: boolean;
}

/**
 * Enqueues a job in the caller's transaction, or updates the same job if it waits already. Jobs of one channel, provider,
 * person or webhook run one after another.
 * @param when `notBefore`: by the system's clock. `ifNotWaiting`: a job that waits already keeps its time; otherwise it runs
 *   immediately. `isRetry`: what it calls failed before.
 */
export async function enqueue<N extends JobName>(
  db: Queries,
  name: N,
  payload: Jobs[N],
  { notBefore, ifNotWaiting = false, isRetry = false }: EnqueueOptions = {},
): Promise<void> {
  const { queue, key } = address(name, payload);
  if (ifNotWaiting && collected(db, JOB, key) !== undefined) return;
  const transaction = openTransaction(db);
  await write(db, JOB, key, {
    name,
    payload,
    queue,
    key: keyOn(key, transaction?.slot ?? (notBefore === undefined ? 0 : LATER)),
    mode: ifNotWaiting ? 'preserve_run_at' : 'replace',
    flags: [
      accountFlag(payload.accountId),
      ...('provider' in payload ? [providerFlag(payload.provider)] : []),
      ...(isRetry ? [retryFlag(payload.accountId)] : []),
    ],
    delay: notBefore === undefined ? null : delayUntil(notBefore),
    // In a transaction a job that waits may run before the commit, and miss what it is for.
    unless:
      ifNotWaiting && transaction === undefined ? ([...SLOTS, LATER] as const).map((slot) => keyOn(key, slot)) : [],
  });
}

/**
 * Handles an error of a job that calls a channel: enqueues the job again if the channel asks for a pause, and drops it while
 * Lull is not installed there.
 * @returns the reason of an error that no retry fixes; otherwise undefined
 * @throws every other error, which the queue retries
 */
export async function handleDeliveryError<N extends JobName>(db: Queries, error: unknown, name: N, payload: Jobs[N]) {
  if (!(error instanceof DeliveryError)) throw error;
  const { reason } = error;
  if (reason.kind === 'gone') throw error;
  if (reason.kind === 'final') return reason;
  if (reason.kind === 'later') {
    await enqueue(db, name, payload, { notBefore: new Date(Date.now() + reason.retryAfterSeconds * 1000) });
  }
  return undefined;
}

/**
 * A text that changes when a job is enqueued again: while it runs, it shows whether what it works on may have changed.
 * Without the job that runs.
 */
export async function readJobRevision<N extends JobName>(db: Queries, name: N, payload: Jobs[N]): Promise<string> {
  const { key } = address(name, payload);
  const keys = ([...SLOTS, LATER] as const).map((slot) => keyOn(key, slot));
  const rows = await queryRows<{ revision: string }>(
    db,
    sql`
      select coalesce(string_agg(id || ':' || revision, ',' order by id), '') as revision
      from graphile_worker._private_jobs where key = any(${keys}) and locked_at is null`,
  );
  return rows[0]?.revision ?? '';
}

const delayUntil = (instant: Date) => Math.max(0, instant.getTime() - Date.now());

/** Postpones a running job and all others in its queue, by the system's clock. */
export async function postpone<N extends JobName>(db: Queries, name: N, payload: Jobs[N], until: Date): Promise<void> {
  await enqueue(db, name, payload, { notBefore: until });
  const { queue } = address(name, payload);
  await execute(
    db,
    sql`
      with later as (
        select clock_timestamp() + ${delayUntil(until)} * interval '1 millisecond' as at
      ), waiting as (
        select array_agg(id) as ids, min(at) as at
        from graphile_worker.jobs, later where queue_name = ${queue} and run_at < at)
      select count(*) from waiting, graphile_worker.reschedule_jobs(waiting.ids, run_at => waiting.at)`,
  );
}

/** In how many milliseconds the next job is due; undefined without any. Those that are due already only if their queue is free. */
export async function findNextRunAt(db: Queries): Promise<number | undefined> {
  const rows = await queryRows<{ ms: number }>(
    db,
    sql`
      select (extract(epoch from run_at - clock_timestamp()) * 1000)::float as ms
      from graphile_worker._private_jobs jobs left join graphile_worker._private_job_queues queues on queues.id = job_queue_id
      where jobs.is_available and (run_at > now() or queues.is_available is not false)
      order by run_at limit 1`,
  );
  return rows[0]?.ms;
}

/** How a job ended. After `interrupted` it is tried again soon, as if it had not been tried. */
export type JobEnd =
  | { readonly how: 'done' }
  | { readonly how: 'failed'; readonly error: unknown }
  | { readonly how: 'interrupted'; readonly error: unknown };

/** What is set for a job that ended otherwise than done. */
const POSTPONED = {
  failed: `run_at = greatest(now(), run_at) + exp(least(attempts, 10)) * interval '1 second',
    flags = coalesce(flags, '{}') || jsonb_build_object($4::text, true)`,
  interrupted: `run_at = greatest(now(), run_at) + interval '1 second', attempts = attempts - 1`,
};

/** Removes a job that its worker did, or postpones it, and lets the next one of its queue run. */
export async function endJob(
  client: pg.ClientBase,
  { id, locked_by, payload }: { readonly id: string; readonly locked_by: string | null; readonly payload: unknown },
  end: JobEnd,
): Promise<void> {
  const text =
    end.how === 'done'
      ? 'delete from graphile_worker._private_jobs'
      : `update graphile_worker._private_jobs
         set last_error = $3, locked_by = null, locked_at = null, ${POSTPONED[end.how]}`;
  await client.query({
    name: `end-job-${end.how}`,
    text: `
      with ended as (${text} where id = $1 and locked_by = $2 returning job_queue_id)
      update graphile_worker._private_job_queues queues set locked_by = null, locked_at = null
      from ended where queues.id = ended.job_queue_id and queues.locked_by = $2`,
    values: [
      id,
      locked_by,
      ...(end.how === 'done' ? [] : [end.error instanceof Error ? end.error.message : String(end.error)]),
      ...(end.how === 'failed' ? [retryFlag(accountOf(payload))] : []),
    ],
  });
}

const OF_ACCOUNT = z.object({ accountId });

export function accountOf(payload: unknown): number {
  return OF_ACCOUNT.parse(payload).accountId;
}

/** The number of jobs that are due or running, without those that wait for a retry. */
export async function countActiveJobs(db: Queries): Promise<number> {
  const rows = await queryRows<{ count: number }>(
    db,
    sql`select count(*)::int as count from graphile_worker.jobs where run_at <= now() and attempts < max_attempts`,
  );
  return rows[0]?.count ?? 0;
}

/** Removes jobs that failed for good after the same job had been enqueued again. */
export async function sweepReplacedJobs(db: Queries): Promise<void> {
  await execute(
    db,
    sql`
      with replaced as (
        select array_agg(id) as ids from graphile_worker.jobs
        where key is null and locked_at is null and attempts >= max_attempts)
      select count(*) from replaced, graphile_worker.complete_jobs(replaced.ids)`,
  );
}

/** The first key of the advisory locks that live workers hold; the second is the hash of their name. */
export const WORKER_LIVENESS_LOCK = 1_280_658_764;

/** A job that a worker took; `since` tells apart when it took the job more than once. */
export interface TakenJob {
  readonly id: string;
  readonly worker: string;
  readonly since: string;
  readonly workerLives: boolean;
}

export function listTakenJobs(db: Queries): Promise<TakenJob[]> {
  return queryRows<TakenJob>(
    db,
    sql`
      select j.id, j.locked_by as worker, j.locked_at::text as since, exists (
        select 1 from pg_locks l
        where l.locktype = 'advisory' and l.granted and l.objsubid = 2
          and l.database = (select oid from pg_database where datname = current_database())
          and l.classid::bigint = ${WORKER_LIVENESS_LOCK} and l.objid::bigint = hashtext(j.locked_by)::bigint & 4294967295
        ) as "workerLives"
      from graphile_worker.jobs j where j.locked_by is not null`,
  );
}

/** Has every process look for jobs that wait. */
export const WAKE_WORKERS = `select pg_notify('jobs:insert', '{"count":1}')`;

/** Gives back what nobody runs, and would otherwise block its queue for hours. */
export async function releaseJobs(db: Queries, jobs: readonly TakenJob[]): Promise<void> {
  await execute(
    db,
    sql`
      with released as (
        update graphile_worker._private_jobs jobs set locked_by = null, locked_at = null
        from jsonb_to_recordset(${JSON.stringify(jobs)}::jsonb) as taken (id bigint, worker text, since timestamptz)
        where jobs.id = taken.id and locked_by = worker and locked_at = since
        returning job_queue_id, worker)
      update graphile_worker._private_job_queues queues set locked_by = null, locked_at = null
      from released where queues.id = job_queue_id and queues.locked_by = worker`,
  );
  await execute(db, sql`select pg_notify('jobs:insert', '{"count":1}')`);
}

function address<N extends JobName>(name: N, payload: Jobs[N]): { queue: string; key: string } {
  const { accountId } = payload;
  const alone = (key: string) => ({ queue: key, key });
  if ('channel' in payload) {
    const { channelKind, channel } = payload;
    if (!('cursor' in payload)) return alone(`${name}:${accountId}:${channelKind}:${channel}`);
    const key = `${name}:${payload.maintenanceId}:${channelKind}:${channel}:${payload.cursor}`;
    return { queue: `threads:${accountId}:${channelKind}`, key };
  }
  if ('person' in payload) return alone(`${name}:${accountId}:${payload.person}`);
  if ('provider' in payload) {
    const provider = `${accountId}:${payload.provider}`;
    const suffix = 'maintenanceId' in payload ? `:${payload.maintenanceId}` : '';
    return { queue: `provider:${provider}`, key: `${name}:${provider}${suffix}` };
  }
  if ('webhookId' in payload) return alone(`webhook:${accountId}:${payload.webhookId}`);
  if ('freezeId' in payload) return alone(`freeze:${accountId}:${payload.freezeId}`);
  return alone('maintenanceId' in payload ? `${name}:${accountId}:${payload.maintenanceId}` : `${name}:${accountId}`);
}

export const DUE_CHANNEL = 'lull_due';

/** Of the schedulers: the earliest due instant that a transaction set. */
const DUE: Write<{ readonly due: string }> = {
  table: 'notifications',
  statement: `select pg_notify('${DUE_CHANNEL}', min(due)) from jsonb_to_recordset($rows) as r (due text)`,
  lastInOrder: () => 0,
};

/**
 * Tells every scheduler on this database, when the transaction commits, when something is due.
 * @param due UTC; `now`: what is due must be looked for
 */
export async function wakeSchedulers(db: Queries, due: Date | 'now'): Promise<void> {
  const text = due === 'now' ? '' : due.toISOString();
  await write(db, DUE, text, { due: text });
}
