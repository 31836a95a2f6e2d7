import type { Logger } from 'pino';
import { render } from '../audit/events.ts';
import { record } from '../audit/record.ts';
import { findEvent } from '../audit/repository.ts';
import { findPersonKind } from '../channels.ts';
import { type Audience, systemActor } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { notifyOwner, notifyPerson } from '../maintenance/commands/announce.ts';
import { findMaintenanceOrDeleted, type Maintenance } from '../maintenance/repository/maintenances.ts';
import { viewFor } from '../maintenance/rules/visibility.ts';
import { enqueue, type Jobs } from '../platform/jobs.ts';
import type { Fetch } from '../platform/outbound/client.ts';
import { signature } from '../platform/outbound/signature.ts';
import { toStorable } from '../platform/rows.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import type { Vault } from '../platform/vault.ts';
import { PING_EVENT, WEBHOOK_DATA } from './messages.ts';
import {
  type Delivery,
  findNextDelivery,
  findWebhook,
  setFailingSince,
  updateDelivery,
  updateWebhook,
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

/** `error` null: delivered. */
type Outcome = Pick<Delivery, 'status' | 'answer' | 'error'>;

/**
 * Sends a webhook the messages that wait for it about one maintenance, in order: one that fails delays those after it, and
 * no others. If the process dies after sending a message, it is sent again with the same id.
 */
export async function deliver(
  ctx: ActionContext,
  deliverContext: DeliverContext,
  log: Logger,
  job: Jobs['deliver'],
): Promise<void> {
  const { database } = ctx;
  const { accountId, webhookId } = job;
  for (;;) {
    const webhook = await findWebhook(database, accountId, webhookId);
    const delivery = webhook?.enabled ? await findNextDelivery(database, job) : undefined;
    if (webhook === undefined || delivery === undefined) return;
    if (delivery.dueAt.getTime() > Date.now()) return enqueue(database, 'deliver', job, { notBefore: delivery.dueAt });
    const body = delivery.body ?? (await compose(ctx, deliverContext, webhook, delivery));
    if (body === undefined) {
      await updateDelivery(database, accountId, delivery.id, { state: 'skipped' });
      continue;
    }
    if (delivery.body === null) await updateDelivery(database, accountId, delivery.id, { body });
    const outcome = await send(ctx, deliverContext, webhook, delivery, body);
    if (!(await settle(ctx, log, webhook, delivery, outcome))) return;
  }
}

/** @returns undefined for an event that the webhook's audience may not see */
async function compose(
  { database }: ActionContext,
  { represent }: DeliverContext,
  { audience }: Webhook,
  { accountId, maintenanceId, eventId, type, createdAt }: Delivery,
): Promise<string | undefined> {
  const timestamp = utc(createdAt);
  if (type === PING_EVENT) return JSON.stringify({ type, timestamp, data: {} });
  if (maintenanceId === null || eventId === null) return undefined;
  const maintenance = await findMaintenanceOrDeleted(database, accountId, maintenanceId);
  const view = maintenance && viewFor(audience, maintenance);
  const event = await findEvent(database, accountId, eventId);
  if (view === undefined || event === undefined || (audience === 'public' && event.internal)) return undefined;
  // The changed values may contain internal ones, so the public gets only the maintenance.
  const change =
    audience === 'public' ? {} : { actor: event.actor.name, before: event.before ?? {}, after: event.after ?? {} };
  const data = { maintenance: represent(view, audience), ...render(WEBHOOK_DATA, event), ...change };
  return JSON.stringify({ type, timestamp, data });
}

async function send(
  ctx: ActionContext,
  { fetch, vault }: DeliverContext,
  webhook: Webhook,
  delivery: Delivery,
  body: string,
): Promise<Outcome> {
  const purpose = webhookSealPurpose(webhook.accountId);
  const { previousSecret, previousUntil } = webhook;
  const sealed = [webhook.secret];
  if (previousSecret !== null && previousUntil !== null && previousUntil > ctx.clock.now()) sealed.push(previousSecret);
  // The system's clock, as the receiver compares it with its own.
  const signed = sealed.map((secret) => signature(vault.open(secret, purpose), delivery.id, new Date(), body));
  const headers = {
    ...signed[0],
    'webhook-signature': signed.map((each) => each['webhook-signature']).join(' '),
    'content-type': 'application/json',
  };
  try {
    const signal = AbortSignal.timeout(RESPONSE_TIMEOUT_MS);
    const response = await fetch(webhook.url, { method: 'POST', headers, body, redirect: 'manual', signal });
    const answer = toStorable(await response.text());
    const { status } = response;
    const redirected = status >= 300 && status < 400 ? '; redirects are not followed' : '';
    const error = `It answered ${status}, and a status from 200 to 299 is expected${redirected}.`;
    return { status, answer, error: response.ok ? null : error };
  } catch (error) {
    return { status: null, answer: null, error: toStorable(error instanceof Error ? error.message : String(error)) };
  }
}

/** Stores the outcome. @returns whether the next message can be sent */
async function settle(
  ctx: ActionContext,
  log: Logger,
  webhook: Webhook,
  delivery: Delivery,
  outcome: Outcome,
): Promise<boolean> {
  const { database } = ctx;
  const now = ctx.clock.now();
  const { accountId, maintenanceId } = delivery;
  const attempts = delivery.attempts + 1;
  const { status, error } = outcome;
  const update = (changes: Parameters<typeof updateDelivery>[3] = {}) =>
    updateDelivery(database, accountId, delivery.id, { ...outcome, attempts, ...changes });
  if (error === null) {
    await update({ state: 'delivered', deliveredAt: now });
    if (webhook.failingSince !== null) await setFailingSince(database, accountId, webhook.id, null);
    return true;
  }
  const failingSince = webhook.failingSince ?? now;
  if (webhook.failingSince === null) await setFailingSince(database, accountId, webhook.id, now);
  const gone = status === 410;
  if (gone || now.getTime() - failingSince.getTime() >= DISABLE_AFTER_MS) {
    const reason = gone
      ? 'The address says that it is gone (410).'
      : `Nothing could be delivered since ${failingSince.toISOString()}: ${error}`;
    await update(gone ? { state: 'failed' } : {});
    await disable(ctx, webhook, reason, maintenanceId);
    log.warn({ webhook: webhook.id, accountId, reason }, 'a webhook was disabled');
    return false;
  }
  const delay = retryDelay(attempts, Math.random());
  if (delay === undefined) {
    await update({ state: 'failed' });
    return true;
  }
  const dueAt = new Date(Date.now() + delay);
  await update({ dueAt });
  const details = { webhook: webhook.id, accountId, event: delivery.eventId, attempts, error, again: dueAt };
  log.info(details, 'a webhook did not take a message');
  const job = { accountId, webhookId: webhook.id, about: maintenanceId ?? 0 };
  await enqueue(database, 'deliver', job, { notBefore: dueAt });
  return false;
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
