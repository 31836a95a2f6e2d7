import type { Logger } from 'pino';
import { render } from '../audit/events.ts';
import { record } from '../audit/record.ts';
import { findEvent } from '../audit/repository.ts';
import { findPersonKind } from '../channels.ts';
import { type Audience, systemActor } from '../core/permissions.ts';
import { utc } from '../core/time.ts';
import { notifyOwner, notifyPerson } from '../maintenance/commands/notify-owner.ts';
import { findMaintenanceOrDeleted, type Maintenance } from '../maintenance/repository/maintenances.ts';
import { viewFor } from '../maintenance/rules/visibility.ts';
import { enqueue, type Jobs } from '../platform/jobs.ts';
import type { Fetch } from '../platform/outbound/client.ts';
import { signature } from '../platform/outbound/signature.ts';
import { toStorable } from '../platform/stored-values.ts';
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

/** A receiver takes a message over within this time (milliseconds), and does with it what it likes afterwards. */
const ANSWERS_WITHIN = 15_000;

export interface DeliverContext {
  readonly fetch: Fetch;
  readonly vault: Vault;
  /** A maintenance as the native HTTP interface answers it to this audience. */
  readonly represent: (maintenance: Maintenance, audience: Audience) => object;
}

type Outcome =
  | { readonly ok: true; readonly status: number; readonly answer: string }
  | { readonly ok: false; readonly status: number | null; readonly answer: string | null; readonly error: string };

/**
 * Sends a webhook what waits for it about one maintenance, one message after another: one that is not taken over holds up
 * those after it, and no others. A process that dies after a message was sent sends it again, with the same id.
 */
export async function deliver(
  ctx: ActionContext,
  means: DeliverContext,
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
    const body = delivery.body ?? (await compose(ctx, means, webhook, delivery));
    if (body === undefined) {
      await updateDelivery(database, accountId, delivery.id, { state: 'skipped' });
      continue;
    }
    if (delivery.body === null) await updateDelivery(database, accountId, delivery.id, { body });
    const outcome = await send(ctx, means, webhook, delivery, body);
    if (!(await settle(ctx, log, webhook, delivery, outcome))) return;
  }
}

/** What is sent; undefined when it is not for this webhook's audience. */
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
  const seen = maintenance && viewFor(audience, maintenance);
  const event = await findEvent(database, accountId, eventId);
  if (seen === undefined || event === undefined || (audience === 'public' && event.internal)) return undefined;
  // What changed may name what is internal: the public gets the maintenance as it is.
  const changed =
    audience === 'public' ? {} : { actor: event.actor.name, before: event.before ?? {}, after: event.after ?? {} };
  const data = { maintenance: represent(seen, audience), ...render(WEBHOOK_DATA, event), ...changed };
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
  const both = previousSecret !== null && previousUntil !== null && previousUntil > ctx.clock.now();
  const secrets = [webhook.secret, ...(both ? [previousSecret] : [])].map((sealed) => vault.open(sealed, purpose));
  // The system's clock: the receiver compares it with its own.
  const signed = secrets.map((secret) => signature(secret, delivery.id, new Date(), body));
  const headers = {
    ...signed[0],
    'webhook-signature': signed.map((each) => each['webhook-signature']).join(' '),
    'content-type': 'application/json',
  };
  try {
    const signal = AbortSignal.timeout(ANSWERS_WITHIN);
    const response = await fetch(webhook.url, { method: 'POST', headers, body, redirect: 'manual', signal });
    const answer = toStorable(await response.text());
    const { status } = response;
    if (response.ok) return { ok: true, status, answer };
    const redirected = status >= 300 && status < 400 ? '; redirects are not followed' : '';
    return {
      ok: false,
      status,
      answer,
      error: `It answered ${status}, and a status from 200 to 299 is expected${redirected}.`,
    };
  } catch (fault) {
    const error = toStorable(fault instanceof Error ? fault.message : String(fault));
    return { ok: false, status: null, answer: null, error };
  }
}

/** Writes what came of a message. @returns whether the next one can be sent */
async function settle(
  ctx: ActionContext,
  log: Logger,
  webhook: Webhook,
  { accountId, id, attempts: before, maintenanceId, eventId }: Delivery,
  outcome: Outcome,
): Promise<boolean> {
  const { database, clock } = ctx;
  const now = clock.now();
  const attempts = before + 1;
  const { status, answer } = outcome;
  if (outcome.ok) {
    const delivered = { state: 'delivered', deliveredAt: now, attempts, status, answer, error: null } as const;
    await updateDelivery(database, accountId, id, delivered);
    if (webhook.failingSince !== null) await setFailingSince(database, accountId, webhook.id, null);
    return true;
  }
  const { error } = outcome;
  const failingSince = webhook.failingSince ?? now;
  if (webhook.failingSince === null) await setFailingSince(database, accountId, webhook.id, now);
  const gone = status === 410;
  if (gone || now.getTime() - failingSince.getTime() >= DISABLE_AFTER_MS) {
    const reason = gone
      ? 'The address says that it is gone (410).'
      : `Nothing could be delivered since ${failingSince.toISOString()}: ${error}`;
    await updateDelivery(database, accountId, id, {
      attempts,
      status,
      answer,
      error,
      ...(gone ? { state: 'failed' } : {}),
    });
    await disable(ctx, webhook, reason, maintenanceId);
    log.warn({ webhook: webhook.id, accountId, reason }, 'a webhook was disabled');
    return false;
  }
  const pause = retryDelay(attempts, Math.random());
  if (pause === undefined) {
    await updateDelivery(database, accountId, id, { state: 'failed', attempts, status, answer, error });
    return true;
  }
  const dueAt = new Date(Date.now() + pause);
  await updateDelivery(database, accountId, id, { attempts, status, answer, error, dueAt });
  log.info(
    { webhook: webhook.id, accountId, event: eventId, attempts, error, again: dueAt },
    'a webhook did not take a message',
  );
  await enqueue(
    database,
    'deliver',
    { accountId, webhookId: webhook.id, about: maintenanceId ?? 0 },
    { notBefore: dueAt },
  );
  return false;
}

/** Whoever made it is told, or, where they have no direct messages, the owner of what could not be delivered. */
async function disable(ctx: ActionContext, { id, accountId, madeBy }: Webhook, why: string, about: number | null) {
  await inTransaction(ctx, async (tx, now) => {
    await updateWebhook(tx, accountId, id, { enabled: false, disabledReason: why });
    const event = await record(tx, systemActor(accountId), now, {
      type: 'webhook.disabled',
      subject: { kind: 'webhook', id },
      internal: true,
      ...(about === null ? {} : { maintenanceId: about }),
      after: { webhook: id, reason: why },
    });
    if (about !== null) {
      const reason = `webhook-disabled:${id}` as const;
      if (findPersonKind(madeBy.id) !== undefined)
        await notifyPerson(tx, { accountId, id: about }, madeBy.id, reason, event);
      else await notifyOwner(tx, { accountId, id: about }, reason, event);
    }
  });
}
