import type { Logger } from 'pino';
import { render, type TimelineEvent } from '../audit/events.ts';
import { record } from '../audit/record.ts';
import { findEvents } from '../audit/repository.ts';
import { findPersonKind } from '../channels.ts';
import { Pauses } from '../core/pauses.ts';
import { type Audience, systemActor } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { notifyOwner, notifyPerson } from '../maintenance/commands/announce.ts';
import { findMaintenancesOrDeleted } from '../maintenance/repository/list.ts';
import type { Maintenance } from '../maintenance/repository/maintenances.ts';
import { viewFor } from '../maintenance/rules/visibility.ts';
import { enqueue, type Jobs } from '../platform/jobs.ts';
import type { Fetch } from '../platform/outbound/client.ts';
import { signature } from '../platform/outbound/signature.ts';
import { toStorable } from '../platform/rows.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import type { Vault } from '../platform/vault.ts';
import { PING_EVENT, WEBHOOK_DATA } from './messages.ts';
import {
  type Attempt,
  type DueDelivery,
  findNextAttempt,
  findWebhook,
  listDueDeliveries,
  saveAttempts,
  saveBodies,
  updateWebhook,
  type WaitingDelivery,
  type Webhook,
  webhookSealPurpose,
} from './repository.ts';
import { DISABLE_AFTER_MS, retryDelay } from './rules.ts';

/** A receiver should acknowledge first and work afterwards. */
const RESPONSE_TIMEOUT_MS = 15_000;

export interface DeliverContext {
  readonly fetch: Fetch;
  readonly vault: Vault;
  /** A maintenance as the HTTP API returns it to this audience. */
  readonly represent: (maintenance: Maintenance, audience: Audience) => object;
}

/** How many messages a run reads, composes and stores together. */
const BATCH = 100;
/** How many are sent concurrently; those about one maintenance never are. */
const CONCURRENT = 8;
/** How long a run begins to send messages, so that a receiver that hangs keeps no others waiting. */
const MAX_RUN_MS = 15_000;
/** How long a run keeps what came of its attempts before it stores them. */
const STORE_EVERY_MS = 1_000;

/** `error` null: delivered. */
type Outcome = Pick<Attempt, 'status' | 'answer' | 'error'>;

/**
 * Sends a webhook the messages that wait for it, those about one maintenance in order: one that fails delays those after it,
 * and no others. If the process dies after sending a message, it is sent again with the same id.
 */
export async function deliver(
  ctx: ActionContext,
  deliverContext: DeliverContext,
  log: Logger,
  job: Jobs['deliver'],
): Promise<void> {
  const { database } = ctx;
  const webhook = await findWebhook(database, job.accountId, job.webhookId);
  if (webhook === undefined || !webhook.enabled) return;
  const due = await listDueDeliveries(database, job, BATCH);
  const run = new Run(ctx, deliverContext, log, webhook);
  const waiting = await run.send(due);
  if (waiting || due.length === BATCH) return enqueue(database, 'deliver', job, { isRetry: run.fails });
  const next = await findNextAttempt(database, job);
  if (next === null) return;
  await enqueue(database, 'deliver', job, { notBefore: new Date(Date.now() + next), isRetry: run.fails });
}

/** The attempts to send a webhook a batch of messages. */
class Run {
  readonly #ctx: ActionContext;
  readonly #deliverContext: DeliverContext;
  readonly #log: Logger;
  readonly #webhook: Webhook;
  readonly #url: string;
  /** What it signs with. */
  readonly #secrets: readonly string[];
  readonly #begunAt = performance.now();
  readonly #endsAt = this.#begunAt + MAX_RUN_MS;
  #failingSince: Date | null;
  #attempts: Attempt[] = [];
  #storedAt = performance.now();
  /** Whether the webhook was changed or removed, or has to be disabled. */
  #stopped = false;
  #disabled: { readonly reason: string; readonly maintenanceId: number | null } | undefined;

  constructor(ctx: ActionContext, deliverContext: DeliverContext, log: Logger, webhook: Webhook) {
    this.#ctx = ctx;
    this.#deliverContext = deliverContext;
    this.#log = log;
    this.#webhook = webhook;
    this.#failingSince = webhook.failingSince;
    const { secret, previousSecret, previousUntil } = webhook;
    const sealed = [secret];
    if (previousSecret !== null && previousUntil !== null && previousUntil > ctx.clock.now())
      sealed.push(previousSecret);
    const purpose = webhookSealPurpose(webhook.accountId);
    this.#url = deliverContext.vault.open(webhook.sealedUrl, purpose);
    this.#secrets = sealed.map((each) => deliverContext.vault.open(each, purpose));
  }

  /** @returns whether it left some that are due */
  async send(due: readonly DueDelivery[]): Promise<boolean> {
    const bodies = await this.#compose(due);
    const queues = new Map<number | null, Message[]>();
    for (const delivery of due) {
      const body = delivery.body ?? bodies.get(delivery.id) ?? null;
      if (body === null) continue;
      const queue = queues.get(delivery.maintenanceId) ?? [];
      queue.push({ ...delivery, body });
      queues.set(delivery.maintenanceId, queue);
    }
    const left = queues.values();
    const sendQueues = async () => {
      try {
        for (const queue of left) await this.#sendQueue(queue);
        return undefined;
      } catch (error) {
        // The others end first, as a retry must not overtake them.
        this.#stopped = true;
        return error;
      }
    };
    const errors = await Promise.all(Array.from({ length: CONCURRENT }, sendQueues));
    for (const error of errors) if (error !== undefined) throw error;
    await this.#store();
    if (this.#disabled === undefined) return this.#isOver();
    const { reason, maintenanceId } = this.#disabled;
    await disable(this.#ctx, this.#webhook, reason, maintenanceId);
    const { id, accountId } = this.#webhook;
    this.#log.warn({ webhook: id, accountId, reason }, 'a webhook was disabled');
    return false;
  }

  /** Whether the last message could not be delivered. */
  get fails(): boolean {
    return this.#failingSince !== null;
  }

  #isOver(): boolean {
    return this.#stopped || performance.now() >= this.#endsAt;
  }

  /** Stores the bodies of the messages that have none yet. @returns them, by the id of their delivery */
  async #compose(due: readonly WaitingDelivery[]): Promise<ReadonlyMap<string, Message['body'] | null>> {
    const { database } = this.#ctx;
    const { accountId, audience } = this.#webhook;
    const first = due.filter(({ body }) => body === null);
    const bodies = new Map<string, string | null>();
    const failed = new Map<string, Error>();
    if (first.length === 0) return bodies;
    const maintenanceIds = first.flatMap(({ maintenanceId }) => maintenanceId ?? []);
    const eventIds = first.flatMap(({ eventId }) => eventId ?? []);
    const [maintenances, events] = await Promise.all([
      findMaintenancesOrDeleted(database, accountId, maintenanceIds),
      findEvents(database, accountId, eventIds),
    ]);
    const pauses = new Pauses();
    for (const delivery of first) {
      const maintenance = maintenances.get(delivery.maintenanceId ?? 0);
      try {
        const event = events.get(delivery.eventId ?? 0)?.();
        bodies.set(delivery.id, compose(this.#deliverContext, audience, delivery, maintenance, event) ?? null);
      } catch (error) {
        failed.set(delivery.id, error instanceof Error ? error : new Error(String(error)));
      }
      await pauses.pause();
    }
    await saveBodies(database, bodies);
    return new Map<string, Message['body'] | null>([...bodies, ...failed]);
  }

  /** Sends the messages about one maintenance until one of them fails. */
  async #sendQueue(queue: readonly Message[]): Promise<void> {
    for (const { body, ...delivery } of queue) {
      if (performance.now() - this.#storedAt > STORE_EVERY_MS) await this.#store();
      if (this.#isOver()) return;
      const outcome =
        body instanceof Error
          ? { status: null, answer: null, error: toStorable(`Lull could not compose it: ${body.message}`) }
          : await post(this.#deliverContext, this.#url, this.#secrets, delivery.id, body);
      if (!this.#note(delivery, outcome)) return;
    }
  }

  /** @returns whether the next message can be sent */
  #note(delivery: Omit<Message, 'body'>, outcome: Outcome): boolean {
    const now = this.#ctx.clock.now();
    const { id, maintenanceId, eventId, readAt } = delivery;
    const failedAt = new Date(readAt.getTime() + performance.now() - this.#begunAt);
    const { status, error } = outcome;
    const attempts = delivery.attempts + 1;
    const keep = (changes: Partial<Attempt> = {}) =>
      this.#attempts.push({ id, state: 'waiting', ...outcome, attempts, deliveredAt: null, retryIn: null, ...changes });
    if (error === null) {
      keep({ state: 'delivered', deliveredAt: now });
      this.#failingSince = null;
      return true;
    }
    this.#failingSince ??= failedAt;
    const gone = status === 410;
    if (gone || failedAt.getTime() - this.#failingSince.getTime() >= DISABLE_AFTER_MS) {
      const reason = gone
        ? 'The address says that it is gone (410).'
        : `Nothing could be delivered since ${this.#failingSince.toISOString()}: ${error}`;
      keep(gone ? { state: 'failed' } : {});
      this.#disabled ??= { reason, maintenanceId };
      this.#stopped = true;
      return false;
    }
    const retryIn = retryDelay(attempts, Math.random());
    if (retryIn === undefined) {
      keep({ state: 'failed' });
      return true;
    }
    keep({ retryIn });
    const details = { webhook: this.#webhook.id, accountId: this.#webhook.accountId, event: eventId, attempts, error };
    this.#log.info({ ...details, retryIn }, 'a webhook did not take a message');
    return false;
  }

  /** Stores what came of the attempts so far. */
  async #store(): Promise<void> {
    const attempts = this.#attempts;
    this.#attempts = [];
    this.#storedAt = performance.now();
    if (attempts.length === 0) return;
    this.#stopped ||= !(await saveAttempts(this.#ctx.database, this.#webhook, attempts, this.#failingSince));
  }
}

/** `body`: an error when it cannot be composed. */
type Message = Omit<DueDelivery, 'body'> & { readonly body: string | Error };

/** @returns undefined for an event that the webhook's audience may not see */
function compose(
  { represent }: DeliverContext,
  audience: Audience,
  { type, createdAt }: WaitingDelivery,
  maintenance: Maintenance | undefined,
  event: TimelineEvent | undefined,
): string | undefined {
  const timestamp = utc(createdAt);
  if (type === PING_EVENT) return JSON.stringify({ type, timestamp, data: {} });
  const view = maintenance && viewFor(audience, maintenance);
  if (view === undefined || event === undefined || (audience === 'public' && event.internal)) return undefined;
  // The changed values may contain internal ones, so the public gets only the maintenance.
  const change =
    audience === 'public' ? {} : { actor: event.actor.name, before: event.before ?? {}, after: event.after ?? {} };
  const data = { maintenance: represent(view, audience), ...render(WEBHOOK_DATA, event), ...change };
  return JSON.stringify({ type, timestamp, data });
}

async function post(
  { fetch }: DeliverContext,
  url: string,
  secrets: readonly string[],
  id: string,
  body: string,
): Promise<Outcome> {
  // The system's clock, as the receiver compares it with its own.
  const signed = secrets.map((secret) => signature(secret, id, new Date(), body));
  const headers = {
    ...signed[0],
    'webhook-signature': signed.map((each) => each['webhook-signature']).join(' '),
    'content-type': 'application/json',
  };
  try {
    const signal = AbortSignal.timeout(RESPONSE_TIMEOUT_MS);
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    const answer = toStorable(await response.text());
    const { status } = response;
    const redirected = status >= 300 && status < 400 ? '; redirects are not followed' : '';
    const error = `It answered ${status}, and a status from 200 to 299 is expected${redirected}.`;
    return { status, answer, error: response.ok ? null : error };
  } catch (error) {
    return { status: null, answer: null, error: toStorable(error instanceof Error ? error.message : String(error)) };
  }
}

/** Disables a webhook, and notifies its creator or, if they cannot get direct messages, the owner of the maintenance. */
async function disable(
  ctx: ActionContext,
  { id, accountId, createdBy }: Webhook,
  reason: string,
  maintenanceId: number | null,
): Promise<void> {
  await inTransaction(ctx, async (tx, now) => {
    await updateWebhook(tx, accountId, id, { enabled: false, disabledReason: reason });
    const event = await record(tx, systemActor(accountId), now, {
      type: 'webhook.disabled',
      subject: { kind: 'webhook', id },
      internal: true,
      ...(maintenanceId === null ? {} : { maintenanceId }),
      after: { webhook: id, reason },
    });
    if (maintenanceId === null) return;
    const maintenance = { accountId, id: maintenanceId };
    const notice = `webhook-disabled:${id}` as const;
    if (findPersonKind(createdBy.id) === undefined) await notifyOwner(tx, maintenance, notice, event);
    else await notifyPerson(tx, maintenance, createdBy.id, notice, event);
  });
}
