import { difference } from '../domain/difference.ts';
import { type Actor, mustBeAllowed } from '../domain/permissions.ts';
import { Refusal } from '../domain/refusal.ts';
import { BOTH_SECRETS, PING } from '../domain/webhooks.ts';
import { record } from '../store/audit.ts';
import { enqueue } from '../store/jobs.ts';
import type { Vault } from '../store/vault.ts';
import {
  type Delivery,
  deleteWebhook,
  dueDeliveries,
  findDelivery,
  findWebhook,
  insertDelivery,
  lockWebhook,
  purposeOfWebhook,
  updateDelivery,
  updateWebhook,
  type Webhook,
  type WebhookValues,
} from '../store/webhooks.ts';
import { type Ground, transact } from './action.ts';
import { type MadeWebhook, newSecret, problemsOfWebhook, recorded } from './add-webhook.ts';

/** What is not named stays as it is. */
export type WebhookEdit = { readonly [Field in keyof WebhookValues]?: WebhookValues[Field] | undefined } & {
  /** Enabled again, it is told of what waited for it. */
  readonly enabled?: boolean | undefined;
};

export function noSuchWebhook(id: number): Refusal {
  return new Refusal('not-found', `There is no webhook ${id}. GET /api/v1/webhooks lists those there are.`);
}

/** @throws Refusal `forbidden`, `not-found`, or `invalid` with every field that is wrong */
export async function editWebhook(ground: Ground, actor: Actor, id: number, edit: WebhookEdit): Promise<Webhook> {
  mustBeAllowed(actor, 'edit-webhook');
  return transact(ground, async (tx, now) => {
    const { accountId } = actor;
    const webhook = await lockWebhook(tx, accountId, id);
    if (webhook === undefined) throw noSuchWebhook(id);
    const wanted = {
      url: edit.url ?? webhook.url,
      description: edit.description ?? webhook.description,
      events: [...(edit.events ?? webhook.events)],
      audience: edit.audience ?? webhook.audience,
    };
    const problems = problemsOfWebhook(wanted);
    if (problems.length > 0) throw Refusal.invalid(problems);
    const { enabled = webhook.enabled } = edit;
    const change = difference({ ...recorded(webhook), enabled: webhook.enabled }, { ...recorded(wanted), enabled });
    // Another query of the address is no difference that is recorded, and one all the same.
    if (change === undefined && wanted.url === webhook.url) return webhook;
    const again = enabled ? { disabledReason: null, failingSince: null } : {};
    const edited = await updateWebhook(tx, accountId, id, { ...wanted, enabled, ...again });
    await record(tx, actor, now, { action: 'edit-webhook', subject: `webhook:${id}`, ...change });
    if (enabled && !webhook.enabled) {
      for (const due of await dueDeliveries(tx, { accountId, webhookId: id })) await enqueue(tx, 'deliver', due);
    }
    return edited;
  });
}

/**
 * Gives a webhook another secret. For a day messages are signed with both.
 * @throws Refusal `forbidden` or `not-found`
 */
export async function rotateSecret(ground: Ground, actor: Actor, id: number, vault: Vault): Promise<MadeWebhook> {
  mustBeAllowed(actor, 'edit-webhook');
  const secret = newSecret();
  return transact(ground, async (tx, now) => {
    const webhook = await lockWebhook(tx, actor.accountId, id);
    if (webhook === undefined) throw noSuchWebhook(id);
    const rotated = await updateWebhook(tx, actor.accountId, id, {
      secret: vault.seal(secret, purposeOfWebhook(actor.accountId)),
      previousSecret: webhook.secret,
      previousUntil: new Date(now.getTime() + BOTH_SECRETS),
    });
    await record(tx, actor, now, { action: 'rotate-webhook-secret', subject: `webhook:${id}` });
    return { webhook: rotated, secret };
  });
}

/** @throws Refusal `forbidden` or `not-found` */
export async function removeWebhook(ground: Ground, actor: Actor, id: number): Promise<Webhook> {
  mustBeAllowed(actor, 'remove-webhook');
  return transact(ground, async (tx, now) => {
    const webhook = await lockWebhook(tx, actor.accountId, id);
    if (webhook === undefined) throw noSuchWebhook(id);
    await deleteWebhook(tx, actor.accountId, id);
    await record(tx, actor, now, { action: 'remove-webhook', subject: `webhook:${id}`, before: recorded(webhook) });
    return webhook;
  });
}

/**
 * Sends a webhook a message about nothing, to see whether it arrives.
 * @throws Refusal `forbidden`, `not-found`, or `conflict` while it is disabled
 */
export async function pingWebhook(ground: Ground, actor: Actor, id: number): Promise<Delivery> {
  mustBeAllowed(actor, 'edit-webhook');
  return transact(ground, async (tx, now) => {
    await mustBeEnabled(await findWebhook(tx, actor.accountId, id), id);
    return insertDelivery(tx, { accountId: actor.accountId, webhookId: id, type: PING, now });
  });
}

/**
 * Sends a message once more, as it was.
 * @throws Refusal `forbidden`, `not-found`, or `conflict` while it waits already or the webhook is disabled
 */
export async function resend(ground: Ground, actor: Actor, id: number, deliveryId: string): Promise<Delivery> {
  mustBeAllowed(actor, 'edit-webhook');
  return transact(ground, async (tx) => {
    const { accountId } = actor;
    await mustBeEnabled(await findWebhook(tx, accountId, id), id);
    const delivery = await findDelivery(tx, accountId, id, deliveryId);
    if (delivery === undefined) {
      throw new Refusal('not-found', `There is no delivery ${deliveryId}. They are kept for 30 days.`);
    }
    if (delivery.state === 'waiting') {
      throw new Refusal('conflict', `The delivery ${deliveryId} waits to be sent already.`);
    }
    const waiting = { state: 'waiting', attempts: 0, dueAt: new Date(), deliveredAt: null, error: null } as const;
    await enqueue(tx, 'deliver', { accountId, webhookId: id, about: delivery.maintenanceId ?? 0 });
    return updateDelivery(tx, accountId, deliveryId, waiting);
  });
}

async function mustBeEnabled(webhook: Webhook | undefined, id: number): Promise<void> {
  if (webhook === undefined) throw noSuchWebhook(id);
  if (!webhook.enabled) throw new Refusal('conflict', `The webhook ${id} is disabled. Enable it first.`);
}
