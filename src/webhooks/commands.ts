import { randomBytes } from 'node:crypto';
import { record } from '../audit/record.ts';
import { type Problem, Refusal } from '../core/errors.ts';
import { difference, type Fields } from '../core/merge.ts';
import { type Actor, mustBeAllowed } from '../core/permissions.ts';
import { LONGEST_NAME, problemsOfText } from '../maintenance/window.ts';
import { enqueue } from '../platform/jobs.ts';
import { type Ground, transact } from '../platform/transactions.ts';
import type { Vault } from '../platform/vault.ts';
import {
  type Delivery,
  deleteWebhook,
  dueDeliveries,
  findDelivery,
  findWebhook,
  insertDelivery,
  insertWebhook,
  lockWebhook,
  purposeOfWebhook,
  updateDelivery,
  updateWebhook,
  type Webhook,
  type WebhookValues,
} from './repository.ts';
import { BOTH_SECRETS, EVENT_TYPES, PING } from './rules.ts';

const LONGEST_URL = 2_000;

/** A webhook with its secret, which is not shown again. */
export interface MadeWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
}

/**
 * Has an address told of what happens to maintenances.
 * @throws Refusal `forbidden`, or `invalid` with every field that is wrong
 */
export async function addWebhook(
  ground: Ground,
  actor: Actor,
  input: WebhookValues,
  vault: Vault,
): Promise<MadeWebhook> {
  mustBeAllowed(actor, 'add-webhook');
  const problems = problemsOfWebhook(input);
  if (problems.length > 0) throw Refusal.invalid(problems);
  const secret = newSecret();
  const sealed = vault.seal(secret, purposeOfWebhook(actor.accountId));
  const webhook = await transact(ground, async (tx, now) => {
    const madeBy = { id: actor.id, name: actor.name };
    const made = await insertWebhook(tx, actor.accountId, { ...input, secret: sealed }, madeBy, now);
    await record(tx, actor, now, { action: 'add-webhook', subject: `webhook:${made.id}`, after: recorded(input) });
    return made;
  });
  return { webhook, secret };
}

/** A secret as Standard Webhooks writes it. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** As the HTTP interface names them. An address may hold a secret in its query, which is left out. */
export function recorded({ url, description, events, audience }: WebhookValues): Fields {
  return { url: url.replace(/\?.*$/s, '?…'), description, events: [...events], audience };
}

export function problemsOfWebhook({ url, description, events }: Pick<WebhookValues, 'url' | 'description' | 'events'>) {
  const problems: Problem[] = [...problemsOfText('description', description, LONGEST_NAME)];
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol) || url.length > LONGEST_URL) {
    const message = `url is ${JSON.stringify(url.slice(0, 100))}; an address that begins with https:// or http:// is expected, of at most ${LONGEST_URL} characters.`;
    problems.push({ field: 'url', message });
  } else if (parsed.username !== '' || parsed.password !== '') {
    const message = 'url holds a user or a password. Leave them out: each message is signed instead.';
    problems.push({ field: 'url', message });
  }
  const unknown = events.filter((type) => !EVENT_TYPES.includes(type));
  if (unknown.length > 0) {
    const message = `events has ${unknown.join(', ')}; expected some of ${EVENT_TYPES.join(', ')}.`;
    problems.push({ field: 'events', message });
  }
  return problems;
}

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
