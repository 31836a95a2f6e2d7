import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Prisma } from '../../prisma/client/client.ts';
import type { DeliveryModel, WebhookModel } from '../../prisma/client/models.ts';
import type { TimelineEventType } from '../audit/events.ts';
import { isId } from '../core/keys.ts';
import { AUDIENCES, type Audience } from '../core/permissions.ts';
import { readSurroundings } from '../maintenance/repository/surroundings.ts';
import type { Queries } from '../platform/database.ts';
import { enqueue, type Jobs } from '../platform/jobs.ts';
import { afterPosition, type Page, pageOrder, withCreator } from '../platform/rows.ts';
import { execute, sql } from '../platform/sql.ts';
import { insertion, write } from '../platform/transaction.ts';

export const DELIVERY_STATES = ['waiting', 'delivered', 'skipped', 'failed'] as const;
type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface WebhookValues {
  readonly url: string;
  readonly description: string;
  /** The types of events it wants; empty: all. */
  readonly events: readonly string[];
  readonly audience: Audience;
}

export type Webhook = ReturnType<typeof toWebhook>;

const toWebhook = (row: WebhookModel) => ({ ...withCreator(row), audience: z.enum(AUDIENCES).parse(row.audience) });

export type Delivery = ReturnType<typeof toDelivery>;

function toDelivery({ state, maintenanceId, position: _, ...row }: DeliveryModel) {
  return {
    ...row,
    state: z.enum(DELIVERY_STATES).parse(state),
    maintenanceId: maintenanceId === 0 ? null : maintenanceId,
  };
}

/** The purpose that the vault seals secrets of webhooks for. */
export const webhookSealPurpose = (accountId: number) => `webhook:${accountId}`;

export async function insertWebhook(tx: Queries, data: Prisma.WebhookUncheckedCreateInput): Promise<Webhook> {
  return toWebhook(await tx.webhook.create({ data }));
}

export async function listWebhooks(db: Queries, accountId: number): Promise<Webhook[]> {
  return (await db.webhook.findMany({ where: { accountId }, orderBy: { id: 'asc' } })).map(toWebhook);
}

export async function findWebhook(db: Queries, accountId: number, id: number): Promise<Webhook | undefined> {
  const row = isId(id) ? await db.webhook.findFirst({ where: { accountId, id } }) : null;
  return row === null ? undefined : toWebhook(row);
}

/** The same, locked until the transaction ends. */
export async function lockWebhook(tx: Queries, accountId: number, id: number): Promise<Webhook | undefined> {
  if (!isId(id)) return undefined;
  await execute(tx, sql`select 1 from webhooks where account_id = ${accountId} and id = ${id} for update`);
  return findWebhook(tx, accountId, id);
}

export async function updateWebhook(
  tx: Queries,
  accountId: number,
  id: number,
  changes: Prisma.WebhookUncheckedUpdateInput,
): Promise<Webhook> {
  const data = { ...changes, version: { increment: 1 } };
  return toWebhook(await tx.webhook.update({ where: { accountId, id }, data }));
}

/** Sets since when a webhook has failed; null: it does not. Keeps its version, as nobody changed it. */
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

const DELIVERY = insertion('webhook_deliveries', [
  'id',
  'account_id',
  'webhook_id',
  'maintenance_id',
  'event_id',
  'type',
  'creation_date',
]);

/** Enqueues a delivery of the event to each webhook that wants its type, in the transaction of the event. */
export async function enqueueDeliveries(tx: Queries, event: DeliveredEvent): Promise<void> {
  const { accountId, maintenanceId, eventId, type, internal, at } = event;
  const { webhooks } = await readSurroundings(tx, accountId);
  const wants = ({ events, audience }: (typeof webhooks)[number]) =>
    (events.length === 0 || events.includes(type)) && (audience === 'internal' || !internal);
  for (const { id: webhookId } of webhooks.filter(wants)) {
    const row = { id: randomUUID(), account_id: accountId, webhook_id: webhookId, maintenance_id: maintenanceId };
    await write(tx, DELIVERY, row.id, { ...row, event_id: eventId, type, creation_date: at });
    await enqueue(tx, 'deliver', { accountId, webhookId, about: maintenanceId });
  }
}

/** A delivery about no maintenance. */
export async function insertDelivery(
  tx: Queries,
  delivery: { accountId: number; webhookId: number; type: string; createdAt: Date },
): Promise<Delivery> {
  const { accountId, webhookId } = delivery;
  const row = await tx.delivery.create({ data: { id: randomUUID(), ...delivery } });
  await enqueue(tx, 'deliver', { accountId, webhookId, about: 0 });
  return toDelivery(row);
}

/** The next message to a webhook about a maintenance: those after it wait for it. */
export async function findNextDelivery(
  db: Queries,
  { accountId, webhookId, about }: Jobs['deliver'],
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
  data: Prisma.DeliveryUncheckedUpdateInput & { readonly state?: DeliveryState },
): Promise<Delivery> {
  return toDelivery(await db.delivery.update({ where: { accountId, id }, data }));
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
  const state = states === undefined ? {} : { state: { in: [...states] } };
  const where = { accountId, webhookId, ...state, AND: [afterPosition(page)] };
  return (await db.delivery.findMany({ where, orderBy: pageOrder(page), take: page.limit })).map(toDelivery);
}

/** The deliveries that are due by the system's clock, of everybody or of one webhook. */
export async function listDueDeliveries(
  db: Queries,
  webhook: { readonly accountId?: number; readonly webhookId?: number } = {},
): Promise<Jobs['deliver'][]> {
  const rows = await db.delivery.findMany({
    where: { ...webhook, state: 'waiting', dueAt: { lte: new Date() }, webhook: { enabled: true } },
    distinct: ['accountId', 'webhookId', 'maintenanceId'],
    select: { accountId: true, webhookId: true, maintenanceId: true },
  });
  return rows.map(({ maintenanceId, ...row }) => ({ ...row, about: maintenanceId }));
}

/** Deletes deliveries that are settled. @param before UTC */
export async function deleteDeliveriesBefore(db: Queries, before: Date): Promise<void> {
  await db.delivery.deleteMany({ where: { createdAt: { lt: before }, state: { not: 'waiting' } } });
}
