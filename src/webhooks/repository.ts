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
import { execute, queryRows, sql } from '../platform/sql.ts';
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

export async function listWebhooks(db: Queries, accountId: number, page: Page<'id', string>): Promise<Webhook[]> {
  const where = { accountId, AND: [afterPosition(page)] };
  return (await db.webhook.findMany({ where, orderBy: pageOrder(page), take: page.limit })).map(toWebhook);
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
  for (const { id: webhookId, fails } of webhooks.filter(wants)) {
    const row = { id: randomUUID(), account_id: accountId, webhook_id: webhookId, maintenance_id: maintenanceId };
    await write(tx, DELIVERY, row.id, { ...row, event_id: eventId, type, creation_date: at });
    await enqueue(tx, 'deliver', { accountId, webhookId }, { isRetry: fails });
  }
}

/** A delivery about no maintenance. */
export async function insertDelivery(
  tx: Queries,
  delivery: { accountId: number; webhookId: number; type: string; createdAt: Date },
): Promise<Delivery> {
  const { accountId, webhookId } = delivery;
  const row = await tx.delivery.create({ data: { id: randomUUID(), ...delivery } });
  await enqueue(tx, 'deliver', { accountId, webhookId });
  return toDelivery(row);
}

/** A message that waits for a webhook. */
export type WaitingDelivery = Pick<
  Delivery,
  'id' | 'maintenanceId' | 'eventId' | 'type' | 'body' | 'attempts' | 'createdAt'
>;

/** A message to send now. `readAt`: by PostgreSQL's clock, as Lull's may be set while a webhook fails. */
export type DueDelivery = WaitingDelivery & { readonly readAt: Date };

/**
 * The messages to a webhook that are due, in order, without those about a maintenance of which an earlier one waits for its next
 * attempt.
 */
export async function listDueDeliveries(
  db: Queries,
  { accountId, webhookId }: Jobs['deliver'],
  limit: number,
): Promise<DueDelivery[]> {
  return queryRows<DueDelivery>(
    db,
    sql`
      with waiting as materialized (
        select id, position,
          bool_or(due_at > clock_timestamp()) over (partition by maintenance_id order by position) as later
        from webhook_deliveries
        where account_id = ${accountId} and webhook_id = ${webhookId} and state = 'waiting'
      ), due as materialized (
        select id from waiting where not later order by position limit ${limit}::int
      )
      select d.id, nullif(d.maintenance_id, 0) as "maintenanceId", d.event_id as "eventId", d.type, d.body, d.attempts,
        d.creation_date as "createdAt", clock_timestamp() as "readAt"
      from due join webhook_deliveries d on d.id = due.id
      order by d.position`,
  );
}

/** In how many milliseconds the next attempt to send a message to a webhook is due; null: none waits. */
export async function findNextAttempt(db: Queries, { accountId, webhookId }: Jobs['deliver']): Promise<number | null> {
  const rows = await queryRows<{ ms: number | null }>(
    db,
    sql`
      select (extract(epoch from min(due_at) - clock_timestamp()) * 1000)::float as ms from (
        select distinct on (maintenance_id) due_at from webhook_deliveries
        where account_id = ${accountId} and webhook_id = ${webhookId} and state = 'waiting'
        order by maintenance_id, position
      ) as next`,
  );
  return rows[0]?.ms ?? null;
}

/** Stores what is sent, the same at every attempt. Null: the audience of the webhook must not see the event. */
export async function saveBodies(db: Queries, bodies: ReadonlyMap<string, string | null>): Promise<void> {
  await execute(
    db,
    sql`
      update webhook_deliveries d set body = made.body, state = case when made.body is null then 'skipped' else d.state end
      from unnest(${[...bodies.keys()]}::uuid[], ${[...bodies.values()]}::text[]) as made (id, body)
      where d.id = made.id and d.state = 'waiting'`,
  );
}

/** What came of an attempt to send a message. */
export interface Attempt extends Pick<Delivery, 'id' | 'state' | 'attempts' | 'status' | 'error' | 'answer'> {
  readonly deliveredAt: Date | null;
  /** Milliseconds until the next one. */
  readonly retryIn: number | null;
}

/**
 * Stores what came of attempts, and since when the webhook fails (null: it does not).
 * @returns whether the webhook is still the same
 */
export async function saveAttempts(
  db: Queries,
  { accountId, id, version }: Pick<Webhook, 'accountId' | 'id' | 'version'>,
  attempts: readonly Attempt[],
  failingSince: Date | null,
): Promise<boolean> {
  const { rows } = await execute<{ same: boolean }>(
    db,
    sql`
      with attempted as (
        update webhook_deliveries d
        set state = a.state, attempts = a.attempts, status = a.status, error = a.error, answer = a.answer,
          due_at = coalesce(clock_timestamp() + a."retryIn" * interval '1 millisecond', d.due_at), delivery_date = a."deliveredAt"
        from jsonb_to_recordset(${JSON.stringify(attempts)}::jsonb) as a (
          id uuid, state text, attempts int, status int, error text, answer text, "retryIn" float, "deliveredAt" timestamptz)
        where d.id = a.id and d.state = 'waiting'
      ), failing as (
        update webhooks set failing_since = ${failingSince}::timestamptz
        where account_id = ${accountId} and id = ${id} and version = ${version}
          and failing_since is distinct from ${failingSince}::timestamptz
      )
      select exists (
        select 1 from webhooks where account_id = ${accountId} and id = ${id} and version = ${version}) as same`,
  );
  return rows[0]?.same === true;
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

/** The enabled webhooks for which messages wait that are due by the system's clock. */
export async function listWebhooksWithDue(db: Queries): Promise<Jobs['deliver'][]> {
  return queryRows<Jobs['deliver']>(
    db,
    sql`
      select account_id as "accountId", id as "webhookId" from webhooks w
      where enabled and exists (
        select 1 from webhook_deliveries where webhook_id = w.id and state = 'waiting' and due_at <= clock_timestamp())`,
  );
}

/** Deletes deliveries that are settled. @param before UTC */
export async function deleteDeliveriesBefore(db: Queries, before: Date): Promise<void> {
  await db.delivery.deleteMany({ where: { createdAt: { lt: before }, state: { not: 'waiting' } } });
}
