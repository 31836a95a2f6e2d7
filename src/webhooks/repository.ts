import { randomUUID } from 'node:crypto';
import type { DeliveryModel, WebhookModel } from '../../prisma/client/models.ts';
import type { TimelineEventType } from '../audit/events.ts';
import { isId } from '../core/keys.ts';
import type { Audience } from '../core/permissions.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import { afterPosition, type Page, pageOrder } from '../platform/paging.ts';

export interface Webhook extends Omit<WebhookModel, 'audience' | 'createdById' | 'createdByName'> {
  readonly audience: Audience;
  readonly madeBy: { readonly id: string; readonly name: string };
}

export const DELIVERY_STATES = ['waiting', 'delivered', 'skipped', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface Delivery extends Omit<DeliveryModel, 'state' | 'maintenanceId' | 'position'> {
  readonly state: DeliveryState;
  readonly maintenanceId: number | null;
}

export interface WebhookValues {
  readonly url: string;
  readonly description: string;
  /** Of which types it hears; empty: of all. */
  readonly events: readonly string[];
  readonly audience: Audience;
}

function toWebhook({ audience, createdById, createdByName, ...row }: WebhookModel): Webhook {
  return {
    ...row,
    audience: audience === 'internal' ? 'internal' : 'public',
    madeBy: { id: createdById, name: createdByName },
  };
}

function toDelivery({ state, maintenanceId, position: _, ...row }: DeliveryModel): Delivery {
  const known = DELIVERY_STATES.find((each) => each === state);
  if (known === undefined) throw new Error(`delivery ${row.id} is ${state}; expected ${DELIVERY_STATES.join(', ')}`);
  return { ...row, state: known, maintenanceId: maintenanceId === 0 ? null : maintenanceId };
}

/** Whose secret is sealed. */
export function webhookSealPurpose(accountId: number): string {
  return `webhook:${accountId}`;
}

export async function insertWebhook(
  tx: Queries,
  accountId: number,
  { events, ...values }: WebhookValues & { readonly secret: string },
  madeBy: Webhook['madeBy'],
  now: Date,
): Promise<Webhook> {
  const data = { ...values, accountId, events: [...events], createdAt: now };
  return toWebhook(await tx.webhook.create({ data: { ...data, createdById: madeBy.id, createdByName: madeBy.name } }));
}

export async function listWebhooks(db: Queries, accountId: number): Promise<Webhook[]> {
  return (await db.webhook.findMany({ where: { accountId }, orderBy: { id: 'asc' } })).map(toWebhook);
}

export async function findWebhook(db: Queries, accountId: number, id: number): Promise<Webhook | undefined> {
  if (!isId(id)) return undefined;
  const row = await db.webhook.findFirst({ where: { accountId, id } });
  return row === null ? undefined : toWebhook(row);
}

/** The same, locked until the transaction ends. */
export async function lockWebhook(tx: Queries, accountId: number, id: number): Promise<Webhook | undefined> {
  if (!isId(id)) return undefined;
  await tx.$queryRaw`select 1 from webhooks where account_id = ${accountId} and id = ${id} for update`;
  return findWebhook(tx, accountId, id);
}

export async function updateWebhook(
  tx: Queries,
  accountId: number,
  id: number,
  changes: Partial<Pick<WebhookModel, 'url' | 'description' | 'events' | 'audience' | 'enabled' | 'secret'>> &
    Partial<Pick<WebhookModel, 'disabledReason' | 'failingSince' | 'previousSecret' | 'previousUntil'>>,
): Promise<Webhook> {
  return toWebhook(
    await tx.webhook.update({ where: { accountId, id }, data: { ...changes, version: { increment: 1 } } }),
  );
}

/** Notes that a webhook is reached, or since when it is not. Not a change that anybody made. */
export async function setFailingSince(db: Queries, accountId: number, id: number, since: Date | null): Promise<void> {
  await db.webhook.updateMany({ where: { accountId, id }, data: { failingSince: since } });
}

export async function deleteWebhook(tx: Queries, accountId: number, id: number): Promise<void> {
  await tx.webhook.deleteMany({ where: { accountId, id } });
}

/** An audit event that webhooks receive. */
interface DeliveredEvent {
  readonly accountId: number;
  readonly maintenanceId: number;
  readonly eventId: number;
  readonly type: TimelineEventType;
  readonly internal: boolean;
  readonly at: Date;
}

/** Enqueues a delivery of the event to each webhook that wants its type, in the transaction of the event. */
export async function enqueueDeliveries(tx: Queries, event: DeliveredEvent): Promise<void> {
  const { accountId, maintenanceId, eventId, type, internal, at } = event;
  const rows = await tx.$queryRaw<{ webhookId: number }[]>`
    insert into webhook_deliveries (id, account_id, webhook_id, maintenance_id, event_id, type, creation_date)
    select gen_random_uuid(), account_id, id, ${maintenanceId}::int, ${eventId}::int, ${type}, ${at}::timestamptz
    from webhooks
    where account_id = ${accountId} and enabled and (cardinality(events) = 0 or ${type} = any(events))
      and (audience = 'internal' or not ${internal}::boolean)
    order by id
    returning webhook_id as "webhookId"`;
  for (const { webhookId } of rows) await enqueue(tx, 'deliver', { accountId, webhookId, about: maintenanceId });
}

/** A message about no maintenance. */
export async function insertDelivery(
  tx: Queries,
  { accountId, webhookId, type, now }: { accountId: number; webhookId: number; type: string; now: Date },
): Promise<Delivery> {
  const row = await tx.delivery.create({ data: { id: randomUUID(), accountId, webhookId, type, createdAt: now } });
  await enqueue(tx, 'deliver', { accountId, webhookId, about: 0 });
  return toDelivery(row);
}

/** The next message to a webhook about a maintenance: those after it wait for it. `about` 0: about none. */
export async function findNextDelivery(
  db: Queries,
  { accountId, webhookId, about }: { accountId: number; webhookId: number; about: number },
): Promise<Delivery | undefined> {
  const row = await db.delivery.findFirst({
    where: { accountId, webhookId, maintenanceId: about, state: 'waiting' },
    orderBy: { position: 'asc' },
  });
  return row === null ? undefined : toDelivery(row);
}

export async function updateDelivery(
  db: Queries,
  accountId: number,
  id: string,
  changes: Partial<Omit<Delivery, 'id' | 'accountId' | 'webhookId' | 'maintenanceId' | 'eventId' | 'type'>>,
): Promise<Delivery> {
  return toDelivery(await db.delivery.update({ where: { accountId, id }, data: changes }));
}

export async function findDelivery(
  db: Queries,
  accountId: number,
  webhookId: number,
  id: string,
): Promise<Delivery | undefined> {
  const row = await db.delivery.findFirst({ where: { accountId, webhookId, id } });
  return row === null ? undefined : toDelivery(row);
}

export async function searchDeliveries(
  db: Queries,
  accountId: number,
  webhookId: number,
  states: readonly DeliveryState[] | undefined,
  page: Page<'createdAt', Date, string>,
): Promise<Delivery[]> {
  const rows = await db.delivery.findMany({
    where: {
      accountId,
      webhookId,
      ...(states === undefined ? {} : { state: { in: [...states] } }),
      AND: [afterPosition(page)],
    },
    orderBy: pageOrder(page),
    take: page.limit,
  });
  return rows.map(toDelivery);
}

/** What waits to be delivered and should be by now; by the system's clock. */
export async function listDueDeliveries(
  db: Queries,
  of: { readonly accountId?: number; readonly webhookId?: number } = {},
): Promise<{ accountId: number; webhookId: number; about: number }[]> {
  const rows = await db.delivery.findMany({
    where: { ...of, state: 'waiting', dueAt: { lte: new Date() }, webhook: { enabled: true } },
    distinct: ['accountId', 'webhookId', 'maintenanceId'],
    select: { accountId: true, webhookId: true, maintenanceId: true },
  });
  return rows.map(({ maintenanceId, ...row }) => ({ ...row, about: maintenanceId }));
}

/** Deletes deliveries that are settled. @param before UTC */
export async function deleteDeliveriesBefore(db: Queries, before: Date): Promise<void> {
  await db.delivery.deleteMany({ where: { createdAt: { lt: before }, state: { not: 'waiting' } } });
}
