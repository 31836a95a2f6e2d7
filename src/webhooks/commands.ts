import { randomBytes } from 'node:crypto';
import { record } from '../audit/record.ts';
import { type Problem, UserError } from '../core/errors.ts';
import { MAX_NAME_CHARS } from '../core/limits.ts';
import { difference } from '../core/merge.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { validateText } from '../maintenance/rules/validation.ts';
import { enqueue } from '../platform/jobs.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import type { Vault } from '../platform/vault.ts';
import {
  deliveryNotFound,
  deliveryWaiting,
  eventsUnknown,
  webhookDisabled,
  webhookNotFound,
  webhookUrlHasUser,
  webhookUrlInvalid,
} from './errors.ts';
import { MESSAGE_TYPES, PING_EVENT } from './messages.ts';
import {
  type Delivery,
  deleteWebhook,
  findDelivery,
  findWebhook,
  insertDelivery,
  insertWebhook,
  listDueDeliveries,
  lockWebhook,
  updateDelivery,
  updateWebhook,
  type Webhook,
  type WebhookValues,
  webhookSealPurpose,
} from './repository.ts';
import { SECRET_OVERLAP_MS } from './rules.ts';

const LONGEST_URL = 2_000;

/** A webhook with its secret, which is not shown again. */
export interface CreatedWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
}

/**
 * Has an address told of what happens to maintenances.
 * @throws UserError `forbidden`, or `invalid` with every field that is wrong
 */
export async function addWebhook(
  ctx: ActionContext,
  actor: Actor,
  input: WebhookValues,
  vault: Vault,
): Promise<CreatedWebhook> {
  authorize(actor, 'add-webhook');
  const problems = validateWebhook(input);
  if (problems.length > 0) throw UserError.invalid(problems);
  const secret = newSecret();
  const sealed = vault.seal(secret, webhookSealPurpose(actor.accountId));
  const webhook = await inTransaction(ctx, async (tx, now) => {
    const madeBy = { id: actor.id, name: actor.name };
    const made = await insertWebhook(tx, actor.accountId, { ...input, secret: sealed }, madeBy, now);
    await record(tx, actor, now, {
      type: 'webhook.added',
      subject: { kind: 'webhook', id: made.id },
      after: webhookForAudit(input),
    });
    return made;
  });
  return { webhook, secret };
}

/** A secret as Standard Webhooks writes it. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** As the HTTP interface names them. An address may hold a secret in its query, which is left out. */
export function webhookForAudit({ url, description, events, audience }: WebhookValues) {
  return { url: url.replace(/\?.*$/s, '?…'), description, events: [...events], audience };
}

export function validateWebhook({ url, description, events }: Pick<WebhookValues, 'url' | 'description' | 'events'>) {
  const problems: Problem[] = [...validateText('description', description, MAX_NAME_CHARS)];
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol) || url.length > LONGEST_URL) {
    problems.push(webhookUrlInvalid.at('url', { url, max: LONGEST_URL }));
  } else if (parsed.username !== '' || parsed.password !== '') {
    problems.push(webhookUrlHasUser.at('url', {}));
  }
  const unknown = events.filter((type) => !MESSAGE_TYPES.includes(type));
  if (unknown.length > 0) {
    problems.push(eventsUnknown.at('events', { unknown, known: MESSAGE_TYPES }));
  }
  return problems;
}

/** What is not named stays as it is. */
export type WebhookEdit = { readonly [Field in keyof WebhookValues]?: WebhookValues[Field] | undefined } & {
  /** Enabled again, it is told of what waited for it. */
  readonly enabled?: boolean | undefined;
};

/** @throws UserError `forbidden`, `not-found`, or `invalid` with every field that is wrong */
export async function editWebhook(ctx: ActionContext, actor: Actor, id: number, edit: WebhookEdit): Promise<Webhook> {
  authorize(actor, 'edit-webhook');
  return inTransaction(ctx, async (tx, now) => {
    const { accountId } = actor;
    const webhook = await lockWebhook(tx, accountId, id);
    if (webhook === undefined) throw webhookNotFound({ id });
    const wanted = {
      url: edit.url ?? webhook.url,
      description: edit.description ?? webhook.description,
      events: [...(edit.events ?? webhook.events)],
      audience: edit.audience ?? webhook.audience,
    };
    const problems = validateWebhook(wanted);
    if (problems.length > 0) throw UserError.invalid(problems);
    const { enabled = webhook.enabled } = edit;
    const change = difference(
      { ...webhookForAudit(webhook), enabled: webhook.enabled },
      { ...webhookForAudit(wanted), enabled },
    );
    // Another query of the address is no difference that is recorded, and one all the same.
    if (change === undefined && wanted.url === webhook.url) return webhook;
    const again = enabled ? { disabledReason: null, failingSince: null } : {};
    const edited = await updateWebhook(tx, accountId, id, { ...wanted, enabled, ...again });
    await record(tx, actor, now, { type: 'webhook.changed', subject: { kind: 'webhook', id }, ...change });
    if (enabled && !webhook.enabled) {
      for (const due of await listDueDeliveries(tx, { accountId, webhookId: id })) await enqueue(tx, 'deliver', due);
    }
    return edited;
  });
}

/**
 * Gives a webhook another secret. For a day messages are signed with both.
 * @throws UserError `forbidden` or `not-found`
 */
export async function rotateSecret(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  vault: Vault,
): Promise<CreatedWebhook> {
  authorize(actor, 'edit-webhook');
  const secret = newSecret();
  return inTransaction(ctx, async (tx, now) => {
    const webhook = await lockWebhook(tx, actor.accountId, id);
    if (webhook === undefined) throw webhookNotFound({ id });
    const rotated = await updateWebhook(tx, actor.accountId, id, {
      secret: vault.seal(secret, webhookSealPurpose(actor.accountId)),
      previousSecret: webhook.secret,
      previousUntil: new Date(now.getTime() + SECRET_OVERLAP_MS),
    });
    await record(tx, actor, now, { type: 'webhook.secret_rotated', subject: { kind: 'webhook', id } });
    return { webhook: rotated, secret };
  });
}

/** @throws UserError `forbidden` or `not-found` */
export async function removeWebhook(ctx: ActionContext, actor: Actor, id: number): Promise<Webhook> {
  authorize(actor, 'remove-webhook');
  return inTransaction(ctx, async (tx, now) => {
    const webhook = await lockWebhook(tx, actor.accountId, id);
    if (webhook === undefined) throw webhookNotFound({ id });
    await deleteWebhook(tx, actor.accountId, id);
    await record(tx, actor, now, {
      type: 'webhook.removed',
      subject: { kind: 'webhook', id },
      before: webhookForAudit(webhook),
    });
    return webhook;
  });
}

/**
 * Sends a webhook a message about nothing, to see whether it arrives.
 * @throws UserError `forbidden`, `not-found`, or `conflict` while it is disabled
 */
export async function pingWebhook(ctx: ActionContext, actor: Actor, id: number): Promise<Delivery> {
  authorize(actor, 'edit-webhook');
  return inTransaction(ctx, async (tx, now) => {
    await mustBeEnabled(await findWebhook(tx, actor.accountId, id), id);
    return insertDelivery(tx, { accountId: actor.accountId, webhookId: id, type: PING_EVENT, now });
  });
}

/**
 * Sends a message once more, as it was.
 * @throws UserError `forbidden`, `not-found`, or `conflict` while it waits already or the webhook is disabled
 */
export async function resend(ctx: ActionContext, actor: Actor, id: number, deliveryId: string): Promise<Delivery> {
  authorize(actor, 'edit-webhook');
  return inTransaction(ctx, async (tx) => {
    const { accountId } = actor;
    await mustBeEnabled(await findWebhook(tx, accountId, id), id);
    const delivery = await findDelivery(tx, accountId, id, deliveryId);
    if (delivery === undefined) {
      throw deliveryNotFound({ id: deliveryId });
    }
    if (delivery.state === 'waiting') {
      throw deliveryWaiting({ id: deliveryId });
    }
    const waiting = { state: 'waiting', attempts: 0, dueAt: new Date(), deliveredAt: null, error: null } as const;
    await enqueue(tx, 'deliver', { accountId, webhookId: id, about: delivery.maintenanceId ?? 0 });
    return updateDelivery(tx, accountId, deliveryId, waiting);
  });
}

async function mustBeEnabled(webhook: Webhook | undefined, id: number): Promise<void> {
  if (webhook === undefined) throw webhookNotFound({ id });
  if (!webhook.enabled) throw webhookDisabled({ id });
}
