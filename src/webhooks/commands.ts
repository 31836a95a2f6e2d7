import { randomBytes } from 'node:crypto';
import { record } from '../audit/record.ts';
import { type Problem, UserError } from '../core/errors.ts';
import { MAX_NAME_CHARS } from '../core/limits.ts';
import { difference } from '../core/merge.ts';
import { type Actor, authorize } from '../core/permissions.ts';
import { validateText } from '../maintenance/rules/validation.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import { shownUrl } from '../platform/outbound/shown-url.ts';
import { creationColumns } from '../platform/rows.ts';
import { type ActionContext, inTransaction } from '../platform/transactions.ts';
import { UnreadableSecret, type Vault } from '../platform/vault.ts';
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
  lockWebhook,
  updateDelivery,
  updateWebhook,
  type Webhook,
  type WebhookValues,
  webhookSealPurpose,
} from './repository.ts';
import { SECRET_OVERLAP_MS } from './rules.ts';

const MAX_URL_CHARS = 2_000;

/** A webhook with its secret, which is not shown again. */
export interface CreatedWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
}

/** @throws UserError `forbidden`, or `invalid` with every field that is wrong */
export async function addWebhook(
  ctx: ActionContext,
  actor: Actor,
  input: WebhookValues,
  vault: Vault,
): Promise<CreatedWebhook> {
  authorize(actor, 'add-webhook');
  assertValid(input);
  const secret = newSecret();
  return inTransaction(ctx, async (tx, now) => {
    const sealed = vault.seal(secret, webhookSealPurpose(actor.accountId));
    const url = sealUrl(input.url, actor.accountId, vault);
    const columns = { ...creationColumns(actor, now), ...input, ...url, events: [...input.events], secret: sealed };
    const webhook = await insertWebhook(tx, columns);
    const subject = { kind: 'webhook', id: webhook.id } as const;
    await record(tx, actor, now, { type: 'webhook.added', subject, after: webhookForAudit(webhook) });
    return { webhook, secret };
  });
}

/** In the format of Standard Webhooks. */
const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

/** The columns of an address: what is shown of it, and the whole, which may hold a secret. */
function sealUrl(url: string, accountId: number, vault: Vault) {
  return { url: shownUrl(url), sealedUrl: vault.seal(url, webhookSealPurpose(accountId)) };
}

/** The whole address; undefined where the key is lost that sealed it. */
function openUrl({ sealedUrl, accountId }: Webhook, vault: Vault): string | undefined {
  try {
    return vault.open(sealedUrl, webhookSealPurpose(accountId));
  } catch (error) {
    if (error instanceof UnreadableSecret) return undefined;
    throw error;
  }
}

/** With the names of the HTTP API. @param url as it is shown */
function webhookForAudit({ url, description, events, audience }: WebhookValues) {
  return { url, description, events: [...events], audience };
}

/** @throws UserError `invalid` with every field that is wrong */
function assertValid({ url, description, events }: WebhookValues): void {
  const problems: Problem[] = validateText('description', description, MAX_NAME_CHARS);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol) || url.length > MAX_URL_CHARS) {
    problems.push(webhookUrlInvalid.at('url', { url, max: MAX_URL_CHARS }));
  } else if (parsed.username !== '' || parsed.password !== '') {
    problems.push(webhookUrlHasUser.at('url', {}));
  }
  const unknown = events.filter((type) => !MESSAGE_TYPES.includes(type));
  if (unknown.length > 0) problems.push(eventsUnknown.at('events', { unknown, known: MESSAGE_TYPES }));
  if (problems.length > 0) throw UserError.invalid(problems);
}

/** Absent fields keep their values. A webhook that is enabled again receives what waited for it. */
export type WebhookEdit = {
  readonly [Field in keyof WebhookValues]?: WebhookValues[Field] | undefined;
} & { readonly enabled?: boolean | undefined };

/** @throws UserError `forbidden`, `not-found`, or `invalid` with every field that is wrong */
export async function editWebhook(
  ctx: ActionContext,
  actor: Actor,
  id: number,
  edit: WebhookEdit,
  vault: Vault,
): Promise<Webhook> {
  authorize(actor, 'edit-webhook');
  return inTransaction(ctx, async (tx, now) => {
    const { accountId } = actor;
    const webhook = await lockExisting(tx, actor, id);
    // Some clients send back what they were shown.
    const url = edit.url === webhook.url ? undefined : edit.url;
    const wanted = {
      url: url ?? webhook.url,
      description: edit.description ?? webhook.description,
      events: [...(edit.events ?? webhook.events)],
      audience: edit.audience ?? webhook.audience,
    };
    assertValid(wanted);
    const isMoved = url !== undefined && url !== openUrl(webhook, vault);
    const address = isMoved ? sealUrl(url, accountId, vault) : { url: webhook.url };
    const { enabled = webhook.enabled } = edit;
    const change = difference(
      { ...webhookForAudit(webhook), enabled: webhook.enabled },
      { ...webhookForAudit({ ...wanted, ...address }), enabled },
    );
    // A change of what is not shown of the address shows in no audited field, but is a change.
    if (change === undefined && !isMoved) return webhook;
    const health = enabled ? { disabledReason: null, failingSince: null } : {};
    const edited = await updateWebhook(tx, accountId, id, { ...wanted, ...address, enabled, ...health });
    await record(tx, actor, now, { type: 'webhook.changed', subject: { kind: 'webhook', id }, ...change });
    if (enabled && !webhook.enabled) await enqueue(tx, 'deliver', { accountId, webhookId: id });
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
    const { secret: previousSecret } = await lockExisting(tx, actor, id);
    const webhook = await updateWebhook(tx, actor.accountId, id, {
      secret: vault.seal(secret, webhookSealPurpose(actor.accountId)),
      previousSecret,
      previousUntil: new Date(now.getTime() + SECRET_OVERLAP_MS),
    });
    await record(tx, actor, now, { type: 'webhook.secret_rotated', subject: { kind: 'webhook', id } });
    return { webhook, secret };
  });
}

/** @throws UserError `forbidden` or `not-found` */
export async function removeWebhook(ctx: ActionContext, actor: Actor, id: number): Promise<Webhook> {
  authorize(actor, 'remove-webhook');
  return inTransaction(ctx, async (tx, now) => {
    const webhook = await lockExisting(tx, actor, id);
    await deleteWebhook(tx, actor.accountId, id);
    const subject = { kind: 'webhook', id } as const;
    await record(tx, actor, now, { type: 'webhook.removed', subject, before: webhookForAudit(webhook) });
    return webhook;
  });
}

/** Sends a test message. @throws UserError `forbidden`, `not-found`, or `conflict` for a disabled webhook */
export async function pingWebhook(ctx: ActionContext, actor: Actor, id: number): Promise<Delivery> {
  authorize(actor, 'edit-webhook');
  return inTransaction(ctx, async (tx, now) => {
    await assertEnabled(tx, actor, id);
    return insertDelivery(tx, { accountId: actor.accountId, webhookId: id, type: PING_EVENT, createdAt: now });
  });
}

/**
 * Sends a message once more, unchanged.
 * @throws UserError `forbidden`, `not-found`, or `conflict` while it waits already or the webhook is disabled
 */
export async function resend(ctx: ActionContext, actor: Actor, id: number, deliveryId: string): Promise<Delivery> {
  authorize(actor, 'edit-webhook');
  return inTransaction(ctx, async (tx) => {
    const { accountId } = actor;
    await assertEnabled(tx, actor, id);
    const delivery = await findDelivery(tx, accountId, id, deliveryId);
    if (delivery === undefined) throw deliveryNotFound({ id: deliveryId });
    if (delivery.state === 'waiting') throw deliveryWaiting({ id: deliveryId });
    await enqueue(tx, 'deliver', { accountId, webhookId: id });
    const waiting = { state: 'waiting', attempts: 0, dueAt: new Date(), deliveredAt: null, error: null } as const;
    return updateDelivery(tx, accountId, deliveryId, waiting);
  });
}

/** @throws UserError `not-found` */
async function lockExisting(tx: Queries, { accountId }: Actor, id: number): Promise<Webhook> {
  const webhook = await lockWebhook(tx, accountId, id);
  if (webhook === undefined) throw webhookNotFound({ id });
  return webhook;
}

/** @throws UserError `not-found` or `conflict` */
async function assertEnabled(tx: Queries, { accountId }: Actor, id: number): Promise<void> {
  const webhook = await findWebhook(tx, accountId, id);
  if (webhook === undefined) throw webhookNotFound({ id });
  if (!webhook.enabled) throw webhookDisabled({ id });
}
